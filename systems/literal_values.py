"""The values that JSON and Python literals write, read from their syntax trees; nothing is evaluated."""

from __future__ import annotations

import ast
import io
import json
import tokenize
from dataclasses import dataclass

from ..errors import InputError
from .json_form import Json
from .literal_places import characters_before
from .positions import scan
from .problem import quote

_NAMES = {"null": None, "None": None, "true": True, "True": True, "false": False, "False": False}


class NotLiteral(Exception):
    """A piece of text that is no literal: why, at which 1-based line and column, and whether it may mean more than one
    thing.
    """

    def __init__(self, reason: str, line: int, column: int, *, ambiguous: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
        self.column = column
        self.ambiguous = ambiguous


def json_value(text: str, lines_before: int = 0, columns_before: int = 0) -> Json:
    """``json.loads``, which a key that stands twice in one object does not pass.

    Raises:
        InputError: a key stands twice; ``where`` is its line and column, counted with ``lines_before`` and, in the
            first line, with ``columns_before``.
        ValueError, RecursionError: the text is no JSON.
    """
    repeated = False

    def pairs(members: list[tuple[str, Json]]) -> dict[str, Json]:
        nonlocal repeated
        form = dict(members)
        repeated = repeated or len(form) != len(members)
        return form

    value: Json = json.loads(text, object_pairs_hook=pairs)
    if repeated:
        positions = scan(text)
        path, first, second = positions.duplicates[0]
        line, (second_line, column) = positions.line_column(first)[0], positions.line_column(second)
        column += columns_before if second_line == 1 else 0
        raise _twice(str(path[-1]), lines_before + line, lines_before + second_line, column)
    return value


@dataclass(frozen=True, slots=True)
class PythonReader:
    """Reads the literals in the syntax tree of ``source``; ``lines_before`` is added to its line numbers, and
    ``columns_before`` to the columns of its first line, which messages show.

    ``lines`` are those of the source. ``joined`` holds the line and byte column of every text that Python joins with
    the next one because no comma stands between them.
    """

    lines_before: int
    columns_before: int
    lines: tuple[str, ...]
    joined: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, source: str, lines_before: int, columns_before: int = 0) -> PythonReader:
        """A reader for the tree that ``ast.parse`` makes of ``source``."""
        return cls(lines_before, columns_before, tuple(source.split("\n")), _joined(source))

    def value(self, node: ast.expr) -> Json:
        """The value of a literal in JSON's types: tuples and sets become lists, number keys texts.

        Raises:
            NotLiteral: an expression, or a list in which a comma is missing between two texts.
            InputError: a dict names a key twice.
        """
        try:
            return self._value(node)
        except RecursionError as error:
            raise NotLiteral("the text is nested too deeply", *self._place(node)) from error

    def _place(self, node: ast.expr) -> tuple[int, int]:
        before = characters_before(node, self.lines[node.lineno - 1])
        return self.lines_before + node.lineno, before + 1 + (self.columns_before if node.lineno == 1 else 0)

    def _value(self, node: ast.expr) -> Json:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A pair of surrogate escapes, which JSON knows and Python does not, is one character.
            return node.value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | None):
            return node.value
        if isinstance(node, ast.Dict):
            return self._dict(node)
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return self._list(node)
        if isinstance(node, ast.Name) and node.id in _NAMES:
            return _NAMES[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            number = self._value(node.operand)
            if isinstance(number, int | float) and not isinstance(number, bool):
                return -number
        code = ast.unparse(node) if len(list(ast.walk(node))) < 50 else "an expression"
        raise NotLiteral(f"{quote(code)} is not a plain value", *self._place(node))

    def _list(self, node: ast.List | ast.Tuple | ast.Set) -> list[Json]:
        for item in node.elts:
            # Python would make one option of two, and every index behind them would be off by one.
            if isinstance(item, ast.Constant) and (item.lineno, item.col_offset) in self.joined:
                reason = f"a comma is missing within {quote(str(item.value))}"
                raise NotLiteral(reason, *self._place(item), ambiguous=True)
        return [self._value(item) for item in node.elts]

    def _dict(self, node: ast.Dict) -> dict[str, Json]:
        result: dict[str, Json] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            if key_node is None:
                raise NotLiteral("** is not a plain value", *self._place(value_node))
            key = self._value(key_node)
            if isinstance(key, bool) or not isinstance(key, str | int | float):
                raise NotLiteral("a key is a text or a number", *self._place(key_node))
            name = str(key)
            line, column = self._place(key_node)
            if name in lines:
                raise _twice(name, lines[name], line, column)
            lines[name] = line
            result[name] = self._value(value_node)
        return result


def _joined(source: str) -> frozenset[tuple[int, int]]:
    """Where a text begins that Python joins with the next; those in parentheses of their own are meant so."""
    found: set[tuple[int, int]] = set()
    before: list[tokenize.TokenInfo] = []  # the last two tokens that count
    skipped = {tokenize.NL, tokenize.COMMENT, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type in skipped:
                continue
            if token.type == tokenize.STRING and len(before) == 2 and before[1].type == tokenize.STRING:
                if before[0].string != "(":
                    row, column = before[1].start
                    found.add((row, len(before[1].line[:column].encode("utf-8", "surrogatepass"))))
                continue  # a third one is joined to the first
            before = [*before[-1:], token]
    except (tokenize.TokenError, SyntaxError):
        return frozenset(found)
    return frozenset(found)


def _twice(key: str, first: int, line: int, column: int) -> InputError:
    message = f"the key {quote(key)} stands twice in one object; first in line {first}"
    return InputError(message, where=f"{line}:{column}", hint="Remove one of them, or give it another name.")
