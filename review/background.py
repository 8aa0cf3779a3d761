"""What is worked out in threads while a person goes on: the images, new words, the checks, the evidence of a cell."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from textual.message import Message
from textual.message_pump import MessagePump

from ..authoring.locks import Cell
from ..errors import CotsmithError, Interrupted
from ..scoring.evaluation import Evaluation
from ..scoring.pace import paced
from ..systems.model import System
from .insight import look
from .latest import Latest
from .messages import Evaluated, Found, Looked, Measured, Progressed
from .review import Review
from .workshop import Workshop

T = TypeVar("T")
_TURN_S = 0.0005
_REST_S = 0.2
_MANY_CELLS, _MANY_SCORES = 5_000, 2_000_000


@contextmanager
def keys_first() -> Iterator[None]:
    """Within this, threads that compute give way sooner than Python asks of them, so that the screen answers keys."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


class Attention:
    """When a person last pressed a key, so that work which can wait leaves the machine to what answers it."""

    def __init__(self) -> None:
        self._until = 0.0

    def pressed(self) -> None:
        """A key was pressed."""
        self._until = time.monotonic() + _REST_S

    @property
    def rest(self) -> float:
        """How many seconds work should wait for now."""
        return self._until - time.monotonic()


class Background:
    """Posts what it works out to ``owner``. Each kind of work runs once at a time, and only the newest counts."""

    def __init__(self, owner: MessagePump, review: Review, workshop: Workshop, attention: Attention) -> None:
        self._owner = owner
        self._review = review
        self._workshop = workshop
        self._attention = attention
        self._measuring = Latest(owner, "measuring")
        self._looking = Latest(owner, "checking")
        self._finding = Latest(owner, "evidence")
        self._asides = 0

    @property
    def busy(self) -> bool:
        """Whether anything is being worked out."""
        return bool(self._asides) or self._measuring.busy or self._looking.busy or self._finding.busy

    async def aside(self, work: Callable[[], T]) -> T:
        """What ``work`` returns, worked out in a thread while the screen goes on."""
        self._asides += 1
        try:
            return await asyncio.to_thread(work)
        finally:
            self._asides -= 1

    def evaluate(self) -> None:
        """Measure the file as the session and it last had it in common, on all images."""
        system = self._review.session.journal.agreed()

        def work() -> Message:
            return Evaluated(self._workshop.evaluate(system, self._count))

        self._measuring.ask(work)

    def measure(self) -> None:
        """Measure what waits for new words to be encoded."""
        work = self._review.session.work()
        if work is None:
            return

        def run() -> Message:
            try:
                return Measured(work.generation, work.run(self._workshop.encode), None)
            except CotsmithError as error:
                return Measured(work.generation, None, error)
            except Exception as error:  # an encoder of the user's own may raise anything
                return Measured(work.generation, None, CotsmithError(f"{type(error).__name__}: {error}"))

        self._measuring.ask(run)

    def look(self) -> None:
        """Run the checks."""
        session = self._review.session
        generation, system, evaluation = session.generation, session.system, session.evaluation
        large = _is_large(system, evaluation)

        def go_on() -> None:
            while True:
                if session.generation != generation or self._looking.closed:
                    raise Interrupted("the system has changed since")
                rest = self._attention.rest if large else 0.0
                if rest <= 0:
                    return
                time.sleep(rest)

        def work() -> Message | None:
            try:
                with paced(go_on):
                    go_on()
                    return Looked(look(generation, system, evaluation, self._workshop.loaded, session.path))
            except Interrupted:
                return None

        self._looking.ask(work)

    def find(self, cell: Cell) -> None:
        """Gather the evidence of a cell."""
        generation = self._review.session.generation
        self._finding.ask(lambda: Found(generation, self._review.evidence(cell)))

    def close(self) -> None:
        """Let go: images still to be encoded are left for the next time."""
        for each in (self._measuring, self._looking, self._finding):
            each.close()

    def _count(self, done: int, total: int) -> None:
        if self._measuring.closed:
            raise Interrupted("the review was closed")
        self._owner.post_message(Progressed(done, total))


def _is_large(system: System, evaluation: Evaluation | None) -> bool:
    """Whether looking through it takes so long that a key press would be felt to wait."""
    classes = len(system.rules)
    images = 0 if evaluation is None else evaluation.n
    return classes * len(system.attributes) > _MANY_CELLS or classes * images > _MANY_SCORES
