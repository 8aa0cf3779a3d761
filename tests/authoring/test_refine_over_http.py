"""`cotsmith refine` from the command line to the socket and back, on the demo's cards with its encoder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cotsmith.scoring.demo.world import write_cards
from cotsmith.systems.edits import Edit, SetNote, SetRule, apply
from cotsmith.systems.file import load, save
from cotsmith.systems.history import History
from cotsmith.systems.json_form import Json
from cotsmith.systems.model import System
from cotsmith.systems.saving import save_revision
from tests.command_line import Command

from .loopback import CHAT, MESSAGES, RESPONSES, Act, Loopback
from .over_http import KEYS, MODELS, NOW, point_at, said, use_keys, without_keys

MODEL = ("--model", MODELS[RESPONSES])
LOCKED = ("Mivvin", "scene")
MEASURED = ("--encoder", "demo", "--crop", "artwork", "--split", "dev")


def rule(class_name: str, attribute: str, option: str) -> dict[str, Any]:
    return {"edit": "set-rule", "class": class_name, "attribute": attribute, "rule": option}


GOOD = rule("Rundu", "markings", "dark spots")
BAD = rule("Bimbul", "body_form", "a fish-like body with fins")
ON_LOCKED = rule(*LOCKED, "snow and ice")
IMPOSSIBLE = rule("Rundu", "eyes", "purple eyes")


def proposing(*edits: dict[str, Any]) -> Act:
    return Act(json.dumps({"proposals": [{"rationale": f"because {e['class']}", "edit": e} for e in edits]}))


REPLY = proposing(GOOD, BAD, ON_LOCKED, IMPOSSIBLE)
NOTHING = Act('{"proposals": []}')


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "cards"
    write_cards(folder, per_class=6, splits=("dev",))
    return folder


@pytest.fixture(autouse=True)
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's draft as an LLM's revision, in which a person then corrected one cell and left three notes."""
    use_keys(monkeypatch, tmp_path)
    path = tmp_path / "draft.json"
    corrected = load("gallery:demo-draft")
    drafted = apply(corrected, [SetRule(*LOCKED, ("tall trees",))])
    save_revision(drafted, path, kind="llm", author="scripted/test", reason="drafted")
    edits: list[Edit] = [
        SetRule(*LOCKED, ("the moon and stars",)),
        SetNote("a note on a cell", *LOCKED),
        SetNote("a note on an attribute", attribute="eyes"),
        SetNote("a note on a class", class_name="Rundu"),
    ]
    save_revision(apply(drafted, edits), path, kind="person", reason="I know them", edits=edits)
    return path


def status_of(result: Any, edit: dict[str, Any]) -> str:
    return str(next(one["status"] for one in result["proposals"] if _same(one["edit"], edit)))


def _same(one: Json, other: Json) -> bool:
    def plain(edit: Any) -> Any:
        return {**edit, "rule": edit["rule"] if isinstance(edit["rule"], list) else [edit["rule"]]}

    return bool(plain(one) == plain(other))


@pytest.mark.parametrize("protocol", [RESPONSES, CHAT, MESSAGES])
def test_one_object_says_everything(
    protocol: str, cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback([REPLY, NOTHING]) as server:
        point_at(server, monkeypatch)
        told = cotsmith(
            *("refine", "draft.json", "--data", str(cards), *MEASURED),
            *("--model", MODELS[protocol], "--accept", "improved", "--json"),
        )
    assert told.code == 0, told.err
    result = json.loads(told.out)
    assert result["file"] == "draft.json"
    assert result["revision"] == 3
    assert result["tokens"] == {"input": 200, "cached": 80, "output": 40}
    assert result["calls"] == 2  # what did not apply went back once
    assert result["seconds"] > 0
    assert isinstance(result["findings"], list)
    assert result["accuracy"]["before"] < result["accuracy"]["after"] <= 1
    assert [status_of(result, edit) for edit in (GOOD, BAD, ON_LOCKED, IMPOSSIBLE)] == [
        "accepted",
        "refused",
        "conflict",
        "invalid",
    ]
    for one in result["proposals"]:
        assert {"edit", "rationale", "delta", "delta_cumulative", "status"} <= set(one)
        assert one["rationale"].startswith("because ")
    good, bad = (next(one for one in result["proposals"] if _same(one["edit"], edit)) for edit in (GOOD, BAD))
    assert good["delta"] > 0 > bad["delta"]
    assert good["delta"] == pytest.approx(result["accuracy"]["after"] - result["accuracy"]["before"])
    assert bad["delta_cumulative"] == pytest.approx(good["delta"] + bad["delta"], abs=0.05)
    assert "lowers the accuracy" in bad["reason"]
    written = load("draft.json")
    assert written.rules["Rundu"]["markings"] == ("dark spots",)
    assert written.rules["Bimbul"] == load("gallery:demo-draft").rules["Bimbul"]
    assert written.rules[LOCKED[0]][LOCKED[1]] == ("the moon and stars",)
    with History.open("draft.json") as history:
        last = history.last()
        assert last is not None
        assert (last.kind, last.author) == ("llm", MODELS[protocol])


@pytest.mark.parametrize("override", [False, True])
@pytest.mark.parametrize("accept", ["all", "improved"])
def test_a_locked_cell_is_changed_only_when_a_person_says_so(
    accept: str, override: bool, cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--override-locks"] if override else []
    with Loopback([REPLY, NOTHING]) as server:
        point_at(server, monkeypatch)
        told = cotsmith(
            *("refine", "draft.json", "--data", str(cards), *MEASURED, *MODEL, "--accept", accept, "--json"), *options
        )
    assert told.code == 0, told.err
    result = json.loads(told.out)
    assert status_of(result, ON_LOCKED) == ("accepted" if override else "conflict")
    assert status_of(result, BAD) == ("accepted" if accept == "all" else "refused")
    now = load("draft.json").rules[LOCKED[0]][LOCKED[1]]
    assert now == (("snow and ice",) if override else ("the moon and stars",))


def test_without_images_all_takes_what_applies_and_no_locked_cell(
    cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback([REPLY, NOTHING]) as server:
        point_at(server, monkeypatch)
        told = cotsmith("refine", "draft.json", *MODEL, "--accept", "all", "--json")
    result = json.loads(told.out)
    assert result["accuracy"] is None
    assert {one["delta"] for one in result["proposals"]} == {None}
    assert status_of(result, ON_LOCKED) == "conflict"
    assert status_of(result, BAD) == "accepted"
    assert load("draft.json").rules[LOCKED[0]][LOCKED[1]] == ("the moon and stars",)


def test_what_is_sent(cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback([NOTHING]) as server:
        point_at(server, monkeypatch)
        told = cotsmith(
            *("refine", "draft.json", "--data", str(cards), *MEASURED, *MODEL, "--accept", "none"),
            *("--feedback", "-"),
            stdin="the eyes are all alike\n",
        )
    assert told.code == 0, told.err
    text = said(server.seen[0])
    for part in (
        '"name": "markings"',
        '["Rundu", "bright orange"',
        "the eyes are all alike",
        "(I know them)",  # the correction, with the reason of its revision
        '["Mivvin", "scene"]: "a note on a cell"',
        '["eyes"]: "a note on an attribute"',
        '["Rundu"]: "a note on a class"',
        'Locked cells, by class:\n["Mivvin", "scene"]',
        "images are named right",
        '"markings": ',
        "are taken for",
        "Findings of the checks:",
    ):
        assert part in text


def test_what_was_refused_is_told_the_next_time(
    cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback([proposing(BAD)]) as server:
        point_at(server, monkeypatch)
        asked = ("refine", "draft.json", "--data", str(cards), *MEASURED, *MODEL)
        assert cotsmith(*asked, "--accept", "improved").code == 0
        told = cotsmith(*asked, "--accept", "ask", stdin="n\nit has no fins\n")
        assert told.code == 0
        assert "because Bimbul" in told.err
        third = cotsmith(*asked, "--accept", "all", "--json")
    first, second, last = (said(seen) for seen in server.seen)
    assert "refused before" not in first
    assert "it lowers the accuracy" in second.partition("refused before")[2]
    assert "it has no fins" in last.partition("refused before")[2]
    (again,) = json.loads(third.out)["proposals"]
    assert (again["status"], again["reason"]) == ("refused", "refused before: it has no fins")
    assert load("draft.json").rules["Bimbul"] == load("gallery:demo-draft").rules["Bimbul"]


def test_rounds_end_when_nothing_improves(cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback([proposing(GOOD), proposing(BAD), NOTHING]) as server:
        point_at(server, monkeypatch)
        told = cotsmith(
            *("refine", "draft.json", "--data", str(cards), *MEASURED, *MODEL),
            *("--accept", "improved", "--rounds", "9", "--json"),
        )
    assert len(server.seen) == 2
    assert '["Rundu", "bright orange", "a sturdy body on four legs", "a pair of long ears", "dark spots"' in said(
        server.seen[1]
    )
    result = json.loads(told.out)
    assert [(one["round"], one["status"]) for one in result["proposals"]] == [(1, "accepted"), (2, "refused")]
    assert result["calls"] == 2


def test_only_the_classes_asked_about_are_sent_and_changed(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback([proposing(GOOD, BAD)]) as server:
        point_at(server, monkeypatch)
        told = cotsmith("refine", "draft.json", *MODEL, "--accept", "all", "--about-classes", "Rundu", "--json")
        assert cotsmith("refine", "draft.json", *MODEL, "--about-classes", "Rundo").err.count("Rundu") == 1
    assert 'Only the rules of these classes are to change: ["Rundu"]' in said(server.seen[0])
    result = json.loads(told.out)
    assert [one["status"] for one in result["proposals"]] == ["accepted"]
    assert "Bimbul" in result["unusable"][0]
    assert load("draft.json").rules["Bimbul"] == load("gallery:demo-draft").rules["Bimbul"]


def test_refining_one_class_of_five_hundred_costs_a_twentieth_of_the_system(
    tmp_path: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tokens are taken for four characters each, in the one reply as in the whole system."""
    small = load("gallery:demo")
    rows = list(small.rules.values())
    rules = {f"Creature {number}": rows[number % len(rows)] for number in range(500)}
    large = System(attributes=small.attributes, rules=rules)
    save(large, tmp_path / "large.json")
    edits = [rule("Creature 7", a.name, a.options[0]) for a in large.attributes]  # more than anybody would change
    reply = proposing(*edits)
    with Loopback([reply]) as server:
        point_at(server, monkeypatch)
        told = cotsmith("refine", "large.json", *MODEL, "--accept", "all", "--about-classes", "Creature 7", "--json")
    assert told.code == 0, told.err
    assert len(server.seen) == 1
    sent_back = len(reply.text)
    whole = len((tmp_path / "large.json").read_text("utf-8"))
    assert sent_back <= whole / 20
    assert len(said(server.seen[0])) <= whole / 5  # and not much of it goes there
    changed = {name for name, row in load("large.json").rules.items() if row != large.rules[name]}
    assert changed == {"Creature 7"}


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (Act(status=401, message=" ".join(["bad", *KEYS.values()])), "HTTP 401"),
        (Act(status=500, headers=NOW), "HTTP 500"),
        (Act('{"proposals": [' * 9, cut=40), "the connection broke"),
        (Act("no"), "no JSON object"),
        (Act("I will not.", stop="refusal"), "I will not."),
    ],
    ids=["401", "500", "cut", "no JSON", "refusal"],
)
def test_what_goes_wrong_leaves_the_system_as_it_was_and_no_key_anywhere(
    act: Act, message: str, tmp_path: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (tmp_path / "draft.json").read_bytes()
    monkeypatch.setattr("cotsmith.authoring.patience.random.uniform", lambda *_: 0.0)  # waits for nothing
    with Loopback([act]) as server:
        point_at(server, monkeypatch)
        told = cotsmith(
            "--debug", "refine", "draft.json", *MODEL, "--accept", "all", "--json", "--record", "record.jsonl"
        )
    assert told.code == 3
    assert told.out == ""
    assert message in told.err
    assert (tmp_path / "draft.json").read_bytes() == before
    without_keys(tmp_path, told.err)


def test_a_recording_refines_the_same_without_the_server(
    tmp_path: Path, cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {path.name: path.read_bytes() for path in tmp_path.glob("draft.*")}
    asked = ("refine", "draft.json", "--data", str(cards), *MEASURED, "--accept", "improved", "--json")
    with Loopback([REPLY, NOTHING]) as server:
        point_at(server, monkeypatch)
        first = cotsmith(*asked, *MODEL, "--record", "record.jsonl")
    written = (tmp_path / "draft.json").read_bytes()
    without_keys(tmp_path, first.out, first.err)
    for path in tmp_path.glob("draft.*"):
        path.unlink()
    for name, content in kept.items():
        (tmp_path / name).write_bytes(content)
    second = cotsmith(*asked, "--model", "replay:record.jsonl")
    assert second.code == 0, second.err
    assert (tmp_path / "draft.json").read_bytes() == written
    one, other = json.loads(first.out), json.loads(second.out)
    assert one["proposals"] == other["proposals"]
    assert (one["tokens"], one["accuracy"]) == (other["tokens"], other["accuracy"])


def test_a_dry_run_shows_the_prompt_and_asks_nobody(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    told = cotsmith("refine", "draft.json", "--dry-run", "--feedback", "more stripes")
    assert told.code == 0
    assert "more stripes" in told.out
    assert "tokens in" in told.out
    assert told.err == ""
    form = json.loads(cotsmith("refine", "draft.json", "--dry-run", "--json").out)
    assert form["estimate"]["tokens"]["input"] > 1000
