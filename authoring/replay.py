"""Recordings of exchanges: JSON Lines that `--record FILE` appends to and `replay:FILE` answers from."""

from __future__ import annotations

import difflib
import json
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import InputError, LLMError
from ..systems.sources import reason
from ..systems.text import plain
from .exchange import Exchange, exchange_from_json, exchange_of, key_of
from .llm import LLM, Reply, Request, Streaming, Usage
from .written_replies import Written, is_written, unlike, written_from_json

_SHOWN = 60


class ReplayLLM:
    """An ``LLM`` that gives the recorded reply to each recorded request, whatever the order; others are an error.

    A request that was recorded several times gets its replies in order, and the last one ever after. So does a request
    that was not recorded, but for which replies were ``Written`` by hand.
    """

    def __init__(self, source: Path, recorded: Sequence[Exchange | Written]) -> None:
        self._source = source
        self._exchanges = [one for one in recorded if isinstance(one, Exchange)]
        self._written = [one for one in recorded if isinstance(one, Written)]
        self._waiting: dict[str, list[Exchange]] = {}
        self._lock = threading.Lock()
        for exchange in self._exchanges:
            self._waiting.setdefault(exchange.key, []).append(exchange)

    @property
    def name(self) -> str:
        """``replay:FILE``."""
        return f"replay:{self._source}"

    def complete(
        self,
        request: Request,
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply:
        """The recorded reply, with the tokens and seconds that it took then. Raises ``LLMError`` if there is none."""
        with self._lock:
            waiting = self._waiting.get(key_of(request))
            if waiting is not None:
                reply = (waiting.pop(0) if len(waiting) > 1 else waiting[0]).reply
            else:
                reply = self._written_for(request)
        if watch is not None:
            watch(Streaming(len(reply.text), reply.seconds))
        return reply

    def _written_for(self, request: Request) -> Reply:
        fitting = [one for one in self._written if one.task == request.task and not one.missing(request)]
        if not fitting:
            raise self._missing(request)
        if len(fitting) > 1:
            self._written.remove(fitting[0])
        return fitting[0].reply

    def _missing(self, request: Request) -> LLMError:
        where = f"{plain(str(self._source))}: {request.task}"
        hint = "Record it anew with a model and --record FILE."
        asked = exchange_of(request, "", Reply("", "done", Usage(), "", 0.0))
        same = [exchange for exchange in self._exchanges if exchange.task == request.task]
        written = [one.missing(request) for one in self._written if one.task == request.task]
        if same:
            why = f"this request was not recorded: {_difference(asked, same)}"
        elif written:
            why = unlike(min(written, key=len))
        else:
            tasks = [one.task for one in self._exchanges] + [one.task for one in self._written]
            known = ", ".join(dict.fromkeys(map(plain, tasks))) or "nothing"
            why = f"this was not recorded; the recording holds {known}"
        return LLMError(why, where=where, hint=hint)


class RecordingLLM:
    """Another LLM, each of whose exchanges is appended to ``path`` as one line of JSON as soon as it is complete.

    The file is created readable for its owner alone; a reply that cannot be recorded is an error, for it cannot be
    had again.
    """

    def __init__(self, llm: LLM, path: Path) -> None:
        self._llm = llm
        self._path = path
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The name of the LLM that is recorded."""
        return self._llm.name

    def complete(
        self,
        request: Request,
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply:
        """The other LLM's reply, recorded. Raises what the other raises, and ``InputError`` for a file that fails."""
        reply = self._llm.complete(request, watch=watch, cancelled=cancelled)
        form = exchange_of(request, self.name, reply).to_json()
        with self._lock:
            append_line(self._path, form)
        return reply


def append_line(path: Path, form: dict[str, object]) -> None:
    """Append ``form`` to the JSON Lines file at ``path``. Raises ``InputError`` when that fails."""
    line = json.dumps(form, ensure_ascii=False, allow_nan=False).encode("utf-8", "backslashreplace") + b"\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(line)
    except (OSError, ValueError) as error:
        hint = "Name a file that can be written with --record."
        raise InputError(f"cannot be written: {reason(error)}", where=plain(str(path)), hint=hint) from error


def read_recording(path: Path) -> list[Exchange | Written]:
    """The exchanges in the JSON Lines file at ``path``, and the replies written by hand.

    Raises:
        InputError: the file cannot be read, or a line of it is neither.
    """
    shown = plain(str(path))
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, ValueError) as error:
        hint = "replay:FILE takes a file that --record FILE wrote."
        raise InputError(f"cannot be read: {reason(error)}", where=shown, hint=hint) from error
    found: list[Exchange | Written] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{shown}:{number}"
        try:
            value = json.loads(line)
            found.append(written_from_json(value) if is_written(value) else exchange_from_json(value))
        except InputError as error:
            raise InputError(error.message, where=where) from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"this line is no JSON: {error}", where=where) from error
    return found


def _difference(asked: Exchange, recorded: list[Exchange]) -> str:
    """Where the request first differs from the one in the recording that is most like it."""
    lines = _lines(asked)
    best = max(recorded, key=lambda exchange: _likeness(lines, _lines(exchange)))
    for (place, ours), (_, theirs) in zip(lines, _lines(best), strict=False):
        if ours != theirs:
            start = next((at for at, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), 0)
            start = max(0, start - 10)
            return f'{place} is now "{_cut(ours, start)}", but was "{_cut(theirs, start)}"'
    return "it has more or fewer lines than what was"


def _lines(exchange: Exchange) -> list[tuple[str, str]]:
    found = [(f"line {at} of the instructions", line) for at, line in enumerate(exchange.instructions.split("\n"), 1)]
    for number, message in enumerate(exchange.messages, start=1):
        form = message if isinstance(message, dict) else {}
        text = str(form.get("text", ""))
        found += [(f"line {at} of message {number}", line) for at, line in enumerate(text.split("\n"), 1)]
        found.append((f"the pictures of message {number}", json.dumps(form.get("pictures", []))))
    return found


def _likeness(ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> float:
    return difflib.SequenceMatcher(None, [line for _, line in ours], [line for _, line in theirs], False).ratio()


def _cut(line: str, start: int) -> str:
    shown = line[start : start + _SHOWN]
    before = "…" if start else ""
    return before + plain(shown) + ("…" if start + _SHOWN < len(line) else "")
