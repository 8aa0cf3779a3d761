"""Where each part of a literal stands in its text, worked out only when something is to be pointed at."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TypeAlias

from .json_form import Json
from .positions import Path, Positions, line_starts, scan

Place: TypeAlias = Callable[[Path, bool], tuple[int, int]]
"""The 1-based line and column of the value at a path, or (``True``) of its key; of the nearest ancestor there is."""


def json_place(text: str, line: int = 1, column: int = 1) -> Place:
    """The places in ``text``, which is JSON and begins in ``line`` and ``column`` of a larger text."""
    return _shifted(lambda: scan(text), line, column)


def python_place(text: str, root: ast.expr, line: int = 1, column: int = 1) -> Place:
    """The places of the literal ``root``, which ``ast`` has read in ``text``; see ``json_place``."""
    return _shifted(lambda: _python_positions(text, root), line, column)


def path_to(part: Json, whole: Json) -> Path | None:
    """The path at which ``part`` itself, not only its equal, stands in ``whole``."""
    waiting: list[tuple[Path, Json]] = [((), whole)]
    while waiting:
        path, node = waiting.pop()
        if node is part:
            return path
        if isinstance(node, dict):
            waiting += [((*path, key), value) for key, value in node.items()]
        elif isinstance(node, list):
            waiting += [((*path, index), value) for index, value in enumerate(node)]
    return None


def characters_before(node: ast.expr, line: str) -> int:
    """How many characters of its ``line`` stand before ``node``, of which ``ast`` knows the bytes of UTF-8."""
    return len(line.encode("utf-8", "surrogatepass")[: node.col_offset].decode("utf-8", "surrogatepass"))


def _shifted(positions: Callable[[], Positions], line: int, column: int) -> Place:
    found: list[Positions] = []

    def place(path: Path, key: bool) -> tuple[int, int]:
        if not found:
            found.append(positions())
        own_line, own_column = found[0].locate(path, key=key)
        return line + own_line - 1, own_column + (column - 1 if own_line == 1 else 0)

    return place


def _python_positions(text: str, root: ast.expr) -> Positions:
    starts, lines = line_starts(text), text.split("\n")
    values: dict[Path, int] = {}
    keys: dict[Path, int] = {}

    def offset(node: ast.expr) -> int:
        return starts[node.lineno - 1] + characters_before(node, lines[node.lineno - 1])

    waiting: list[tuple[Path, ast.expr]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        values[path] = offset(node)
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant):
                    keys[(*path, str(key.value))] = offset(key)
                    waiting.append(((*path, str(key.value)), value))
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            waiting += [((*path, index), item) for index, item in enumerate(node.elts)]
    return Positions(values, keys, [], starts)
