"""Recordings with replies that were written by hand, which answer requests however their prompts are worded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.exchange import exchange_of
from cotsmith.authoring.llm import Message, Reply, Request, Usage
from cotsmith.authoring.replay import ReplayLLM, read_recording
from cotsmith.errors import InputError, LLMError

REQUEST = Request("lesson", "v1", "Be brief.", (Message("user", "An owl and a crow."),), {}, 500)


def llm(tmp_path: Path, *lines: dict[str, Any]) -> ReplayLLM:
    path = tmp_path / "replies.jsonl"
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return ReplayLLM(path, read_recording(path))


def written(text: str, *mentions: str, task: str = "lesson") -> dict[str, Any]:
    return {"task": task, "mentions": list(mentions), "reply": {"text": text}}


def test_they_come_in_order_and_the_last_one_ever_after(tmp_path: Path) -> None:
    replaying = llm(tmp_path, written("one", "owl"), written("other", "heron"), written("two", "crow", "owl"))
    changed = replace(REQUEST, instructions="Be brief, please.", prompt_version="v2")
    assert [replaying.complete(changed).text for _ in range(3)] == ["one", "two", "two"]


def test_what_was_recorded_of_the_very_request_goes_first(tmp_path: Path) -> None:
    exact = exchange_of(REQUEST, "m", Reply("recorded", "done", Usage(1, 0, 2), "m", 0.5)).to_json()
    replaying = llm(tmp_path, written("by hand"), exact)
    assert replaying.complete(REQUEST).text == "recorded"
    assert replaying.complete(replace(REQUEST, instructions="Otherwise.")).text == "by hand"


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (replace(REQUEST, task="another"), "this was not recorded; the recording holds lesson"),
        (REQUEST, 'another request: one that mentions "heron", "gull", "tern" and 1 more'),
    ],
)
def test_what_they_do_not_answer(request_: Request, message: str, tmp_path: Path) -> None:
    replaying = llm(tmp_path, written("one", "owl", "heron", "gull", "tern", "jay"))
    with pytest.raises(LLMError, match=r"replies\.jsonl") as caught:
        replaying.complete(request_)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"mentions": []}, 'has a "task"'),
        ({"task": "t", "mentions": "owl"}, 'list of texts as "mentions"'),
        ({"task": "t", "mentions": [1]}, 'list of texts as "mentions"'),
        ({"task": "t", "mentions": []}, "an object is needed"),
        ({"task": "t", "mentions": [], "reply": {}}, '"text" is missing'),
        ({"task": "t", "mentions": [], "reply": {"text": "x", "stop": "tired"}}, "another type"),
    ],
)
def test_a_line_that_is_none(line: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"replies\.jsonl:1") as caught:
        llm(tmp_path, line)
    assert message in str(caught.value)
