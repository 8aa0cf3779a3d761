"""Where each key and value of a JSON text stands, worked out only when something is to be pointed at."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]
"""The keys and 0-based indexes that lead to a value, such as ``("rules", "Absol", "dominant_color")``."""

_TOKEN = re.compile(r'(?P<text>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<mark>[{}\[\],:])|(?P<other>[^\s{}\[\],:"]+)', re.DOTALL)


@dataclass(frozen=True)
class Positions:
    """Offsets into one JSON text: of every value and of every key, and the keys that stand twice in one object.

    A duplicate is ``(path, offset of the first, offset of the second)``; ``values`` and ``keys`` know the last one,
    as ``json.loads`` does.
    """

    values: dict[Path, int]
    keys: dict[Path, int]
    duplicates: list[tuple[Path, int, int]]
    line_starts: list[int]

    def line_column(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column (in characters) of an offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def locate(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at ``path`` (or of its key), or of the nearest ancestor that is there."""
        while True:
            offset = self.keys.get(path) if key else None
            if offset is None:
                offset = self.values.get(path)
            if offset is not None:
                return self.line_column(offset)
            if not path:
                return 1, 1
            path = path[:-1]


def line_starts(text: str) -> list[int]:
    """The offsets at which the lines of ``text`` begin."""
    return [0, *(match.end() for match in re.finditer("\n", text))]


def scan(text: str) -> Positions:
    """The positions in ``text``, which ``json.loads`` must accept.

    One flat loop over the tokens, about ten times slower than ``json.loads``; no recursion, so that depth is no matter.
    """
    values: dict[Path, int] = {}
    keys: dict[Path, int] = {}
    duplicates: list[tuple[Path, int, int]] = []
    # Each open container: its path, and the keys seen so far (an object) or the current index (a list).
    open_containers: list[tuple[Path, dict[str, int] | int]] = []
    path: Path = ()  # of the value that comes next
    key_comes = False
    for match in _TOKEN.finditer(text):
        token, offset = match[0], match.start()
        if token == "{" or token == "[":
            values[path] = offset
            key_comes = token == "{"
            open_containers.append((path, {} if key_comes else 0))
            path = path if key_comes else (*path, 0)
        elif token == "}" or token == "]":
            open_containers.pop()
            key_comes = False
        elif token == ",":
            parent, seen = open_containers[-1]
            if isinstance(seen, int):
                open_containers[-1] = (parent, seen + 1)
                path = (*parent, seen + 1)
            else:
                key_comes = True
        elif key_comes:
            parent, seen = open_containers[-1]
            assert isinstance(seen, dict)
            key = token[1:-1] if "\\" not in token else json.loads(token)
            path = (*parent, key)
            if key in seen:
                duplicates.append((path, seen[key], offset))
            seen[key] = keys[path] = offset
            key_comes = False
        elif token != ":":
            values[path] = offset
    return Positions(values, keys, duplicates, line_starts(text))
