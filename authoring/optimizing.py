"""Run an optimiser: an engine climbs on train, dev chooses, test is reported once; what comes out is a proposal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import Interrupted, LLMError, UsageError
from ..scoring.comparison import Pair, paired
from ..scoring.incremental import Encode
from ..scoring.threefold import Threefold
from ..systems.edits import Edit, SetRule, SetWeight
from ..systems.json_form import Json
from .climb import Candidate, Climb, Move, Record
from .greedy import climb_greedily
from .llm import Usage
from .locks import Cell
from .proposals import Origin, Proposals, measure, proposals_of

BUDGETS = {"light": 20, "medium": 60, "heavy": 200}
"""How many candidates the climb may take; with an LLM also how many calls it may make."""

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Cost:
    """What an engine spent on its LLM; ``ended`` says why it stopped, where that was not the climb's doing.

    ``failure`` is why the LLM could not be asked any further, so that there may be more to find; ``interrupted`` tells
    that a person ended it. ``exchanges`` are in JSON form, for the history.
    """

    model: str = ""
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    ended: str = ""
    failure: LLMError | None = None
    interrupted: bool = False
    exchanges: tuple[Json, ...] = ()


class Engine(Protocol):
    """Climbs: calls ``climb.consider`` with moves until ``climb.stopped``, ``cancelled``, or it knows no more."""

    def __call__(self, climb: Climb, *, cancelled: Callable[[], bool] | None = None) -> Cost:
        """Returns what it spent, also when it is interrupted."""


@dataclass(frozen=True, slots=True, eq=False)
class Optimized:
    """What an optimiser found. ``proposals`` are its edits, none accepted yet, measured on dev one on top of another.

    ``before`` and ``after`` are the system's evaluations at the start and with all edits. ``dev`` and ``test`` hold
    one against the other, image by image; test was not looked at before. ``stopped`` says why it ended, ``interrupted``
    that a person ended it.
    """

    engine: str
    seed: int
    before: Threefold
    after: Threefold
    proposals: Proposals
    candidates: tuple[Candidate, ...]
    best: int
    dev: Pair
    test: Pair
    cost: Cost
    seconds: float
    stopped: str
    interrupted: bool = False

    @property
    def improved(self) -> bool:
        """Whether test says so: more test images are right, by more than noise."""
        return self.test.difference > 0 and self.test.p < SIGNIFICANT

    @property
    def gap(self) -> float:
        """How much more was gained on dev than on test, as a share of 1: what choosing on dev flatters."""
        return self.dev.difference - self.test.difference


def run_engine(
    start: Threefold,
    engine: Engine | None = None,
    *,
    name: str = "greedy",
    budget: int = BUDGETS["medium"],
    seed: int = 0,
    patience: int = 3,
    encode: Encode | None = None,
    locked: frozenset[Cell] = frozenset(),
    record: Record | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Optimized:
    """Let ``engine`` (by default the one without an LLM) climb from ``start``, and measure what it found on test.

    Args:
        budget: how many candidates it may take.
        patience: after so many candidates in a row that are no better on dev it stops.
        encode: gives the vectors of new texts, ``(M, D) float32``; without it, edits that make texts are refused.
        locked: cells that a person set; no candidate touches them.
        record: told of each candidate as soon as it is measured, with its evaluation on dev.
        cancelled: when it becomes true, or at Ctrl-C, the best so far is the result.

    Raises:
        UsageError: a budget or patience below 1.
    """
    if budget < 1 or patience < 1:
        raise UsageError("a budget and a patience below 1 leave nothing to try")
    begun = time.monotonic()
    climb = Climb(start.train, start.dev, patience=patience, most=budget, encode=encode, locked=locked, record=record)
    cost, interrupted = Cost(), False
    try:
        cost = (engine or greedy_engine)(climb, cancelled=cancelled)
    except (KeyboardInterrupt, Interrupted):
        interrupted = True
    interrupted = interrupted or cost.interrupted or (cancelled is not None and cancelled())
    moves = climb.moves
    edits = [edit for move in moves for edit in move.edits]
    after = start.with_edits(edits, encode)
    origin = Origin(cost.model or name, "", cost.usage, cost.calls, time.monotonic() - begun, cost.exchanges)
    proposals = proposals_of(start.dev.system, compacted(moves), locked=locked, origin=origin)
    proposals = measure(proposals, start.dev, encode)
    return Optimized(
        name,
        seed,
        start,
        after,
        proposals,
        tuple(climb.candidates),
        climb.best,
        paired(start.dev.correct, after.dev.correct),
        paired(start.test.correct, after.test.correct),
        cost,
        time.monotonic() - begun,
        "it was interrupted" if interrupted else climb.stopped or cost.ended or "nothing more was found",
        interrupted,
    )


def greedy_engine(climb: Climb, *, cancelled: Callable[[], bool] | None = None) -> Cost:
    """Coordinate ascent, which spends nothing."""
    climb_greedily(climb, cancelled=cancelled)
    return Cost()


def compacted(moves: Sequence[Move]) -> list[tuple[Edit, str]]:
    """The edits of ``moves`` with their rationales; of several that set one rule or one weight, only the last."""
    kept: dict[object, tuple[Edit, str]] = {}
    for number, move in enumerate(moves):
        for at, edit in enumerate(move.edits):
            match edit:
                case SetRule():
                    place: object = ("rule", edit.class_name, edit.attribute)
                case SetWeight():
                    place = ("weight", edit.attribute)
                case _:
                    place = (number, at)
            kept.pop(place, None)
            kept[place] = edit, move.rationale
    return list(kept.values())
