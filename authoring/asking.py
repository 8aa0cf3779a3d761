"""Asking an LLM until its reply is usable: read, validated, checked; what fails goes back with the exact errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ..systems.json_form import Json
from ..systems.text import plain
from .budget import Budget
from .exchange import Exchange, exchange_of
from .failures import Declined, ReplyError, Truncated
from .llm import LLM, Message, Reply, Request, Streaming, Usage
from .prompt import load_prompt
from .ragged import Reading, read_reply
from .raw_replies import keep_reply

__all__ = ["MENDINGS", "Answer", "Check", "Declined", "Exchange", "ReplyError", "Truncated", "ask", "faults_of"]

MENDINGS = 2
"""How often a reply is sent back with its faults."""

_MOST_FAULTS = 20

Check = Callable[[Json], Sequence[str]]
"""Told a value that satisfies the schema; returns what is wrong with it all the same, a sentence for each fault."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A usable reply: its ``value``, what all calls for it took, their exchanges, and what had to be assumed."""

    value: Json
    usage: Usage
    exchanges: tuple[Exchange, ...]
    notes: tuple[str, ...] = ()


def ask(
    llm: LLM,
    request: Request,
    *,
    check: Check | None = None,
    budget: Budget | None = None,
    watch: Callable[[Streaming], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    keep: Callable[[Exchange], None] | None = None,
    replies: Path | None = None,
) -> Answer:
    """Ask until the reply satisfies ``request.schema`` and ``check``, sending it back at most ``MENDINGS`` times.

    ``keep`` is told every exchange as soon as it is complete, those with unusable replies too. ``replies`` is the
    folder in which an unusable reply is kept; left out, ``replies_folder()``.

    Raises:
        Truncated: the reply reached ``request.max_output_tokens``; ``text`` is what came.
        Declined: the model refused.
        ReplyError: the reply is unusable after all; the message says why and where it is kept.
        BudgetSpent: ``budget`` does not allow another call.
        LLMError, Interrupted: as ``LLM.complete``.
    """
    turns = _Turns(llm, request, budget, watch, cancelled, keep)
    try:
        return _ask(turns, check)
    except ReplyError as error:
        if not error.text:
            raise
        kept = keep_reply(request.task, error.text, replies)
        raise type(error)(
            error.message, text=error.text, where=error.where, hint=f"{error.hint}\n{kept}".strip()
        ) from error


def _ask(turns: _Turns, check: Check | None) -> Answer:
    request = turns.request
    messages = request.messages
    faults: tuple[str, ...] = ()
    reply = None
    for _ in range(1 + MENDINGS):
        reply = turns.take(replace(request, messages=messages))
        if reply.stop == "refusal":
            raise _declined(request, reply)
        reading = read_reply(reply.text, request.schema)
        faults = reading.faults or faults_of(reading.value, request.schema) or _checked(check, reading)
        if not faults:
            return Answer(reading.value, turns.usage, tuple(turns.exchanges), reading.notes)
        if reply.stop == "length":
            raise _truncated(request, reply)
        if reply.text.strip():
            again = load_prompt("mend").fill(load_prompt("mend").message, {"faults": _listed(faults)})
            messages = (*request.messages, Message("assistant", reply.text), Message("user", again))
    assert reply is not None
    raise ReplyError(
        f"the reply of {plain(turns.llm.name)} cannot be used, though it was sent back {MENDINGS} times: "
        + plain(faults[0])
        + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""),
        text=reply.text,
        where=request.task,
        hint="Try again, or use a more capable model with --model.",
    )


class _Turns:
    """The calls that one question takes, counted."""

    def __init__(
        self,
        llm: LLM,
        request: Request,
        budget: Budget | None,
        watch: Callable[[Streaming], None] | None,
        cancelled: Callable[[], bool] | None,
        keep: Callable[[Exchange], None] | None,
    ) -> None:
        self.llm = llm
        self.request = request
        self.usage = Usage()
        self.exchanges: list[Exchange] = []
        self._budget, self._watch, self._cancelled, self._keep = budget, watch, cancelled, keep

    def take(self, request: Request) -> Reply:
        """One call."""
        if self._budget is not None:
            self._budget.check()
        reply = self.llm.complete(request, watch=self._watch, cancelled=self._cancelled)
        if self._budget is not None:
            self._budget.spend(reply.usage)
        self.usage += reply.usage
        exchange = exchange_of(request, self.llm.name, reply)
        self.exchanges.append(exchange)
        if self._keep is not None:
            self._keep(exchange)
        return reply


def faults_of(value: Json, schema: Mapping[str, Json]) -> tuple[str, ...]:
    """How ``value`` breaks ``schema``, a sentence with its place for each fault, at most ``_MOST_FAULTS``."""
    from jsonschema import Draft202012Validator

    errors: Iterator[Any] = Draft202012Validator(schema).iter_errors(value)
    return tuple(f"{error.json_path}: {error.message}" for error in islice(errors, _MOST_FAULTS))


def _checked(check: Check | None, reading: Reading) -> tuple[str, ...]:
    return tuple(check(reading.value)) if check is not None else ()


def _listed(faults: Sequence[str]) -> str:
    shown = [f"- {fault}" for fault in faults[:_MOST_FAULTS]]
    if len(faults) > _MOST_FAULTS:
        shown.append(f"- and {len(faults) - _MOST_FAULTS} more like these")
    return "\n".join(shown)


def _declined(request: Request, reply: Reply) -> Declined:
    said = plain(" ".join(reply.text.split()))
    return Declined(
        f"the model declined to answer: {said[:300]}" if said else "the model declined to answer",
        text=reply.text,
        where=request.task,
        hint="Describe the images in other words, or use another model with --model.",
    )


def _truncated(request: Request, reply: Reply) -> Truncated:
    return Truncated(
        f"the reply was cut off at {request.max_output_tokens:,} tokens",
        text=reply.text,
        where=request.task,
        hint="Ask for fewer classes or attributes at once.",
    )
