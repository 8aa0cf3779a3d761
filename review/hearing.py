"""What the main screen does with what threads bring: images, new words, checks, evidence, an LLM's proposals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.message import Message

from ..errors import Interrupted
from ..systems.text import counted
from . import refine_flow
from .evidence_pane import EvidencePane
from .latest import Failed
from .messages import Evaluated, Found, Looked, Measured, Progressed
from .refining import REFINEMENT, Proposed, Streamed
from .trouble import told

if TYPE_CHECKING:
    from .main_screen import MainScreen


def _progressed(screen: MainScreen, event: Progressed) -> None:
    """How far the encoder is."""
    screen.wait(f"encoding images: {event.done} of {event.total}")


def _evaluated(screen: MainScreen, event: Evaluated) -> None:
    """The images are there."""
    screen.wait("")
    if event.evaluation is None:
        return
    screen.review.session.begin(event.evaluation)
    skipped = event.evaluation.setting.skipped
    if skipped:
        screen.tell(f"{counted(len(skipped), 'image')} left out: {skipped[0]}", trouble=True)
    screen.renew()
    screen.background.measure()
    screen.look()


def _measured(screen: MainScreen, event: Measured) -> None:
    """New words are measured."""
    session = screen.review.session
    if event.evaluation is not None:
        taken = session.take(event.generation, event.evaluation)
    else:
        assert event.error is not None
        taken = session.fail(event.generation, event.error)
    if not taken:
        screen.background.measure()
        return
    screen.renew()
    screen.look()
    if event.error is not None:
        screen.tell(f"not measured: {event.error.message}", trouble=True)


def _looked(screen: MainScreen, event: Looked) -> None:
    """The checks have run."""
    if event.insight.generation != screen.review.session.generation:
        return
    first = screen.review.insight.generation < 0 or not screen.review.insight.suggestions
    screen.review.insight = event.insight
    if event.insight.problems:
        screen.tell(event.insight.problems[0], trouble=True)
    if first and not screen.touched and event.insight.suggestions and screen.review.next_in_queue():
        screen.touched = True
    screen.renew()


def _found(screen: MainScreen, event: Found) -> None:
    """The evidence about a cell is there."""
    cell = screen.review.cell
    if cell is not None and event.is_of(cell, screen.review.session.generation):
        screen.found = event
        screen.query_one(EvidencePane).show(event.evidence, screen.mode)


def _failed(screen: MainScreen, event: Failed) -> None:
    """Work failed; everything else goes on."""
    if event.what == "measuring":
        screen.review.session.expects_images = False
        screen.wait("")
        screen.renew()
    if event.what == REFINEMENT:
        cancelled = isinstance(event.error, Interrupted)
        screen.refining.ended("" if cancelled else told(event.error))
        screen.ongoing()
        if not cancelled:
            return  # it stands in a line of its own, where the next edit leaves it
    screen.tell(f"{event.what}: {event.error.message}", trouble=True)


def _streamed(screen: MainScreen, event: Streamed) -> None:
    """The LLM is answering."""
    screen.ongoing(event.told)


def _proposed(screen: MainScreen, event: Proposed) -> None:
    """The proposals are there: shown at once, unless the person is amid something else."""
    screen.refining.ended()
    screen.refining.proposals, screen.refining.feedback = event.proposals, ""
    screen.ongoing()
    if screen.refining.waiting.warning:
        screen.tell(screen.refining.waiting.warning, trouble=True)
    if screen.idle:
        screen.come_up(refine_flow.judge(screen))


HEARD: dict[type[Message], Callable[[MainScreen, Any], None]] = {
    Progressed: _progressed,
    Evaluated: _evaluated,
    Measured: _measured,
    Looked: _looked,
    Found: _found,
    Failed: _failed,
    Streamed: _streamed,
    Proposed: _proposed,
}
"""By the kind of message."""
