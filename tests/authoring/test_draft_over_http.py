"""`cotsmith draft` from the command line to the socket and back, over each protocol, on a bad day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.llm import Request
from cotsmith.cli import run
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from cotsmith.validate.engine import check

from .drafter import answer, classes_of
from .loopback import CHAT, MESSAGES, RESPONSES, Act, Loopback, Seen

CLASSES = [f"Creature {number:03}" for number in range(120)]
NOW = {"retry-after": "0"}
FAULTS = (
    Act(status=500, headers=NOW),
    Act(status=429, headers=NOW),
    Act("{", stop="length"),
    Act('{"rules": "none"}'),
    Act(""),
    Act(status=529, headers=NOW),
)
KEYS = {"OPENAI_API_KEY": "test-openai-key-0123456789", "ANTHROPIC_API_KEY": "test-anthropic-key-0123456789"}


@pytest.fixture(params=[RESPONSES, CHAT, MESSAGES])
def model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    monkeypatch.setenv("COTSMITH_REPLIES_DIR", str(tmp_path / "replies"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES), encoding="utf-8")
    return {RESPONSES: "openai-responses/m", CHAT: "openai/m", MESSAGES: "anthropic/m"}[str(request.param)]


def point_at(server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)


def request_of(seen: Seen) -> Request:
    """The request as the drafter of the tests takes it; what it is about shows in its schema."""
    body: dict[str, Any] = seen.body
    schema = {
        RESPONSES: lambda: body["text"]["format"]["schema"],
        CHAT: lambda: body["response_format"]["json_schema"]["schema"],
        MESSAGES: lambda: body["output_config"]["format"]["schema"],
    }[seen.protocol]()
    task = next((name for name in ("attributes", "rules") if name in schema["properties"]), "refine")
    return Request(f"draft-{task}", "", "", (), schema, 1)


def drafted(*options: str) -> int:
    return run(["draft", "--classes", "classes.txt", "--about", "creatures", "-o", "out.json", *options])


def test_a_draft_on_a_bad_day(
    model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = list(FAULTS)

    def reply(seen: Seen) -> Act:
        request = request_of(seen)
        if request.task == "draft-rules" and faults and classes_of(request):
            return faults.pop(0)
        return Act(json.dumps(answer(4)(request)))

    with Loopback(reply) as server:
        point_at(server, monkeypatch)
        assert drafted("--model", model, "--json", "--rounds", "0", "--record", "record.jsonl") == 0
    told = capsys.readouterr()
    result = json.loads(told.out)
    system = load("out.json")
    assert set(system.classes) == set(CLASSES)
    assert all(all(row.values()) and len(row) == 4 for row in system.rules.values())
    assert not [finding for finding in check(system) if finding.code.startswith("S")]
    answered = [seen for seen in server.seen if seen.body]
    assert result["calls"] == len(answered) - 3  # those with an error for a status are attempts of a call, not calls
    # A reply that was cut off counts as well; where it ended its batch, the caller sees no usage of it.
    assert result["tokens"]["input"] >= 100 * (result["calls"] - 1)
    with History.open("out.json") as history:
        stored = json.dumps(
            [[str(exchange) for exchange in history.exchanges(revision)] for revision in history.revisions()]
        )
    everything = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for key in KEYS.values():
        assert key not in told.out + told.err + stored
        assert not any(key.encode() in content for content in everything)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (Act(status=400, message="out of range"), "HTTP 400: out of range"),
        (Act(status=401, message=f"bad key {KEYS['OPENAI_API_KEY']}"), "_API_KEY"),
        (Act(status=403), "HTTP 403"),
        (Act(status=404, message="no such model"), "--model"),
        (Act(status=429, headers=NOW), "HTTP 429"),
        (Act(status=500, headers=NOW), "HTTP 500"),
        (Act(status=529, headers=NOW), "HTTP 529"),
        (Act("I will not.", stop="refusal"), "I will not."),
        (Act("[link=x]\x1b[31m{0}"), "no object in the reply"),
        (Act(""), "empty"),
        (Act("x", endless=True), "does not end"),
    ],
)
def test_what_goes_wrong_is_one_clear_message(
    model: str, act: Act, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with Loopback([act]) as server:
        point_at(server, monkeypatch)
        assert drafted("--model", model, "--json") == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("error:") == 1
    assert said in told.err
    assert "Traceback" not in told.err
    assert "\x1b" not in told.err
    assert not any(key in told.err for key in KEYS.values())
    assert not Path("out.json").exists()
    if act.text:
        (path,) = (tmp_path / "replies").iterdir()
        assert str(path) in told.err
