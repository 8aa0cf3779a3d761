"""An LLM that is asked nothing twice: finished calls are kept in a file, and an interrupted run goes on from there."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

from ..errors import InputError, LLMError, UsageError
from ..systems.json_form import Json
from ..systems.sources import reason
from ..systems.text import plain
from .budget import Budget
from .exchange import Exchange, exchange_from_json, exchange_of, key_of
from .llm import LLM, Reply, Request, Streaming, Usage

_FORMAT = 1


class RememberingLLM:
    """``llm``, whose replies are kept in ``path``, an exchange a line, synced as they come; only its owner can read it.

    Without a ``path`` they are kept in memory. ``most`` limits the calls that are made in all, and ``max_tokens`` ends
    them when so many are spent; calls that ``path`` holds already count. ``task`` says what the calls are for: ``path``
    is only read if it is of the same. ``calls``, ``usage`` and ``exchanges`` are of all of them, those of earlier runs
    too. ``called`` is told after each call.

    Raises:
        UsageError: ``path`` is of another task.
        InputError: ``path`` is no such file, or cannot be read or written.
    """

    def __init__(
        self,
        llm: LLM,
        path: Path | None,
        *,
        most: int,
        max_tokens: int | None = None,
        task: str = "",
        called: Callable[[], None] | None = None,
    ) -> None:
        self.most = most
        self.path = path
        self.exchanges: list[Exchange] = []
        self._llm = llm
        self._budget = Budget(max_tokens)
        self._header: Json = {"optimize": _FORMAT, "task": task}
        self._called = called
        self._lock = threading.Lock()
        self._known: dict[str, Reply] = {}
        self._flying = 0
        if path is not None:
            self._read(path)

    @property
    def name(self) -> str:
        """The name of the LLM that is asked."""
        return self._llm.name

    @property
    def calls(self) -> int:
        """How many calls are finished."""
        return len(self.exchanges)

    @property
    def usage(self) -> Usage:
        """What they took."""
        return self._budget.spent

    @property
    def ended(self) -> str:
        """Why no further call may be made, in a few words; empty while one may."""
        if self.calls + self._flying >= self.most:
            return "the calls are used up"
        return "the tokens are used up" if self._budget.left == 0 else ""

    def complete(
        self,
        request: Request,
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply:
        """The kept reply, else that of the LLM; errors are those of the LLM, and ``LLMError`` at a limit."""
        key = key_of(request)
        with self._lock:
            if key in self._known:
                return self._known[key]
            self._budget.check()
            if self.ended:
                raise LLMError(f"the budget of {self.most} calls is used up", hint="Allow more with --budget.")
            self._flying += 1
        try:
            reply = self._llm.complete(request, watch=watch, cancelled=cancelled)
        except BaseException:
            with self._lock:
                self._flying -= 1
            raise
        with self._lock:
            self._flying -= 1
            exchange = exchange_of(request, self.name, reply)
            self._keep(key, exchange)
            if self.path is not None:
                _append(self.path, exchange.to_json(), before=self._header)
        if self._called is not None:
            self._called()
        return reply

    def forget(self) -> None:
        """Remove the file: the run is complete."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _keep(self, key: str, exchange: Exchange) -> None:
        self._known[key] = exchange.reply
        self.exchanges.append(exchange)
        self._budget.spend(exchange.reply.usage)

    def _read(self, path: Path) -> None:
        try:
            lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
            if lines and not lines[-1].endswith(b"\n"):  # cut off by a crash: that call is made again
                os.truncate(path, sum(map(len, lines[:-1])))
                del lines[-1]
        except OSError as error:
            raise InputError(reason(error), where=plain(str(path))) from error
        for number, line in enumerate(lines, 1):
            try:
                value = json.loads(line)
                if number == 1:
                    self._check_header(value, path)
                    continue
                exchange = exchange_from_json(value)
            except (ValueError, InputError) as error:
                raise InputError(
                    "this is no file of an interrupted optimisation",
                    where=f"{plain(str(path))}:{number}",
                    hint="Move it away to begin anew.",
                ) from error
            self._keep(exchange.key, exchange)

    def _check_header(self, value: Json, path: Path) -> None:
        if not isinstance(value, dict) or value.get("optimize") != _FORMAT:
            raise ValueError("no header")
        if value != self._header:
            raise UsageError(
                "the interrupted optimisation was another: of another system, model, encoder, seed, or other images",
                where=plain(str(path)),
                hint="Give the same options again, or leave out --resume and begin anew with --force.",
            )


def _append(path: Path, entry: Json, *, before: Json) -> None:
    """Write a line at the end of the file; if that is empty, ``before`` is its first line."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with open(descriptor, "ab") as file:
            entries = [entry] if os.fstat(descriptor).st_size else [before, entry]
            for one in entries:
                file.write(json.dumps(one, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InputError(reason(error), where=plain(str(path))) from error
