"""An LLM that says what a test tells it to: for your own tests of what you build on cotsmith."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..errors import Interrupted, LLMError
from ..systems.json_form import Json
from ..systems.text import counted
from .budget import CHARACTERS_PER_TOKEN, estimated_input, estimated_tokens
from .llm import Reply, Request, StopReason, Streaming, Usage

__all__ = ["Said", "ScriptedLLM"]

_PIECE = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One reply of a script: its text, why it ends, and how many seconds it takes. ``usage`` is estimated if not given.

    A ``text`` that is not a ``str`` is written as JSON.
    """

    text: Json
    stop: StopReason = "done"
    delay: float = 0.0
    usage: Usage | None = None


Script: TypeAlias = Said | Exception | Json
"""What a script holds for one request: a text, an object to be written as JSON, ``Said``, or an error to be raised."""


class ScriptedLLM:
    """An ``LLM`` that answers from a script, and remembers in ``requests`` what it was asked.

    ``script`` is either the replies in order, or a callable that is given each request and returns its reply, which
    is what tests of parallel requests need. Like a real model it stops at ``max_output_tokens``, counted as
    ``CHARACTERS_PER_TOKEN`` characters each; ``obey_limit=False`` turns that off.
    """

    def __init__(
        self,
        script: Iterable[Script] | Callable[[Request], Script],
        *,
        name: str = "scripted/test",
        obey_limit: bool = True,
    ) -> None:
        self.requests: list[Request] = []
        self._name = name
        self._obey_limit = obey_limit
        self._lock = threading.Lock()
        self._answer: Callable[[Request], Script] = script if callable(script) else _in_order(list(script))

    @property
    def name(self) -> str:
        """How it is shown: in revisions, messages and recordings."""
        return self._name

    def complete(
        self,
        request: Request,
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply:
        """The reply that the script holds for ``request``.

        Raises:
            LLMError: the script says so, or has no reply left.
            Interrupted: ``cancelled`` became true.
        """
        began = time.perf_counter()
        with self._lock:
            self.requests.append(request)
            entry = self._answer(request)
        if isinstance(entry, Exception):
            raise entry
        said = entry if isinstance(entry, Said) else Said(entry)
        _wait(said.delay, cancelled)
        first = time.perf_counter() - began
        reply = self._reply(request, said)
        for end in range(_PIECE, len(reply.text) + _PIECE, _PIECE):
            if cancelled is not None and cancelled():
                raise Interrupted("interrupted")
            if watch is not None:
                watch(Streaming(min(end, len(reply.text)), time.perf_counter() - began, first_token=first))
        return replace(reply, seconds=time.perf_counter() - began, first_token=first if reply.text else None)

    def _reply(self, request: Request, said: Said) -> Reply:
        text = said.text if isinstance(said.text, str) else json.dumps(said.text, ensure_ascii=False)
        stop = said.stop
        room = request.max_output_tokens * CHARACTERS_PER_TOKEN
        if self._obey_limit and len(text) > room:
            text, stop = text[:room], "length"
        usage = said.usage or Usage(input=estimated_input(request), output=estimated_tokens(text))
        return Reply(text, stop, usage, model=self._name, seconds=0.0)


def _in_order(script: list[Script]) -> Callable[[Request], Script]:
    entries = iter(enumerate(script, start=1))

    def answer(request: Request) -> Script:
        try:
            return next(entries)[1]
        except StopIteration:
            return LLMError(
                f"the script has {counted(len(script), 'reply', 'replies')}, and none for this request",
                where=request.task,
                hint="Give ScriptedLLM another reply, or a callable that answers every request.",
            )

    return answer


def _wait(seconds: float, cancelled: Callable[[], bool] | None) -> None:
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        if cancelled is not None and cancelled():
            raise Interrupted("interrupted")
        time.sleep(min(left, 0.02))
