"""An LLM that is asked nothing twice: finished calls are kept in a file, and an interrupted run goes on from there."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

from ..errors import InputError, LLMError
from ..systems.sources import reason
from ..systems.text import plain
from .exchange import exchange_from_json, exchange_of, key_of
from .llm import LLM, Reply, Request, Streaming, Usage


class RememberingLLM:
    """``llm``, whose replies are kept in ``path``, an exchange a line, synced as they come; only its owner can read it.

    Without a ``path`` they are kept in memory. ``most`` limits the calls that are made in all; those that ``path``
    holds already count. ``calls`` and ``usage`` are of all of them, those of earlier runs too. ``called`` is told
    ``(calls, most)`` after each call.

    Raises:
        InputError: ``path`` is no such file, or cannot be read or written.
    """

    def __init__(
        self, llm: LLM, path: Path | None, *, most: int, called: Callable[[int, int], None] | None = None
    ) -> None:
        self.calls = 0
        self.usage = Usage()
        self.path = path
        self._llm = llm
        self._most = most
        self._called = called
        self._lock = threading.Lock()
        self._known: dict[str, Reply] = {}
        if path is not None:
            self._read(path)

    @property
    def name(self) -> str:
        """The name of the LLM that is asked."""
        return self._llm.name

    @property
    def calls_left(self) -> int:
        """How many calls may still be made."""
        return max(0, self._most - self.calls)

    @property
    def used_up(self) -> bool:
        """Whether no further call may be made."""
        return not self.calls_left

    def complete(
        self,
        request: Request,
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply:
        """The kept reply, else that of the LLM; errors are those of the LLM, and ``LLMError`` at the limit of calls."""
        key = key_of(request)
        with self._lock:
            if key in self._known:
                return self._known[key]
            if self.used_up:
                raise LLMError(f"the budget of {self._most} calls is used up", hint="Allow more with --budget.")
            self.calls += 1
        try:
            reply = self._llm.complete(request, watch=watch, cancelled=cancelled)
        except BaseException:
            with self._lock:
                self.calls -= 1
            raise
        with self._lock:
            self._known[key] = reply
            self.usage += reply.usage
            if self.path is not None:
                line = json.dumps(exchange_of(request, self.name, reply).to_json(), ensure_ascii=False)
                _append(self.path, line)
        if self._called is not None:
            self._called(self.calls, self._most)
        return reply

    def forget(self) -> None:
        """Remove the file: the run is complete."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _read(self, path: Path) -> None:
        try:
            lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        except OSError as error:
            raise InputError(reason(error), where=plain(str(path))) from error
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):  # cut off by a crash: that call is asked again
                os.truncate(path, sum(map(len, lines[:-1])))
                break
            try:
                exchange = exchange_from_json(json.loads(line))
            except (ValueError, InputError) as error:
                raise InputError(
                    "this is no file of an interrupted optimisation",
                    where=f"{plain(str(path))}:{number}",
                    hint="Move it away to begin anew.",
                ) from error
            self._known[exchange.key] = exchange.reply
            self.calls += 1
            self.usage += exchange.reply.usage


def _append(path: Path, line: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "ab") as file:
            file.write(line.encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(reason(error), where=plain(str(path))) from error
