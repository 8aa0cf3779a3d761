"""Values written as JSON or as Python literals, taken out of whatever text surrounds them; nothing is evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, field

from ..errors import InputError
from .json_form import Json
from .literal_places import Place, json_place, python_place
from .literal_values import NotLiteral, PythonReader, json_value

PYTHON_LIMIT = 8 * 1024 * 1024
"""Characters of text that are read as Python: its parser needs some hundred bytes for each."""

# `name = `, `name: type = `, and what people write in prose: `name:`, `**name**:`, "name" =.
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)[\"'`*]*[ \t]*(?::[^=\n{}]*=|[:=])[\"'`*]*\s*\Z")
# What is never closed reaches to the end of the text, so that the search stays linear.
_MARK = re.compile(
    r"""(?P<string>\'\'\'(?:[^\\]|\\.)*?(?:\'\'\'|\Z)|\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)"""
    r"""|"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*')"""
    r"""|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<open>[{\[(])|(?P<close>[}\])])""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value found in a text: the name it is assigned to (or ``""``), its value in JSON's types, its 1-based line.

    ``place`` tells where its parts stand; ``None`` when nobody knows, since the text had to be mended.
    """

    name: str
    value: Json
    line: int
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """A piece in braces that is no literal: the name it is assigned to, its text, why it is none, and where that shows.

    ``text`` is empty where a repair would be a guess: a bracket is never closed, so nobody knows what was cut off.
    ``lines`` is the number of lines that the piece takes.
    """

    name: str
    text: str
    reason: str
    line: int
    column: int
    lines: int


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
    if "{" not in text:
        return [], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's, of odd escapes in other people's texts
        try:
            module = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return _from_pieces(text, first_line)
        found, broken = _from_module(module, text, first_line)
        # Prose can be Python by accident: `groups: {...}` annotates a name.
        return (found, broken) if found or broken else _from_pieces(text, first_line)


def _from_module(module: ast.Module, text: str, first_line: int) -> tuple[list[Literal], list[Broken]]:
    found: list[Literal] = []
    broken: list[Broken] = []
    if not any(isinstance(node, ast.Dict) for node in ast.walk(module)):
        return found, broken
    reader = PythonReader.of(text, first_line - 1)
    kinds = ast.Assign | ast.AnnAssign | ast.Expr | ast.Return
    statements = [node for node in ast.walk(module) if isinstance(node, kinds)]
    for node in sorted(statements, key=lambda node: node.lineno):
        if not isinstance(node.value, ast.Dict | ast.List):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        name = target.id if isinstance(target, ast.Name) else ""
        try:
            place = python_place(text, node.value, first_line)
            found.append(Literal(name, reader.value(node.value), reader.lines_before + node.lineno, place))
        except NotLiteral as failure:  # a dict that computes something; others may still hold what is looked for
            lines = (node.value.end_lineno or node.lineno) - node.lineno + 1
            broken.append(Broken(name, "", failure.reason, failure.line, failure.column, lines))
    return found, broken


def _from_pieces(text: str, first_line: int) -> tuple[list[Literal], list[Broken]]:
    found: list[Literal] = []
    broken: list[Broken] = []
    start, line, counted = text.find("{"), first_line, 0
    while start >= 0:
        line, counted = line + text.count("\n", counted, start), start
        assigned = _ASSIGNED.search(text, max(0, start - 200), start)
        name = assigned[1] if assigned else ""
        piece, end = _balanced(text, start)
        column = start - text.rfind("\n", 0, start)
        if not piece:
            # What follows belongs to it, so its inner pieces would be read as if they were the whole.
            reason = "a bracket that opens here is never closed; the text may have been cut off"
            broken.append(Broken(name, "", reason, line, column, text.count("\n", start) + 1))
            break
        try:
            found.append(Literal(name, *_parse(piece, line, column)))
        except NotLiteral as failure:
            repairable = "" if failure.ambiguous else piece
            lines = piece.count("\n") + 1
            broken.append(Broken(name, repairable, failure.reason, failure.line, failure.column, lines))
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


def _parse(piece: str, first_line: int, column: int) -> tuple[Json, int, Place]:
    """The value of ``piece``, the line in which it begins, and where its parts stand."""
    try:
        # JSON first: Python reads its escapes \\/ and \\ud83d\\ude00 differently.
        return json_value(piece, first_line - 1, column - 1), first_line, json_place(piece, first_line, column)
    except (ValueError, RecursionError):
        pass
    try:
        body = ast.parse(piece, mode="eval").body
    except SyntaxError as error:
        line, before = error.lineno or 1, max((error.offset or 1) - 1, 0)
        raise NotLiteral(_reason(error), first_line + line - 1, before + (column if line == 1 else 1)) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotLiteral("the text is nested too deeply or broken", first_line, column) from error
    value = PythonReader.of(piece, first_line - 1, column - 1).value(body)
    return value, first_line, python_place(piece, body, first_line, column)


def _reason(error: SyntaxError) -> str:
    """What is wrong, without the interpreter's advice to programmers."""
    message = (error.msg or "invalid syntax").lower()
    if "integer string conversion" in message:
        return "a number has thousands of digits"
    return re.sub(r" on line \d+", "", message)
