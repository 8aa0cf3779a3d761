"""Asking an LLM until its reply is usable: read, validated, checked; what fails goes back with the exact errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..systems.json_form import Json
from ..systems.secrets import without_secrets
from ..systems.text import plain
from .budget import Budget, estimated_input, estimated_tokens
from .exchange import Exchange, exchange_of
from .failures import Declined, ReplyError, Truncated
from .llm import LLM, Message, Reply, Request, Streaming, Usage
from .prompt import load_prompt
from .ragged import Reading, read_reply
from .raw_replies import keep_reply
from .schema_faults import MOST_FAULTS, faults_of
from .strict_schema import without_nulls

__all__ = ["MENDINGS", "Answer", "Check", "Declined", "Exchange", "ReplyError", "Truncated", "ask", "faults_of"]

MENDINGS = 2
"""How often a reply is sent back with its faults."""

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
    longer: bool = False,
) -> Answer:
    """Ask until the reply satisfies ``request.schema`` and ``check``, sending it back at most ``MENDINGS`` times.

    ``keep`` is told every exchange as soon as it is complete, those with unusable replies too. ``replies`` is the
    folder in which an unusable reply is kept; left out, ``replies_folder()``. With ``longer`` a reply that was cut off
    is asked for once more with twice the room: for questions that cannot be split.

    Raises:
        Truncated: the reply reached ``request.max_output_tokens``; ``text`` is what came.
        Declined: the model refused.
        ReplyError: the reply is unusable after all; the message says why and where it is kept.
        BudgetSpent: ``budget`` does not allow another call.
        LLMError, Interrupted: as ``LLM.complete``.
    """
    turns = _Turns(llm, request, budget, watch, cancelled, keep)
    try:
        return _ask(turns, check, longer)
    except ReplyError as error:
        if not error.text:
            raise
        kept = keep_reply(request.task, error.text, replies)
        raise type(error)(
            error.message, text=error.text, where=error.where, hint=f"{error.hint}\n{kept}".strip()
        ) from error


def _ask(turns: _Turns, check: Check | None, longer: bool) -> Answer:
    request = turns.request
    messages = request.messages
    faults: Sequence[str] = ()
    text = ""
    for _ in range(1 + MENDINGS):
        reply = turns.take(replace(request, messages=messages))
        text = reply.text
        if reply.stop == "refusal":
            raise _declined(request, reply)
        reading, faults = _read(request, text, check)
        if not faults:
            return Answer(reading.value, turns.usage, tuple(turns.exchanges), reading.notes)
        if reply.stop == "length":
            if not longer:
                raise _truncated(request, reply)
            request, longer = replace(request, max_output_tokens=2 * request.max_output_tokens), False
            continue
        if text.strip():  # an empty turn may not be sent back: providers refuse it
            messages = (*request.messages, Message("assistant", text), Message("user", _mending(faults)))
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    raise ReplyError(
        f"the reply of {plain(turns.llm.name)} cannot be used, though it was sent back {MENDINGS} times: "
        f"{plain(str(without_secrets(faults[0])))}{more}",
        text=text,
        where=request.task,
        hint="Try again, or use a more capable model with --model.",
    )


def _read(request: Request, text: str, check: Check | None) -> tuple[Reading, Sequence[str]]:
    """What ``text`` says, and what is wrong with it."""
    if not text.strip():
        return Reading(), ("the reply is empty",)
    reading = read_reply(text, request.schema)
    if reading.faults:
        return reading, reading.faults
    reading = replace(reading, value=without_nulls(reading.value, request.schema))
    faults = faults_of(reading.value, request.schema)
    return reading, faults or (tuple(check(reading.value)) if check is not None else ())


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
        try:
            reply = self.llm.complete(request, watch=self._watch, cancelled=self._cancelled)
        except ReplyError as error:
            if self._budget is not None:  # nobody counted what came before it broke
                self._budget.spend(Usage(estimated_input(request), 0, estimated_tokens(error.text)))
            raise
        if self._budget is not None:
            self._budget.spend(reply.usage)
        self.usage += reply.usage
        exchange = exchange_of(request, self.llm.name, reply)
        self.exchanges.append(exchange)
        if self._keep is not None:
            self._keep(exchange)
        return reply


def _mending(faults: Sequence[str]) -> str:
    prompt = load_prompt("mend")
    shown = [f"- {fault}" for fault in faults[:MOST_FAULTS]]
    if len(faults) > MOST_FAULTS:
        shown.append(f"- and {len(faults) - MOST_FAULTS} more like these")
    return prompt.fill(prompt.message, {"faults": "\n".join(shown)})


def _declined(request: Request, reply: Reply) -> Declined:
    said = plain(str(without_secrets(" ".join(reply.text.split()))))
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
