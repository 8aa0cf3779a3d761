"""Work in a thread, one piece at a time, of which only the newest request counts."""

from __future__ import annotations

import threading
from collections.abc import Callable

from textual.message import Message
from textual.message_pump import MessagePump

from ..errors import CotsmithError

Work = Callable[[], Message | None]


class Failed(Message):
    """Work failed; ``what`` names it."""

    def __init__(self, what: str, error: CotsmithError) -> None:
        super().__init__()
        self.what = what
        self.error = error


class Latest:
    """Runs what is asked for, and posts its message to ``owner``; while it runs, newer requests replace each other."""

    def __init__(self, owner: MessagePump, what: str) -> None:
        self._owner = owner
        self._what = what
        self._lock = threading.Lock()
        self._next: Work | None = None
        self._running = False
        self.closed = False

    @property
    def busy(self) -> bool:
        """Whether anything is running or waiting."""
        return self._running

    def ask(self, work: Work) -> None:
        """Run ``work`` as soon as what runs now has ended, unless something newer is asked for until then."""
        with self._lock:
            if self.closed:
                return
            self._next = work
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name=f"review {self._what}").start()

    def close(self) -> None:
        """Begin nothing any more; what runs is told to end by ``closed``."""
        with self._lock:
            self.closed = True
            self._next = None

    def _run(self) -> None:
        while True:
            with self._lock:
                work, self._next = self._next, None
                if work is None:
                    self._running = False
                    return
            try:
                message = work()
            except CotsmithError as error:
                message = Failed(self._what, error)
            except Exception as error:  # an encoder of the user's own may raise anything; the review goes on
                message = Failed(self._what, CotsmithError(f"{type(error).__name__}: {error}"))
            if message is not None and not self.closed:
                self._owner.post_message(message)
