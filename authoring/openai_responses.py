"""OpenAI's Responses API."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .llm import Message, Request, StopReason, Usage
from .openai_client import openai_client
from .wire import (
    Piece,
    Sending,
    ServerFailure,
    at,
    count,
    data_url,
    instructions_for,
    native_schema,
    sendable,
    whole_body,
)

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass(frozen=True, slots=True)
class ResponsesWire:
    """The Responses API, spoken to ``model`` at ``base_url``, or at OpenAI's own where that is empty."""

    name: str
    model: str
    base_url: str
    key_variable: str = "OPENAI_API_KEY"
    features: frozenset[str] = frozenset({"schema", "stream"})

    def load_sdk(self) -> None:
        """Import the SDK."""
        import openai  # noqa: F401

    async def pieces(self, request: Request, sending: Sending) -> AsyncGenerator[Piece, None]:
        """Send ``request`` once; see ``Wire``."""
        async with openai_client(self.base_url, sending.patience) as client:
            options = self._options(request, sending)
            if sending.stream:
                async for piece in _streamed(client, options):
                    yield piece
            else:
                create = client.responses.with_streaming_response.create
                for piece in _of_response(await whole_body(create, options, sending)):
                    yield piece

    def _options(self, request: Request, sending: Sending) -> dict[str, Any]:
        options: dict[str, Any] = {
            "model": self.model,
            "instructions": instructions_for(request, sending),
            "input": [_turn(message) for message in request.messages],
            "max_output_tokens": request.max_output_tokens,
            "store": False,
        }
        native = native_schema(request, sending)
        if native is not None:
            schema, strict = native
            form = {"type": "json_schema", "name": "reply", "strict": strict, "schema": schema}
            options["text"] = {"format": form}
        return options


def _turn(message: Message) -> dict[str, Any]:
    if message.role == "assistant":
        return {"role": "assistant", "content": sendable(message.text)}
    pictures = [
        {"type": "input_image", "image_url": data_url(picture), "detail": "auto"} for picture in message.pictures
    ]
    return {"role": "user", "content": [*pictures, {"type": "input_text", "text": sendable(message.text)}]}


async def _streamed(client: AsyncOpenAI, options: dict[str, Any]) -> AsyncGenerator[Piece, None]:
    said = False
    async with await client.responses.create(stream=True, **options) as events:
        async for event in events:
            kind = event.type
            if kind == "response.output_text.delta":
                said = True
                yield Piece(text=event.delta)
            elif kind == "response.refusal.delta":
                said = True
                yield Piece(refusal=event.delta)
            elif kind in ("response.completed", "response.incomplete", "response.failed"):
                for piece in _of_response(event.response.to_dict(mode="json", warnings=False)):
                    # Some servers send no deltas; otherwise the text has come already.
                    yield Piece(stop=piece.stop, usage=piece.usage, model=piece.model) if said else piece
                return
            elif kind == "error":
                raise _failure(event.code, event.message)
            else:
                yield Piece()


def _of_response(response: dict[str, Any]) -> list[Piece]:
    """The pieces of a response that is complete."""
    if response.get("status") == "failed" or (response.get("error") and not response.get("output")):
        error = response.get("error")
        raise _failure(at(error, "code"), at(error, "message"))
    parts = [part for item in at(response, "output") or [] for part in at(item, "content") or []]
    text = "".join(str(at(part, "text") or "") for part in parts if at(part, "type") == "output_text")
    refusal = "".join(str(at(part, "refusal") or "") for part in parts if at(part, "type") == "refusal")
    usage = response.get("usage")
    counted = Usage(
        input=count(at(usage, "input_tokens")),
        cached=count(at(usage, "input_tokens_details", "cached_tokens")),
        output=count(at(usage, "output_tokens")),
    )
    stop: StopReason | None = "refusal" if refusal and not text else _stop(response)
    return [Piece(text, refusal, stop, counted if usage else None, str(response.get("model") or ""))]


def _stop(response: dict[str, Any]) -> StopReason | None:
    if response.get("status") == "incomplete":
        reason = at(response, "incomplete_details", "reason")
        return "refusal" if reason == "content_filter" else "length"
    return "done" if response.get("status") == "completed" else None


def _failure(code: object, message: object) -> ServerFailure:
    return ServerFailure(str(code or ""), str(message or code or "the model failed to answer"))
