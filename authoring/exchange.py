"""One exchange with an LLM as JSON: what was asked, what came back, what it cost; never a key, never a header."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar, get_args

from ..errors import InputError
from ..systems.json_form import Json
from ..systems.secrets import without_secrets
from .llm import Message, Reply, Request, StopReason, Usage

_N = TypeVar("_N", int, float)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its reply. ``model`` is what was asked for, ``reply.model`` what the provider says answered.

    ``messages`` are in JSON form; of a picture only its kind and the SHA-256 of its bytes are kept. ``key`` tells
    whether two requests are the same.
    """

    task: str
    prompt_version: str
    model: str
    instructions: str
    messages: tuple[Json, ...]
    reply: Reply

    @property
    def key(self) -> str:
        """A digest of what was asked: the task, the instructions and the messages."""
        return _digest(self.task, self.instructions, list(self.messages))

    def to_json(self) -> dict[str, Json]:
        """The exchange as the history and recordings store it, with the environment's keys removed."""
        reply = self.reply
        usage = {"input": reply.usage.input, "cached": reply.usage.cached, "output": reply.usage.output}
        form: dict[str, Json] = {
            "task": self.task,
            "prompt_version": self.prompt_version,
            "model": self.model,
            "instructions": self.instructions,
            "messages": list(self.messages),
            "reply": {
                "text": reply.text,
                "stop": reply.stop,
                "model": reply.model,
                "usage": usage,
                "seconds": round(reply.seconds, 3),
                "first_token": None if reply.first_token is None else round(reply.first_token, 3),
                "attempts": reply.attempts,
            },
        }
        cleaned = without_secrets(form)
        assert isinstance(cleaned, dict)
        return cleaned


def exchange_of(request: Request, model: str, reply: Reply) -> Exchange:
    """The record of ``reply`` to ``request``, which ``model`` was asked."""
    messages = tuple(_message_json(message) for message in request.messages)
    return Exchange(request.task, request.prompt_version, model, request.instructions, messages, reply)


def key_of(request: Request) -> str:
    """The ``Exchange.key`` that ``request`` has once it is recorded."""
    messages = without_secrets([_message_json(message) for message in request.messages])
    return _digest(request.task, str(without_secrets(request.instructions)), messages)


def exchange_from_json(value: Json) -> Exchange:
    """The exchange that ``Exchange.to_json`` wrote.

    Raises:
        InputError: ``value`` is none; the message says what is missing.
    """
    try:
        form = _mapping(value)
        reply, messages = reply_from_json(form["reply"]), form["messages"]
        if not isinstance(messages, list):
            raise TypeError("a field has another type than a recording's")
        task, version, model, told = (str(form[name]) for name in ("task", "prompt_version", "model", "instructions"))
        return Exchange(task, version, model, told, tuple(messages), reply)
    except KeyError as error:
        raise InputError(f'this is no recorded exchange: "{error.args[0]}" is missing') from error
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"this is no recorded exchange: {error}") from error


def reply_from_json(value: Json) -> Reply:
    """The reply of a recording; all but its text may be left out.

    Raises:
        InputError: ``value`` is none; the message says what is wrong.
    """
    try:
        said = _mapping(value)
        usage = _mapping(said.get("usage", {}))
        stop = said.get("stop", "done")
        if not isinstance(said["text"], str) or stop not in get_args(StopReason):
            raise TypeError("a field has another type than a recording's")
        first = said.get("first_token")
        return Reply(
            text=said["text"],
            stop=stop,  # type: ignore[arg-type]  # it is one of them
            usage=Usage(*(_number(usage.get(name, 0), int) for name in ("input", "cached", "output"))),
            model=str(said.get("model", "")),
            seconds=_number(said.get("seconds", 0), float),
            first_token=None if first is None else _number(first, float),
            attempts=_number(said.get("attempts", 1), int),
        )
    except KeyError as error:
        raise InputError(f'this is no recorded reply: "{error.args[0]}" is missing') from error
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(f"this is no recorded reply: {error}") from error


def _mapping(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise TypeError("an object is needed")
    return value


def _number(value: Json, kind: type[_N]) -> _N:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a number is needed")
    return kind(value)


def _message_json(message: Message) -> dict[str, Json]:
    form: dict[str, Json] = {"role": message.role, "text": message.text}
    if message.pictures:
        form["pictures"] = [
            {"media_type": picture.media_type, "sha256": hashlib.sha256(picture.data).hexdigest()}
            for picture in message.pictures
        ]
    return form


def _digest(task: str, instructions: str, messages: Json) -> str:
    text = json.dumps([task, instructions, messages], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
