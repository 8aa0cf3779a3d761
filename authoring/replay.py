"""Recordings of exchanges: JSON Lines that `--record FILE` appends to and `replay:FILE` answers from."""

from __future__ import annotations

import difflib
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

from ..errors import InputError, LLMError
from ..systems.sources import reason
from ..systems.text import plain
from .exchange import Exchange, exchange_from_json, exchange_of, key_of
from .llm import LLM, Reply, Request, Streaming, Usage

_SHOWN = 60


class ReplayLLM:
    """An ``LLM`` that gives the recorded reply to each recorded request, whatever the order; others are an error.

    A request that was recorded several times gets its replies in order, and the last one ever after.
    """

    def __init__(self, source: Path, exchanges: list[Exchange]) -> None:
        self._source = source
        self._exchanges = exchanges
        self._waiting: dict[str, list[Exchange]] = {}
        self._lock = threading.Lock()
        for exchange in exchanges:
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
            if waiting is None:
                raise self._missing(request)
            found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if watch is not None:
            watch(Streaming(len(found.reply.text), found.reply.seconds))
        return found.reply

    def _missing(self, request: Request) -> LLMError:
        where = f"{plain(str(self._source))}: {request.task}"
        hint = "Record it anew with a model and --record FILE."
        asked = exchange_of(request, "", Reply("", "done", Usage(), "", 0.0))
        same = [exchange for exchange in self._exchanges if exchange.task == request.task]
        if not same:
            known = ", ".join(dict.fromkeys(plain(exchange.task) for exchange in self._exchanges)) or "nothing"
            return LLMError(f"this was not recorded; the recording holds {known}", where=where, hint=hint)
        return LLMError(f"this request was not recorded: {_difference(asked, same)}", where=where, hint=hint)


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


def read_recording(path: Path) -> list[Exchange]:
    """The exchanges in the JSON Lines file at ``path``.

    Raises:
        InputError: the file cannot be read, or a line of it is no exchange.
    """
    shown = plain(str(path))
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, ValueError) as error:
        hint = "replay:FILE takes a file that --record FILE wrote."
        raise InputError(f"cannot be read: {reason(error)}", where=shown, hint=hint) from error
    exchanges = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{shown}:{number}"
        try:
            exchanges.append(exchange_from_json(json.loads(line)))
        except InputError as error:
            raise InputError(error.message, where=where) from error
        except (ValueError, RecursionError) as error:
            raise InputError(f"this line is no JSON: {error}", where=where) from error
    return exchanges


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
