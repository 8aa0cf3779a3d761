"""What the three protocols have in common: pieces of a reply come in, until one says why it ended."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..systems.json_form import Json
from .llm import Picture, Request, StopReason, Usage
from .patience import Patience
from .prompt import load_prompt
from .strict_schema import strict_schema

BYTES_PER_CHARACTER = 8
"""A character of text takes at most so many bytes within a JSON body: an escape, or more than one."""

ENVELOPE = 1_000_000
"""Bytes of a body that may be something else than the text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What a server sent: some text, or a sign of life. What is known of the whole comes with it as it is known."""

    text: str = ""
    refusal: str = ""
    stop: StopReason | None = None
    usage: Usage | None = None
    model: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """How a request is sent: streamed or not, without which features, and at most how many characters come back.

    ``dropped`` names what the server turned out not to know: ``schema``, ``stream``, ``max_tokens``, ``usage``.
    ``body`` is where what is not streamed is collected, so that it can be kept when the rest never comes.
    """

    stream: bool
    dropped: frozenset[str]
    most_characters: int
    patience: Patience
    body: bytearray = field(default_factory=bytearray)


class Wire(Protocol):
    """One protocol, spoken to one model."""

    @property
    def name(self) -> str:
        """How the model was asked for, such as ``openai/MODEL``."""

    @property
    def key_variable(self) -> str:
        """The environment variable that holds the key."""

    @property
    def base_url(self) -> str:
        """Where requests go; ``""`` for the provider's own address."""

    @property
    def features(self) -> frozenset[str]:
        """What of ``Sending.dropped`` it can do without."""

    def load_sdk(self) -> None:
        """Import what the provider needs: that takes a second, which is not to count as waiting for the server."""

    def pieces(self, request: Request, sending: Sending) -> AsyncGenerator[Piece, None]:
        """Send ``request`` once; the connection is closed when the iterator is."""


class TooLong(Exception):
    """A reply that is longer than any that was asked for."""


class Unreadable(Exception):
    """What came is no reply of the protocol; ``text`` is what it was instead, as far as it could be decoded."""

    def __init__(self, text: str, *, encoded: bool = True) -> None:
        super().__init__("unreadable")
        self.text = text
        self.encoded = encoded
        """Whether it was valid UTF-8."""


class Broken(Exception):
    """A reply that stopped; the message says when."""


class ServerFailure(Exception):
    """An error that the server reports within a reply that began well, with its code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


async def whole_body(create: Callable[..., Any], options: Mapping[str, Any], sending: Sending) -> dict[str, Any]:
    """The JSON object that a call through an SDK's ``with_streaming_response`` returns, read up to a limit.

    Raises:
        TooLong, Unreadable: it is more than could be asked for, or no JSON object in UTF-8.
    """
    limit = sending.most_characters * BYTES_PER_CHARACTER + ENVELOPE
    body = sending.body
    async with create(**options) as response:
        async for chunk in response.iter_bytes():
            body += chunk
            if len(body) > limit:
                raise TooLong
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(bytes(body))
    except UnicodeDecodeError as error:
        raise Unreadable(text, encoded=False) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(text) from error
    if not isinstance(value, dict):
        raise Unreadable(text)
    return value


def native_schema(request: Request, sending: Sending) -> tuple[Mapping[str, Json], bool] | None:
    """The schema to be sent and whether it is strict; ``None`` when the server takes none."""
    if "schema" in sending.dropped:
        return None
    strict = strict_schema(request.schema)
    return (request.schema, False) if strict is None else (strict, True)


def instructions_for(request: Request, sending: Sending) -> str:
    """The instructions; with the schema in words where the server takes none."""
    if "schema" not in sending.dropped:
        return sendable(request.instructions)
    prompt = load_prompt("format")
    schema = json.dumps(request.schema, ensure_ascii=False)
    return sendable("\n\n".join(filter(None, [request.instructions, prompt.fill(prompt.message, {"schema": schema})])))


def sendable(text: str) -> str:
    """``text`` without halves of surrogate pairs, which a reply may hold as escapes and UTF-8 cannot."""
    return text.encode("utf-8", "replace").decode()


def data_url(picture: Picture) -> str:
    """The picture as a ``data:`` URL."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode()}"


def count(value: Json) -> int:
    """A number of tokens as a server says it: anything but a number counts as 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def at(value: Json, *path: str | int) -> Any:
    """What stands in ``value`` under ``path``, or ``None``: servers leave things out."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            value = value[step]
        else:
            return None
    return value
