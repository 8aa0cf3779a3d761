"""Which class became which: the same name, or the same rules under another name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import TypeAlias

from .model import Rule, System
from .similarity import best_pairs, text_similarity, traded

_Row: TypeAlias = tuple[Rule, ...]

_SAME_CLASS = 0.475
_SAME_NAME = 0.8
_CANDIDATES = 8
# Comparing names letter by letter is slow; without rules to go by, it is done for a few classes only.
_FEW_PAIRS = 2_500
_ENOUGH_RULES = 2
# Two classes that trade their names cost three renames, and perhaps a move.
_WORTH_TRADING = 4


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute of both systems: its name before and after, and what became of its options.

    ``successors`` is ``None`` where every option is what it was, in the same order.
    """

    old: str
    new: str
    options: tuple[str, ...]
    successors: Mapping[str, str] | None
    _known: dict[Rule, Rule] = field(default_factory=dict)

    def carried(self, rule: Rule) -> Rule:
        """An old rule in the new options' words and order; options without a successor are dropped."""
        if self.successors is None:
            return rule
        if rule not in self._known:
            named = {self.successors[option] for option in rule if option in self.successors}
            self._known[rule] = tuple(option for option in self.options if option in named)
        return self._known[rule]


def match_classes(old: System, new: System, columns: Sequence[Column]) -> dict[str, str]:
    """Old class name to new, given the attributes that both systems have.

    The same name is the same class, unless two classes traded their rows. Of the rest, those are one class renamed
    whose names have the same letters, or whose rules are equal or mostly equal; the fewer rules there are to compare,
    the more alike the names must be, unless two or more are equal and no other of these classes has the same.
    """
    same = [name for name in old.rules if name in new.rules]
    changed = [name for name in same if old.rules[name] != new.rules[name]]
    gone = [name for name in old.rules if name not in new.rules]
    fresh = [name for name in new.rules if name not in old.rules]
    before = {name: _carried(old.rules[name], columns) for name in (*changed, *gone)}
    after = {name: tuple(new.rules[name][column.new] for column in columns) for name in (*changed, *fresh)}
    pairs = {name: name for name in same} | _traded(changed, before, after)
    respelled = _respelled(gone, fresh)
    taken = set(respelled.values())
    scored = _scored(
        {name: before[name] for name in gone if name not in respelled},
        {name: after[name] for name in fresh if name not in taken},
    )
    return pairs | respelled | best_pairs(scored)


def _respelled(gone: Iterable[str], fresh: Iterable[str]) -> dict[str, str]:
    """Names that differ in case, spaces and punctuation only, such as "Mr. Mime" and "mr-mime"."""
    before, after = _by_letters(gone), _by_letters(fresh)
    return {
        names[0]: after[letters][0]
        for letters, names in before.items()
        if letters and len(names) == 1 and len(after.get(letters, ())) == 1
    }


def _by_letters(names: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault("".join(filter(str.isalnum, name.casefold())), []).append(name)
    return groups


def _carried(row: Mapping[str, Rule], columns: Sequence[Column]) -> _Row:
    return tuple(column.carried(row[column.old]) for column in columns)


def _traded(changed: Iterable[str], before: Mapping[str, _Row], after: Mapping[str, _Row]) -> dict[str, str]:
    # Both rows of a trade differ in the same cells.
    rewritten = [name for name in changed if 2 * _differences(before[name], after[name]) > _WORTH_TRADING]
    return traded({name: before[name] for name in rewritten}, {name: after[name] for name in rewritten})


def _differences(a: _Row, b: _Row) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True))


def _scored(gone: Mapping[str, _Row], fresh: Mapping[str, _Row]) -> Iterator[tuple[float, str, str]]:
    """Every pair that may be one class renamed, with its likeness."""
    few = len(gone) * len(fresh) <= _FEW_PAIRS
    bits: dict[tuple[int, Rule], int] = {}
    ours = {name: _signature(row, bits) for name, row in gone.items()}
    theirs = [(name, *_signature(row, bits)) for name, row in fresh.items()]
    marks_old, marks_new = Counter(cells for _, cells in ours.values()), Counter(cells for *_, cells in theirs)
    for old, (spoken, cells) in ours.items():
        alike = [
            (weight, new)
            for new, other_spoken, other_cells in theirs
            if (weight := _rule_likeness(cells & other_cells, spoken | other_spoken)) >= _SAME_CLASS - 0.4
        ]
        for weight, new in nlargest(_CANDIDATES, alike, key=lambda item: item[0]):
            if (score := weight + 0.4 * text_similarity(old, new)) >= _SAME_CLASS:
                yield score, old, new
        if cells.bit_count() >= _ENOUGH_RULES and marks_old[cells] == marks_new[cells] == 1:
            yield from ((_SAME_CLASS, old, new) for new, _, other_cells in theirs if other_cells == cells)
        if few and not spoken:
            yield from _by_name(old, [new for new, other_spoken, _ in theirs if not other_spoken])


def _by_name(old: str, candidates: Iterable[str]) -> Iterator[tuple[float, str, str]]:
    for new in candidates:
        if (score := text_similarity(old, new)) >= _SAME_NAME:
            yield score, old, new


def _rule_likeness(shared: int, spoken: int) -> float:
    """0 to 0.6: the share of equal rules among the attributes on which either class says something, shrunk where
    those are few. Both arguments are sets as bits, so that a pair of classes costs a few machine words."""
    count = spoken.bit_count()
    return 0.6 * shared.bit_count() / (count + 1)


def _signature(row: _Row, bits: dict[tuple[int, Rule], int]) -> tuple[int, int]:
    """A row as two sets of bits: the columns on which it says something, and what it says there."""
    spoken = cells = 0
    for index, rule in enumerate(row):
        if rule:
            spoken |= 1 << index
            cells |= 1 << bits.setdefault((index, rule), len(bits))
    return spoken, cells
