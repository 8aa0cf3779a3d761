"""``optimize`` on the command line: the demo's flawed draft gets better on cards that nothing saw before."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

import cotsmith
from cotsmith.cli import run
from cotsmith.errors import UsageError
from cotsmith.systems.diff import diff
from cotsmith.systems.edit_json import edits_from_json
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.file import load
from cotsmith.systems.saving import save_revision
from tests.authoring.world import MEASURED, remembering, shuffled


def optimized(cards: Path, file: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Any, str]:
    """The exit code, the JSON printed, and what stands on standard error."""
    code = run(["optimize", str(file), "--data", str(cards), *MEASURED, "--json", *more])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else None, said.err


def test_greedy_mends_the_demo_draft_on_test_cards(
    cards: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load(draft)
    code, found, err = optimized(cards, draft, capsys)
    assert code == 0
    assert found["engine"] == "greedy"
    assert found["seed"] == 0
    assert found["tokens"] == {"input": 0, "cached": 0, "output": 0}
    assert found["test"]["after"] > found["test"]["before"]
    assert found["test"]["mcnemar_p"] < 0.01
    assert found["test"]["n"] == 256
    assert found["improved"]
    assert found["candidates"] == len(found["climb"]) >= 1
    assert load(draft) == before
    assert apply(before, edits_from_json(found["edits"])) != before
    assert "halved" not in err
    assert "nothing is written" not in err


def test_each_candidate_is_a_revision_of_the_climb(
    cards: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, found, _ = optimized(cards, draft, capsys)
    assert run(["log", str(draft), "--json"]) == 0
    log = json.loads(capsys.readouterr().out)
    tried = [entry for entry in log if "branch" in entry]
    assert [entry["revision"] for entry in reversed(tried)] == [one["revision"] for one in found["climb"]]
    assert [entry["accuracy"] for entry in reversed(tried)] == [one["dev"] for one in found["climb"]]
    start = next(entry for entry in log if "branch" not in entry)
    assert start["accuracy"] == found["dev"]["before"]
    first, last = (f"{draft}@{found['climb'][k]['revision']}" for k in (0, -1))
    assert run(["diff", first, last, "--format", "json"]) in (0, 1)
    edits = edits_from_json(json.loads(capsys.readouterr().out)["edits"])
    assert apply(load(first), edits) == load(last)


def test_the_same_again_records_nothing_twice(cards: Path, draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, one, _ = optimized(cards, draft, capsys)
    _, two, _ = optimized(cards, draft, capsys)
    assert [c["revision"] for c in one["climb"]] == [c["revision"] for c in two["climb"]]


def test_accepting_writes_a_revision_by_the_optimiser(
    cards: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = load(draft)
    code, found, _ = optimized(cards, draft, capsys, "--accept", "improved")
    assert code == 0
    assert load(draft) == apply(before, edits_from_json(found["edits"]))
    assert run(["log", str(draft), "--json"]) == 0
    last = json.loads(capsys.readouterr().out)[0]
    assert (last["kind"], last["revision"], "branch" in last) == ("optimiser", found["revision"], False)
    assert last["accuracy"] == found["dev"]["after"]


def test_cells_that_a_person_set_stay(cards: Path, draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = load(draft)
    wrong = diff(first, load("gallery:demo"))
    cells = [edit for edit in wrong if isinstance(edit, SetRule)]
    save_revision(first, draft, kind="llm")
    locked = cells[0]
    known = {*locked.rule, *first.rules[locked.class_name][locked.attribute]}
    other = next(o for a in first.attributes if a.name == locked.attribute for o in a.options if o not in known)
    save_revision(
        apply(first, [SetRule(locked.class_name, locked.attribute, (other,))]), draft, kind="person", author="Kim"
    )
    _, found, _ = optimized(cards, draft, capsys, "--accept", "all")
    assert load(draft).rules[locked.class_name][locked.attribute] == (other,)
    touched = {(one.get("class"), one.get("attribute")) for one in found["edits"]}
    assert (locked.class_name, locked.attribute) not in touched


def test_the_report_reads_in_80_columns(cards: Path, draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["optimize", str(draft), "--data", str(cards), *MEASURED])
    said = capsys.readouterr()
    assert code == 0
    assert "better by more than chance" in said.out
    table = [line for line in said.out.splitlines() if line.startswith(("dev, chosen", "test"))]
    assert len(table) == 2
    assert all(len(line) <= 80 for line in table)
    assert "dev is halved by content" in said.out


def test_what_cannot_work_is_said_before_a_model_loads(
    cards: Path, draft: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert optimized(cards, draft, capsys, "--split", "dev")[0] == 2
    code, _, err = optimized(cards, draft, capsys, "--budget", "huge")
    assert code == 2
    assert "light, medium, heavy" in err
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    code, _, err = optimized(cards, draft, capsys, "--engine", "dspy", "--model", "openai/any")
    assert code == 2
    assert 'pip install "cotsmith[dspy]"' in err


def test_only_files_are_changed_in_place(cards: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["optimize", "gallery:demo-draft", "--data", str(cards), *MEASURED, "--accept", "all"]) == 2
    assert "in place" in capsys.readouterr().err


def test_from_python_too(cards: Path) -> None:
    system, data = cotsmith.System.load("gallery:demo-draft"), cotsmith.load_dataset(cards, crop="artwork")
    encoder = remembering(cards.parent / "cache")
    with pytest.raises(UsageError, match="engine"):
        cotsmith.optimize(system, data, encoder, engine="magic")  # type: ignore[arg-type]  # what a person may type
    with pytest.raises(UsageError, match="needs an LLM"):
        cotsmith.optimize(system, data, encoder, engine="dspy")
    result = cotsmith.optimize(system, data, encoder, budget=1)
    assert len(result.found.candidates) == 1
    assert result.control is None


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_labels_give_no_improvement(
    seed: int, cards: Path, draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found, _ = optimized(shuffled(cards, tmp_path, seed), draft, capsys, "--patience", "9")
    assert code == 0
    assert not found["improved"]
    assert found["test"]["mcnemar_p"] > 0.05
