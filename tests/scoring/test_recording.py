"""What score measures is kept with the history of the file, beside the version that was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cotsmith.cli import run
from cotsmith.systems.edits import SetRule, SetWeight, apply
from cotsmith.systems.history import History, history_path
from cotsmith.systems.saving import save_revision
from tests.scoring.test_score_command import SYSTEM, Workplace, work

__all__ = ["work"]


@pytest.fixture
def recorded(work: Workplace) -> Workplace:
    """The workplace, with a history of one revision."""
    work.system.unlink()
    save_revision(SYSTEM, work.system, kind="person", author="Kim")
    return work


def log(work: Workplace, file: Path | None = None) -> list[dict[str, Any]]:
    assert run(["log", str(file or work.system), "--json"]) == 0
    found = json.loads(work.capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def test_the_log_tells_what_score_measured(recorded: Workplace) -> None:
    code, out, _ = recorded.score("--json")
    assert code == 0
    accuracy = json.loads(out)["system"]["accuracy"]
    assert [revision["accuracy"] for revision in log(recorded)] == [accuracy]
    with History.open(recorded.system) as history:
        ((evaluation,),) = history.evaluations().values()
    assert evaluation["n"] == 12
    assert evaluation["ci95"] == json.loads(out)["system"]["ci95"]
    assert {"encoder", "encoder_key", "data", "split", "crop", "combine", "time"} <= set(evaluation)


def test_a_change_by_hand_is_recorded_before_its_figures(recorded: Workplace) -> None:
    recorded.score()
    recorded.save(apply(SYSTEM, [SetRule("Ruby", "hue", ("green",))]))
    recorded.score()
    newest, first = log(recorded)
    assert (newest["kind"], newest["accuracy"] < first["accuracy"]) == ("hand", True)


def test_an_older_version_can_be_measured_afterwards(recorded: Workplace) -> None:
    save_revision(apply(SYSTEM, [SetRule("Ruby", "hue", ("green",))]), recorded.system, kind="person", author="Kim")
    code, _, _ = recorded.run("score", f"{recorded.system}@1", "--data", recorded.cards)
    assert code == 0
    assert [revision["accuracy"] for revision in log(recorded)] == [None, 1.0]


def test_several_files_keep_theirs(recorded: Workplace) -> None:
    other = recorded.folder / "other.json"
    save_revision(apply(SYSTEM, [SetRule("Ruby", "hue", ("green",))]), other, kind="person", author="Kim")
    code, _, _ = recorded.run("score", recorded.system, other, "--data", recorded.cards)
    assert code == 0
    assert log(recorded)[0]["accuracy"] == 1.0
    assert log(recorded, other)[0]["accuracy"] < 1.0


def test_measuring_a_file_without_history_begins_none(work: Workplace) -> None:
    assert work.score()[0] == 0
    assert not history_path(work.system).exists()
    assert work.run("score", "gallery:demo", "--data", work.cards)[0] == 2, "its classes are others"


def test_a_history_that_cannot_be_used_costs_a_warning(recorded: Workplace) -> None:
    history_path(recorded.system).write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    code, out, err = recorded.score("--json")
    assert code == 0
    assert json.loads(out)["n"] == 12
    assert "set aside" in err


def test_a_fit_is_a_revision_of_the_optimiser_with_its_figures(recorded: Workplace) -> None:
    for split in ("dev", "test"):
        for name, color in (("Ruby", (200, 20, 30)), ("Emerald", (10, 180, 40)), ("Sapphire", (15, 20, 220))):
            for index in range(4):
                recorded.draw(recorded.folder / "split" / split / name / f"{index}.png", color)
    heavy = apply(SYSTEM, [SetWeight("[/bold] tone", 9.0)])
    save_revision(heavy, recorded.system, kind="person", author="Kim")
    arguments = ("--data", recorded.folder / "split", "--fit", "-o", recorded.system, "--force")
    code, _, err = recorded.run("score", recorded.system, *arguments)
    assert code == 0, err
    newest, *_ = log(recorded)
    assert (newest["kind"], newest["reason"]) == ("optimiser", "fitted on 12 dev images")
    assert newest["accuracy"] == 1.0
    assert {edit["edit"] for edit in newest["edits"]} <= {"set-weight", "set-temperature"}
