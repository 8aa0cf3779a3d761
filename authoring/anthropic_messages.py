"""Anthropic's Messages API."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from .llm import Message, Request, StopReason, Usage
from .openai_client import NO_KEY
from .patience import Patience
from .strict_schema import strict_schema
from .wire import Piece, Sending, at, count, instructions_for, native_schema, sendable, whole_body

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_STOPS: dict[str, StopReason] = {
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refusal",
}


@dataclass(frozen=True, slots=True)
class AnthropicWire:
    """The Messages API, spoken to ``model`` at ``base_url``, or at Anthropic's own where that is empty."""

    name: str
    model: str
    base_url: str
    key_variable: str = "ANTHROPIC_API_KEY"
    features: frozenset[str] = frozenset({"schema", "stream"})

    def load_sdk(self) -> None:
        """Import the SDK."""
        import anthropic  # noqa: F401

    async def pieces(self, request: Request, sending: Sending) -> AsyncGenerator[Piece, None]:
        """Send ``request`` once; see ``Wire``."""
        if strict_schema(request.schema) is None:  # transform_schema would forbid what an open object may hold
            sending = replace(sending, dropped=sending.dropped | {"schema"})
        async with anthropic_client(self.base_url, sending.patience) as client:
            options = self._options(request, sending)
            if sending.stream:
                async for piece in _streamed(client, options):
                    yield piece
            else:
                create = client.messages.with_streaming_response.create
                yield _of_message(await whole_body(create, options, sending))

    def _options(self, request: Request, sending: Sending) -> dict[str, Any]:
        options: dict[str, Any] = {
            "model": self.model,
            "max_tokens": request.max_output_tokens,
            "messages": [_turn(message) for message in request.messages],
        }
        instructions = instructions_for(request, sending)
        if instructions:
            block = {"type": "text", "text": instructions, "cache_control": {"type": "ephemeral"}}
            options["system"] = [block]
        native = native_schema(request, sending)
        if native is not None:
            from anthropic import transform_schema

            options["output_config"] = {"format": {"type": "json_schema", "schema": transform_schema(dict(native[0]))}}
        return options


def anthropic_client(base_url: str, patience: Patience) -> AsyncAnthropic:
    """A client that retries nothing by itself; ``base_url`` is ``""`` for the SDK's own."""
    import anthropic

    key = os.environ.get("ANTHROPIC_API_KEY", "").strip() or None
    if key is None and base_url and not os.environ.get("ANTHROPIC_AUTH_TOKEN"):
        key = NO_KEY
    return anthropic.AsyncAnthropic(
        api_key=key,
        base_url=base_url or None,
        max_retries=0,
        timeout=anthropic.Timeout(None, connect=patience.connect),
    )


def _turn(message: Message) -> dict[str, Any]:
    text = {"type": "text", "text": sendable(message.text)}
    return {"role": message.role, "content": [*(_picture(p.data, p.media_type) for p in message.pictures), text]}


def _picture(data: bytes, media_type: str) -> dict[str, Any]:
    source = {"type": "base64", "media_type": media_type, "data": base64.b64encode(data).decode()}
    return {"type": "image", "source": source}


async def _streamed(client: AsyncAnthropic, options: dict[str, Any]) -> AsyncGenerator[Piece, None]:
    counted = Usage()
    async with await client.messages.create(stream=True, **options) as events:
        async for event in events:
            form = event.to_dict(mode="json", warnings=False)
            kind = form.get("type")
            if kind == "message_start":
                counted = _usage(at(form, "message", "usage"), counted)
                yield Piece(usage=counted, model=str(at(form, "message", "model") or ""))
            elif kind == "content_block_start":
                yield Piece(text=str(at(form, "content_block", "text") or ""))
            elif kind == "content_block_delta" and at(form, "delta", "type") == "text_delta":
                yield Piece(text=str(at(form, "delta", "text") or ""))
            elif kind == "message_delta":
                counted = _usage(form.get("usage"), counted)
                yield Piece(stop=_stop(at(form, "delta", "stop_reason")), usage=counted)
            elif kind == "message_stop":
                return
            else:
                yield Piece()


def _of_message(message: dict[str, Any]) -> Piece:
    blocks = at(message, "content") or []
    text = "".join(str(at(block, "text") or "") for block in blocks if at(block, "type") == "text")
    usage = message.get("usage")
    return Piece(
        text=text,
        stop=_stop(message.get("stop_reason")),
        usage=_usage(usage, Usage()) if usage else None,
        model=str(message.get("model") or ""),
    )


def _stop(reason: object) -> StopReason | None:
    return None if reason is None else _STOPS.get(str(reason), "done")


def _usage(usage: object, before: Usage) -> Usage:
    """Anthropic counts what is read from and written to the cache apart; here all of it is input."""
    cached = count(at(usage, "cache_read_input_tokens"))
    written = count(at(usage, "cache_creation_input_tokens"))
    total = count(at(usage, "input_tokens")) + cached + written
    return Usage(
        max(total, before.input), max(cached, before.cached), max(count(at(usage, "output_tokens")), before.output)
    )
