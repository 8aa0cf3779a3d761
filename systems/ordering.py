"""Getting names from one order, or one set of names, to another in the fewest steps."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence


def moves(current: Sequence[str], target: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The fewest moves that bring ``current`` into the order ``target`` (the same names): name and new index.

    A longest run of names that are in the right relative order stays (patience sorting, n log n); every other name
    is moved once, right behind its predecessor in ``target``.
    """
    if list(current) == list(target):
        return
    rank = {name: index for index, name in enumerate(target)}
    staying = {target[index] for index in _longest_increasing([rank[name] for name in current])}
    order = list(current)
    for index, name in enumerate(target):
        if name not in staying:
            order.remove(name)
            place = order.index(target[index - 1]) + 1 if index else 0
            order.insert(place, name)
            yield name, place


def additions(current: Sequence[str], target: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    """The names that ``target`` has besides ``current`` (in the same order), each with its index; ``None``: the end."""
    present = set(current)
    length = len(current)
    for index, name in enumerate(target):
        if name not in present:
            yield name, None if index == length else index
            length += 1


def renames(wanted: Mapping[str, str], taken: Collection[str]) -> Iterator[tuple[str, str]]:
    """The renames that carry out ``wanted`` (old name to new) one at a time, never onto a name still in use.

    ``taken`` are all names there are; those without a wish stay, and nothing is renamed to one of them. Names that
    change places take a detour over a name that nobody has.
    """
    pending = {old: new for old, new in wanted.items() if old != new}
    used = {*taken, *pending.values()}
    while pending:
        free = [old for old, new in pending.items() if new not in pending]
        for old in free:
            yield old, pending.pop(old)
        if not free:
            old = next(iter(pending))
            detour = _unused(old, used)
            used.add(detour)
            pending[detour] = pending.pop(old)
            yield old, detour


def _unused(name: str, used: Collection[str]) -> str:
    number = 2
    while f"{name} ({number})" in used:
        number += 1
    return f"{name} ({number})"


def _longest_increasing(values: Sequence[int]) -> list[int]:
    """A longest increasing subsequence of different ``values``."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, value in enumerate(values):
        length = bisect_left(tails, value)
        tails[length : length + 1] = [value]
        ends[length : length + 1] = [index]
        previous.append(ends[length - 1] if length else -1)
    result = []
    index = ends[-1] if ends else -1
    while index >= 0:
        result.append(values[index])
        index = previous[index]
    return result[::-1]
