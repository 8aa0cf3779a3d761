"""What the SDKs and servers report, told in one way: what happened, what to do next, and whether to ask again."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..systems.secrets import without_login, without_secrets
from ..systems.text import plain
from .patience import RETRIED, retry_after
from .wire import Broken, ServerFailure, Unreadable, Wire, at

_SHOWN = 300

_TRANSPORT = frozenset({"httpx", "httpx2", "httpcore", "httpcore2", "h11", "anyio"})
"""The libraries below the SDKs, some of whose errors the SDKs let through when a stream breaks."""

_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "api_error": 500,
    "server_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
    "server_is_overloaded": 529,
    "slow_down": 429,
}
"""What an error within a stream, which began with status 200, would have been without one."""

_TOO_LONG = "The request is too long for this model: ask for fewer classes at once."

_ROOM = re.compile(
    r"max_tokens|max_completion_tokens|max_output_tokens|(?:output|completion) tokens|context (?:length|window|limit)"
)
"""How servers speak of the room that a reply may take: more than the model, or what the prompt leaves of it, has."""

_FEATURES: dict[str, tuple[str, ...]] = {
    "usage": ("stream_options", "include_usage"),
    "stream": ("streaming", "'stream'", "`stream`", '"stream"', "stream is"),
    "max_tokens": ("max_tokens", "max_completion_tokens"),
    "schema": ("response_format", "output_config", "output_format", "text.format", "structured output", "schema"),
}
"""What a server may not know, and the words with which it says so."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One request that failed. ``asked`` are the seconds for which the server asks to be left alone.

    ``unknown`` names what to leave out of the next request: a feature of ``Sending.dropped``. ``absent`` tells that
    there is nothing at the path, so that the server may speak another protocol. ``crowded`` tells that the model has
    less room than the reply was to be given.
    """

    message: str
    hint: str = ""
    again: bool = False
    asked: float | None = None
    unknown: str = ""
    absent: bool = False
    unreachable: bool = False
    crowded: bool = False


def failure_of(error: Exception, wire: Wire) -> Failure | None:
    """What ``error``, raised by an SDK or while its answer was read, means; ``None`` when it is a fault of cotsmith."""
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    if isinstance(error, ServerFailure):
        return _status_failure(wire, _STATUS_OF_TYPE.get(error.code, 400), error.message, error.code, {})
    if isinstance(status, int) and response is not None and status >= 400:
        return _status_failure(wire, status, _said(error, body), _code(body), response.headers)
    if isinstance(error, Broken):
        return Failure(str(error), "Try again later, or allow more time with --timeout.", again=True)
    if isinstance(error, UnicodeDecodeError) or (isinstance(error, Unreadable) and not error.encoded):
        return Failure("the reply is not valid UTF-8", "Try again; if it stays so, the server is at fault.", again=True)
    if isinstance(error, Unreadable):
        shown = _shown(error.text) or "nothing"
        nothing = not error.text.strip()
        message = f"what the server sent is no reply of its protocol: {shown}"
        # No event where a stream was asked for: it may have sent the reply in one piece.
        return Failure(message, _address_hint(wire), again=nothing, unknown="stream" if nothing else "")
    if isinstance(error, ValueError) and type(error).__module__.startswith("json"):
        return Failure("the reply was garbled: a piece of it is no JSON", "Try again later.", again=True)
    if _is_from_sdk(error):
        code = _code(body)
        if body is not None:
            within = _STATUS_OF_TYPE.get(code) or _STATUS_OF_TYPE.get(str(at(body, "type"))) or 500
            return _status_failure(wire, within, _said(error, body), code, {})
        return _connection_failure(error, wire)
    if _is_of_network(error):
        return _connection_failure(error, wire)
    return None


def _status_failure(wire: Wire, status: int, said: str, code: str, headers: Mapping[str, str]) -> Failure:
    shown = _shown(said)
    message = f"HTTP {status}: {shown}" if shown else f"HTTP {status}"
    if status == 429 and "insufficient_quota" in (code, said):
        return Failure(message, "The quota of this key is used up: see to the account, or use another key.")
    if status in RETRIED:
        hint = {429: "Too many requests: try again later, or let fewer run in parallel.", 529: "Try again later."}
        return Failure(message, hint.get(status, "Try again later."), again=True, asked=retry_after(headers))
    if status == 401:
        return Failure(message, f"The key was not accepted: set {wire.key_variable} to a valid one.")
    if status == 403:
        return Failure(message, f"The key in {wire.key_variable} may not use this model: see to its rights.")
    if status == 402:
        return Failure(message, "See to the account's billing.")
    if status == 404:
        names_model = "model" in f"{said} {code}".lower()
        address = f" {_address_hint(wire)}" if wire.base_url and not names_model else ""
        return Failure(message, f"Is there such a model? Name another with --model.{address}", absent=not names_model)
    if status == 413:
        return Failure(message, "The request is too large: ask for fewer classes at once, or show fewer images.")
    if status in (400, 422) and _ROOM.search(said.lower()) and re.search(r"\d{3}", said):
        return Failure(message, _TOO_LONG, crowded=True)
    if "context" in f"{said} {code}".lower() and ("length" in said.lower() or "window" in said.lower()):
        return Failure(message, _TOO_LONG)
    unknown = _unknown(said, wire) if status in (400, 422, 501) else ""
    return Failure(message, "The server refuses the request; what it says tells why.", unknown=unknown)


def _unknown(said: str, wire: Wire) -> str:
    lower = said.lower()
    features = (name for name in _FEATURES if name in wire.features)
    return next((name for name in features if any(word in lower for word in _FEATURES[name])), "")


def _connection_failure(error: Exception, wire: Wire) -> Failure:
    place = plain(without_login(wire.base_url)) or "the provider"
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            hint = "Check the network, and the address in --base-url." if wire.base_url else "Check the network."
            return Failure(f"the host of {place} is not known", hint, again=True, unreachable=True)
        if isinstance(cause, ConnectionRefusedError):
            hint = "Start the server, or check the address in --base-url." if wire.base_url else "Check the network."
            return Failure(f"nothing listens at {place}", hint, again=True, unreachable=True)
        if isinstance(cause, ssl.SSLError):
            return Failure(f"no secure connection to {place}: {_shown(str(cause))}", _address_hint(wire))
    names = {type(cause).__name__ for cause in _causes(error)}
    if {"ConnectTimeout", "PoolTimeout"} & names:
        return Failure(f"{place} does not answer", "Check the network.", again=True)
    if "LocalProtocolError" in names:  # which would quote the key
        hint = f"Set {wire.key_variable} to the key alone."
        return Failure(f"the key in {wire.key_variable} holds characters that cannot be sent", hint)
    if {"UnsupportedProtocol", "InvalidURL"} & names:
        return Failure(f"{place} cannot be used: {_shown(_innermost(error))}", _address_hint(wire))
    detail = _shown(_innermost(error))
    return Failure("the connection broke" + (f": {detail}" if detail else ""), "Check the network.", again=True)


def _address_hint(wire: Wire) -> str:
    if not wire.base_url:
        return "Check the network: something else than the provider seems to answer."
    slash = ", such as http://localhost:8000/v1" if wire.key_variable == "OPENAI_API_KEY" else ""
    return f"Check the address, now {plain(without_login(wire.base_url))}: --base-url takes that of the API{slash}."


def _is_from_sdk(error: Exception) -> bool:
    return any(kind.__module__.partition(".")[0] in ("openai", "anthropic") for kind in type(error).__mro__)


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        cause = one.__cause__ or one.__context__
        # The context may also be what the caller was handling when it asked.
        if cause is not None and (cause is one.__cause__ or _is_of_network(cause)):
            waiting.append(cause)
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions


def _is_of_network(error: BaseException) -> bool:
    of_transport = type(error).__module__.partition(".")[0] in _TRANSPORT
    return of_transport or isinstance(error, OSError | BaseExceptionGroup)


def _innermost(error: BaseException) -> str:
    return next((str(cause) for cause in reversed(list(_causes(error))) if str(cause)), "")


def _said(error: Exception, body: object) -> str:
    for place in (("error", "message"), ("message",), ("detail",), ("error",)):
        said = at(body, *place)
        if isinstance(said, str) and said:
            return said
    if isinstance(body, str):
        return body
    return "" if body is None else str(getattr(error, "message", ""))


def _code(body: object) -> str:
    for place in (("error", "code"), ("code",), ("error", "type"), ("type",)):
        code = at(body, *place)
        if isinstance(code, str) and code not in ("", "error"):
            return code
    return ""


def _shown(text: str) -> str:
    """A server's words for one line of a message: without keys, control characters and what is too long."""
    cleaned = plain(" ".join(str(without_secrets(text[:10_000])).split()))
    return cleaned[:_SHOWN] + "…" if len(cleaned) > _SHOWN else cleaned
