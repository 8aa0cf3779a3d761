"""A whole history as JSON lines: to keep it elsewhere, to read it with other tools, to move it with the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from ..errors import InputError
from . import revisions
from .decisions import add_decisions, decisions_of
from .history import History
from .json_form import Json, shape, text_from_json
from .revisions import KINDS, Revision, hash_of
from .secrets import without_secrets
from .sources import source_name
from .text import counted

FORMAT = 1
"""The version of the export, the value of the key ``cotsmith_history`` in its first line."""


def export_lines(history: History) -> Iterator[bytes]:
    """The history, oldest revision first, a line each, after a line that says what this is.

    A revision's line has all that ``log --json`` has, its ``text``, ``evaluations`` and ``exchanges``, and, where a
    person decided something while it was the last, ``locks`` and ``refusals``. Bytes of a file that was no UTF-8 stand
    in ``text`` as half surrogate pairs (Python's ``surrogateescape``).
    """
    yield _line({"cotsmith_history": FORMAT, "file": history.path.name})
    evaluations = history.evaluations()
    told: set[str] = set()
    for revision in history.revisions(branches=True):
        form: dict[str, Json] = {"revision": revision.number, **asdict(revision)}
        del form["number"]
        form["text"] = history.content(revision).decode("utf-8", "surrogateescape")
        form["evaluations"] = [] if revision.hash in told else evaluations.get(revision.hash, [])
        form["exchanges"] = history.exchanges(revision)
        form.update(decisions_of(history, revision.number))
        told.add(revision.hash)
        yield _line(form)


def import_lines(lines: Iterable[bytes], history: History, *, source: str = "-") -> int:
    """Add the revisions of an export to ``history``, all or none; returns how many were new.

    The history must be empty, or hold the first of these revisions and no others. The system's file is not touched.

    Raises:
        InputError: a line that no export has, a text that does not match its hash, or another history.
        HistoryError: the history cannot be written.
    """
    name = source_name(source)
    read = iter(lines)
    _check_head(next(read, b""), name)
    added = 0
    with history.transaction():
        known = {revision.number: revision for revision in revisions.listed(history.connection, "", branches=True)}
        expected = 1
        for number, line in enumerate(read, start=2):
            if not line.strip():
                continue
            where = f"{name}:{number}"
            form = _object(line, where)
            revision = _revision(form, where)
            content = _content(text_from_json(form.get("text"), where=f"{where}: text"), where)
            if revision.number != expected or not _follows(revision.parent, expected):
                raise InputError(f"revision {expected} is due here, not {revision.number}", where=where)
            if hash_of(content) != revision.hash:
                raise InputError("the text does not match its hash: it was changed or cut off", where=where)
            if expected in known:
                _check_same(known[expected], revision, where)
            else:
                revisions.add(history.connection, content, revision, written=True)
                _add_rest(history, revision, form, where)
                added += 1
            expected += 1
        if len(known) >= expected:
            raise InputError(
                f"this history has {counted(len(known), 'revision')}, the export only {expected - 1}",
                where=name,
                hint="Nothing was changed.",
            )
    return added


def _follows(parent: int | None, number: int) -> bool:
    """Whether revision ``number`` can have this parent: an earlier one, and none for the first."""
    return parent is None if number == 1 else parent is not None and 1 <= parent < number


def _add_rest(history: History, revision: Revision, form: dict[str, Json], where: str) -> None:
    for evaluation in _list(form, "evaluations", where):
        if not isinstance(evaluation, dict):
            raise InputError(f"an evaluation is an object, not {shape(evaluation)}", where=where)
        body = {key: value for key, value in evaluation.items() if key != "time"}
        revisions.add_evaluation(history.connection, revision.hash, str(evaluation.get("time", "")), body)
    exchanges = [without_secrets(exchange) for exchange in _list(form, "exchanges", where)]
    revisions.add_exchanges(history.connection, revision.number, exchanges)
    locks, refused = (_list(form, key, where) for key in ("locks", "refusals"))
    try:
        add_decisions(history, revision.number, locks, [without_secrets(one) for one in refused])
    except ValueError as error:
        raise InputError(str(error), where=where) from error


def _content(text: str, where: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise InputError("the text holds half a surrogate pair", where=where) from error


def _check_head(line: bytes, name: str) -> None:
    version = _object(line, f"{name}:1").get("cotsmith_history")
    if version != FORMAT:
        newer = isinstance(version, int) and version > FORMAT
        raise InputError(
            f"an export of a newer cotsmith (form {version})" if newer else "this is no export of a history",
            where=name,
            hint="Update cotsmith." if newer else "Make one: cotsmith history export FILE -o HISTORY.jsonl",
        )


def _check_same(known: Revision, revision: Revision, where: str) -> None:
    if (known.hash, known.time, known.author) != (revision.hash, revision.time, revision.author):
        raise InputError(
            f"revision {known.number} of this history is another one",
            where=where,
            hint="A history can be continued, not joined with another. Import it for a copy of the file.",
        )


def _revision(form: dict[str, Json], where: str) -> Revision:
    kind = next((known for known in KINDS if known == form.get("kind")), None)
    if kind is None:
        raise InputError(f'"kind" is one of {", ".join(KINDS)}', where=where)
    edits, parent = form.get("edits"), form.get("parent")
    if edits is not None and not isinstance(edits, list):
        raise InputError(f'"edits" is a list or null, not {shape(edits)}', where=where)
    author, reason, time, digest = (
        text_from_json(form.get(key), where=f"{where}: {key}") for key in ("author", "reason", "time", "hash")
    )
    return Revision(
        number=_number(form.get("revision"), f"{where}: revision"),
        parent=None if parent is None else _number(parent, f"{where}: parent"),
        hash=digest,
        author=author,
        kind=kind,
        reason=reason,
        time=time,
        edits=None if edits is None else tuple(edits),
        branch=form.get("branch") is True,
    )


def _number(value: Json, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InputError(f"a whole number is needed, not {shape(value)}", where=where)
    return value


def _list(form: dict[str, Json], key: str, where: str) -> list[Json]:
    value = form.get(key, [])
    if not isinstance(value, list):
        raise InputError(f'"{key}" is a list, not {shape(value)}', where=where)
    return value


def _object(line: bytes, where: str) -> dict[str, Json]:
    try:
        form = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError("this is not a line of JSON", where=where) from error
    if not isinstance(form, dict):
        raise InputError(f"a line is an object, not {shape(form)}", where=where)
    return form


def _line(form: Json) -> bytes:
    # "backslashreplace" writes half a surrogate pair as the escape that JSON has for it.
    return json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace") + b"\n"
