"""The guided demo: what it writes, what it keeps, what it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cotsmith.authoring import demo
from cotsmith.cli import run
from cotsmith.systems.file import load


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> demo.Workspace:
    return demo.prepare(tmp_path_factory.mktemp("demo") / "world")


def test_the_demo_tells_its_story(world: demo.Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", str(world.folder)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for word in (
        "duplicate-option",
        "indistinguishable-classes",
        "fixed",
        "rules permuted",
        "cotsmith check",
        "--crop artwork",
    ):
        assert word in shown


def test_the_numbers_of_the_demo(world: demo.Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", str(world.folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    draft, fixed, corrected = told["scores"].values()
    assert corrected["system"]["accuracy"] >= 0.9
    assert draft["system"]["accuracy"] <= corrected["system"]["accuracy"] - 0.1
    assert fixed["system"]["accuracy"] >= draft["system"]["accuracy"]
    assert corrected["baseline"]["accuracy"] < 0.15
    assert corrected["mcnemar_p"] < 1e-6
    assert 0 < len(told["corrections"]) <= 12


def test_what_a_person_wrote_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "cards").mkdir(parents=True)
    (folder / "draft.json").write_text("my own words", encoding="utf-8")
    again = demo.prepare(folder)
    assert again.kept == (folder / "draft.json",)
    assert (folder / "draft.json").read_text(encoding="utf-8") == "my own words"
    assert load(again.corrected) == load(demo.CORRECTED)


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
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "cards",
        "corrected.history.db",
        "corrected.json",
        "draft.history.db",
        "draft.json",
    ]
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
