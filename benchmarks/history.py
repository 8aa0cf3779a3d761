"""How long comparing and listing versions takes, and how fast a history grows."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

from cotsmith.systems.diff import diff
from cotsmith.systems.edits import Edit, RewordOption, SetPrompts, SetRule, apply
from cotsmith.systems.file import parse, render
from cotsmith.systems.history import History, history_path
from cotsmith.systems.history_store import connect
from cotsmith.systems.merge import merge
from cotsmith.systems.model import System
from cotsmith.systems.revisions import WHOLE_EVERY, Revision, add, hash_of, now
from cotsmith.systems.saving import save_revision

from .check_bench import large_system
from .ratio import Row, ratio

CHANGES = 200


def rows(*, small: bool) -> Iterator[Row]:
    """Diff and merge of a large system, the list of a long history, and the bytes of a revision.

    The goals are for the first's seconds, of whole processes where a command is named. The sizes are of the database
    file once SQLite has taken in its log.
    """
    size = (50, 10, 8) if small else (1000, 50, 20)
    system = large_system(*size)
    draw = Random(1)
    changed, other = (apply(system, _changes(system, draw)) for _ in range(2))
    what = f"{size[0]} classes x {size[1]} attributes"
    text, new_text = render(system), render(changed)
    yield ratio(
        f"diff, {CHANGES} changes in {what}, vs reading both files",
        lambda: diff(system, changed),
        lambda: (parse(text), parse(new_text)),
        goal="1st<=1s",
        runs=3,
    )
    yield ratio(
        f"merge, {CHANGES} changes each in {what}, vs reading both files",
        lambda: merge(system, changed, other),
        lambda: (parse(text), parse(new_text)),
        goal="1st<=2s",
        runs=3,
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.json"
        cotsmith = str(Path(sys.executable).with_name("cotsmith"))
        (Path(folder) / "old.json").write_text(text, encoding="utf-8")
        file.write_text(new_text, encoding="utf-8")
        yield ratio(
            f"cotsmith diff, {CHANGES} changes in {what}, vs python -c pass",
            lambda: subprocess.run([cotsmith, "diff", "old.json", file], cwd=folder, check=True, capture_output=True),
            _nothing,
            goal="1st<=1s",
            runs=3,
        )
        yield from _long_history(Path(folder) / "long.json", cotsmith, 30 if small else 1000)
    for edits in (1, CHANGES):
        yield _growth(system, edits, what)


def _nothing() -> object:
    return subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True)


def _changes(system: System, draw: Random, count: int = CHANGES) -> list[Edit]:
    """Mostly rules; one in twenty an option in other words, one in fifty a prompt."""
    edits: list[Edit] = []
    for number in range(count):
        attribute = draw.choice(system.attributes)
        if number % 50 == 49:
            edits.append(SetPrompts(attribute.name, (f"Its part looks {{}}, as in picture {draw.random()}.",)))
        elif number % 20 == 19:
            edits.append(RewordOption(attribute.name, draw.choice(attribute.options), f"looks like {draw.random()}"))
        else:
            name = draw.choice(system.classes)
            others = [option for option in attribute.options if (option,) != system.rules[name][attribute.name]]
            edits.append(SetRule(name, attribute.name, (draw.choice(others),)))
        system = apply(system, [edits[-1]])
    return edits


def _long_history(file: Path, cotsmith: str, revisions: int) -> Iterator[Row]:
    """A history of many revisions of a system of ordinary size, as a person would list it."""
    system = large_system(100, 8, 12)
    connection, _ = connect(file)
    draw = Random(2)
    connection.execute("BEGIN")
    for number in range(1, revisions + 1):
        content, edits = render(system).encode(), _changes(system, draw, 3)
        told = ({"edit": "set-rule", "class": "a", "attribute": "b", "rule": "c"},) * 3
        parent = number - 1 or None
        add(connection, content, Revision(number, parent, hash_of(content), "Kim", "person", "why", now(), told))
        system = apply(system, edits)
    connection.execute("COMMIT")
    connection.close()
    file.write_bytes(content)
    yield ratio(
        f"cotsmith log, {revisions} revisions, vs python -c pass",
        lambda: subprocess.run([cotsmith, "log", file], check=True, capture_output=True),
        _nothing,
        goal="1st<=.3s",
        runs=3,
    )


def _growth(system: System, edits: int, what: str) -> Row:
    """Bytes that the database grows by with a revision, against those of a whole copy of the file.

    Measured over as many revisions as one whole text is kept for.
    """
    draw = Random(3)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "grown.json"
        save_revision(system, file, kind="person", author="Kim")
        before = history_path(file).stat().st_size
        for _ in range(WHOLE_EVERY):
            steps = _changes(system, draw, edits)
            system = apply(system, steps)
            save_revision(system, file, kind="person", author="Kim", edits=steps)
        with History.open(file) as history:
            assert len(history.revisions()) == WHOLE_EVERY + 1
        grown, copies = (history_path(file).stat().st_size - before) / WHOLE_EVERY, file.stat().st_size
    name = f"growth by a revision of {edits} edit{'s' * (edits > 1)}, {what}, vs a copy"
    return Row(name, grown / copies, "<= .05", grown, copies, WHOLE_EVERY, unit="bytes")
