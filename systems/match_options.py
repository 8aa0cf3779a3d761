"""Which option of an attribute became which: kept, reworded, merged into another, traded, or gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from .model import Attribute, Rule
from .similarity import best_pairs, overlap, text_similarity, traded

Cells: TypeAlias = Sequence[tuple[Rule, Rule]]
"""The rules of one attribute before and after, for every class that both systems have."""

_Users: TypeAlias = Mapping[str, set[int]]

_SAME_USERS = 0.5
_ALIKE = 0.6
_FEW_PAIRS = 2_500
# Two options that trade their texts cost three rewords and up to two moves.
_WORTH_TRADING = 5


@dataclass(frozen=True, slots=True)
class OptionMatch:
    """``kept``: old option to the new text it has now; ``merged``: old option to the old option it went into."""

    kept: Mapping[str, str]
    merged: Mapping[str, str]

    def successors(self) -> dict[str, str]:
        """Old option to the new option that stands for it, where one does."""
        return {**self.kept, **{option: self.kept[into] for option, into in self.merged.items()}}


def match_options(old: Attribute, new: Attribute, cells: Cells) -> OptionMatch:
    """Pair the options of one attribute before and after.

    The same text is the same option, unless two options traded their texts. Of the rest, those are one option
    reworded that the same classes use (at least half of all that use either), or whose texts are alike while no
    use speaks against it. An option that is gone was merged where most classes that used it, and not the other as
    well, now name that other.
    """
    same = {option: option for option in old.options if option in set(new.options)}
    if len(same) == len(old.options) == len(new.options) and sum(x != y for x, y in cells) <= _WORTH_TRADING:
        return OptionMatch(same, {})
    before, after = _users(rules for rules, _ in cells), _users(rules for _, rules in cells)
    kept = same | _traded(same, before, after)
    gone = [option for option in old.options if option not in kept]
    fresh = [option for option in new.options if option not in same]
    few = len(gone) * len(fresh) <= _FEW_PAIRS
    scored = [(_likeness(o, n, before, after, few), o, n) for o in gone for n in fresh]
    kept |= best_pairs(item for item in scored if item[0] > 0)
    merged = _merged([option for option in gone if option not in kept], kept, cells, before)
    return OptionMatch({option: kept[option] for option in old.options if option in kept}, merged)


def _traded(same: Iterable[str], before: _Users, after: _Users) -> dict[str, str]:
    none: set[int] = set()
    moved = [option for option in same if before.get(option, none) != after.get(option, none)]
    pairs = traded(
        {option: frozenset(before.get(option, none)) for option in moved},
        {option: frozenset(after.get(option, none)) for option in moved},
    )
    return {
        option: other
        for option, other in pairs.items()
        if len(before.get(option, none) | before.get(other, none)) > _WORTH_TRADING
    }


def _likeness(old: str, new: str, before: _Users, after: _Users, few: bool) -> float:
    """0 where the two are different options, else the higher, the likelier they are the same.

    Where use says nothing, texts are compared only if there are ``few`` of them: letter by letter is slow.
    """
    users, heirs = before.get(old, set()), after.get(new, set())
    shared = overlap(users, heirs) if users and heirs else None
    if shared == 0 or (shared is None and not few):
        return 0.0
    alike = text_similarity(old, new)
    if shared is None:
        return alike / 2 if alike >= _ALIKE else 0.0
    return shared + alike / 2 if shared >= _SAME_USERS or alike >= _ALIKE else 0.0


def _merged(gone: Iterable[str], kept: Mapping[str, str], cells: Cells, before: _Users) -> dict[str, str]:
    merged: dict[str, str] = {}
    for option in gone:
        users = before.get(option, set())
        votes: dict[str, int] = {}
        for index in users:
            rule, now = cells[index]
            for into, text in kept.items():
                if text in now and into not in rule:
                    votes[into] = votes.get(into, 0) + 1
        best = max(kept, key=lambda into: votes.get(into, 0), default=None)
        # A class that named both has the same rule after a merge as after a removal: it says nothing.
        if best is not None and 2 * votes.get(best, 0) > sum(best not in cells[index][0] for index in users):
            merged[option] = best
    return merged


def _users(rules: Iterable[Rule]) -> dict[str, set[int]]:
    users: dict[str, set[int]] = {}
    for index, rule in enumerate(rules):
        for option in rule:
            users.setdefault(option, set()).add(index)
    return users
