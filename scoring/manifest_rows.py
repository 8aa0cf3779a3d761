"""The rows of a CSV, TSV or JSONL file, one by one, each with its place."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import DataError
from ..systems.text import plain

TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
LINE_SUFFIXES = frozenset({".jsonl", ".ndjson"})


def text_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of ``path`` by its column names, with its file and line.

    Raises:
        DataError: the file cannot be read or parsed.
    """
    shown = plain(str(path))
    try:
        # "utf-8-sig": what Excel saves begins with a byte order mark.
        with open(path, encoding="utf-8-sig", newline="") as file:
            for line, row in (
                _table_rows(file, path) if path.suffix.lower() in TABLE_SUFFIXES else _line_rows(file, shown)
            ):
                yield f"{shown}:{line}", row
    except UnicodeDecodeError:
        raise DataError("it is not UTF-8 text", where=shown, hint="Save it as UTF-8 CSV or JSONL.") from None
    except OSError as error:
        raise DataError(error.strerror or "it cannot be read", where=shown) from error


def _table_rows(file: Any, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    header = file.readline()
    file.seek(0)
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(file, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if None in row:
                raise DataError(
                    f"the row has more fields than the {len(reader.fieldnames or ())} of the header",
                    where=f"{plain(str(path))}:{reader.line_num}",
                    hint=f"Put quotes around a field that holds a {_DELIMITERS[delimiter]}.",
                )
            yield reader.line_num, {(name or "").strip(): (value or "").strip() for name, value in row.items()}
    except csv.Error as error:
        raise DataError(f"not CSV: {error}", where=f"{plain(str(path))}:{reader.line_num}") from None


_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


def _line_rows(file: Any, shown: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.rstrip())
        except json.JSONDecodeError as error:
            where = f"{shown}:{number}:{error.colno}"
            raise DataError(
                f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}", where=where, hint=_JSONL_HINT
            ) from None
        except (ValueError, RecursionError) as error:  # a number of thousands of digits; nested too deeply
            reason = "nested too deeply" if isinstance(error, RecursionError) else "a number has thousands of digits"
            raise DataError(f"not JSON: {reason}", where=f"{shown}:{number}", hint=_JSONL_HINT) from None
        if not isinstance(row, dict):
            raise DataError("not a JSON object", where=f"{shown}:{number}", hint=_JSONL_HINT)
        yield number, row


_JSONL_HINT = 'JSONL is one object a line, such as {"image": "cards/1.png", "label": "Absol"}.'
