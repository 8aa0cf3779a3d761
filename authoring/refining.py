"""Refine a system with an LLM, round after round: propose, measure, choose, keep, until nothing improves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..systems.model import System
from ..terminal import Progress
from ..validate.engine import check
from ..validate.finding import Finding
from .llm import LLM, Streaming, Usage
from .plan import plan_refinement
from .proposals import Encode, Proposals, measure
from .propose import propose
from .refusals import Refused

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation
    from .budget import Budget

Choose = Callable[[Proposals], Proposals]
"""Decides: ``take_all``, ``take_improving``, a person at the terminal."""


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """A refined system: the proposals of each round as they were decided, the accuracy before and after, the cost.

    ``before`` and ``after`` are None without images.
    """

    system: System
    rounds: tuple[Proposals, ...]
    findings: tuple[Finding, ...]
    before: Evaluation | None
    after: Evaluation | None
    usage: Usage
    calls: int
    seconds: float
    """Those that the LLM took: neither measuring nor deciding."""

    @property
    def proposals(self) -> tuple[Proposals, ...]:
        """Of all rounds, the first one first."""
        return self.rounds


@dataclass(slots=True)
class _State:
    """Where the rounds have come to."""

    system: System
    evaluation: Evaluation | None
    rounds: list[Proposals] = field(default_factory=list)


def refine(
    llm: LLM,
    system: System,
    choose: Choose,
    *,
    path: str | Path | None = None,
    evaluation: Evaluation | None = None,
    encode: Encode | None = None,
    feedback: str = "",
    about: Sequence[str] = (),
    rounds: int = 1,
    budget: Budget | None = None,
    keep: Callable[[Proposals], None] | None = None,
    progress: Progress | None = None,
    watch: Callable[[Streaming], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Refinement:
    """Ask ``llm`` for edits of ``system``, measure them, have them decided, and again, at most ``rounds`` times.

    It ends when a round takes nothing, or its accuracy is no better than before.

    Args:
        choose: decides about each round's proposals.
        path: the system's file, whose history gives corrections, locks and what was refused before.
        evaluation: of ``system`` on dev images; without it nothing is measured.
        encode: an encoder's ``encode_texts``, for the texts that proposals make.
        keep: is given each round's decided proposals, to be saved; see ``keeping.keep_decisions``.
        progress: told ``(done, total)`` proposals that are measured.

    Raises:
        UsageError: ``about`` names no class, or ``evaluation`` is of another system.
        LLMError: no reply that can be used; earlier rounds are kept.
        Interrupted: ``cancelled`` became true; earlier rounds are kept.
    """
    state = _State(system, evaluation)
    for _ in range(rounds):
        plan = plan_refinement(state.system, path=path, evaluation=state.evaluation, feedback=feedback, about=about)
        if path is None:
            plan = replace(plan, refused=_refused(state.rounds))
        proposals = propose(llm, plan, budget=budget, watch=watch, cancelled=cancelled)
        if state.evaluation is not None:
            proposals = measure(proposals, state.evaluation, encode, progress=progress, cancelled=cancelled)
        decided = choose(proposals)
        state.rounds.append(decided)
        if keep is not None:
            keep(decided)
        gained = _gained(decided)
        state.system, state.evaluation = decided.result, decided.current
        if not decided.taken or not gained:
            break
    return Refinement(
        state.system,
        tuple(state.rounds),
        check(state.system, evaluation=state.evaluation),
        evaluation,
        state.evaluation,
        sum((one.origin.usage for one in state.rounds), Usage()),
        sum(one.origin.calls for one in state.rounds),
        sum(one.origin.seconds for one in state.rounds),
    )


def _gained(decided: Proposals) -> bool:
    """Whether another round is worth it: images are better recognised, or there are none to tell."""
    if decided.evaluation is None or decided.current is None:
        return True
    return decided.current.accuracy > decided.evaluation.accuracy


def _refused(rounds: Sequence[Proposals]) -> tuple[Refused, ...]:
    """What earlier rounds refused, where no history remembers it."""
    return tuple(
        Refused(one.edit, one.rationale, one.reason, "images")
        for decided in rounds
        for one in decided
        if one.status == "refused"
    )
