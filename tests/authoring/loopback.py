"""A server on this machine that speaks Responses, Chat Completions and Anthropic Messages, with faults on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

RESPONSES, CHAT, MESSAGES = "responses", "chat", "messages"
PATHS = {"/v1/responses": RESPONSES, "/v1/chat/completions": CHAT, "/v1/messages": MESSAGES}
PIECE = 11


@dataclass(frozen=True)
class Act:
    """What the server does with one request. ``text`` is said unless ``status`` is an error's.

    ``cut`` closes the connection after so many characters; ``endless`` repeats the text for ever; ``silent`` sends no
    byte until the server is closed; ``garbled`` puts bytes into the text that are no UTF-8; ``failing`` reports an
    error of that type within a reply that began well; ``body`` is sent instead of everything else.
    """

    text: str = ""
    stop: str = "done"
    status: int = 200
    message: str = "the server says why"
    code: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    endless: bool = False
    silent: bool = False
    garbled: bool = False
    failing: str = ""
    body: bytes | None = None
    counts: bool = True


@dataclass(frozen=True)
class Seen:
    """One request as it came."""

    protocol: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def stream(self) -> bool:
        return bool(self.body.get("stream"))


Script = Iterable[Act | str] | Callable[[Seen], Act | str]


class Loopback:
    """The server; a context manager. It answers from ``script``, the last entry of which is for all that follow.

    ``asked`` is set with the first request, ``dropped`` when a client closed its connection while something was still
    being sent to it. Without ``streams`` every reply comes in one piece, also where a stream was asked for.
    """

    def __init__(
        self, script: Script, *, protocols: Iterable[str] = (RESPONSES, CHAT, MESSAGES), streams: bool = True
    ) -> None:
        self.seen: list[Seen] = []
        self.dropped = threading.Event()
        self.closing = threading.Event()
        self.asked = threading.Event()
        self.streams = streams
        self._protocols = frozenset(protocols)
        self._script = script if callable(script) else _in_order(list(script))
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The address for Anthropic's SDK."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def openai_url(self) -> str:
        """The address for OpenAI's SDK."""
        return f"{self.url}/v1"

    def act(self, seen: Seen) -> Act:
        with self._lock:
            self.seen.append(seen)
            self.asked.set()
            entry = self._script(seen)
        return Act(entry) if isinstance(entry, str) else entry

    def speaks(self, protocol: str) -> bool:
        return protocol in self._protocols


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is what the tests are about, no error."""


def _in_order(script: list[Act | str]) -> Callable[[Seen], Act | str]:
    remaining = list(script)
    return lambda seen: remaining.pop(0) if len(remaining) > 1 else remaining[0]


def _handler(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(length))
            protocol = PATHS.get(self.path, "")
            if not server.speaks(protocol):
                self._send(404, {}, b'{"detail": "Not Found"}')
                return
            seen = Seen(protocol, {name.lower(): value for name, value in self.headers.items()}, body)
            act = server.act(seen)
            try:
                self._answer(seen, act)
            except (BrokenPipeError, ConnectionResetError):
                server.dropped.set()
            if act.cut is not None or act.silent or act.endless:
                self.close_connection = True

        def _answer(self, seen: Seen, act: Act) -> None:
            if act.silent:
                server.closing.wait()
            elif act.status != 200:
                self._send(act.status, act.headers, _error_body(seen.protocol, act))
            elif act.body is not None:
                self._send(200, {"content-type": "text/html"}, act.body)
            elif seen.stream and server.streams:
                self._stream(seen, act)
            else:
                self._whole(seen, act)

        def _send(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _stream(self, seen: Seen, act: Act) -> None:
            self._begin("text/event-stream")
            for event in _events(seen, act, server.closing):
                self._chunk(event)
            if act.cut is None:
                self.wfile.write(b"0\r\n\r\n")

        def _whole(self, seen: Seen, act: Act) -> None:
            content = _encoded(_WHOLES[seen.protocol](seen, act, act.text), act)
            if act.endless:
                self._begin("application/json")
                self._chunk(content.partition(b"\\u0000")[0][:-1])
                while not server.closing.is_set():
                    self._chunk(act.text.encode() * 200)
            elif act.cut is not None:
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[: len(content) // 2])
            else:
                self._send(200, {}, content)

        def _begin(self, kind: str) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()

        def _chunk(self, content: bytes) -> None:
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()

        def log_message(self, *arguments: object) -> None:
            """Nothing: the output of tests is for their own faults."""

    return Handler


def _events(seen: Seen, act: Act, closing: threading.Event) -> Iterator[bytes]:
    """The server-sent events of a reply, encoded."""
    before, after = _FRAMES[seen.protocol](seen, act)
    delta = _DELTAS[seen.protocol]
    yield from (_event(seen.protocol, event, act) for event in before)
    said = 0
    while not closing.is_set():
        for start in range(0, len(act.text) or 1, PIECE):
            if act.cut is not None and said >= act.cut:
                return
            piece = act.text[start : start + PIECE]
            yield _event(seen.protocol, delta(piece, act.stop), act)
            said += len(piece)
        if not act.endless:
            break
    if act.cut is not None:
        return
    if act.failing:
        yield _event(seen.protocol, _failure(seen.protocol, act), act)
        return
    yield from (_event(seen.protocol, event, act) for event in after)
    if seen.protocol == CHAT:
        yield b"data: [DONE]\n\n"


def _event(protocol: str, form: dict[str, Any], act: Act) -> bytes:
    content = b"data: " + _encoded(form, act) + b"\n\n"
    return content if protocol == CHAT else f"event: {form['type']}\n".encode() + content


def _encoded(form: dict[str, Any], act: Act) -> bytes:
    content = json.dumps(form).encode()
    return content.replace(b"GARBLED", b"\xff\xfe") if act.garbled else content


def _error_body(protocol: str, act: Act) -> bytes:
    if protocol == MESSAGES:
        return json.dumps(_failure(protocol, act) | {"request_id": "req_1"}).encode()
    error = {"message": act.message, "type": "invalid_request_error", "param": None, "code": act.code}
    return json.dumps({"error": error}).encode()


def _failure(protocol: str, act: Act) -> dict[str, Any]:
    kind = act.failing or act.code or "api_error"
    if protocol == MESSAGES:
        return {"type": "error", "error": {"type": kind, "message": act.message}}
    if protocol == RESPONSES:
        return {"type": "error", "code": kind, "message": act.message, "param": None, "sequence_number": 99}
    return {"error": {"message": act.message, "type": kind, "code": kind, "param": None}}


# Responses


def _response(seen: Seen, act: Act, text: str) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    if act.stop == "refusal":
        part = {"type": "refusal", "refusal": text}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1790000000,
        "status": "incomplete" if act.stop == "length" else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if act.stop == "length" else None,
        "error": None,
        "model": f"{seen.body['model']}-2026",
        "output": [message] if text else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 100,
            "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 0},
            "output_tokens": 20,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 120,
        }
        if act.counts
        else None,
    }


def _response_frames(seen: Seen, act: Act) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    running = _response(seen, act, "") | {"status": "in_progress", "usage": None, "incomplete_details": None}
    final = _response(seen, act, act.text)
    kind = "response.incomplete" if act.stop == "length" else "response.completed"
    item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
    part = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
    before = [
        {"type": "response.created", "response": running, "sequence_number": 0},
        {"type": "response.in_progress", "response": running, "sequence_number": 1},
        {"type": "response.output_item.added", "item": item, "output_index": 0, "sequence_number": 2},
        {"type": "response.content_part.added", "part": part, "sequence_number": 3} | _PLACE,
    ]
    done = {"type": "response.output_text.done", "text": act.text, "logprobs": [], "sequence_number": 90} | _PLACE
    return before, [done, {"type": kind, "response": final, "sequence_number": 91}]


_PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}


def _response_delta(piece: str, stop: str) -> dict[str, Any]:
    kind = "response.refusal.delta" if stop == "refusal" else "response.output_text.delta"
    return {"type": kind, "delta": piece, "logprobs": [], "sequence_number": 4} | _PLACE


# Chat Completions

_REASONS = {"done": "stop", "length": "length", "refusal": "stop"}
_CHAT_USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 40},
}


def _completion(seen: Seen, act: Act, text: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    if act.stop == "refusal":
        message = {"role": "assistant", "content": None, "refusal": text}
    form = _chat_head(seen, "chat.completion")
    form["choices"] = [{"index": 0, "message": message, "finish_reason": _REASONS[act.stop], "logprobs": None}]
    return form | ({"usage": _CHAT_USAGE} if act.counts else {})


def _chat_head(seen: Seen, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1790000000, "model": f"{seen.body['model']}-2026"}


def _chat_frames(seen: Seen, act: Act) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    head = _chat_head(seen, "chat.completion.chunk")
    first = head | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
    last = head | {"choices": [{"index": 0, "delta": {}, "finish_reason": _REASONS[act.stop]}]}
    counted = [head | {"choices": [], "usage": _CHAT_USAGE}] if act.counts else []
    return [first], [last, *counted]


def _chat_delta(piece: str, stop: str) -> dict[str, Any]:
    key = "refusal" if stop == "refusal" else "content"
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1790000000, "model": "m-2026"}
    return head | {"choices": [{"index": 0, "delta": {key: piece}, "finish_reason": None}]}


# Anthropic Messages

_ENDS = {"done": "end_turn", "length": "max_tokens", "refusal": "refusal"}


def _message(seen: Seen, act: Act, text: str) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": f"{seen.body['model']}-2026",
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": _ENDS[act.stop],
        "stop_sequence": None,
        "usage": _message_usage(20),
    }


def _message_usage(output: int) -> dict[str, Any]:
    read = {"cache_read_input_tokens": 40, "cache_creation_input_tokens": 10}
    return {"input_tokens": 50, "output_tokens": output} | read


def _message_frames(seen: Seen, act: Act) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    after: list[dict[str, Any]]
    before: list[dict[str, Any]]
    start = _message(seen, act, "") | {"stop_reason": None, "usage": _message_usage(1)}
    before = [
        {"type": "message_start", "message": start},
        {"type": "ping"},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    ]
    after = [
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": _ENDS[act.stop], "stop_sequence": None},
            "usage": {"output_tokens": 20},
        },
        {"type": "message_stop"},
    ]
    return before, after


def _message_delta(piece: str, _stop: str) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}


_WHOLES = {RESPONSES: _response, CHAT: _completion, MESSAGES: _message}
_FRAMES = {RESPONSES: _response_frames, CHAT: _chat_frames, MESSAGES: _message_frames}
_DELTAS = {RESPONSES: _response_delta, CHAT: _chat_delta, MESSAGES: _message_delta}
