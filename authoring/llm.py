"""What an LLM is to cotsmith: messages and a JSON Schema go in; an object, its raw text and what it cost come out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from ..systems.json_form import Json

Role = Literal["user", "assistant"]

StopReason = Literal["done", "length", "refusal"]
"""Why a reply ended: it was complete, it reached ``max_output_tokens``, or the model declined."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that is sent along: ``data`` are the bytes of a file of ``media_type``, such as ``image/jpeg``."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn; pictures stand before the text."""

    role: Role
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One question to an LLM. ``task`` names the prompt that made it, ``prompt_version`` the prompt's text.

    ``schema`` is the JSON Schema (draft 2020-12) that the reply must satisfy.
    """

    task: str
    prompt_version: str
    instructions: str
    messages: tuple[Message, ...]
    schema: Mapping[str, Json]
    max_output_tokens: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, as the provider counts them; ``cached`` of the ``input`` tokens were read from its cache."""

    input: int = 0
    cached: int = 0
    output: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.input + other.input, self.cached + other.cached, self.output + other.output)

    def __sub__(self, other: Usage) -> Usage:
        return Usage(self.input - other.input, self.cached - other.cached, self.output - other.output)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: ``text`` exactly as received, ``model`` as the provider names what answered.

    ``seconds`` is the whole call, with retries; ``first_token`` the seconds to the first text, ``None`` when none came.
    ``attempts`` counts the requests that were sent.
    """

    text: str
    stop: StopReason
    usage: Usage
    model: str
    seconds: float
    first_token: float | None = None
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Streaming:
    """How far a reply is: ``characters`` of text after ``seconds``; ``note`` says what it waits for: a retry.

    ``first_token`` are the seconds to the first text, ``None`` before it came or where that is not known.
    """

    characters: int
    seconds: float
    note: str = ""
    first_token: float | None = None


class LLM(Protocol):
    """A language model. ``complete`` may be called from several threads at once."""

    @property
    def name(self) -> str:
        """How it was asked for, such as ``openai/MODEL``."""

    def complete(
        self,
        request: Request,
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply:
        """Send ``request`` and wait for the reply.

        ``watch`` is called as the reply comes. When ``cancelled`` becomes true the connection is closed.

        Raises:
            LLMError: no reply could be had, after retries; the message says what to do.
            Interrupted: ``cancelled`` became true.
        """
