"""Asking until a reply is usable, with a scripted LLM: what is checked, counted, kept, recorded and replayed."""

from __future__ import annotations

import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from cotsmith.authoring.asking import ask
from cotsmith.authoring.budget import Budget, estimated_input
from cotsmith.authoring.exchange import Exchange, exchange_from_json
from cotsmith.authoring.failures import BudgetSpent, ReplyError, Truncated
from cotsmith.authoring.llm import Message, Picture, Request, Streaming, Usage
from cotsmith.authoring.models import load_llm
from cotsmith.authoring.raw_replies import MOST_KEPT, keep_reply
from cotsmith.authoring.replay import RecordingLLM, ReplayLLM, read_recording
from cotsmith.authoring.schema_faults import faults_of
from cotsmith.authoring.strict_schema import strict_schema, without_nulls
from cotsmith.authoring.testing import Said, ScriptedLLM
from cotsmith.errors import InputError, Interrupted, LLMError, UsageError
from cotsmith.systems.edit_json import edit_schema
from cotsmith.systems.json_form import Json

SCHEMA: dict[str, Json] = {
    "type": "object",
    "properties": {"color": {"type": "string"}, "note": {"type": "string"}},
    "required": ["color"],
    "additionalProperties": False,
}
REQUEST = Request("draft-colors", "v1", "Be brief.", (Message("user", "Which colour?"),), SCHEMA, 1000)
GOOD = {"color": "blue"}


@pytest.fixture(autouse=True)
def replies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COTSMITH_REPLIES_DIR", str(tmp_path / "replies"))
    return tmp_path / "replies"


def about(text: str) -> Request:
    return replace(REQUEST, messages=(Message("user", text),))


def test_the_callers_check_is_sent_back_too() -> None:
    llm = ScriptedLLM([{"color": "no colour"}, GOOD])
    answer = ask(llm, REQUEST, check=lambda value: [] if value == GOOD else ["a colour that exists is needed"])
    assert answer.value == GOOD
    user, reply, again = llm.requests[1].messages
    assert (user, reply.text) == (REQUEST.messages[0], '{"color": "no colour"}')
    assert "- a colour that exists is needed" in again.text


def test_only_the_last_reply_is_sent_back() -> None:
    llm = ScriptedLLM(["first", "second", GOOD])
    ask(llm, REQUEST)
    assert [message.text for message in llm.requests[2].messages][:2] == ["Which colour?", "second"]


def test_many_faults_are_not_all_listed() -> None:
    llm = ScriptedLLM([GOOD])
    with pytest.raises(LLMError, match="the script has 1 reply,"):
        ask(llm, REQUEST, check=lambda value: [f"fault {number}" for number in range(50)])
    text = llm.requests[1].messages[-1].text
    assert "fault 19" in text
    assert "and 30 more" in text


def test_every_exchange_is_kept_as_it_comes() -> None:
    kept: list[Exchange] = []
    with pytest.raises(ReplyError):
        ask(ScriptedLLM(["no", "no", "no"]), REQUEST, keep=kept.append)
    assert [exchange.reply.text for exchange in kept] == ["no", "no", "no"]
    form = kept[-1].to_json()
    assert form["task"] == "draft-colors"
    assert exchange_from_json(json.loads(json.dumps(form))).key == kept[-1].key


def test_an_unusable_reply_lies_in_a_file_of_its_own(replies: Path) -> None:
    for _ in range(2):
        with pytest.raises(ReplyError) as caught:
            ask(ScriptedLLM(["no"] * 3), REQUEST)
        assert str(replies) in caught.value.hint
    assert len(list(replies.iterdir())) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in replies.iterdir()} == {0o600}


def test_only_the_newest_replies_stay(replies: Path) -> None:
    replies.mkdir()
    (replies / "notes.txt").write_text("mine")
    for day in range(MOST_KEPT):
        (replies / f"2020{day:04}T000000-old.txt").write_text("old")
    keep_reply("new", "text")
    names = sorted(path.name for path in replies.iterdir())
    assert len(names) == MOST_KEPT + 1
    assert "notes.txt" in names
    assert "20200000T000000-old.txt" not in names
    assert any(name.endswith("-new.txt") for name in names)


def test_a_folder_that_cannot_be_written_does_not_hide_the_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReplyError, match="could not be kept"):
        ask(ScriptedLLM(["no"] * 3), REQUEST, replies=tmp_path / "file")


def test_a_key_in_a_reply_or_a_prompt_is_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, replies: Path
) -> None:
    key = "the-key-of-this-test-0123"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    recording = tmp_path / "recording.jsonl"
    llm = RecordingLLM(ScriptedLLM([f"no {key}"] * 3), recording)
    with pytest.raises(ReplyError) as caught:
        ask(llm, about(f"My key is {key}."))
    for path in (recording, *replies.iterdir()):
        assert key not in path.read_text()
        assert "[removed]" in path.read_text()
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    "said", [Said("I will not use the-key-of-this-test-0123.", stop="refusal"), {"the-key-of-this-test-0123": 1}]
)
def test_a_key_that_a_model_repeats_is_not_in_the_message(said: Said | Json, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "the-key-of-this-test-0123")
    with pytest.raises(ReplyError) as caught:
        ask(ScriptedLLM(lambda request: said), replace(REQUEST, schema={**SCHEMA, "required": []}))
    assert "the-key" not in str(caught.value)
    assert "[removed]" in str(caught.value)


def test_the_budget_ends_before_the_next_call() -> None:
    budget = Budget(100)
    llm = ScriptedLLM([Said("no", usage=Usage(60, 10, 50)), GOOD])
    with pytest.raises(BudgetSpent) as caught:
        ask(llm, REQUEST, budget=budget)
    assert len(llm.requests) == 1
    assert "--max-tokens" in caught.value.hint
    assert (budget.spent, budget.left, budget.calls) == (Usage(60, 10, 50), 0, 1)


def test_threads_share_a_budget() -> None:
    budget = Budget(None)
    llm = ScriptedLLM(lambda request: Said(GOOD, usage=Usage(1, 0, 1)))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: ask(llm, REQUEST, budget=budget), range(200)))
    assert budget.spent == Usage(200, 0, 200)


def test_a_reply_that_broke_counts_as_estimated() -> None:
    budget = Budget(10_000)
    with pytest.raises(ReplyError):
        ask(ScriptedLLM([ReplyError("cut", text="x" * 400)]), REQUEST, budget=budget)
    assert budget.spent == Usage(estimated_input(REQUEST), 0, 100)


def test_the_scripted_llm_stops_at_the_limit_like_a_real_one() -> None:
    llm = ScriptedLLM([{"color": "x" * 100}])
    with pytest.raises(Truncated) as caught:
        ask(llm, replace(REQUEST, max_output_tokens=10))
    assert len(caught.value.text) == 40


def test_what_was_cut_off_may_be_given_twice_the_room() -> None:
    llm = ScriptedLLM(lambda request: {"color": "x" * 100})
    small = replace(REQUEST, max_output_tokens=20)
    assert ask(llm, small, longer=True).value == {"color": "x" * 100}
    assert [request.max_output_tokens for request in llm.requests] == [20, 40]
    with pytest.raises(Truncated):
        ask(llm, replace(REQUEST, max_output_tokens=10), longer=True)


def test_the_scripted_llm_can_be_stopped_while_it_waits() -> None:
    stop = threading.Event()
    seen: list[Streaming] = []

    def slow(_request: Request) -> Said:
        stop.set()
        return Said(GOOD, delay=3600)

    llm = ScriptedLLM(slow)
    with pytest.raises(Interrupted):
        ask(llm, REQUEST, cancelled=stop.is_set, watch=seen.append)
    assert seen == []


def test_replay_does_not_depend_on_the_order(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    llm = RecordingLLM(ScriptedLLM(lambda request: {"color": request.messages[0].text}), path)
    for text in ("red", "green", "blue"):
        ask(llm, about(text))
    replayed = ReplayLLM(path, read_recording(path))
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda text: ask(replayed, about(text)).value, ("blue", "red", "green")))
    assert answers == [{"color": "blue"}, {"color": "red"}, {"color": "green"}]


def test_the_same_request_gets_its_recorded_replies_in_order(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    llm = RecordingLLM(ScriptedLLM([{"color": "red"}, {"color": "blue"}]), path)
    for _ in range(2):
        ask(llm, REQUEST)
    replayed = load_llm(f"replay:{path}")
    said = [ask(replayed, REQUEST).value for _ in range(3)]
    assert said == [{"color": "red"}, {"color": "blue"}, {"color": "blue"}]


def test_a_request_that_was_not_recorded_says_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    ask(RecordingLLM(ScriptedLLM([GOOD]), path), about("One line.\nWhich colour has the sky?"))
    replayed = load_llm(f"replay:{path}")
    with pytest.raises(LLMError) as caught:
        ask(replayed, about("One line.\nWhich colour has the sea?"))
    assert 'line 2 of message 1 is now "… has the sea?", but was "… has the sky?"' in caught.value.message
    assert caught.value.where.endswith("draft-colors")
    with pytest.raises(LLMError, match="the recording holds draft-colors"):
        ask(replayed, replace(REQUEST, task="refine"))
    pictured = replace(REQUEST, messages=(Message("user", "One line.\nWhich colour has the sky?", (_PICTURE,)),))
    with pytest.raises(LLMError, match="the pictures of message 1"):
        ask(replayed, pictured)


_PICTURE = Picture(b"not really one", "image/png")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}\n", '"reply" is missing'),
        (b"\n[]\n", "an object is needed"),
        (b"no json\n", "no JSON"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_recording_that_is_none(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "recording.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        load_llm(f"replay:{path}")


def test_a_recording_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--record"):
        ask(RecordingLLM(ScriptedLLM([GOOD]), tmp_path / "none" / "r.jsonl"), REQUEST)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (None, "COTSMITH_MODEL"),
        ("", "--model"),
        ("openai/", "which model of openai"),
        ("opnai/gpt", 'did you mean "openai"'),
        ("gpt-5", "openai/MODEL"),
        ("replay:", "replay:FILE"),
    ],
)
def test_a_model_that_cannot_be_loaded_says_what_to_write(spec: str | None, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_llm(spec)
    assert message in str(caught.value)


@pytest.mark.parametrize(("spec", "variable"), [("openai/m", "OPENAI_API_KEY"), ("anthropic/m", "ANTHROPIC_API_KEY")])
def test_a_missing_or_broken_key_is_told_before_anything_is_sent(
    spec: str, variable: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in (
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "OPENAI_BASE_URL",
        "ANTHROPIC_BASE_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))  # without anyone's profile
    with pytest.raises(LLMError, match=f"{variable} is not set"):
        load_llm(spec)
    monkeypatch.setenv(variable, "two words\nand lines")
    with pytest.raises(LLMError, match="cannot be sent") as caught:
        load_llm(spec)
    assert "two words" not in str(caught.value)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://", "http://x:port", "htp://ann:hush@x"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="is no address") as caught:
        load_llm("openai/m", base_url=url)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["nonsense://name:secret@host", "socks5://host:1"])
def test_a_proxy_that_cannot_be_used_is_named(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(UsageError, match="ALL_PROXY") as caught:
        load_llm("openai/m", base_url="http://localhost:8000/v1")
    assert "secret" not in str(caught.value)


def test_optional_properties_are_nullable_under_strict_rules_and_back() -> None:
    strict = strict_schema(SCHEMA)
    assert strict is not None
    assert strict["required"] == ["color", "note"]
    assert faults_of({"color": "blue", "note": None}, strict) == ()
    assert without_nulls({"color": "blue", "note": None}, SCHEMA) == GOOD
    assert without_nulls({"color": None}, SCHEMA) == {"color": None}  # which is a fault, and stays one


def test_nulls_within_a_union_are_those_of_the_edit_that_was_meant() -> None:
    schema: dict[str, Json] = {
        "type": "object",
        "properties": {"edits": {"type": "array", "items": edit_schema(strict=True)}},
        "required": ["edits"],
        "additionalProperties": False,
    }
    assert strict_schema(schema) is not None
    edit = {"edit": "add-option", "attribute": "color", "option": "red", "position": None}
    assert faults_of(without_nulls({"edits": [edit]}, schema), schema) == ()


def test_an_object_with_any_property_has_no_strict_form() -> None:
    assert strict_schema({"type": "object", "additionalProperties": {"type": "string"}}) is None
    assert strict_schema({"type": "array", "items": {"type": "string"}}) is None


def test_the_fault_of_a_union_is_that_of_the_alternative_that_was_meant() -> None:
    (fault,) = faults_of({"edit": "add-option", "attribute": "color", "option": 3}, edit_schema())
    assert fault == "$.option: 3 is not of type 'string'"
    (fault,) = faults_of({"edit": "paint"}, edit_schema())
    assert "whose edit is" in fault
    assert "add-option" in fault
