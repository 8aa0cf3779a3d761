"""The guided demo: what it writes, what it keeps, what it says."""

from __future__ import annotations

import io
import json
import shutil
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring import demo, demo_replies
from cotsmith.cli import run
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from tests.command_line import Command


def open_history(path: Path) -> History:
    history = History.read(path)
    assert history is not None
    return history


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> demo.Workspace:
    return demo.prepare(tmp_path_factory.mktemp("demo") / "world")


@pytest.fixture(scope="module")
def told(world: demo.Workspace) -> dict[str, Any]:
    """What ``demo --json`` says."""
    with redirect_stdout(io.StringIO()) as shown:
        assert run(["demo", str(world.folder), "--json"]) == 0
    result: dict[str, Any] = json.loads(shown.getvalue())
    return result


def test_the_demo_tells_its_story(world: demo.Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", str(world.folder)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    words = ["cotsmith draft", "written by hand", "cotsmith check", "duplicate-option", "fixed", "cotsmith score"]
    words += [
        "cotsmith refine",
        "taken Mivvin",
        "refused",
        "conflict",
        "rules permuted",
        "cotsmith classify",
        "expected",
    ]
    at = [shown.index(word) for word in words]
    assert at == sorted(at)


def test_the_numbers_of_the_demo(told: dict[str, Any]) -> None:
    draft, fixed, corrected, refined = told["scores"].values()
    assert refined["system"]["accuracy"] >= 0.9
    assert draft["system"]["accuracy"] <= refined["system"]["accuracy"] - 0.1
    assert fixed["system"]["accuracy"] >= draft["system"]["accuracy"]
    assert corrected["system"]["accuracy"] >= fixed["system"]["accuracy"]
    assert refined["baseline"]["accuracy"] < 0.15
    assert refined["mcnemar_p"] < 1e-6
    assert 0 < len(told["corrections"]) <= 12


def test_what_lowers_accuracy_is_shown_as_such_and_left_out(told: dict[str, Any], world: demo.Workspace) -> None:
    harmful = [one for one in told["proposals"] if one["delta"] < 0]
    assert harmful
    assert {one["status"] for one in harmful} == {"refused"}
    assert all("it lowers the accuracy" in one["reason"] for one in harmful)
    assert "cerulean" not in world.corrected.read_text("utf-8")


def test_every_kind_of_proposal_is_there(told: dict[str, Any], world: demo.Workspace) -> None:
    by = {
        status: [one for one in told["proposals"] if one["status"] == status]
        for status in ("accepted", "refused", "conflict")
    }
    assert all(by.values())
    assert all(one["delta"] > 0 for one in by["accepted"])
    assert [one["edit"]["class"] for one in by["conflict"]] == ["Yabbo"]
    assert load(world.corrected).rules["Yabbo"]["main_color"] == ("violet",)


@pytest.mark.usefixtures("told")
def test_the_replayed_draft_and_its_end(world: demo.Workspace) -> None:
    for path, source in ((world.draft, "gallery:demo-draft"), (world.corrected, "gallery:demo")):
        made, known = load(path), load(source)
        assert made.attributes == known.attributes
        assert made.rules == known.rules
    with open_history(world.corrected) as history:
        revisions = history.revisions()
    assert [revision.kind for revision in revisions] == ["llm", "check-fix", "person", "llm"]
    assert {revision.author for revision in revisions if revision.kind == "llm"} == {f"replay:{world.replies}"}


def test_the_recording_is_what_the_script_writes() -> None:
    assert demo_replies.FILE.read_text("utf-8") == demo_replies.recording()


@pytest.mark.usefixtures("told")
def test_the_same_by_hand(world: demo.Workspace, cotsmith: Command) -> None:
    model = ("--model", f"replay:{world.replies}")
    drafted = cotsmith(
        *("draft", "--classes", str(world.classes), "--about", "other words", "--rounds", "0", *model),
        *("-o", "mine.json"),
    )
    assert drafted.code == 0, drafted.err
    assert load("mine.json").rules == load(world.draft).rules
    looking = ("--data", str(world.cards), "--encoder", "demo", "--crop", "artwork")
    refined = cotsmith("refine", "mine.json", *looking, *model, "--accept", "improved", "--json")
    assert refined.code == 0, refined.err
    done = json.loads(refined.out)
    assert done["accuracy"]["after"] > done["accuracy"]["before"] + 0.1
    assert {one["status"] for one in done["proposals"]} == {"accepted", "refused"}


def test_the_replies_are_for_these_creatures_alone(world: demo.Workspace, cotsmith: Command) -> None:
    told = cotsmith(
        "draft", "--classes", "-", "--model", f"replay:{world.replies}", "-o", "x.json", stdin="Owl\nCrow\n"
    )
    assert told.code == 3
    assert 'written for another request: one that mentions "Bimbul"' in told.err


def test_what_a_person_wrote_is_kept(
    world: demo.Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")  # or a long path is broken where nobody knows
    folder = tmp_path / "mine"
    shutil.copytree(world.cards, folder / "cards")
    (folder / "draft.json").write_text("my own words", encoding="utf-8")
    assert run(["demo", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept"] == [str(folder / "draft.json")]
    assert (folder / "draft.json").read_text(encoding="utf-8") == "my own words"
    assert load(folder / "corrected.json").rules == load("gallery:demo").rules


@pytest.mark.parametrize("there", [False, True])
def test_an_interruption_leaves_nothing_behind(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "a" / "world"
    if there:
        folder.mkdir(parents=True)

    def interrupted(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.prepare(folder, interrupted)
    assert list(tmp_path.rglob("*")) == ([folder.parent, folder] if there else [])


def test_what_a_killed_demo_left_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / ".unfinished" / "dev").mkdir(parents=True)
    world = demo.prepare(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cards", "classes.txt", "replies.jsonl"]
    assert len(list(world.cards.rglob("*.jpg"))) == 2 * 16 * demo.PER_CLASS


def test_a_folder_that_cannot_be_written_is_told_as_that(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "/proc/cotsmith-demo"]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith("error: /proc/cotsmith-demo: cannot be written: ")
    assert "Errno" not in shown


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert run(["demo", str(tmp_path)]) == 2
    assert "holds other things" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
