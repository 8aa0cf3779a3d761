"""Candidates of an optimiser are revisions on a branch: seen, compared and restored, but never taken for the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from cotsmith.errors import HistoryError
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from cotsmith.systems.history_jsonl import export_lines, import_lines
from cotsmith.systems.history_log import entries, entry_json, log_text
from cotsmith.systems.saving import record_candidate, record_outside_change, save_content
from tests.systems.history_worlds import PETS, save

GREEN = SetRule("Ash", "color", ("green",))
LARGE = SetRule("Ash", "size", ("large",))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pets.json"
    save(path, reason="begin")
    first = record_candidate(apply(PETS, [GREEN]), path, edits=[GREEN], reason="greener", evaluation={"accuracy": 0.7})
    both = apply(PETS, [GREEN, LARGE])
    record_candidate(both, path, parent=first.number, edits=[LARGE], reason="larger", evaluation={"accuracy": 0.8})
    return path


def test_candidates_follow_one_another_and_leave_the_file_alone(file: Path) -> None:
    assert load(file) == PETS
    with History.open(file) as history:
        assert [(r.number, r.parent, r.branch) for r in history.revisions(branches=True)] == [
            (1, None, False),
            (2, 1, True),
            (3, 2, True),
        ]
        assert [r.number for r in history.revisions()] == [1]
        last = history.last()
    assert last is not None
    assert last.number == 1
    assert record_outside_change(file) is None


def test_they_are_named_compared_and_restored_like_any_revision(file: Path) -> None:
    assert load(f"{file}@2") == apply(PETS, [GREEN])
    assert load(f"{file}@3") == apply(PETS, [GREEN, LARGE])
    with History.open(file) as history:
        content = history.content(history.find("3"))
    saved = save_content(content, file, reason="take the last")
    assert saved.revision is not None
    assert (saved.revision.number, saved.revision.parent, saved.revision.branch) == (4, 1, False)
    assert load(file) == apply(PETS, [GREEN, LARGE])
    assert load(f"{file}@~1") == PETS


def test_the_log_shows_the_climb(file: Path) -> None:
    with History.open(file) as history:
        found = entries(history)
    assert [entry.accuracy for entry in found] == [0.8, 0.7, None]
    assert [entry_json(entry).get("branch", False) for entry in found] == [True, True, False]
    lines = ["".join(span.text for span in line) for line in log_text(found, width=100)]
    assert any("tried: greener" in line for line in lines)


def test_an_export_keeps_them(file: Path, tmp_path: Path) -> None:
    with History.open(file) as history:
        lines = list(export_lines(history))
        known = history.revisions(branches=True)
    other = tmp_path / "copy.json"
    with History.open(other) as copy:
        assert import_lines(lines, copy) == 3
        assert copy.revisions(branches=True) == known
        assert list(export_lines(copy))[1:] == lines[1:]


def test_a_change_by_hand_is_recorded_before_the_first(file: Path) -> None:
    file.write_text(file.read_text("utf-8").replace('"red"', '"scarlet"'), "utf-8")
    system = load(file)
    candidate = record_candidate(apply(system, [LARGE]), file, edits=[LARGE])
    with History.open(file) as history:
        hand = history.last()
    assert hand is not None
    assert hand.kind == "hand"
    assert candidate.parent == hand.number


def test_an_unknown_parent_is_refused(file: Path) -> None:
    with pytest.raises(HistoryError, match="no revision 9"):
        record_candidate(PETS, file, parent=9)
