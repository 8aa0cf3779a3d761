"""What a person sees while an LLM writes: one line on stderr, only where there is a terminal."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

from ..systems.text import plain
from .budget import CHARACTERS_PER_TOKEN
from .llm import Streaming

_EVERY_S = 0.1
_WIDTH = 79


class StatusLine:
    """A line that follows a reply (``watch``) and counts what is done (``tell``); gone when the ``with`` ends.

    May be told from several threads. Where standard error is no terminal, or if ``quiet``, it says nothing.
    """

    def __init__(self, label: str, counted: str, *, quiet: bool = False) -> None:
        self._label = label
        self._counted = counted
        self._shown = False
        self._last = 0.0
        self._lock = threading.Lock()
        self._visible = sys.stderr.isatty() and not quiet

    def __enter__(self) -> StatusLine:
        self._write(f"{self._label} ...", at_once=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def watch(self, told: Streaming) -> None:
        """How far the reply is that is waited for."""
        self._write(f"{self._label}: {progress_text(told)}", at_once=bool(told.note))

    def tell(self, done: int, total: int) -> None:
        """How much is done."""
        self._write(f"{self._counted}: {done:,} of {total:,}", at_once=done == total)

    def say(self, text: str, *, label: str) -> None:
        """Show ``text`` until something else is told; the replies that follow are shown after ``label``."""
        self._label = label
        self._write(text, at_once=True)

    def clear(self) -> None:
        """Make room for other output."""
        with self._lock:
            if self._shown:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
                self._shown = False

    def _write(self, text: str, *, at_once: bool) -> None:
        if not self._visible:
            return
        with self._lock:
            now = time.monotonic()
            if not at_once and now - self._last < _EVERY_S:
                return
            self._last, self._shown = now, True
            sys.stderr.write(f"\r\x1b[K{text[:_WIDTH]}")
            sys.stderr.flush()


def progress_text(told: Streaming) -> str:
    """How far a reply is, in words."""
    if told.note:
        return plain(told.note)
    if not told.characters:
        return f"waiting for the first token, {told.seconds:.0f} s"
    tokens = -(-told.characters // CHARACTERS_PER_TOKEN)
    first = "" if told.first_token is None else f", the first after {told.first_token:.1f} s"
    return f"about {tokens:,} tokens, {told.seconds:.0f} s{first}"
