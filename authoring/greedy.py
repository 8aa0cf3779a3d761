"""The engine without an LLM: coordinate ascent over rules, any-of and weights, the control that an LLM must beat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..scoring.evaluation import Evaluation
from ..scoring.likelihood import cross_entropy
from ..scoring.verdict import turned
from ..systems.edits import Edit, SetRule, SetWeight
from ..systems.model import Rule
from ..systems.text import plain
from .climb import Climb, Move

Kind: TypeAlias = Literal["rules", "any-of", "weights"]

OFTEN = 0.2
"""An option is tried beside those of a rule when this share of the class's images chose it."""

FACTORS = (0.0, 0.5, 2.0)
"""What weights are multiplied by."""

_HEAVIEST = 1e6
_LIGHTEST = 1e-6


@dataclass(frozen=True, slots=True)
class _Gain:
    """A move that gains on train: ``images`` more are right, with McNemar's ``p``."""

    move: Move
    images: int
    p: float


def climb_greedily(
    climb: Climb, *, kinds: Sequence[Kind] = ("rules", "any-of", "weights"), cancelled: Callable[[], bool] | None = None
) -> None:
    """Take what gains most, kind by kind, and again, until nothing gains or the climb is stopped.

    Weights come last, because silencing an attribute hides its wrong rules, and then nothing shows that they are wrong.
    All alternatives of a kind are measured alone: for each cell every option and none; any-of with an option that many
    images chose; other weights. Those that gain are considered in the order of their gain, each measured again where
    the climb then stands, which guards against noise. Deterministic: there is nothing random here.
    """
    while True:
        before = len(climb.candidates)
        for kind in kinds:
            for move in _ranked(climb.train, _ALTERNATIVES[kind](climb.train)):
                if climb.stopped or (cancelled is not None and cancelled()):
                    return
                climb.consider(move)
        if len(climb.candidates) == before:
            return


def _ranked(train: Evaluation, gains: Sequence[_Gain]) -> list[Move]:
    """The moves, the largest gain first; of equal ones the surest, then that with the least cross-entropy."""
    alike = Counter((one.images, one.p) for one in gains)

    def order(one: _Gain) -> tuple[int, float, float]:
        tie = alike[one.images, one.p] > 1
        return -one.images, one.p, cross_entropy(train.with_edits(one.move.edits)) if tie else 0.0

    return [one.move for one in sorted(gains, key=order)]


def _rules(train: Evaluation) -> list[_Gain]:
    """For each cell the option, or none, that names more train images right; of equal ones the most likely."""
    found = []
    for one in train.suggestions(None, false_discoveries=1):
        alike = [w for w in train.what_if(one.edit.class_name, one.edit.attribute) if w.effect.change == one.change]
        edits = [w.edit for w in alike] or [one.edit]
        edit = edits[0] if len(edits) == 1 else min(edits, key=lambda e: cross_entropy(train.with_edits((e,))))
        effect = train.effect((edit,))
        why = f"{_said(edit.rule)} instead of {_said(one.before)}; {turned(effect, 'train image')}"
        found.append(_Gain(Move((edit,), why), effect.gained.size - effect.lost.size, effect.mcnemar_p))
    return found


def _any_of(train: Evaluation) -> list[_Gain]:
    """For each cell with a rule, one more option that many of the class's images chose."""
    rows = train.system.rules
    found: list[tuple[Edit, str]] = []
    for answer, table in zip(train.answers, train.answer_tables, strict=True):
        attribute = answer.attribute
        for index, class_name in enumerate(train.system.classes):
            rule, total = rows[class_name][attribute.name], int(table[index].sum())
            if not rule or len(rule) + 1 >= len(attribute.options):  # a rule that names all options says nothing
                continue
            for at, option in enumerate(attribute.options):
                chose = int(table[index, at])
                if option not in rule and chose and chose >= OFTEN * total:
                    edit = SetRule(class_name, attribute.name, (*rule, option))
                    found.append((edit, f"{chose} of {total} train images of the class say {_said((option,))}"))
    return _worthwhile(train, found)


def _weights(train: Evaluation) -> list[_Gain]:
    """For each attribute, other weights; the last that counts is not silenced."""
    attributes = train.system.attributes
    found: list[tuple[Edit, str]] = []
    for attribute in attributes:
        others = any(other.weight > 0 for other in attributes if other is not attribute)
        for factor in FACTORS:
            weight = factor * attribute.weight
            if weight != attribute.weight and (others if weight == 0 else _LIGHTEST <= weight <= _HEAVIEST):
                found.append((SetWeight(attribute.name, weight), f"it counts {factor:g} times as much"))
    return _worthwhile(train, found)


def _worthwhile(train: Evaluation, edits: Iterable[tuple[Edit, str]]) -> list[_Gain]:
    """The edits that gain on train."""
    found = []
    for edit, why in edits:
        effect = train.effect((edit,))
        images = int(effect.gained.size - effect.lost.size)
        if images > 0:
            why = f"{why}; {turned(effect, 'train image')}"
            found.append(_Gain(Move((edit,), why), images, effect.mcnemar_p))
    return found


def _said(rule: Rule) -> str:
    return " or ".join(f'"{plain(option)}"' for option in rule) or "no rule"


_ALTERNATIVES: Mapping[Kind, Callable[[Evaluation], list[_Gain]]] = {
    "rules": _rules,
    "any-of": _any_of,
    "weights": _weights,
}
