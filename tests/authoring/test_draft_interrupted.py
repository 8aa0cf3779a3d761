"""A large draft on a bad day: calls that fail, Ctrl-C half-way, and going on; nothing is asked for twice."""

from __future__ import annotations

import _thread
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cotsmith.authoring.draft_rules import Batch, ask_all
from cotsmith.authoring.draft_store import DraftStore, Step
from cotsmith.authoring.draft_task import Task
from cotsmith.authoring.drafting import draft
from cotsmith.authoring.llm import Usage
from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.cli import run
from cotsmith.errors import Interrupted
from cotsmith.systems.file import load
from cotsmith.validate.engine import check

from .drafter import answer, attributes, classes_of
from .loopback import Act, Loopback, Seen
from .over_http import NOW, addresses, point_at, request_of, use_keys, without_keys

CLASSES = [
    f"{kind} of {place} {number}" for kind in ("Owl", "Fox") for place in ("Rill", "Moor") for number in range(250)
]
PARALLEL = 4
LARGEST_BATCH = 40
FAULTS = (
    Act(status=500, headers=NOW),
    Act('{"rules": [], "new_options": []}'),
    Act("{", stop="length"),
    Act(""),
    Act(status=529, headers=NOW),
)
"""An error, a reply without the classes, one that was cut off, an empty one, an overloaded server."""

DRAFT = ["draft", "--classes", "classes.txt", "--model", "openai-responses/m", "-o", "out.json", "--rounds", "0"]


class Drafter:
    """The server's side: answers, counts how often each class was asked for, and fails in every 20th request.

    From request ``ends`` on, if given, it does ``then``.
    """

    def __init__(self, ends: int | None = None, then: Act | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self.faults = 0
        self.half_way = threading.Event()
        self._calls = 0
        self._ends, self._then = ends, then or Act(silent=True)

    def __call__(self, seen: Seen) -> Act:
        request = request_of(seen)
        if request.task == "draft-rules":
            self._calls += 1
            self.asked.update(classes_of(request))
            if self._ends is not None and self._calls >= self._ends:
                self.half_way.set()
                return self._then
            if self._calls % 20 == 0:
                self.faults += 1
                return FAULTS[self.faults % len(FAULTS)]
        return Act(json.dumps(answer(8)(request)))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_keys(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES), encoding="utf-8")
    return tmp_path


def complete() -> None:
    """Every class has a rule for each of the eight attributes, and the system is sound."""
    system = load("out.json")
    assert system.classes == tuple(CLASSES)
    assert system.attributes == tuple(attributes(8))
    assert all(len(row) == 8 and all(row.values()) for row in system.rules.values())
    assert not [finding for finding in check(system) if finding.severity == "error"]


def test_a_thousand_classes_while_one_call_in_twenty_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drafter = Drafter()
    with Loopback(drafter) as server:
        point_at(server, monkeypatch)
        assert run([*DRAFT, "--json"]) == 0
    complete()
    assert drafter.faults >= 2
    told = capsys.readouterr()
    result = json.loads(told.out)
    assert result["file"] == "out.json"
    assert result["revision"] == 1
    assert not Path("out.json.partial").exists()
    without_keys(folder, told.out, told.err)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_half_way_and_going_on_asks_for_nothing_twice(folder: Path) -> None:
    first = Drafter(ends=23)
    with Loopback(first) as server:
        environment = {**os.environ, **addresses(server)}
        command = [sys.executable, "-m", "cotsmith", *DRAFT, "--parallel", str(PARALLEL)]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert first.half_way.wait(120)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert out == b""
    told = err.decode()
    assert told.startswith("error: interrupted; the rules of ")
    assert told.count("interrupted") == 1
    assert "--resume" in told
    assert not Path("out.json").exists()
    lines = Path("out.json.partial").read_text("utf-8").splitlines()
    kept = {name for line in lines[2:] for name in json.loads(line)["classes"]}
    assert len(CLASSES) / 4 < len(kept) < len(CLASSES)
    assert f"the rules of {len(kept)} of {len(CLASSES)} classes" in told
    without_keys(folder, told)

    second = Drafter()
    with Loopback(second) as server:
        environment = {**os.environ, **addresses(server)}
        again = subprocess.run(
            [*command, "--resume", "--json"], env=environment, capture_output=True, timeout=120, check=False
        )
    assert again.returncode == 0, again.stderr
    complete()
    assert not kept & set(second.asked)
    in_flight = set(first.asked) & set(second.asked)
    assert len(in_flight) <= PARALLEL * LARGEST_BATCH
    assert not Path("out.json.partial").exists()
    without_keys(folder, again.stdout.decode(), again.stderr.decode())


def test_an_interrupted_draft_stands_in_the_way_until_it_is_gone_on_with_or_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = Drafter(ends=4, then=Act(status=400, message="no more"))
    with Loopback(broken) as server:
        point_at(server, monkeypatch)
        assert run(DRAFT) == 3
    told = capsys.readouterr().err
    assert "HTTP 400: no more" in told
    assert "--resume" in told
    assert run(DRAFT) == 2
    assert "a draft was interrupted here" in capsys.readouterr().err
    assert run([*DRAFT, "--resume", "--about", "something else"]) == 2
    assert "was another" in capsys.readouterr().err
    drafter = Drafter()
    with Loopback(drafter) as server:
        point_at(server, monkeypatch)
        assert run([*DRAFT, "--force"]) == 0
    assert set(drafter.asked) == set(CLASSES)
    complete()


def test_an_interrupted_draft_asks_for_the_batches_of_one_that_was_not(tmp_path: Path) -> None:
    task = Task(tuple(f"kind {n % 7} bird {n}" for n in range(90)), rounds=0)
    whole, rest = ScriptedLLM(answer(3)), ScriptedLLM(answer(3))
    store = DraftStore(tmp_path / "a.partial", [])
    draft(whole, task, parallel=1, store=store)
    draft(rest, task, parallel=1, store=DraftStore(tmp_path / "b.partial", [store.steps[0], store.steps[2]]))
    asked = [request.messages for request in whole.requests]
    assert len(asked) > 3
    assert [request.messages for request in rest.requests] == [asked[1], *asked[3:]]


def test_ctrl_c_while_an_answer_is_being_kept_loses_none() -> None:
    kept: list[Step] = []

    def keep(step: Step) -> None:
        if not kept:
            _thread.interrupt_main()
            time.sleep(0.3)  # the main thread has long ended what it was at
        kept.append(step)

    def ask(batch: Batch, _: Callable[[], bool]) -> Step:
        time.sleep(0.2)  # the main thread waits for it by now
        return Step(None, batch, Usage())

    with pytest.raises(Interrupted):
        ask_all([("a",), ("b",), ("c",)], ask, parallel=1, keep=keep)
    assert kept[0].classes == ("a",)


def test_what_is_counted_as_kept_is_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    store = DraftStore.open("out.json", {}, resume=False)
    store.add(Step("first", ("a",), Usage()))

    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.add(Step("second", ("b",), Usage()))
    assert [step.value for step in store.steps] == ["first"]
