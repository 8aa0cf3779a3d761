"""The climb of an optimiser: moves are tried on train, what gains there is measured on dev, the best on dev is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from ..errors import DataError, EditError, InvalidSystemError
from ..scoring.comparison import paired
from ..scoring.evaluation import Evaluation
from ..scoring.incremental import Encode
from ..scoring.likelihood import cross_entropy
from ..scoring.statistics import mcnemar
from ..systems.edits import AddOption, Edit
from ..systems.model import System
from ..systems.text import plain
from .locks import Cell, renamed, touched

NOISE = 0.05
"""The largest p-value, by McNemar's exact test, of what counts as more than chance: on train a move, on dev a gain."""


@dataclass(frozen=True, slots=True)
class Move:
    """Edits that belong together, and why an engine suggests them."""

    edits: tuple[Edit, ...]
    rationale: str


def joined(moves: Sequence[Move]) -> Move:
    """One move of several; an edit that two of them need stands in it once."""
    edits = dict.fromkeys(edit for move in moves for edit in move.edits)
    return Move(tuple(edits), "; ".join(dict.fromkeys(move.rationale for move in moves if move.rationale)))


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a move. ``reason`` says why it was not ``taken``, and is empty where it was.

    ``gained`` and ``lost`` count train images that become right and wrong; ``p`` is McNemar's exact two-sided p-value.
    """

    move: Move
    taken: bool
    gained: int = 0
    lost: int = 0
    p: float = 1.0
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A system on the climb: ``number`` counts from 1, ``move`` led here from the candidate before.

    Accuracies are shares of 1; ``dev_loss`` is the cross-entropy on dev, in nats. ``best`` tells that nothing before it
    was as good on dev.
    """

    number: int
    move: Move
    system: System
    train_accuracy: float
    dev_accuracy: float
    dev_loss: float
    best: bool


Record: TypeAlias = Callable[[Candidate, Evaluation], None]


class Climb:
    """The state of a climb: where it stands, the best so far, and in ``tried`` what became of every move.

    Every move must gain on train by more than noise. Which of the systems on the way is best is decided on dev, by
    accuracy and, where that is equal, by cross-entropy; test is never seen here. It is over when ``patience``
    candidates in a row, taken together, make dev no better by more than noise. ``record`` is told each candidate as
    soon as it is measured, with its evaluation on dev.
    """

    def __init__(
        self,
        train: Evaluation,
        dev: Evaluation,
        *,
        patience: int,
        most: int,
        encode: Encode | None = None,
        locked: frozenset[Cell] = frozenset(),
        record: Record | None = None,
    ) -> None:
        self.train = train
        self.dev = dev
        self.start = dev
        self.patience = patience
        self.most = most
        self.encode = encode
        self.locked = locked
        self.candidates: list[Candidate] = []
        self.tried: list[Tried] = []
        self.best = 0
        self.best_dev = dev
        self._best_key = _key(dev)
        self._sure = dev  # no candidate since is better than this by more than noise
        self._unsure = 0
        self._record = record

    @property
    def stopped(self) -> str:
        """Why the climb is over, in a few words; empty while it goes on."""
        if len(self.candidates) >= self.most:
            return "the budget is used up"
        if self._unsure >= self.patience:
            many = f"{self.patience} candidates in a row" if self.patience > 1 else "a candidate"
            return f"{many} made dev no better by more than chance"
        return ""

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves that lead to the best candidate."""
        return tuple(candidate.move for candidate in self.candidates[: self.best])

    def consider(self, move: Move) -> Tried:
        """Try ``move`` where the climb stands, and take it if it gains on train by more than noise."""
        tried = self._try(move)
        self.tried.append(tried)
        return tried

    def _try(self, move: Move) -> Tried:
        try:
            held = touched(self.train.system, move.edits, self.locked)
            if held:
                return Tried(move, False, reason=f"a person set {plain(held[0][0])} › {plain(held[0][1])}")
            train = self.train.with_edits(move.edits, self.encode)
        except (EditError, InvalidSystemError, DataError) as error:
            return Tried(move, False, reason=error.message)
        gained = int((train.correct & ~self.train.correct).sum())
        lost = int((self.train.correct & ~train.correct).sum())
        p = mcnemar(gained, lost)
        if gained <= lost:
            return Tried(move, False, gained, lost, p, "it gains nothing on train")
        if p > NOISE:
            return Tried(move, False, gained, lost, p, "its gain on train may be chance")
        self._take(move, train, self.dev.with_edits(move.edits, self.encode))
        return Tried(move, True, gained, lost, p)

    def remaining(self, move: Move) -> Move:
        """``move`` without the options that are there by now: an earlier move may have rested on the same ones."""
        present = {
            (attribute.name, option) for attribute in self.train.system.attributes for option in attribute.options
        }
        edits = (e for e in move.edits if not (isinstance(e, AddOption) and (e.attribute, e.option) in present))
        return Move(tuple(edits), move.rationale)

    def _take(self, move: Move, train: Evaluation, dev: Evaluation) -> None:
        self.train, self.dev = train, dev
        self.locked = frozenset(reduce(renamed, move.edits, cell) for cell in self.locked)
        key = _key(dev)
        number = len(self.candidates) + 1
        best = key > self._best_key
        candidate = Candidate(number, move, dev.system, train.accuracy, dev.accuracy, -key[1], best)
        self.candidates.append(candidate)
        if best:
            self.best, self.best_dev, self._best_key = number, dev, key
        gain = paired(self._sure.correct, dev.correct)
        if gain.difference > 0 and gain.p <= NOISE:
            self._sure, self._unsure = dev, 0
        else:
            self._unsure += 1
        if self._record is not None:
            self._record(candidate, dev)


def _key(evaluation: Evaluation) -> tuple[int, float]:
    return evaluation.share.hits, -cross_entropy(evaluation)
