"""Reads a CSV matrix: a row per class, a column per attribute, options in the cells with ``|`` between alternatives."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from ..errors import InvalidSystemError
from .import_texts import clean, made_up_prompt
from .model import Attribute, Rule, System
from .problem import quote
from .text import counted

_DELIMITERS = ",;\t"
_PIECE = re.compile(r"\\([|\\])|(\|)|([^|\\]+|\\)")


@dataclass(frozen=True, slots=True)
class _Line:
    """A row of the table and the 1-based line of the text in which it begins."""

    number: int
    cells: list[str]


def looks_like_csv(text: str) -> bool:
    """Whether the first line has columns and another line follows."""
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) > 1 and any(delimiter in lines[0] for delimiter in _DELIMITERS)


def read_csv(text: str, source: str, name: str) -> tuple[System, list[str]]:
    """The system that a table writes, called ``name``, and what a person should know of the reading.

    The first line names the attributes, the first column the classes. Commas, semicolons and tabs separate; the
    header decides which. Options stand in order of first appearance; ``\\|`` is a bar within an option.

    Raises:
        InvalidSystemError: a row that is too short or too long, broken quotes, a class or an attribute named twice
            or not at all; the message names the line.
    """
    header, *rows = _lines(text, source)
    names = _header(header, rows, source)
    options: dict[str, dict[str, None]] = {attribute: {} for attribute in names}
    rules: dict[str, dict[str, Rule]] = {}
    seen: dict[str, int] = {}
    for row in rows:
        cells = row.cells[: len(names) + 1] if not any(row.cells[len(names) + 1 :]) else row.cells
        if len(cells) != len(names) + 1:
            raise _fault(
                source, row.number, f"the row has {counted(len(cells), 'cell')}, the header has {len(names) + 1}"
            )
        class_name = clean(cells[0])
        if not class_name:
            raise _fault(source, row.number, "the row has no class in its first cell")
        if class_name in seen:
            raise _fault(
                source, row.number, f"the class {quote(class_name)} stands twice; first in line {seen[class_name]}"
            )
        seen[class_name] = row.number
        rules[class_name] = {}
        for attribute, cell in zip(names, cells[1:], strict=True):
            chosen = dict.fromkeys(split_cell(cell))
            options[attribute].update(chosen)
            rules[class_name][attribute] = tuple(chosen)
    attributes = tuple(Attribute(a, (made_up_prompt(a),), tuple(options[a])) for a in names)
    remarks = ["prompts were made up for every attribute: edit them"] if names else []
    return System(name=name, attributes=attributes, rules=rules), remarks


def split_cell(cell: str) -> list[str]:
    """The options in a cell: parts between bars, where a backslash before a bar or a backslash takes it literally."""
    parts = [""]
    for escaped, bar, other in _PIECE.findall(cell):
        if bar:
            parts.append("")
        else:
            parts[-1] += escaped or other
    return [clean(part) for part in parts if part.strip()]


def join_cell(options: Rule) -> str:
    """A rule as a cell that ``split_cell`` takes apart again."""
    return "|".join(option.replace("\\", "\\\\").replace("|", "\\|") for option in options)


def _lines(text: str, source: str) -> list[_Line]:
    first = text.lstrip().splitlines()[0]
    delimiter = max(_DELIMITERS, key=lambda d: (len(next(csv.reader([first], delimiter=d), [])), -_DELIMITERS.index(d)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    lines: list[_Line] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(_Line(begins, cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _fault(source, begins, f"this is no CSV: {error}") from error
    return lines


def _header(header: _Line, rows: list[_Line], source: str) -> list[str]:
    names = [clean(cell) for cell in header.cells[1:]]
    # Spreadsheets leave columns behind that hold nothing at all.
    while (
        names
        and not names[-1]
        and not any(row.cells[len(names)].strip() for row in rows if len(row.cells) > len(names))
    ):
        names.pop()
    columns: dict[str, int] = {}
    for column, name in enumerate(names, start=2):
        if not name:
            raise _fault(source, header.number, f"column {column} has no name")
        if name in columns:
            message = f"the attribute {quote(name)} stands twice: in columns {columns[name]} and {column}"
            raise _fault(source, header.number, message)
        columns[name] = column
    return names


def _fault(source: str, line: int, message: str) -> InvalidSystemError:
    hint = "It was read as a CSV table: a header with the attributes, then a line for each class."
    return InvalidSystemError(message, where=f"{source}:{line}", hint=hint)
