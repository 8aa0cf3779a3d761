"""Replies that somebody wrote by hand into a recording: for the demo, for lessons, for tests of a whole command."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InputError
from ..systems.json_form import Json
from ..systems.text import plain
from .exchange import reply_from_json
from .llm import Reply, Request

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Written:
    """A reply to whatever request of ``task`` holds all of ``mentions``, however its prompt is worded today."""

    task: str
    mentions: tuple[str, ...]
    reply: Reply

    def missing(self, request: Request) -> tuple[str, ...]:
        """Those of ``mentions`` that do not stand in the messages of ``request``."""
        said = "\n".join(message.text for message in request.messages)
        return tuple(text for text in self.mentions if text not in said)


def is_written(value: Json) -> bool:
    """Whether ``value``, a line of a recording, is a reply written by hand: it has ``mentions``, but no request."""
    return isinstance(value, dict) and "mentions" in value


def written_from_json(value: Json) -> Written:
    """The reply that a line such as ``{"task": ..., "mentions": [...], "reply": {"text": ...}}`` holds.

    Raises:
        InputError: something is missing, or of another type.
    """
    form = value if isinstance(value, dict) else {}
    task, mentions = form.get("task"), form.get("mentions")
    if not isinstance(task, str) or not isinstance(mentions, list) or not all(isinstance(one, str) for one in mentions):
        raise InputError('a reply written by hand has a "task" and a list of texts as "mentions"')
    return Written(task, tuple(map(str, mentions)), reply_from_json(form.get("reply")))


def unlike(missing: tuple[str, ...]) -> str:
    """What is said of a request that lacks the texts for which the replies were written."""
    shown = ", ".join(f'"{plain(text)}"' for text in missing[:_SHOWN])
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    return f"its reply was written for another request: one that mentions {shown}{more}"
