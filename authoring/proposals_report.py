"""Proposals for people and for programs: what each would do, why, what it would change, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..scoring.verdict import probability, turned
from ..systems.describe import describe
from ..systems.edit_json import to_json
from ..systems.json_form import Json
from ..systems.text import plain
from .proposal import Proposal
from .proposals import Proposals

if TYPE_CHECKING:
    from ..scoring.effects import Effect

MARKS = {"accepted": "taken", "refused": "refused", "conflict": "conflict", "invalid": "invalid", "open": "open"}


def proposals_json(rounds: Sequence[Proposals]) -> list[Json]:
    """Every proposal of every round, as ``refine --json`` prints it.

    ``delta`` is the change of accuracy by the edit alone (and by what it requires), ``delta_cumulative`` on top of
    those accepted before it; both are shares of 1, ``None`` without images.
    """
    return [
        _json(proposals, index, number)
        for number, proposals in enumerate(rounds, start=1)
        for index in in_order(proposals)
    ]


def _json(proposals: Proposals, index: int, number: int) -> dict[str, Json]:
    one = proposals.items[index]
    return {
        "edit": to_json(one.edit),
        "text": describe(one.edit, proposals.before(index)),
        "rationale": one.rationale,
        "delta": None if one.effect is None else one.effect.change,
        "delta_cumulative": None if one.cumulative is None else one.cumulative.change,
        "gained": None if one.effect is None else int(one.effect.gained.size),
        "lost": None if one.effect is None else int(one.effect.lost.size),
        "status": one.status,
        "reason": one.reason,
        "edited": one.edited,
        "round": number,
    }


def in_order(proposals: Proposals) -> list[int]:
    """The indexes: those taken, in their order; then the others, what gains most first."""
    rest = [index for index in range(len(proposals)) if index not in proposals.taken]
    rest.sort(key=lambda index: (_RANKS[proposals.items[index].status], -_change(proposals.items[index]), index))
    return [*proposals.taken, *rest]


def lines(proposals: Proposals) -> Iterator[str]:
    """What ``refine`` prints of one round."""
    for index in in_order(proposals):
        one = proposals.items[index]
        yield f"{MARKS[one.status]:<9}{describe(one.edit, proposals.before(index))}"
        if one.effect is not None:
            yield f"         {figures(one)}"
        if one.reason:
            yield f"         {plain(one.reason)}"
        if one.rationale:
            yield f"         “{plain(one.rationale)}”"
    for text in proposals.unusable:
        yield f"unusable {text}"


def figures(one: Proposal) -> str:
    """``alone +6.2 points: 15 right, 0 wrong, p = 0.00006; with those taken +12.5``."""
    if one.effect is None:
        return "not measured"
    text = f"alone {effect_text(one.effect)}"
    if one.cumulative is None:
        return text
    word = "up to here" if one.status == "accepted" else "with those taken"
    return f"{text}; {word} {points(one.cumulative.change)}"


def effect_text(effect: Effect) -> str:
    """The change in points of accuracy, and the images behind it."""
    if not effect.gained.size and not effect.lost.size:
        return "±0.0 points: no image's answer changes between right and wrong"
    return f"{points(effect.change)} points: {turned(effect)}, {probability(effect.mcnemar_p)}"


def points(change: float) -> str:
    """A change of accuracy in points, with its sign."""
    value = round(100 * change, 1)
    return "±0.0" if value == 0 else f"{value:+.1f}".replace("-", "−")


_RANKS = {"accepted": 0, "open": 1, "refused": 2, "conflict": 3, "invalid": 4}


def _change(one: Proposal) -> float:
    return float("-inf") if one.cumulative is None else one.cumulative.change
