"""The engine with an LLM: DSPy and GEPA over our own clients, within the budget, resumable, silent on the network."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cotsmith.authoring.dspy_engine import DSPyEngine
from cotsmith.authoring.llm import Request
from cotsmith.authoring.memo import RememberingLLM
from cotsmith.authoring.optimizing import Optimized, run_engine
from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.errors import LLMError
from cotsmith.scoring.threefold import Threefold
from cotsmith.systems.edit_json import to_json
from cotsmith.systems.edits import Edit, SetRule, apply
from cotsmith.systems.model import System
from tests.authoring.planted import measured, truth

WRONG = (SetRule("class 1", "a0", ("o03",)), SetRule("class 4", "a1", ("o13",)), SetRule("class 7", "a0", ("o01",)))
BETTER = "Do as the images say."


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever tries to connect anywhere fails the test."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("something tried to use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def split(start: System, shown: System) -> Threefold:
    train, dev, test = (measured(start, shown, seed=seed) for seed in (1, 2, 3))
    return Threefold(train, dev, test)


def knowing(shown: System, *, always: bool = True) -> Callable[[Request], Any]:
    """A model that proposes the true rules of the group, and one that does harm; at first only when told how."""

    def answer(request: Request) -> Any:
        if request.task == "optimize-instructions":
            return {"new_instruction": BETTER}
        group = json.loads(request.messages[0].text.split("[[ ## group ## ]]\n")[1].split("\n")[0])
        edits: list[Edit] = [SetRule("class 0", "a0", ("o02",))]
        if always or BETTER in request.instructions:
            edits += [SetRule(name, a.name, shown.rules[name][a.name]) for name in group for a in shown.attributes]
        return {"proposals": [{"rationale": "it looks so", "edit": to_json(edit)} for edit in edits]}

    return answer


def run(script: Any, path: Path, *, most: int = 60, start: Threefold | None = None) -> tuple[Optimized, ScriptedLLM]:
    llm = ScriptedLLM(script)
    engine = DSPyEngine(RememberingLLM(llm, path, most=most), seed=0)
    right = truth()
    return run_engine(start or split(apply(right, WRONG), right), engine, name="dspy", budget=60), llm


def test_an_llm_that_knows_lifts_the_test_accuracy(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found, llm = run(knowing(truth()), tmp_path / "calls.jsonl")
    assert capfd.readouterr() == ("", "")
    assert found.improved
    assert found.test.p < 0.01
    assert SetRule("class 0", "a0", ("o02",)) not in [one.edit for one in found.proposals]
    assert all(one.rationale for one in found.proposals)
    assert found.cost.calls == len(llm.requests)
    assert found.cost.usage.output > 0
    assert found.cost.model == "scripted/test"


def test_edits_too_small_to_be_told_from_chance_are_tried_together(tmp_path: Path) -> None:
    right = truth()
    start = apply(right, WRONG)
    few, dev, test = (measured(start, right, n=n, seed=seed) for n, seed in ((27, 1), (180, 2), (180, 3)))

    def answer(request: Request) -> Any:
        if request.task == "optimize-instructions":
            return {"new_instruction": BETTER}
        edits = [SetRule(w.class_name, w.attribute, right.rules[w.class_name][w.attribute]) for w in WRONG]
        return {"proposals": [{"rationale": f"why {e.class_name}", "edit": to_json(e)} for e in edits]}

    found, _ = run(answer, tmp_path / "calls.jsonl", start=Threefold(few, dev, test))
    assert len(found.candidates) == 1
    assert len(found.candidates[0].move.edits) > 1
    assert "why class 1" in found.candidates[0].move.rationale
    assert found.improved


def test_gepa_finds_the_instruction_that_helps(tmp_path: Path) -> None:
    found, llm = run(knowing(truth(), always=False), tmp_path / "calls.jsonl")
    assert found.improved
    reflections = [request for request in llm.requests if request.task == "optimize-instructions"]
    assert reflections
    assert re.search("images? becomes? right", reflections[0].messages[0].text)


def test_the_budget_of_calls_is_kept(tmp_path: Path) -> None:
    for most in (1, 7, 20):
        found, llm = run(knowing(truth(), always=False), tmp_path / f"{most}.jsonl", most=most)
        assert len(llm.requests) <= most
        assert found.cost.calls <= most


def test_a_resumed_run_repeats_no_finished_call(tmp_path: Path) -> None:
    whole, everything = run(knowing(truth()), tmp_path / "whole.jsonl")
    path = tmp_path / "calls.jsonl"

    asked = 0

    def broken(request: Request) -> Any:
        nonlocal asked
        asked += 1
        if asked > 4:
            raise KeyboardInterrupt
        return knowing(truth())(request)

    half, first = run(broken, path)
    assert half.interrupted
    again, second = run(knowing(truth()), path)
    done = {request.messages[0].text + request.instructions for request in first.requests[:4]}
    assert not done & {request.messages[0].text + request.instructions for request in second.requests}
    assert len(second.requests) == len(everything.requests) - 4
    assert again.after.test.system == whole.after.test.system


def test_an_llm_that_cannot_be_reached_is_an_error(tmp_path: Path) -> None:
    def fails(_: Request) -> Any:
        return LLMError("nobody answers", hint="Look at the cable.")

    with pytest.raises(LLMError, match="nobody answers"):
        run(fails, tmp_path / "calls.jsonl")


def test_an_llm_that_fails_later_keeps_what_was_found(tmp_path: Path) -> None:
    asked = 0

    def dies(request: Request) -> Any:
        nonlocal asked
        asked += 1
        return knowing(truth())(request) if asked <= 6 else LLMError("gone")

    found, _ = run(dies, tmp_path / "calls.jsonl")
    assert found.after.dev.accuracy > found.before.dev.accuracy
    assert "gone" in found.stopped


def test_useless_and_hostile_replies_do_no_harm(tmp_path: Path) -> None:
    bad = [
        {"proposals": []},
        {
            "proposals": [
                {
                    "rationale": "{x} [bold]",
                    "edit": {"edit": "set-rule", "class": "{0}", "attribute": "a0", "rule": "x"},
                }
            ]
        },
        "not JSON at all",
    ]
    count = 0

    def answer(request: Request) -> Any:
        nonlocal count
        count += 1
        return {"new_instruction": "{nothing} %s"} if request.task == "optimize-instructions" else bad[count % 3]

    found, _ = run(answer, tmp_path / "calls.jsonl", most=20)
    assert len(found.proposals) == 0
    assert not found.improved


def test_shuffled_labels_give_no_improvement(tmp_path: Path) -> None:
    right = truth()
    n = 180
    labels = [np.random.default_rng(40 + k).integers(0, len(right.classes), n) for k in range(3)]
    train, dev, test = (measured(right, right, n=n, seed=k, labels=labels[k]) for k in range(3))
    found, _ = run(knowing(right), tmp_path / "calls.jsonl", most=25, start=Threefold(train, dev, test))
    assert not found.improved


def test_the_file_of_calls_is_private_and_mended_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    run(knowing(truth()), path, most=3)
    assert path.stat().st_mode & 0o777 == 0o600
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
    assert RememberingLLM(ScriptedLLM([]), path, most=9).calls == len(lines) - 2  # the first is a header
    assert path.read_bytes() == b"".join(lines[:-1])
