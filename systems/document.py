"""A system file as read: its text, every problem in it with line and column, and the system when there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..errors import CotsmithError
from .contents import build, inspect, omissions
from .json_form import shape
from .model import System
from .positions import Path, Positions, line_starts, scan
from .problem import Problem, problems_error, quote
from .schema import schema_problems


@dataclass(frozen=True)
class Document:
    """One system file as it was read.

    ``name`` is how messages call the file, ``text`` what it holds, ``data`` its JSON value (``None`` when it is no
    JSON), ``problems`` every structural fault in the order of the text.
    """

    name: str
    text: str
    data: Any
    problems: tuple[Problem, ...]
    built: System | None

    @property
    def system(self) -> System:
        """The system; raises ``InvalidSystemError``, which lists the problems, when there are any."""
        if self.built is None:
            raise problems_error(self.name, self.problems)
        return self.built

    @cached_property
    def omissions(self) -> tuple[Problem, ...]:
        """The cells without a rule, which read as null: no fault, but worth telling. Empty when there are problems."""
        if self.built is None:
            return ()
        return _located(omissions(self.data), self._positions)

    def locate(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """The 1-based line and column of the value at ``path``, or of its key; of the nearest ancestor that is there.

        ``(1, 1)`` when the text is no JSON.
        """
        return self._positions.locate(path, key=key)

    @cached_property
    def _positions(self) -> Positions:
        return Positions({}, {}, [], line_starts(self.text)) if self.data is None else scan(self.text)


def parse_document(text: str, name: str = "<text>") -> Document:
    """Read ``text`` as a system file. Never raises: what is wrong is in ``problems``."""
    repeated = False

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        form = dict(members)
        repeated = repeated or len(form) != len(members)
        return form

    try:
        data = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        return Document(name, text, None, (_syntax_problem(error),), None)
    except ValueError:
        return Document(name, text, None, (_long_number(text),), None)
    except RecursionError:
        return Document(name, text, None, (_too_deep(),), None)
    if not isinstance(data, dict):
        problem = Problem("schema", (), f"a system file holds an object {{...}}, not {shape(data)}", _other_form())
        return Document(name, text, data, (problem,), None)
    if data and not data.keys() & {"cotsmith", "attributes"}:
        message = 'this is no system file: "cotsmith" and "attributes" are missing'
        return Document(name, text, data, (Problem("schema", (), message, _other_form()),), None)
    try:
        problems = [*schema_problems(data), *inspect(data)]
    except RecursionError:  # jsonschema writes out the values that it refuses
        return Document(name, text, None, (_too_deep(),), None)
    if not problems and not repeated:
        try:
            return Document(name, text, data, (), build(data))
        except CotsmithError as error:  # the model refuses what the checks above let through
            problems = [Problem("schema", (), str(error))]
    positions = scan(text)
    if repeated:  # what the lost key held may be what others name
        problems = [problem for problem in problems if problem.kind not in _REFERENCES]
    found = [*_located(problems, positions), *_duplicates(positions)]
    return Document(name, text, data, _in_order(found), None)


_REFERENCES = {"unknown-option", "unknown-attribute", "unknown-class"}


def _located(problems: Sequence[Problem], positions: Positions) -> tuple[Problem, ...]:
    located = []
    for problem in problems:
        line, column = positions.locate(problem.path, key=problem.on_key)
        located.append(replace(problem, line=line, column=column))
    return tuple(located)


def _duplicates(positions: Positions) -> list[Problem]:
    problems = []
    for path, first, second in positions.duplicates:
        first_line, first_column = positions.line_column(first)
        line, column = positions.line_column(second)
        message = f"the key {quote(str(path[-1]))} stands twice; first in line {first_line}, column {first_column}"
        hint = "Remove one of them, or give it another name."
        problems.append(Problem("duplicate-key", path, message, hint, line, column, on_key=True))
    return problems


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    # The schema and the contents may say the same of one place; the first, which is the schema's, is enough.
    distinct = {(p.path, p.message): p for p in reversed(problems)}
    return tuple(sorted(distinct.values(), key=lambda p: (p.line, p.column, p.message)))


_SYNTAX = {
    "Expecting value": "a value is missing or malformed here",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing here",
    "Expecting ':' delimiter": "a colon is missing here",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing here",
    "Illegal trailing comma before end of object": "a comma stands before the closing brace",
    "Illegal trailing comma before end of array": "a comma stands before the closing bracket",
    "Extra data": "there is more text after the end of the system",
    "Invalid control character at": "a text holds a raw control character, such as a line break",
    "Invalid \\escape": "a text holds an unknown escape after \\",
    "Invalid \\uXXXX escape": "a text holds a malformed \\u escape",
}


def _syntax_problem(error: json.JSONDecodeError) -> Problem:
    text, offset = error.doc, error.pos
    message = _SYNTAX.get(error.msg.removesuffix(": ").strip(), error.msg.lower())
    hint = "This is not JSON."
    before, after = text[:offset].rstrip(), text[offset : offset + 2]
    if error.msg.startswith("Unterminated string"):
        message, hint = "the text that begins here has no end", "A quote is missing, or the file was cut off."
    elif not text[offset:].strip():
        message, hint = "the file ends here, in the middle of the system", "It may have been cut off."
    elif before.endswith(",") and after[:1] in {"}", "]"}:
        message = "a comma stands before the closing bracket"
        hint = "JSON has no trailing commas: remove it, or read the file with `cotsmith import`."
    elif after.startswith(("#", "//", "/*")):
        message, hint = "JSON has no comments", "Move it into a note, or read the file with `cotsmith import`."
    elif after.startswith("'"):
        message, hint = "JSON has double quotes only", "Replace them, or read the file with `cotsmith import`."
    elif not before:
        hint = _other_form()
    return Problem("not-json", (), message, hint, error.lineno, error.colno)


def _other_form() -> str:
    return "If it is a CSV table, a Python dict or another form of system, `cotsmith import` reads it."


def _long_number(text: str) -> Problem:
    found = re.search(r"\d{4301}", text)
    offset = found.start() if found else 0
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Problem("not-json", (), "a number has thousands of digits", "No number here needs that.", line, column)


def _too_deep() -> Problem:
    return Problem("not-json", (), "lists and objects are nested too deeply", "A system is at most five levels deep.")
