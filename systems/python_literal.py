"""Values written as JSON or as Python literals, taken out of whatever text surrounds them; nothing is evaluated."""

from __future__ import annotations

import ast
import json
import re
import warnings
from dataclasses import dataclass

from ..errors import InputError
from .json_form import Json
from .positions import scan
from .problem import quote

PYTHON_LIMIT = 8 * 1024 * 1024
"""Characters of text that are read as Python: its parser needs some hundred bytes for each."""

_NAMES = {"null": None, "None": None, "true": True, "True": True, "false": False, "False": False}
# `name = `, `name: type = `, and what people write in prose: `name:`, `**name**:`, "name" =.
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)[\"'`*]*[ \t]*(?::[^=\n{}]*=|[:=])[\"'`*]*\s*\Z")
_MARK = re.compile(
    r"""(?P<string>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\""""
    r"""|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*')"""
    r"""|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)|(?P<open>[{\[(])|(?P<close>[}\])])""",
    re.DOTALL,
)


def json_value(text: str, lines_before: int = 0) -> Json:
    """``json.loads``, which a key that stands twice in one object does not pass.

    Raises:
        InputError: a key stands twice; the message says where, counted in ``text`` with ``lines_before``.
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
        lines = [lines_before + positions.line_column(offset)[0] for offset in (first, second)]
        raise _twice(str(path[-1]), *lines)
    return value


@dataclass(frozen=True, slots=True)
class Literal:
    """A value found in a text: the name it is assigned to (or ``""``), its value in JSON's types, its 1-based line."""

    name: str
    value: Json
    line: int


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece in braces that is no literal: the name it is assigned to, its text, why it is none, and the line of that.

    ``text`` is empty when a bracket is never closed: nobody can know what was cut off.
    """

    name: str
    text: str
    reason: str
    line: int


class _NotLiteral(Exception):
    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def find_literals(text: str, first_line: int = 1) -> tuple[list[Literal], list[Broken]]:
    """Every dict that ``text`` writes, in order, and the pieces in braces that could not be read.

    A whole Python module gives the literals that it assigns or returns, wherever they stand in it. In other text
    (prose, a dict without its module) each balanced ``{...}`` is tried by itself, with ``#``, ``//`` and ``/* */``
    comments and JSON's ``null``, ``true``, ``false`` allowed. Tuples and sets become lists, number keys texts.
    ``first_line`` is the line of a larger text in which ``text`` begins.

    Raises:
        InputError: one dict names a key twice, or the text is too large to be read so.
    """
    if len(text) > PYTHON_LIMIT:
        raise InputError(f"this is no JSON, and larger than the {PYTHON_LIMIT // 2**20} MiB that are read as Python")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's, of odd escapes in other people's texts
        try:
            module = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return _from_pieces(text, first_line)
        found, broken = _from_module(module, first_line)
        # Prose can be Python by accident: `groups: {...}` annotates a name.
        return (found, broken) if found or broken else _from_pieces(text, first_line)


def _from_module(module: ast.Module, first_line: int) -> tuple[list[Literal], list[Broken]]:
    found: list[Literal] = []
    broken: list[Broken] = []
    kinds = ast.Assign | ast.AnnAssign | ast.Expr | ast.Return
    statements = [node for node in ast.walk(module) if isinstance(node, kinds)]
    for node in sorted(statements, key=lambda node: node.lineno):
        if not isinstance(node.value, ast.Dict | ast.List):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        name = target.id if isinstance(target, ast.Name) else ""
        try:
            found.append(Literal(name, _value(node.value, first_line - 1), first_line - 1 + node.lineno))
        except _NotLiteral as failure:  # a dict that computes something; others may still hold what is looked for
            broken.append(Broken(name, "", failure.reason, failure.line))
    return found, broken


def _from_pieces(text: str, first_line: int) -> tuple[list[Literal], list[Broken]]:
    found: list[Literal] = []
    broken: list[Broken] = []
    start = text.find("{")
    while start >= 0:
        line = first_line + text.count("\n", 0, start)
        assigned = _ASSIGNED.search(text, max(0, start - 200), start)
        name = assigned[1] if assigned else ""
        piece, end = _balanced(text, start)
        if not piece:
            # What follows belongs to it, so its inner pieces would be read as if they were the whole.
            reason = "a bracket that opens here is never closed; the text may have been cut off"
            broken.append(Broken(name, "", reason, line))
            break
        try:
            found.append(Literal(name, _parse(piece, line), line))
        except _NotLiteral as failure:
            broken.append(Broken(name, piece, failure.reason, failure.line))
        start = text.find("{", end)
    return found, broken


def _balanced(text: str, start: int) -> tuple[str, int]:
    """The piece from the bracket at ``start`` to its partner, comments blanked out, and where it ends.

    The piece is empty when there is no partner.
    """
    depth = 0
    kept: list[str] = []
    copied = start
    for mark in _MARK.finditer(text, start):
        if mark["comment"]:
            kept += [text[copied : mark.start()], re.sub(r"[^\n]", " ", mark[0])]
            copied = mark.end()
        elif mark["open"]:
            depth += 1
        elif mark["close"]:
            depth -= 1
            if depth == 0:
                return "".join([*kept, text[copied : mark.end()]]), mark.end()
    return "", len(text)


def _parse(piece: str, first_line: int) -> Json:
    try:
        # JSON first: Python reads its escapes \/ and \ud83d\ude00 differently.
        return json_value(piece, first_line - 1)
    except (ValueError, RecursionError):
        pass
    try:
        body = ast.parse(piece, mode="eval").body
    except SyntaxError as error:
        reason = re.sub(r" on line \d+", "", error.msg or "invalid syntax").lower()
        raise _NotLiteral(reason, first_line + (error.lineno or 1) - 1) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise _NotLiteral("the text is nested too deeply or broken", first_line) from error
    try:
        return _value(body, first_line - 1)
    except RecursionError as error:
        raise _NotLiteral("the text is nested too deeply", first_line) from error


def _value(node: ast.expr, lines_before: int) -> Json:
    """The value of a literal node; ``lines_before`` is added to its line numbers."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        # A pair of surrogate escapes, which JSON knows and Python does not, is one character.
        return node.value.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | None):
        return node.value
    if isinstance(node, ast.Dict):
        return _dict(node, lines_before)
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_value(item, lines_before) for item in node.elts]
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return _NAMES[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _value(node.operand, lines_before)
        if isinstance(number, int | float) and not isinstance(number, bool):
            return -number
    code = ast.unparse(node) if len(list(ast.walk(node))) < 50 else "an expression"
    raise _NotLiteral(f"{quote(code)} is not a plain value", lines_before + node.lineno)


def _dict(node: ast.Dict, lines_before: int) -> dict[str, Json]:
    result: dict[str, Json] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is None:
            raise _NotLiteral("** is not a plain value", lines_before + value_node.lineno)
        key = _value(key_node, lines_before)
        if isinstance(key, bool) or not isinstance(key, str | int | float):
            raise _NotLiteral("a key is a text or a number", lines_before + key_node.lineno)
        name, line = str(key), lines_before + key_node.lineno
        if name in lines:
            raise _twice(name, lines[name], line)
        lines[name] = line
        result[name] = _value(value_node, lines_before)
    return result


def _twice(key: str, first: int, second: int) -> InputError:
    message = f"the key {quote(key)} stands twice in one object; first in line {first}"
    return InputError(message, where=f"line {second}", hint="Remove one of them, or give it another name.")
