"""The three protocols, streamed and not, against a server that does what servers do on bad days."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import traceback
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.asking import Answer, Declined, ReplyError, Truncated, ask
from cotsmith.authoring.calling import ProviderLLM
from cotsmith.authoring.llm import LLM, Message, Picture, Request, Streaming, Usage
from cotsmith.authoring.models import load_llm
from cotsmith.authoring.patience import Patience
from cotsmith.authoring.wire import Piece, Sending, ServerFailure
from cotsmith.errors import Interrupted, LLMError

from .loopback import CHAT, MESSAGES, RESPONSES, Act, Loopback, Seen

KEYS = {"OPENAI_API_KEY": "test-openai-key-0123456789", "ANTHROPIC_API_KEY": "test-anthropic-key-0123456789"}
SPECS = {RESPONSES: "openai-responses/some-model", CHAT: "openai-chat/some-model", MESSAGES: "anthropic/some-model"}
IMPATIENT = Patience(attempts=3, wait=0.001, longest=0.01, total=60)
SCHEMA = {
    "type": "object",
    "properties": {"color": {"type": "string", "minLength": 1}, "note": {"type": "string"}},
    "required": ["color"],
    "additionalProperties": False,
}
REQUEST = Request("draft-colors", "v1", "Be brief.", (Message("user", "Which colour?"),), SCHEMA, 1000)
GOOD = '{"color": "blue"}'
RAW = '{"color": "something else entirely'

Go = Callable[..., LLM]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    monkeypatch.setenv("COTSMITH_REPLIES_DIR", str(tmp_path / "replies"))
    yield
    for path in tmp_path.rglob("*"):  # no key in any file, whatever happened
        assert not path.is_file() or not any(key.encode() in path.read_bytes() for key in KEYS.values()), path


@pytest.fixture(params=[RESPONSES, CHAT, MESSAGES])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[True, False], ids=["streamed", "whole"])
def llm_for(request: pytest.FixtureRequest, protocol: str) -> Go:
    def load(server: Loopback, patience: Patience = IMPATIENT, **options: Any) -> LLM:
        url = server.url if protocol == MESSAGES else server.openai_url
        return load_llm(SPECS[protocol], base_url=url, stream=request.param, patience=patience, **options)

    return load


def refused(llm: LLM, kind: type[LLMError] = LLMError, request: Request = REQUEST) -> LLMError:
    """The error of asking, which is checked for what every error must be."""
    with pytest.raises(kind) as caught:
        ask(llm, request)
    error = caught.value
    assert error.exit_code == 3
    assert error.hint
    shown = "".join(traceback.format_exception(error))  # what --debug shows
    assert not any(key in shown for key in KEYS.values())
    assert "\x1b" not in str(error)
    return error


def kept(folder: Path) -> str:
    """The one reply that was kept, in a file for its owner alone."""
    (path,) = (folder / "replies").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return path.read_text("utf-8")


def test_a_good_reply_comes_with_what_it_took(llm_for: Go, protocol: str) -> None:
    seen: list[Streaming] = []
    with Loopback([GOOD]) as server:
        answer = ask(llm_for(server), REQUEST, watch=seen.append)
    assert answer.value == {"color": "blue"}
    assert answer.usage == Usage(input=100, cached=40, output=20)
    reply = answer.exchanges[0].reply
    assert reply.text == GOOD
    assert reply.model == "some-model-2026"
    assert reply.first_token is not None
    assert 0 < reply.first_token <= reply.seconds
    assert seen[-1].characters == len(GOOD)
    assert [one.protocol for one in server.seen] == [protocol]


def test_the_schema_is_sent_natively_and_strictly(llm_for: Go, protocol: str) -> None:
    with Loopback(['{"color": "blue", "note": null}']) as server:
        answer = ask(llm_for(server), REQUEST)
    assert answer.value == {"color": "blue"}  # the null stands for what is left out
    body = server.seen[0].body
    if protocol == MESSAGES:
        schema = body["output_config"]["format"]["schema"]
    else:
        form = body["text"]["format"] if protocol == RESPONSES else body["response_format"]["json_schema"]
        assert form["strict"] is True
        schema = form["schema"]
        assert schema["required"] == ["color", "note"]
    assert schema["additionalProperties"] is False
    assert "minLength" not in schema["properties"]["color"]
    assert "store" not in body or body["store"] is False


def test_keys_go_into_headers_only(llm_for: Go, protocol: str) -> None:
    with Loopback([GOOD]) as server:
        ask(llm_for(server), REQUEST)
    key = KEYS["ANTHROPIC_API_KEY" if protocol == MESSAGES else "OPENAI_API_KEY"]
    assert any(key in value for value in server.seen[0].headers.values())
    assert key not in json.dumps(server.seen[0].body)


def test_a_local_server_needs_no_key(llm_for: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.delenv(name)
    with Loopback([GOOD]) as server:
        assert ask(llm_for(server), REQUEST).value == {"color": "blue"}


def test_pictures_are_sent_before_the_text(llm_for: Go) -> None:
    message = Message("user", "Look.", (Picture(b"\x89PNG", "image/png"),))
    with Loopback([GOOD]) as server:
        ask(llm_for(server), Request("t", "v", "", (message,), SCHEMA, 100))
    body = server.seen[0].body
    picture, text = (body.get("input") or body["messages"])[0]["content"]
    assert "iVBORw==" not in json.dumps(text)
    assert "iVBORw" in json.dumps(picture)


def test_a_reply_that_breaks_the_schema_goes_back_with_the_errors(llm_for: Go) -> None:
    with Loopback(['{"colour": "blue"}', "no json", GOOD]) as server:
        answer = ask(llm_for(server), REQUEST)
    assert answer.value == {"color": "blue"}
    assert len(answer.exchanges) == 3
    assert answer.usage == Usage(300, 120, 60)
    again = json.dumps(server.seen[1].body)
    assert "'color' is a required property" in again
    assert "colour" in again


def test_after_two_returns_the_reply_is_kept(llm_for: Go, tmp_path: Path) -> None:
    with Loopback([RAW]) as server:
        error = refused(llm_for(server), ReplyError)
    assert len(server.seen) == 3
    assert kept(tmp_path) == RAW
    assert str(tmp_path) in error.hint


def test_a_reply_cut_off_at_its_limit_says_so(llm_for: Go, tmp_path: Path) -> None:
    with Loopback([Act(RAW, stop="length")]) as server:
        error = refused(llm_for(server), Truncated)
    assert len(server.seen) == 1
    assert isinstance(error, Truncated)
    assert error.text == RAW == kept(tmp_path)
    assert "1,000 tokens" in error.message


def test_a_reply_that_was_complete_at_its_limit_counts(llm_for: Go) -> None:
    with Loopback([Act(GOOD, stop="length")]) as server:
        assert ask(llm_for(server), REQUEST).value == {"color": "blue"}


def test_a_refusal_is_told_in_the_models_words(llm_for: Go, tmp_path: Path) -> None:
    with Loopback([Act("I will not \x1b[31m say.", stop="refusal")]) as server:
        error = refused(llm_for(server), Declined)
    assert len(server.seen) == 1
    assert "I will not \\x1b[31m say." in error.message
    assert kept(tmp_path) == "I will not \x1b[31m say."


def test_an_empty_reply_is_asked_for_again(llm_for: Go) -> None:
    with Loopback(["", GOOD]) as server:
        assert ask(llm_for(server), REQUEST).value == {"color": "blue"}
    assert server.seen[0].body == server.seen[1].body
    with Loopback([""]) as server:
        error = refused(llm_for(server))
    assert "empty" in error.message


@pytest.mark.parametrize(
    ("status", "message", "hint"),
    [
        (400, "temperature is out of range", "refuses the request"),
        (401, f"wrong key {KEYS['OPENAI_API_KEY']} {KEYS['ANTHROPIC_API_KEY']}", "_API_KEY"),
        (403, "not for you", "_API_KEY"),
        (404, "The model `some-model` does not exist", "--model"),
        (413, "too large", "fewer classes"),
    ],
)
def test_what_will_not_change_is_asked_once(llm_for: Go, status: int, message: str, hint: str) -> None:
    with Loopback([Act(status=status, message=message, headers={"retry-after": "1"})]) as server:
        error = refused(llm_for(server))
    assert len(server.seen) == 1
    assert f"HTTP {status}" in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("status", "wish"),
    [(408, ""), (409, ""), (500, ""), (502, ""), (503, ""), (504, "")]
    + [(status, wish) for status in (429, 529) for wish in ("", "0", "3600", "Fri, 01 Jan 2100 00:00:00 GMT")],
)
def test_what_may_change_is_asked_again(llm_for: Go, status: int, wish: str) -> None:
    headers = {"retry-after": wish} if wish else {}
    said: list[str] = []
    with Loopback([Act(status=status, headers=headers, message="wait"), GOOD]) as server:
        answer = ask(llm_for(server), REQUEST, watch=lambda seen: said.append(seen.note) if seen.note else None)
    assert answer.exchanges[0].reply.attempts == 2
    assert f"HTTP {status}: wait" in said[0]
    assert ("it asks for" in said[0]) == (len(wish) > 1)


def test_a_server_that_stays_busy_is_left_alone(llm_for: Go) -> None:
    with Loopback([Act(status=429, headers={"retry-after": "3600"}, message="too many")]) as server:
        error = refused(llm_for(server))
    assert len(server.seen) == IMPATIENT.attempts
    assert "too many" in error.message
    assert "3600 seconds" in error.hint


def test_a_connection_cut_in_mid_reply_is_tried_again(llm_for: Go) -> None:
    with Loopback([Act(RAW * 9, cut=50), GOOD]) as server:
        answer = ask(llm_for(server), REQUEST)
    assert answer.value == {"color": "blue"}
    assert answer.exchanges[0].reply.attempts == 2


def test_what_came_before_the_connection_was_cut_is_kept(llm_for: Go, tmp_path: Path) -> None:
    with Loopback([Act(RAW * 9, cut=50)]) as server:
        error = refused(llm_for(server), ReplyError)
    assert len(server.seen) == IMPATIENT.attempts
    assert "the connection broke" in error.message
    assert "color" in kept(tmp_path)


def test_an_error_within_a_stream_is_tried_again(protocol: str) -> None:
    url = "url" if protocol == MESSAGES else "openai_url"
    with Loopback([Act(RAW, failing="overloaded_error"), GOOD]) as server:
        llm = load_llm(SPECS[protocol], base_url=getattr(server, url), patience=IMPATIENT)
        assert ask(llm, REQUEST).exchanges[0].reply.attempts == 2


@pytest.mark.parametrize("act", [Act(RAW, endless=True), Act("x" * 10_000_000)], ids=["endless", "10 MB"])
def test_a_reply_that_does_not_end_is_cut(llm_for: Go, act: Act, tmp_path: Path) -> None:
    with Loopback([act]) as server:
        error = refused(llm_for(server), ReplyError)
        # What is finite may lie in the sockets' buffers as a whole when the client goes: only the endless must notice.
        assert not act.endless or server.dropped.wait(30)
    assert len(server.seen) == 1
    assert "does not end" in error.message
    assert 16_000 < len(kept(tmp_path)) < 40_000


def test_a_stream_of_nothing_is_cut(protocol: str) -> None:
    with Loopback([Act("", endless=True)]) as server:
        url = server.url if protocol == MESSAGES else server.openai_url
        llm = load_llm(SPECS[protocol], base_url=url)
        error = refused(llm, ReplyError, replace(REQUEST, max_output_tokens=10))
    assert "does not end" in error.message


def test_no_first_byte_within_the_time_allowed(llm_for: Go) -> None:
    patience = Patience(attempts=2, wait=0.001, connect=0.1, first=0.1, total=0.5)
    with Loopback([Act(silent=True)]) as server:
        error = refused(llm_for(server, patience))
    assert "within" in error.message
    assert "--timeout" in error.hint


@dataclass(frozen=True)
class Busy:
    """A wire at the other end of which somebody is busy at once."""

    name: str = "openai/m"
    key_variable: str = "OPENAI_API_KEY"
    base_url: str = ""
    features: frozenset[str] = frozenset()

    def load_sdk(self) -> None:
        """There is none."""

    async def pieces(self, request: Request, sending: Sending) -> AsyncGenerator[Piece, None]:
        if sending.stream:
            raise ServerFailure("overloaded_error", f"{request.task} has to wait")
        yield Piece()


def test_when_the_time_is_over_the_failure_before_is_told_as_well() -> None:
    error = refused(ProviderLLM((Busy(),), patience=Patience(total=1, wait=3600, longest=3600)))
    assert error.message == "no complete reply within 1 seconds; before that: HTTP 529: draft-colors has to wait"
    assert error.hint == "Try again later. Or allow more with --timeout."


def test_bytes_that_are_no_utf_8(llm_for: Go, tmp_path: Path) -> None:
    with Loopback([Act(f"{RAW[:22]}GARBLED", garbled=True)]) as server:
        error = refused(llm_for(server), ReplyError)
    assert "UTF-8" in error.message
    assert "color" in kept(tmp_path)


def test_a_page_in_place_of_a_reply(llm_for: Go, tmp_path: Path) -> None:
    with Loopback([Act(body=b"<html>Sign in</html>")]) as server:
        error = refused(llm_for(server), ReplyError)
    assert "<html>Sign in" in error.message
    assert "--base-url" in error.hint
    assert "Sign in" in kept(tmp_path)


def test_a_server_that_does_not_stream_is_asked_for_the_whole(protocol: str) -> None:
    with Loopback([GOOD], streams=False) as server:
        url = server.url if protocol == MESSAGES else server.openai_url
        llm = load_llm(SPECS[protocol], base_url=url)
        assert ask(llm, REQUEST).value == ask(llm, REQUEST).value == {"color": "blue"}
    assert [seen.stream for seen in server.seen] == [True, False, False]


def test_markup_and_control_characters_stay_text(llm_for: Go) -> None:
    color = "[red]{0.__class__} {{x}} \x1b]0;title\x07 \u202e <b>%s"
    with Loopback([json.dumps({"color": color})]) as server:
        assert ask(llm_for(server), REQUEST).value == {"color": color}


def test_half_a_surrogate_pair_can_be_sent_back(llm_for: Go) -> None:
    with Loopback(['{"colour": "\\ud83d"}', GOOD]) as server:
        assert ask(llm_for(server), REQUEST).value == {"color": "blue"}


def test_cancelling_closes_the_connection(llm_for: Go) -> None:
    asked = threading.Event()

    def for_ever(_seen: Seen) -> Act:
        asked.set()
        return Act("x", endless=True)

    with Loopback(for_ever) as server:
        request = Request("t", "v", "", (Message("user", "go"),), SCHEMA, 10_000_000)
        with pytest.raises(Interrupted):
            llm_for(server).complete(request, cancelled=asked.is_set)
        assert server.dropped.wait(30)


INTERRUPTED = """
import sys
from cotsmith.authoring.llm import Message, Request
from cotsmith.authoring.models import load_llm
request = Request("t", "v", "", (Message("user", "go"),), {"type": "object"}, 10_000_000)
try:
    load_llm(sys.argv[1], base_url=sys.argv[2]).complete(request)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_closes_the_connection(protocol: str) -> None:
    with Loopback([Act("x", endless=True)]) as server:
        url = server.url if protocol == MESSAGES else server.openai_url
        command = [sys.executable, "-c", INTERRUPTED, SPECS[protocol], url]
        with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
            assert server.asked.wait(60)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        assert server.dropped.wait(30)


def test_many_threads_may_ask_at_once(llm_for: Go) -> None:
    with Loopback([GOOD]) as server, ThreadPoolExecutor(8) as pool:
        llm = llm_for(server)
        answers = list(pool.map(lambda _: ask(llm, REQUEST), range(16)))
    assert all(isinstance(answer, Answer) for answer in answers)


def test_within_a_running_loop(llm_for: Go) -> None:
    with Loopback([GOOD]) as server:

        async def cell() -> Answer:
            return ask(llm_for(server), REQUEST)

        assert asyncio.run(cell()).value == {"color": "blue"}


def test_a_recording_replays_without_the_server(llm_for: Go, tmp_path: Path) -> None:
    recording = tmp_path / "exchanges.jsonl"
    with Loopback(["no json", GOOD]) as server:
        first = ask(llm_for(server, record=recording), REQUEST)
    again = ask(load_llm(f"replay:{recording}"), REQUEST)
    assert again.value == first.value
    assert again.usage == first.usage
    assert stat.S_IMODE(os.stat(recording).st_mode) == 0o600
    assert not any(word in recording.read_text().lower() for word in ("authorization", "bearer", "x-api-key"))


def test_a_server_without_structured_output_is_told_the_schema_in_words(llm_for: Go) -> None:
    with Loopback([Act(status=400, message="json_schema is not supported"), GOOD, GOOD]) as server:
        llm = llm_for(server)
        assert ask(llm, REQUEST).value == {"color": "blue"}
        ask(llm, REQUEST)
    last = server.seen[2].body
    assert not {"text", "response_format", "output_config"} & set(last)
    assert "JSON Schema" in json.dumps(last)


def test_a_server_that_counts_no_tokens_gets_an_estimate() -> None:
    with Loopback([Act(GOOD, counts=False)]) as server:
        answer = ask(load_llm(SPECS[CHAT], base_url=server.openai_url), REQUEST)
    assert answer.usage.input > 10
    assert answer.usage.output == 5


def test_the_newer_name_of_the_limit() -> None:
    act = Act(status=400, message="Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
    with Loopback([act, GOOD]) as server:
        ask(load_llm(SPECS[CHAT], base_url=server.openai_url), REQUEST)
    assert server.seen[0].body["max_tokens"] == server.seen[1].body["max_completion_tokens"] == 1000


LESS_ROOM = (
    "max_tokens: 16000 > 8192, which is the maximum allowed number of output tokens for m",
    "max_tokens is too large: 16000. This model supports at most 4096 completion tokens",
    "This model's maximum context length is 8192 tokens. However, you requested 17000 tokens (1000 in the messages, "
    "16000 in the completion). Please reduce the length of the messages or completion.",
)


@pytest.mark.parametrize("message", LESS_ROOM)
def test_a_model_with_less_room_is_asked_for_less(llm_for: Go, message: str) -> None:
    def reply(seen: Seen) -> Act | str:
        return Act(status=400, message=message) if room(seen) > 4096 else GOOD

    request = replace(REQUEST, max_output_tokens=16_000)
    with Loopback(reply) as server:
        llm = llm_for(server)
        ask(llm, request)
        ask(llm, request)
    assert [room(seen) for seen in server.seen] == [16_000, 8_000, 4_000, 4_000]


def test_a_request_that_is_too_long_itself_is_told_as_that(llm_for: Go) -> None:
    with Loopback([Act(status=400, message=LESS_ROOM[2])]) as server:
        with pytest.raises(LLMError) as caught:
            llm_for(server).complete(replace(REQUEST, max_output_tokens=4_000))
        assert [room(seen) for seen in server.seen] == [4_000, 2_000, 1_000]
    assert "maximum context length" in caught.value.message
    assert "fewer classes" in caught.value.hint


def room(seen: Seen) -> int:
    body = seen.body
    return int(body.get("max_output_tokens") or body.get("max_tokens") or body["max_completion_tokens"])


@pytest.mark.parametrize("spoken", [CHAT, RESPONSES])
@pytest.mark.parametrize("by_variable", [True, False])
def test_a_base_url_speaks_what_the_server_knows(
    spoken: str, by_variable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback([GOOD], protocols=[spoken]) as server:
        if by_variable:
            monkeypatch.setenv("OPENAI_BASE_URL", server.openai_url)
        llm = load_llm("openai/some-model", base_url=None if by_variable else server.openai_url)
        ask(llm, REQUEST)
        ask(llm, REQUEST)
    assert [seen.protocol for seen in server.seen] == [spoken, spoken]


def test_anthropics_base_url_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with Loopback([GOOD]) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        ask(load_llm("anthropic/some-model"), REQUEST)
    assert server.seen[0].protocol == MESSAGES


@pytest.mark.parametrize("spec", list(SPECS.values()))
def test_an_address_at_which_nothing_listens(spec: str) -> None:
    with Loopback([GOOD]) as server:
        url = server.openai_url
    error = refused(load_llm(spec, base_url=url.replace("http://", "http://name:secret@")))
    assert "nothing listens" in error.message
    assert "secret" not in str(error)
    assert "--base-url" in error.hint


@pytest.mark.parametrize("spec", list(SPECS.values()))
def test_a_host_that_is_not_known(spec: str) -> None:
    error = refused(load_llm(spec, base_url="http://no-such-host.invalid/v1"))
    assert "is not known" in error.message
