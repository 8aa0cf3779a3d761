"""A refinement in the background: sent, streamed, measured; then waiting to be judged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from ..authoring.plan import Plan
from ..authoring.proposals import Proposals, measure
from ..authoring.propose import propose
from ..errors import CotsmithError, Interrupted
from ..scoring.evaluation import Evaluation
from ..scoring.incremental import Encode
from ..systems.text import counted
from .latest import Failed
from .trouble import told
from .waiting_proposals import WaitingProposals

if TYPE_CHECKING:
    from ..authoring.budget import Budget
    from ..authoring.llm import LLM, Streaming

REFINEMENT = "refinement"
"""What ``Failed`` calls it."""


@dataclass(frozen=True, slots=True)
class LLMSource:
    """How to come by the LLM, and what may be spent on it."""

    load: Callable[[], LLM]
    budget: Callable[[], Budget | None] = lambda: None


class Streamed(Message):
    """So far the reply has come."""

    def __init__(self, told: str) -> None:
        super().__init__()
        self.told = told


class Proposed(Message):
    """The proposals are there."""

    def __init__(self, proposals: Proposals) -> None:
        super().__init__()
        self.proposals = proposals


class Refining:
    """One refinement at a time; ``proposals`` wait here, and on disk, until they are judged.

    Attributes:
        running: whether one was begun whose end has not been heard of.
        failure: why the last one brought nothing; ``""`` where it did, or was cancelled.
        feedback: what was typed last and has not been answered.
    """

    def __init__(self, owner: MessagePump, source: LLMSource | None, waiting: WaitingProposals) -> None:
        self.source = source
        self.waiting = waiting
        self.proposals = waiting.load()
        self.running = False
        self.failure = ""
        self.feedback = ""
        self._owner = owner
        self._cancelled = threading.Event()

    def begin(self, llm: LLM, plan: Plan, encode: Encode | None) -> None:
        """Send ``plan`` in a thread, which posts ``Proposed`` or ``Failed(REFINEMENT, …)`` at its end."""
        assert self.source is not None
        self.running, self.failure = True, ""
        self._cancelled.clear()
        arguments = llm, plan, self.source.budget(), encode
        threading.Thread(target=self._run, args=arguments, name="review refining").start()

    def ended(self, failure: str = "") -> None:
        """The end of it was heard."""
        self.running, self.failure = False, failure

    def settle(self, proposals: Proposals | None) -> None:
        """Keep ``proposals`` as they are decided by now; None when they are judged to the end."""
        self.proposals = proposals
        self.waiting.keep(proposals)

    def cancel(self) -> None:
        """Close the connection."""
        self._cancelled.set()

    def _run(self, llm: LLM, plan: Plan, budget: Budget | None, encode: Encode | None) -> None:
        def watch(so_far: Streaming) -> None:
            note = f", {so_far.note}" if so_far.note else ""
            far = f"{so_far.characters:,} characters after {so_far.seconds:.0f} s{note}"
            self._owner.post_message(Streamed(f"{llm.name} answers: {far}"))

        message: Message
        try:
            found = propose(llm, plan, budget=budget, watch=watch, cancelled=self._cancelled.is_set)
            if plan.evaluation is not None:
                self._owner.post_message(Streamed(f"measuring {counted(len(found), 'proposal')}"))
                found = self._measured(found, plan.evaluation, encode)
            self.waiting.keep(found)
            message = Proposed(found)
        except Interrupted:
            message = Failed(REFINEMENT, Interrupted("cancelled; nothing was taken"))
        except CotsmithError as error:
            message = Failed(REFINEMENT, error)
        except Exception as error:  # an LLM client of the user's own may raise anything
            message = Failed(REFINEMENT, CotsmithError(told(error)))
        self._owner.post_message(message)

    def _measured(self, found: Proposals, evaluation: Evaluation, encode: Encode | None) -> Proposals:
        """With their effects; without them where the encoder breaks, for the answer has been paid for."""
        try:
            return measure(found, evaluation, encode, cancelled=self._cancelled.is_set)
        except Interrupted:
            raise
        except Exception as error:  # an encoder of the user's own may raise anything
            self._owner.post_message(Failed("measuring the proposals", CotsmithError(told(error))))
            return found
