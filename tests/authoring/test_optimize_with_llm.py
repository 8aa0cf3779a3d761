"""``optimize`` with an LLM, from the command line to the socket: what it costs, how it ends, how it resumes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cotsmith
from cotsmith.authoring.llm import Request
from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.systems.edit_json import edits_from_json, to_json
from cotsmith.systems.edits import SetName, SetRule, apply
from cotsmith.systems.file import load, save
from cotsmith.systems.history import History
from tests.authoring.loopback import CHAT, RESPONSES, Act, Loopback, Seen
from tests.authoring.over_http import MODELS, NOW, point_at, said, schema_of, use_keys, without_keys
from tests.authoring.world import MEASURED, group_of, knowing, knows, remembering, shuffled, worse
from tests.command_line import Command, Result

USED = ("optimize", "draft.json", *MEASURED, "--engine", "dspy", "--json")

GUARDED = """
import os, sys

def guard(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex"):
        host = args[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        host = args[1][0]
    else:
        return
    if host not in ("127.0.0.1", "::1", "localhost", None):
        with open(os.environ["FOREIGN"], "a") as file:
            print("the guard works" if host == "example.invalid" else host, file=file)
        raise OSError("no network here")

sys.addaudithook(guard)
import socket
try:
    socket.getaddrinfo("example.invalid", 80)
except OSError:
    pass
from cotsmith.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_keys(monkeypatch, tmp_path)


def answers(seen: Seen) -> Act:
    """A model that knows the corrected demo."""
    if "new_instruction" in schema_of(seen)["properties"]:
        return Act(json.dumps({"new_instruction": "Look at the images."}))
    return Act(json.dumps(knowing(said(seen))))


def asked(seen: Seen) -> str:
    """All that a request says."""
    return json.dumps(seen.body, sort_keys=True)


def first(calls: int, then: Act) -> Callable[[Seen], Act]:
    """That model for so many calls, ``then`` something else."""
    left = iter(range(calls))
    return lambda seen: then if next(left, None) is None else answers(seen)


@pytest.mark.parametrize("protocol", [CHAT, RESPONSES])
def test_an_llm_mends_the_demo_draft_and_greedy_stands_beside(
    protocol: str, cards: Path, draft: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = load(draft)
    with Loopback(answers) as server:
        point_at(server, monkeypatch)
        told = cotsmith(
            *USED, "--data", str(cards), "--model", MODELS[protocol], "--seed", "3", "--record", "calls.jsonl"
        )
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert (found["engine"], found["seed"]) == ("dspy", 3)
    assert found["candidates"] == len(found["climb"]) > 0
    assert found["calls"] == len(server.seen) <= 60
    assert found["tokens"] == {
        "input": 100 * len(server.seen),
        "cached": 40 * len(server.seen),
        "output": 20 * found["calls"],
    }
    assert found["dev"]["after"] > found["dev"]["before"]
    assert found["test"]["after"] > found["test"]["before"]
    assert found["test"]["mcnemar_p"] < 0.01
    assert found["test"]["n"] == 256
    assert found["gap"] == pytest.approx(
        found["dev"]["after"] - found["dev"]["before"] - found["test"]["after"] + found["test"]["before"]
    )
    assert found["control"]["engine"] == "greedy"
    assert found["control"]["test"]["after"] > found["control"]["test"]["before"]
    assert load(draft) == before != apply(before, edits_from_json(found["edits"]))
    assert not Path(f"{draft}.optimize.partial").exists()
    without_keys(tmp_path, told.out, told.err)
    again = cotsmith(*USED, "--data", str(cards), "--model", "replay:calls.jsonl", "--seed", "3")
    assert again.code == 0, again.err
    assert json.loads(again.out)["edits"] == found["edits"]


def test_the_program_is_told_what_is_known(cards: Path, draft: Path) -> None:
    """Accuracies, confusions, findings, what was tried, and which rules stay."""
    llm = ScriptedLLM(knows)
    system = load(draft)
    result = _optimize(system, _data(cards), llm, locked=frozenset({("Rundu", "body_form")}))
    texts = [request.messages[0].text for request in llm.requests if request.task == "optimize"]
    assert "images are named right" in texts[0]
    assert "Classes taken for one another" in texts[0]
    assert "uninformative-attribute" in texts[0]
    assert "[[ ## tried ## ]]\nnone" in texts[0]
    assert any('["Rundu", "body_form"]' in text for text in texts if "Rundu" in group_of(text))
    assert result.found.improved


def test_what_was_tried_is_told(cards: Path, draft: Path) -> None:
    """A model that proposes one thing that helps and one that does not is told so in the rounds that follow."""
    texts: list[str] = []

    def answer(request: Request) -> Any:
        if request.task != "optimize":
            return {"new_instruction": "Think."}
        texts.append(request.messages[0].text)
        reply = knows(request)
        group = group_of(request.messages[0].text)
        bad = SetRule(group[0], "eyes", ("no eyes",))
        reply["proposals"] = [*reply["proposals"][:1], {"rationale": "?", "edit": to_json(bad)}]
        return reply

    system = load(draft)
    _optimize(system, _data(cards), ScriptedLLM(answer), budget=12)
    tried = [text.split("[[ ## tried ## ]]\n")[1].split("\n\n")[0] for text in texts]
    assert tried[0] == "none"
    assert any(": taken; " in text for text in tried)
    assert any(": not taken: " in text for text in tried)


def test_an_interrupted_run_shows_the_best_and_goes_on_where_it_was(
    cards: Path, draft: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    worse(draft)
    partial = Path(f"{draft}.optimize.partial")
    with Loopback(answers) as server:
        point_at(server, monkeypatch)
        whole = json.loads(_run(cotsmith, cards).out)
        everything = len(server.seen)

    def stopping(self: Any, request: Any, **rest: Any) -> Any:
        if self.calls == 5:
            raise KeyboardInterrupt
        return complete(self, request, **rest)

    from cotsmith.authoring.memo import RememberingLLM

    complete = RememberingLLM.complete
    with Loopback(answers) as server:
        point_at(server, monkeypatch)
        with monkeypatch.context() as once:
            once.setattr(RememberingLLM, "complete", stopping)
            half = _run(cotsmith, cards)
        assert half.code == 130
        found = json.loads(half.out)
        assert found["interrupted"]
        assert found["calls"] == 5
        assert found["tokens"]["output"] == 5 * 20
        assert found["candidates"] > 0
        assert found["dev"]["after"] > found["dev"]["before"]
        assert found["control"] is None
        assert "--resume" in half.err
        before = len(server.seen)
        refused = _run(cotsmith, cards)
        assert refused.code == 2
        assert "--resume" in refused.err
        assert partial.exists()
        again = _run(cotsmith, cards, "--resume")
        assert again.code == 0, again.err
        assert len(server.seen) == everything
        earlier, later = (map(asked, part) for part in (server.seen[:before], server.seen[before:]))
        assert not set(earlier) & set(later)
    rest = json.loads(again.out)
    for key in ("edits", "test", "calls", "tokens", "best"):
        assert rest[key] == whole[key], key
    assert not partial.exists()


def test_an_interrupted_run_of_another_system_is_not_resumed(
    cards: Path, draft: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(first(3, Act(status=404, headers=NOW))) as server:
        point_at(server, monkeypatch)
        failed = _run(cotsmith, cards)
        assert failed.code == 3
        assert json.loads(failed.out)["candidates"] > 0
        assert "--resume" in failed.err
        save(apply(load(draft), [SetName("another")]), draft)
        before = len(server.seen)
        other = _run(cotsmith, cards, "--resume")
        assert other.code == 2
        assert "another" in other.err
        assert "--force" in other.err
        assert len(server.seen) == before


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize("most", [1, 4, 9])
def test_the_budget_of_calls_is_kept(
    most: int, cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(answers) as server:
        point_at(server, monkeypatch)
        told = _run(cotsmith, cards, "--budget", str(most))
    assert told.code == 0, told.err
    assert 0 < len(server.seen) == json.loads(told.out)["calls"] <= most


@pytest.mark.usefixtures("draft")
def test_no_call_is_made_when_the_tokens_are_spent(
    cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(answers) as server:
        point_at(server, monkeypatch)
        told = _run(cotsmith, cards, "--max-tokens", "240")
    assert told.code == 0, told.err
    assert len(server.seen) == 2  # 120 tokens each
    assert "tokens are used up" in json.loads(told.out)["stopped"]


def test_accepted_edits_bring_the_exchanges_into_the_history(
    cards: Path, draft: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(answers) as server:
        point_at(server, monkeypatch)
        told = _run(cotsmith, cards, "--budget", "8", "--accept", "improved")
    found = json.loads(told.out)
    history = History.read(draft)
    assert history is not None
    with history:
        exchanges = history.exchanges(history.find(str(found["revision"])))
    assert len(exchanges) == found["calls"] > 0


def test_one_useless_reply_does_not_end_it(cards: Path, draft: Path) -> None:
    count = 0

    def answer(request: Request) -> Any:
        nonlocal count
        count += 1
        return "I would rather not." if count <= 3 else knows(request)

    result = _optimize(load(draft), _data(cards), ScriptedLLM(answer), budget=20)
    assert result.found.cost.failure is None
    assert result.found.improved


def test_useless_replies_only_end_it(cards: Path, draft: Path) -> None:
    llm = ScriptedLLM(lambda _: "I would rather not.")
    result = _optimize(load(draft), _data(cards), llm, budget=60)
    assert result.found.cost.failure is not None
    assert len(llm.requests) <= 9  # three questions, each sent back twice


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_labels_give_no_improvement(seed: int, cards: Path, draft: Path, tmp_path: Path) -> None:
    """A model that proposes whatever comes to its mind finds nothing that holds on test."""
    system, chance = load(draft), random.Random(seed)

    def answer(request: Request) -> Any:
        if request.task != "optimize":
            return {"new_instruction": "Guess."}
        edits = [
            SetRule(name, attribute.name, (chance.choice(attribute.options),))
            for name in group_of(request.messages[0].text)
            for attribute in system.attributes
        ]
        return {"proposals": [{"rationale": "a guess", "edit": to_json(edit)} for edit in edits]}

    llm = ScriptedLLM(answer)
    result = _optimize(system, _data(shuffled(cards, tmp_path, seed)), llm, seed=seed, patience=9, budget=40)
    assert len(llm.requests) > 10
    assert not result.found.improved
    assert result.control is not None
    assert not result.control.improved


@pytest.mark.usefixtures("draft")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--model", "paste"), "by hand"),
        (("--engine", "dspy"), "--model"),
        (("--model", "openai/m", "--reply", "r.txt"), "paste"),
    ],
)
def test_what_cannot_work_is_said_at_once(options: tuple[str, ...], words: str, cards: Path, cotsmith: Command) -> None:
    told = cotsmith("optimize", "draft.json", "--data", str(cards), *MEASURED, *options)
    assert told.code == 2
    assert words in told.err


def test_ctrl_c_ends_the_call_that_runs_and_only_loopback_is_contacted(
    cards: Path, draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of its own, in which every look-up of a name and every connection elsewhere is written down."""
    foreign = tmp_path / "foreign"
    foreign.write_text("", "utf-8")
    words = ["optimize", draft.name, *MEASURED, "--json", "--data", str(cards), "--model", MODELS[CHAT]]
    monkeypatch.setenv("FOREIGN", str(foreign))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    worse(draft)
    with Loopback(first(3, Act(silent=True))) as server:
        point_at(server, monkeypatch)
        process = subprocess.Popen(
            [sys.executable, "-c", GUARDED, *words], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        while len(server.seen) < 4 and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err.decode()
    assert len(server.seen) == 4
    found = json.loads(out)
    assert (found["interrupted"], found["calls"]) == (True, 3)
    assert b"--resume" in err
    assert b"Traceback" not in err
    assert foreign.read_text("utf-8") == "the guard works\n"


def _run(cotsmith: Command, cards: Path, *more: str) -> Result:
    return cotsmith(*USED, "--data", str(cards), "--model", MODELS[CHAT], *more)


def _data(source: Path) -> Any:
    return cotsmith.load_dataset(source, crop="artwork")


def _optimize(system: Any, data: Any, llm: Any, **options: Any) -> Any:
    encoder = remembering(Path(os.environ["COTSMITH_CACHE_DIR"]))
    return cotsmith.optimize(system, data, encoder, engine="dspy", llm=llm, **options)
