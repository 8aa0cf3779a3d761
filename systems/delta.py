"""One text as the difference from another: what to copy and what to insert, compressed."""

from __future__ import annotations

import difflib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

Step: TypeAlias = tuple[int, int] | bytes
"""Copy ``(start, length)`` from the old text, or insert these bytes."""


def compress(content: bytes, *, quick: bool = False) -> bytes:
    """``content``, smaller; ``quick`` for what a person waits for and nobody keeps."""
    return zlib.compress(content, 1 if quick else 9)


def decompress(packed: bytes) -> bytes:
    """What ``compress`` was given; ``ValueError`` when ``packed`` is damaged."""
    try:
        return zlib.decompress(packed)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def make_delta(old: bytes, new: bytes) -> bytes:
    """What turns ``old`` into ``new``, compressed.

    It knows bytes and lines and nothing of systems, so that what it wrote can be read when the format and the edits
    have long changed. A system has a line for each class and option; of a changed line only the changed part is kept.
    """
    plan: list[list[int] | int] = []
    inserted: list[bytes] = []
    for step in _joined(_steps(old, new)):
        if isinstance(step, bytes):
            plan.append(len(step))
            inserted.append(step)
        else:
            plan.append(list(step))
    return compress(json.dumps(plan, separators=(",", ":")).encode() + b"\n" + b"".join(inserted))


def apply_delta(old: bytes, delta: bytes) -> bytes:
    """The text that ``make_delta`` was given as ``new``; ``ValueError`` when the delta is damaged."""
    head, _, inserted = decompress(delta).partition(b"\n")
    parts: list[bytes] = []
    position = 0
    for step in json.loads(head):
        if isinstance(step, int):
            parts.append(inserted[position : position + step])
            position += step
        else:
            start, length = step
            parts.append(old[start : start + length])
    return b"".join(parts)


def _steps(old: bytes, new: bytes) -> Iterator[Step]:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    top = _common(before, after)
    bottom = _common(before[top:][::-1], after[top:][::-1])
    yield 0, starts[top]
    old_end, new_end = len(before) - bottom, len(after) - bottom
    matcher = difflib.SequenceMatcher(None, before[top:old_end], after[top:new_end])
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield starts[top + i1], starts[top + i2] - starts[top + i1]
        else:
            lines = range(top + i1, top + i2)
            yield from _changed([(starts[i], before[i]) for i in lines], after[top + j1 : top + j2])
    yield starts[old_end], starts[-1] - starts[old_end]


def _changed(before: Sequence[tuple[int, bytes]], after: Sequence[bytes]) -> Iterator[Step]:
    # A line is compared with the old one that has the same key (`"Absol": ...`), else with the one at its place.
    by_key = {_key(line): (start, line) for start, line in before}
    for index, line in enumerate(after):
        start, old = by_key.get(_key(line)) or (before[index] if index < len(before) else (0, b""))
        head = _common(old, line)
        tail = _common(old[head:][::-1], line[head:][::-1])
        yield start, head
        yield line[head : len(line) - tail]
        yield start + len(old) - tail, tail


def _key(line: bytes) -> bytes:
    return line.partition(b'": ')[0]


def _common(first: Sequence[object], second: Sequence[object]) -> int:
    """How many entries both begin with, by bisection: comparing slices is fast, a loop over bytes is not."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _joined(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps without empty ones, those that continue one another made one."""
    last: Step | None = None
    for step in steps:
        if step == b"" or step[1:] == (0,):
            continue
        if isinstance(last, bytes) and isinstance(step, bytes):
            last += step
        elif isinstance(last, tuple) and isinstance(step, tuple) and sum(last) == step[0]:
            last = (last[0], last[1] + step[1])
        else:
            if last is not None:
                yield last
            last = step
    if last is not None:
        yield last
