"""``optimize`` on the command line: the demo's flawed draft gets better on cards that nothing saw before."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.llm import Request
from cotsmith.authoring.optimize import optimize
from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.cli import run
from cotsmith.errors import UsageError
from cotsmith.scoring.demo.world import write_cards
from cotsmith.scoring.encoders import load_encoder
from cotsmith.scoring.sources import load_dataset
from cotsmith.systems.diff import diff
from cotsmith.systems.edit_json import edits_from_json, to_json
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.file import load, save
from cotsmith.systems.saving import save_revision

needs_dspy = pytest.mark.skipif(
    importlib.util.find_spec("dspy") is None, reason="the extra dspy is not installed; make compat tests it"
)


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "cards"
    write_cards(folder, per_class=16)
    return folder


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.json"
    save(load("gallery:demo-draft"), path)
    return path


def optimized(cards: Path, file: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, Any, str]:
    """The exit code, the JSON printed, and what stands on standard error."""
    words: Sequence[str] = ["--data", str(cards), "--crop", "artwork", "--encoder", "demo", "--json", *more]
    code = run(["optimize", str(file), *words])
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
    code = run(["optimize", str(draft), "--data", str(cards), "--crop", "artwork", "--encoder", "demo"])
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
    data = ["--data", str(cards), "--crop", "artwork", "--encoder", "demo"]
    assert run(["optimize", "gallery:demo-draft", *data, "--accept", "all"]) == 2
    assert "in place" in capsys.readouterr().err


def test_from_python_too(cards: Path) -> None:
    with pytest.raises(UsageError, match="engine"):
        optimize(load("gallery:demo"), load_dataset(cards), load_encoder("demo"), engine="magic")  # type: ignore[arg-type]  # what a person may type
    found = optimize(load("gallery:demo-draft"), load_dataset(cards, crop="artwork"), load_encoder("demo"), budget=1)
    assert len(found.found.candidates) == 1
    assert found.control is None


def knows(request: Request) -> Any:
    """A model that knows the corrected demo, and does harm besides."""
    if request.task == "optimize-instructions":
        return {"new_instruction": "Look at the images."}
    right = diff(load("gallery:demo-draft"), load("gallery:demo"))
    group = json.loads(request.messages[0].text.split("[[ ## group ## ]]\n")[1].split("\n")[0])
    edits = [edit for edit in right if isinstance(edit, SetRule) and edit.class_name in group]
    return {"proposals": [{"rationale": "it looks so", "edit": to_json(edit)} for edit in edits]}


@needs_dspy
def test_an_llm_mends_the_demo_draft_and_greedy_stands_beside(
    cards: Path, draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = tmp_path / "exchanges.jsonl"
    dataset = load_dataset(cards, crop="artwork")
    with monkeypatch.context() as keep:
        keep.setattr("cotsmith.authoring.memo.RememberingLLM.forget", lambda _: None)
        optimize(load(draft), dataset, load_encoder("demo"), engine="dspy", llm=ScriptedLLM(knows), calls=recording)
    code, found, _ = optimized(cards, draft, capsys, "--model", f"replay:{recording}")
    assert code == 0
    assert found["engine"] == "dspy"
    assert found["test"]["mcnemar_p"] < 0.01
    assert found["improved"]
    assert found["calls"] > 0
    assert found["tokens"]["output"] > 0
    assert found["control"]["engine"] == "greedy"
    assert found["control"]["test"]["n"] == found["test"]["n"]
    assert not Path(f"{draft}.optimize.partial").exists()


@needs_dspy
def test_an_interrupted_run_is_not_forgotten_by_accident(
    cards: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partial = Path(f"{draft}.optimize.partial")
    partial.write_text("", "utf-8")
    code, _, err = optimized(cards, draft, capsys, "--model", "replay:none.jsonl")
    assert code == 2
    assert "--resume" in err
    assert partial.exists()
