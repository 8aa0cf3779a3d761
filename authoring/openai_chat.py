"""Chat Completions, the protocol of OpenAI that most other servers speak."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .llm import Message, Request, StopReason, Usage
from .openai_client import openai_client
from .wire import Piece, Sending, at, count, data_url, instructions_for, native_schema, sendable, whole_body

if TYPE_CHECKING:
    from openai import AsyncOpenAI

_STOPS: dict[str, StopReason] = {"length": "length", "content_filter": "refusal"}


@dataclass(frozen=True, slots=True)
class ChatWire:
    """Chat Completions, spoken to ``model`` at ``base_url``, or at OpenAI's own where that is empty."""

    name: str
    model: str
    base_url: str
    key_variable: str = "OPENAI_API_KEY"
    features: frozenset[str] = frozenset({"schema", "stream", "max_tokens", "usage"})

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
                create = client.chat.completions.with_streaming_response.create
                yield _of_completion(await whole_body(create, options, sending))

    def _options(self, request: Request, sending: Sending) -> dict[str, Any]:
        instructions = instructions_for(request, sending)
        messages = [_turn(message) for message in request.messages]
        # Servers of others know the older name, OpenAI's newer models only the newer one.
        limit = "max_completion_tokens" if "max_tokens" in sending.dropped else "max_tokens"
        options: dict[str, Any] = {
            "model": self.model,
            "messages": [{"role": "system", "content": instructions}, *messages] if instructions else messages,
            limit: request.max_output_tokens,
        }
        native = native_schema(request, sending)
        if native is not None:
            schema, strict = native
            form = {"name": "reply", "strict": strict, "schema": schema}
            options["response_format"] = {"type": "json_schema", "json_schema": form}
        if sending.stream and "usage" not in sending.dropped:
            options["stream_options"] = {"include_usage": True}
        return options


def _turn(message: Message) -> dict[str, Any]:
    text = sendable(message.text)
    if not message.pictures:
        return {"role": message.role, "content": text}
    pictures = [{"type": "image_url", "image_url": {"url": data_url(picture)}} for picture in message.pictures]
    return {"role": message.role, "content": [*pictures, {"type": "text", "text": text}]}


async def _streamed(client: AsyncOpenAI, options: dict[str, Any]) -> AsyncGenerator[Piece, None]:
    async with await client.chat.completions.create(stream=True, **options) as chunks:
        async for chunk in chunks:
            yield _of_chunk(chunk.to_dict(mode="json", warnings=False))


def _of_chunk(chunk: dict[str, Any]) -> Piece:
    delta = at(chunk, "choices", 0, "delta")
    return Piece(
        text=str(at(delta, "content") or ""),
        refusal=str(at(delta, "refusal") or ""),
        stop=_stop(at(chunk, "choices", 0, "finish_reason")),
        usage=_usage(chunk),
        model=str(chunk.get("model") or ""),
    )


def _of_completion(completion: dict[str, Any]) -> Piece:
    message = at(completion, "choices", 0, "message")
    text, refusal = str(at(message, "content") or ""), str(at(message, "refusal") or "")
    stop = _stop(at(completion, "choices", 0, "finish_reason"))
    if refusal and not text:
        stop = "refusal"
    elif message is not None and stop is None:
        stop = "done"  # some servers leave the reason out
    return Piece(text, refusal, stop, _usage(completion), str(completion.get("model") or ""))


def _stop(reason: object) -> StopReason | None:
    return None if reason is None else _STOPS.get(str(reason), "done")


def _usage(form: dict[str, Any]) -> Usage | None:
    usage = form.get("usage")
    if not usage:
        return None
    cached = count(at(usage, "prompt_tokens_details", "cached_tokens"))
    return Usage(count(at(usage, "prompt_tokens")), cached, count(at(usage, "completion_tokens")))
