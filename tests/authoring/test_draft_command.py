"""`cotsmith draft` as a person uses it: where classes come from, what is sent, what comes out and what it tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cotsmith.scoring.demo.world import write_cards
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from tests.command_line import Command

from .drafter import answer
from .loopback import CHAT, MESSAGES, RESPONSES, Act, Loopback, Seen
from .over_http import KEYS, MODELS, answering, pictures, point_at, request_of, said, schema_of, use_keys, without_keys

NAMES = ("Absol", "Aggron", "Snowy owl", "Barn owl", "Zubat", 'Mr. {Mime}, "the" 1st')
MODEL = ("--model", MODELS[RESPONSES])
OUT = ("-o", "out.json")
DRAFT = ("draft", "--classes", "classes.txt", *MODEL, *OUT)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_keys(monkeypatch, tmp_path)
    (tmp_path / "classes.txt").write_text("\n".join(NAMES), encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "cards"
    write_cards(folder, per_class=3, splits=("dev",))
    return folder


def asked_for(server: Loopback, task: str) -> list[Seen]:
    return [seen for seen in server.seen if request_of(seen).task == task]


@pytest.mark.parametrize("by_option", [True, False], ids=["--base-url", "variable"])
@pytest.mark.parametrize("protocol", [RESPONSES, CHAT, MESSAGES])
def test_one_object_says_everything(
    protocol: str, by_option: bool, folder: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(answering(answer(3))) as server:
        where: list[str] = []
        if by_option:
            where = ["--base-url", server.url if protocol == MESSAGES else server.openai_url]
        else:
            point_at(server, monkeypatch)
        told = cotsmith(
            *("draft", "--classes", "classes.txt", "--about", "drawings", "--model", MODELS[protocol], *OUT, "--json"),
            *where,
        )
    assert told.code == 0, told.err
    result = json.loads(told.out)
    assert result["file"] == "out.json"
    assert result["revision"] == 1
    calls = len(server.seen)
    assert result["calls"] == calls
    assert result["tokens"] == {"input": 100 * calls, "cached": 40 * calls, "output": 20 * calls}
    assert result["seconds"] > 0
    assert all({"code", "severity", "message"} <= set(finding) for finding in result["findings"])
    system = load("out.json")
    assert system.classes == NAMES
    assert system.description == "drawings"
    with History.open("out.json") as history:
        revision = history.last()
        assert revision is not None
        assert (revision.kind, revision.author) == ("llm", MODELS[protocol])
        assert "prompts " in revision.reason
        assert f"{100 * calls:,} tokens in" in revision.reason
        assert f"{calls} calls" in revision.reason
        assert revision.reason.endswith(" s")
        assert len(list(history.exchanges(revision))) == calls
    without_keys(folder, told.out, told.err)


def test_classes_may_come_on_standard_input(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(answering(answer(2))) as server:
        point_at(server, monkeypatch)
        told = cotsmith("draft", "--classes", "-", *MODEL, *OUT, stdin="One\n\n  Two \nThree\n")
    assert told.code == 0, told.err
    assert load("out.json").classes == ("One", "Two", "Three")


def test_classes_may_be_those_of_images(
    cards: Path, folder: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = set(load("gallery:demo").classes)
    rows = [f"{path},{path.parent.name}" for path in sorted((cards / "dev").rglob("*.jpg"))]
    (folder / "cards.csv").write_text("\n".join(["image,label", *rows]), encoding="utf-8")
    with Loopback(answering(answer(2))) as server:
        point_at(server, monkeypatch)
        for options in (["--classes", str(cards)], ["--data", str(cards)], ["--classes", "cards.csv"]):
            told = cotsmith("draft", *options, *MODEL, *OUT, "--force")
            assert told.code == 0, told.err
            assert set(load("out.json").classes) == wanted


@pytest.mark.parametrize("protocol", [RESPONSES, CHAT, MESSAGES])
def test_images_of_each_class_are_sent(
    protocol: str, cards: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(answering(answer(2))) as server:
        point_at(server, monkeypatch)
        told = cotsmith(
            *("draft", "--data", str(cards), "--crop", "artwork", "--split", "dev", "--show-images", "2"),
            *("--model", MODELS[protocol], *OUT, "--rounds", "0"),
        )
        assert told.code == 0, told.err
        rows = asked_for(server, "draft-rules")
        assert sum(pictures(seen) for seen in rows) == 2 * 16
        assert pictures(asked_for(server, "draft-attributes")[0]) > 0
    text = said(rows[0])
    shown = json.loads(text.partition("The pictures show, in this order: ")[2].partition("\n")[0])
    assert len(shown) == pictures(rows[0])
    assert str(cards) not in json.dumps([seen.body for seen in server.seen])  # no name of a file


def test_wanted_attributes_are_asked_for_and_held_to(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(seen: Seen) -> Act:
        if request_of(seen).task == "draft-attributes" and len(asked_for(server, "draft-attributes")) > 1:
            form = [{"name": n, "prompt": f"Its {n} is {{}}.", "options": ["a", "b"]} for n in ("colour", "shape")]
            return Act(json.dumps({"attributes": form}))
        if request_of(seen).task == "draft-attributes":
            return Act('{"attributes": [{"name": "colour", "prompt": "It is {}.", "options": ["a", "b"]}]}')
        return Act(json.dumps(answer()(request_of(seen))))

    with Loopback(reply) as server:
        point_at(server, monkeypatch)
        assert cotsmith(*DRAFT, "--attributes", "colour, shape", "--rounds", "0").code == 0
    first, again = asked_for(server, "draft-attributes")
    assert 'Use exactly these attribute names: ["colour", "shape"]' in said(first)
    assert 'the attribute "shape" is missing' in said(again)
    assert [a.name for a in load("out.json").attributes] == ["colour", "shape"]


def test_a_number_of_attributes_and_what_the_images_are(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(answering(answer(3))) as server:
        point_at(server, monkeypatch)
        assert cotsmith(*DRAFT, "--attributes", "3", "--about", "birds in {winter}").code == 0
    text = said(server.seen[0])
    assert "The images: birds in {winter}" in text
    assert "Design 3 attributes." in text
    assert json.dumps(NAMES[-1]) in text


def test_a_system_to_start_from_is_sent(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(answering(answer(2))) as server:
        point_at(server, monkeypatch)
        assert cotsmith(*DRAFT, "--like", "gallery:demo").code == 0
    text = said(server.seen[0])
    assert "Start from these attributes" in text
    assert all(json.dumps(a.prompts[0]) in text for a in load("gallery:demo").attributes)
    assert "Rundu" not in text


def test_rules_can_only_name_options_that_exist(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback(answering(answer(2))) as server:
        point_at(server, monkeypatch)
        assert cotsmith(*DRAFT, "--rounds", "0").code == 0
    attributes = load("out.json").attributes
    (rows,) = asked_for(server, "draft-rules")
    properties: Any = schema_of(rows)["properties"]["rules"]["items"]["properties"]
    assert {a.name: properties[a.name]["items"]["enum"] for a in attributes} == {
        a.name: list(a.options) for a in attributes
    }
    assert sorted(properties["class"]["enum"]) == sorted(NAMES)


@pytest.mark.parametrize("rounds", [0, 1, 3])
def test_findings_go_back_so_often(rounds: int, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft whose colours repeat themselves: the LLM merges two of them each time that it is told."""
    options = ["deep red", "deep  red.", "pale blue", "Pale blue", "green"]
    mendings = [["deep red", "deep  red."], ["pale blue", "Pale blue"]]

    def reply(seen: Seen) -> Act:
        task = request_of(seen).task
        if task == "draft-attributes":
            form = {"name": "color", "prompt": "A creature that is {}.", "options": options}
            return Act(json.dumps({"attributes": [form]}))
        if task == "draft-rules":
            return Act(json.dumps(answer()(request_of(seen))))
        if not mendings:
            return Act('{"proposals": []}')
        into, option = mendings.pop(0)
        edit = {"edit": "merge-options", "attribute": "color", "option": option, "into": into}
        return Act(json.dumps({"proposals": [{"rationale": "they say the same", "edit": edit}]}))

    with Loopback(reply) as server:
        point_at(server, monkeypatch)
        told = cotsmith(*DRAFT, "--rounds", str(rounds), "--json")
    assert told.code == 0, told.err
    sent = asked_for(server, "refine")
    assert len(sent) == rounds  # the third time nothing was mended
    assert all("Findings of the checks:" in said(seen) for seen in sent)
    assert len(load("out.json").attributes[0].options) == 5 - min(rounds, 2)
    assert json.loads(told.out)["calls"] == len(server.seen)


def test_an_option_that_was_asked_for_on_the_way_is_added(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def reply(seen: Seen) -> Act:
        value: Any = answer(2)(request_of(seen))
        if request_of(seen).task == "draft-rules":
            name = next(iter(schema_of(seen)["properties"]["rules"]["items"]["properties"].keys() - {"class", "looks"}))
            value["new_options"] = [{"attribute": name, "option": "scaly", "classes": ["Zubat"]}]
        return Act(json.dumps(value))

    with Loopback(reply) as server:
        point_at(server, monkeypatch)
        told = cotsmith(*DRAFT, "--rounds", "0")
    assert told.code == 0
    assert 'options added while the rules were written: "scaly"' in told.err
    system = load("out.json")
    assert ["scaly" in rule for rule in system.rules["Zubat"].values()].count(True) == 1
    assert not any("scaly" in rule for name in NAMES[:4] for rule in system.rules[name].values())


def test_a_dry_run_shows_the_prompts_and_asks_nobody(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    told = cotsmith("draft", "--classes", "classes.txt", "--about", "drawings", "--dry-run")
    assert told.code == 0, told.err
    assert told.out.count("The images: drawings") == 2  # the question for attributes, and that for rules
    assert "2 calls, about " in told.out
    assert "tokens in" in told.out
    form = json.loads(cotsmith("draft", "--classes", "classes.txt", "--dry-run", "--json").out)
    assert [request["task"] for request in form["requests"]] == ["draft-attributes", "draft-rules"]
    assert form["estimate"]["tokens"]["input"] > 500
    assert not Path("out.json").exists()
    assert not Path("out.json.partial").exists()


def test_a_recording_drafts_the_same_without_the_server(
    folder: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(answering(answer(3))) as server:
        point_at(server, monkeypatch)
        first = cotsmith(*DRAFT, "--json", "--record", "record.jsonl")
    written = Path("out.json").read_bytes()
    for path in folder.glob("out.*"):
        path.unlink()
    second = cotsmith("draft", "--classes", "classes.txt", "--model", "replay:record.jsonl", *OUT, "--json")
    assert second.code == 0, second.err
    assert Path("out.json").read_bytes() == written
    one, other = json.loads(first.out), json.loads(second.out)
    assert {**one, "seconds": 0} == {**other, "seconds": 0}
    changed = cotsmith(
        *("draft", "--classes", "classes.txt", "--about", "others", "--model", "replay:record.jsonl", "-o", "new.json")
    )
    assert changed.code == 3
    assert "this request was not recorded: line 1 of message 1" in changed.err


def test_tokens_are_spent_up_to_a_limit(folder: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "classes.txt").write_text("\n".join(f"Creature {n}" for n in range(200)), encoding="utf-8")
    with Loopback(answering(answer(3))) as server:
        point_at(server, monkeypatch)
        told = cotsmith(*DRAFT, "--max-tokens", "300", "--parallel", "1")
        assert told.code == 3
        assert "the budget of 300 tokens is spent" in told.err
        assert len(server.seen) == 3  # 120 each
        assert "--resume" in told.err
        again = cotsmith(*DRAFT, "--resume", "--rounds", "0")
    assert again.code == 0, again.err
    assert len(load("out.json").rules) == 200


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--classes", "classes.txt", *MODEL], "-o FILE"),
        (["--classes", "none.txt", *MODEL, *OUT], "none.txt"),
        (["--classes", "one.txt", *MODEL, *OUT], "at least two classes"),
        (["--classes", "twice.txt", *MODEL, *OUT], "stands twice"),
        (["--classes", "classes.txt", *OUT], "COTSMITH_MODEL"),
        (["--classes", "classes.txt", *MODEL, *OUT, "--show-images", "2"], "--data"),
        (["--classes", "classes.txt", *MODEL, *OUT, "--attributes", "0"], "at least one attribute"),
        ([*MODEL, *OUT], "--classes FILE"),
    ],
    ids=["no output", "no file", "one class", "a class twice", "no model", "no images", "no attributes", "no classes"],
)
def test_what_cannot_be_drafted_is_told_before_a_token_is_spent(
    options: list[str], message: str, folder: Path, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "one.txt").write_text("One", encoding="utf-8")
    (folder / "twice.txt").write_text("One\nTwo\nOne", encoding="utf-8")
    with Loopback(answering(answer(2))) as server:
        point_at(server, monkeypatch)
        told = cotsmith("draft", *options)
    assert told.code == 2
    assert message in told.err
    assert server.seen == []
