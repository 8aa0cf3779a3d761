"""`cotsmith draft` from the command line to the socket and back, over each protocol, on a bad day."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from cotsmith.authoring.patience import Patience
from cotsmith.cli import run
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from cotsmith.validate.engine import check

from .drafter import answer, classes_of
from .loopback import CHAT, MESSAGES, RESPONSES, Act, Loopback, Seen
from .over_http import KEYS, MODELS, NOW, point_at, request_of, use_keys, without_keys

CLASSES = [f"Creature {number:03}" for number in range(120)]
FAULTS = (
    Act(status=500, headers=NOW),
    Act(status=429, headers=NOW),
    Act("{", stop="length"),
    Act('{"rules": "none"}'),
    Act(""),
    Act(status=529, headers=NOW),
)


@pytest.fixture(params=[RESPONSES, CHAT, MESSAGES])
def model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    use_keys(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES), encoding="utf-8")
    return MODELS[str(request.param)]


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
    without_keys(tmp_path, told.out, told.err, stored)


TRICKY = "[link=x]\x1b[31m{0.__class__}{{about}}%s\u202e"
"""Markup, control characters, braces of templates and a mark that turns the direction of text around."""


@pytest.mark.parametrize(
    ("act", "said", "then"),
    [
        (Act(status=400, message="out of range"), "HTTP 400: out of range", "refuses the request"),
        (Act(status=401, message=" ".join(["bad key", *KEYS.values()])), "HTTP 401: bad key", "_API_KEY"),
        (Act(status=403), "HTTP 403", "_API_KEY"),
        (Act(status=404, message="no such model"), "HTTP 404: no such model", "--model"),
        (Act(status=429), "HTTP 429", "try again later"),
        (Act(status=429, headers=NOW), "HTTP 429", "try again later"),
        (Act(status=429, headers={"retry-after": "3600"}), "HTTP 429", "The server asks to wait 3600 seconds."),
        (Act(status=500), "HTTP 500", "Try again later"),
        (Act(status=500, headers=NOW), "HTTP 500", "Try again later"),
        (Act(status=529), "HTTP 529", "Try again later"),
        (Act(status=529, headers=NOW), "HTTP 529", "Try again later"),
        (Act("I will not.", stop="refusal"), "I will not.", "--model"),
        (Act(TRICKY), "no JSON object in the reply", "--model"),
        (Act(""), "empty", "--model"),
        (Act("x" * 1000, endless=True), "does not end", "--model"),
        (Act("x" * 10_000_000), "does not end", "--model"),
        (Act('{"attributes": [', stop="length"), "cut off at 32,000 tokens", "fewer"),
        (Act('{"attributes": [' * 9, cut=50), "the connection broke", "Check the network"),
        (Act(silent=True), "within", "--timeout"),
        (Act("it begins wellGARBLED", garbled=True), "UTF-8", "Try again"),
        (Act(body=b"<html>Sign in</html>"), "<html>Sign in", "--base-url"),
    ],
    ids=lambda given: given if isinstance(given, str) else None,
)
def test_what_goes_wrong_is_one_clear_message(
    model: str,
    act: Act,
    said: str,
    then: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("cotsmith.authoring.models.Patience", partial(Patience, wait=0.001, longest=0.01))
    slow = ["--timeout", "0.5"] if act.silent else []
    with Loopback([act]) as server:
        point_at(server, monkeypatch)
        assert drafted("--model", model, "--json", "--record", "record.jsonl", *slow) == 3
        assert len(server.seen) <= Patience().attempts
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert told.err.count("error:") == 1
    assert said in told.err
    assert then in told.err.partition(said)[2]
    assert "Traceback" not in told.err
    assert not any(strange in told.err for strange in "\x1b\u202e")
    without_keys(tmp_path, told.err)
    assert not Path("out.json").exists()
    assert not Path("out.json.partial").exists()  # nothing came that could be gone on with
    if act.text or act.body:
        (path,) = (tmp_path / "replies").iterdir()
        assert str(path) in told.err
        kept = path.read_text("utf-8")
        assert kept
        assert kept in act.text or kept == (act.body or b"").decode() or act.garbled or act.cut or act.endless


def test_what_an_option_may_hold_is_data(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["[bold]a[/bold] [/x", "{0} {{b}} %s ${c}", f"d{TRICKY}", "<script>e</script>"]

    def reply(seen: Seen) -> Act:
        request = request_of(seen)
        if request.task == "draft-attributes":
            attribute = {"name": "[red]look", "prompt": "A thing that looks like {}.", "options": options}
            return Act(json.dumps({"attributes": [attribute]}))
        return Act(json.dumps(answer()(request)))

    with Loopback(reply) as server:
        point_at(server, monkeypatch)
        assert drafted("--model", model, "--rounds", "0") == 0
    system = load("out.json")
    written = system.attributes[0].options
    assert written[:2] == tuple(options[:2])
    assert written[2] == "d[link=x][31m{0.__class__}{{about}}%s"  # control characters cannot stand in an option
    assert {option for row in system.rules.values() for option in row["[red]look"]} == set(written)
    assert run(["check", "out.json"]) == 1  # four options cannot tell 120 classes apart
    assert run(["export", "out.json"]) == 0
    told = capsys.readouterr()
    assert not any(strange in told.out + told.err for strange in "\x1b\u202e")
