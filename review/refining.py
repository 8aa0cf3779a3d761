"""A refinement in the background: sent, streamed, measured; then waiting to be judged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

from ..authoring.plan import Plan
from ..authoring.proposals import Proposals, measure, proposals_of
from ..authoring.propose import propose
from ..errors import CotsmithError, Interrupted
from ..scoring.evaluation import Evaluation
from ..scoring.incremental import Encode
from ..systems.model import System
from .latest import Failed

if TYPE_CHECKING:
    from ..authoring.budget import Budget
    from ..authoring.llm import LLM, Streaming


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
    """One refinement at a time; ``proposals`` wait here until they are judged."""

    def __init__(self, owner: MessagePump, source: LLMSource | None) -> None:
        self.source = source
        self.proposals: Proposals | None = None
        self._owner = owner
        self._running = False
        self._cancelled = threading.Event()

    @property
    def running(self) -> bool:
        """Whether a reply is awaited."""
        return self._running

    def begin(self, llm: LLM, plan: Plan, encode: Encode | None) -> None:
        """Send ``plan`` in a thread."""
        assert self.source is not None
        self._running = True
        self._cancelled.clear()
        arguments = llm, plan, self.source.budget(), encode
        threading.Thread(target=self._run, args=arguments, name="review refining").start()

    def cancel(self) -> None:
        """Close the connection."""
        self._cancelled.set()

    def _run(self, llm: LLM, plan: Plan, budget: Budget | None, encode: Encode | None) -> None:
        def watch(so_far: Streaming) -> None:
            note = f", {so_far.note}" if so_far.note else ""
            told = f"{so_far.characters:,} characters after {so_far.seconds:.0f} s{note}"
            self._owner.post_message(Streamed(f"{llm.name} answers: {told}; r cancels"))

        message: Message
        try:
            found = propose(llm, plan, budget=budget, watch=watch, cancelled=self._cancelled.is_set)
            if plan.evaluation is not None:
                self._owner.post_message(Streamed(f"measuring {len(found)} proposals"))
                found = self._measured(found, plan.evaluation, encode)
            message = Proposed(found)
        except Interrupted:
            message = Failed("refinement", CotsmithError("cancelled; nothing was taken"))
        except CotsmithError as error:
            message = Failed("refinement", error)
        except Exception as error:  # an LLM client of the user's own may raise anything
            message = Failed("refinement", CotsmithError(f"{type(error).__name__}: {error}"))
        self._running = False
        self._owner.post_message(message)

    def _measured(self, found: Proposals, evaluation: Evaluation, encode: Encode | None) -> Proposals:
        """With their effects; without them where the encoder breaks, for the answer has been paid for."""
        try:
            return measure(found, evaluation, encode, cancelled=self._cancelled.is_set)
        except Interrupted:
            raise
        except Exception as error:  # an encoder of the user's own may raise anything
            self._owner.post_message(Failed("measuring the proposals", CotsmithError(str(error))))
            return found


def for_system(proposals: Proposals, system: System, evaluation: Evaluation | None, encode: Encode | None) -> Proposals:
    """``proposals`` as suggestions for ``system``, which may have been edited since they were asked for."""
    if proposals.system == system:
        return proposals
    suggested = [(one.edit, one.rationale) for one in proposals]
    found = proposals_of(
        system, suggested, locked=proposals.locked, unusable=proposals.unusable, origin=proposals.origin
    )
    return found if evaluation is None or evaluation.system != system else measure(found, evaluation, encode)
