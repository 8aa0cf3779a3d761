"""Twenty questions: ask the attribute that is expected to tell most, believe the answer as far as it has earned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..systems.model import System
from .evaluation import Evaluation
from .probabilities import BLOCK, Indexes, check_answerable
from .statistics import Share

Probabilities: TypeAlias = NDArray[np.float64]

ASSUMED = 0.8
"""How often an answer is one that the rule names, where nothing was measured."""

STOP = 0.95
"""The posterior at which there is no need to ask on."""

FOLDS = 5
_NOTHING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """For each attribute how likely each answer is for each class, ``(C, options)``, rows summing to 1."""

    system: System
    tables: tuple[Probabilities, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """Accuracy with at most ``questions`` questions for an image, and how many were asked on average."""

    questions: int
    asked: float
    vectors: float
    share: Share


@dataclass(frozen=True, eq=False)
class Game:
    """Twenty questions played on N images.

    ``budgets`` go from no question to all; the last is what the game does when nothing holds it back but ``stop``.
    ``full`` is the system with all its attributes at once, which takes ``full_vectors`` text vectors. ``first`` is the
    attribute asked first. ``reliability_from`` names what the answers' reliability was measured on.
    """

    budgets: tuple[Budget, ...]
    stop: float
    first: str
    full: Share
    full_vectors: int
    reliability_from: str


def assumed(system: System, reliability: float = ASSUMED) -> Reliability:
    """Answers that are in the rule with probability ``reliability``, evenly among its options, else any other.

    A rule that names no option or all of them makes all answers equally likely.

    Raises:
        InvalidSystemError: no class, no attribute, or an attribute without options.
        UsageError: a reliability that is not between 0 and 1.
    """
    check_answerable(system)
    if not 0 < reliability < 1:
        raise UsageError(f"reliability {reliability:g} is not between 0 and 1")
    tables = []
    for attribute in system.attributes:
        rules = [row[attribute.name] for row in system.rules.values()]
        named = np.array([[option in rule for option in attribute.options] for rule in rules])
        count, size = named.sum(axis=1, keepdims=True), len(attribute.options)
        inside = reliability / np.maximum(count, 1)
        outside = (1 - reliability) / np.maximum(size - count, 1)
        silent = (count == 0) | (count == size)
        tables.append(np.where(silent, 1 / size, np.where(named, inside, outside)))
    return Reliability(system, tuple(tables))


def measured(evaluation: Evaluation, reliability: float = ASSUMED) -> Reliability:
    """P(answer | class) as the images show it, with Laplace's smoothing.

    One image is added for each option, spread over the options as ``assumed`` expects them: where the rules say
    nothing this is Laplace's rule of succession, and a class without images keeps what is assumed of it.
    """
    prior = assumed(evaluation.system, reliability)
    tables = []
    for counts, expected in zip(evaluation.answer_tables, prior.tables, strict=True):
        size = expected.shape[1]
        tables.append((counts + size * expected) / (counts.sum(axis=1, keepdims=True) + size))
    return Reliability(evaluation.system, tuple(tables))


def expected_gain(posterior: Probabilities, table: Probabilities) -> Probabilities:
    """The bits that an answer is expected to tell of the class, ``(N,)``.

    H(answer) − Σ_c P(c) · H(answer | c) for posteriors ``(N, C)`` and ``table`` ``(C, options)``: the mutual
    information of answer and class. Source: Lindley, "On a measure of the information provided by an experiment",
    Annals of Mathematical Statistics 27 (1956).
    """
    within = -(table * _log2(table)).sum(axis=1)
    answers = posterior @ table
    gain: Probabilities = -(answers * _log2(answers)).sum(axis=1) - posterior @ within
    return gain


def updated(posterior: Probabilities, table: Probabilities, answers: Indexes) -> Probabilities:
    """Posteriors ``(N, C)`` after the answers ``(N,)``, by Bayes' rule; answers are taken as independent given the
    class."""
    product = posterior * table[:, answers].T
    total: Probabilities = product / product.sum(axis=1, keepdims=True)
    return total


def play(evaluation: Evaluation, reliability: Reliability, *, stop: float = STOP, source: str = "assumed") -> Game:
    """Ask every image of ``evaluation`` in turn, its likeliest option being the answer.

    All classes are equally likely at first. Asking ends when one reaches ``stop``, or no attribute tells anything more.

    Raises:
        UsageError: a ``stop`` that is not above 0 and at most 1.
    """
    if not 0 < stop <= 1:
        raise UsageError(f"a posterior to stop at of {stop:g} is not between 0 and 1")
    played = [_play_block(evaluation, reliability, stop, block) for block in _blocks(evaluation.n)]
    return _game(evaluation, [_joined(step) for step in zip(*played, strict=True)], stop, source, reliability)


def cross_played(evaluation: Evaluation, *, stop: float = STOP, assumed_reliability: float = ASSUMED) -> Game:
    """``play`` with the reliability measured on the same images, but never on the image that is asked.

    The images are dealt into ``FOLDS`` parts, class by class; each part is asked with what the others show.
    """
    from .reuse import on_images

    order = np.argsort(evaluation.labels, kind="stable")
    fold = np.empty(evaluation.n, np.intp)
    fold[order] = np.arange(evaluation.n) % FOLDS
    steps: list[list[_Step]] = []
    for part in range(min(FOLDS, evaluation.n)):
        rest = np.flatnonzero(fold != part)
        found = measured(on_images(evaluation, rest), assumed_reliability) if rest.size else assumed(evaluation.system)
        steps.append(_play_block(evaluation, found, stop, np.flatnonzero(fold == part)))
    whole = measured(evaluation, assumed_reliability)
    split = evaluation.setting.split
    source = f"the other images of split {split}" if split != "all" else "the other images"
    return _game(evaluation, [_joined(step) for step in zip(*steps, strict=True)], stop, source, whole)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """How N images stand after some questions: whether right, how many asked, with how many text vectors."""

    right: NDArray[np.bool_]
    asked: Indexes
    vectors: Indexes


def _play_block(evaluation: Evaluation, reliability: Reliability, stop: float, images: Indexes) -> list[_Step]:
    """How the images stand after 0, 1, ... all questions."""
    size, count = len(evaluation.system.classes), len(evaluation.system.attributes)
    labels = evaluation.labels[images]
    options = np.array([len(attribute.options) for attribute in evaluation.system.attributes])
    posterior = np.full((images.size, size), 1 / size)
    open_ = np.ones((images.size, count), np.bool_)
    asked, vectors = np.zeros(images.size, np.intp), np.zeros(images.size, np.intp)
    steps = [_Step(posterior.argmax(axis=1) == labels, asked.copy(), vectors.copy())]
    for _ in range(count):
        gains = np.stack([expected_gain(posterior, table) for table in reliability.tables], axis=1)
        gains = np.where(open_, gains, -1.0)
        best = gains.argmax(axis=1)
        going = (posterior.max(axis=1) < stop) & (gains.max(axis=1) > _NOTHING)
        for index in np.unique(best[going]):
            who = np.flatnonzero(going & (best == index))
            answers = evaluation.answers[index].chosen[images[who]]
            posterior[who] = updated(posterior[who], reliability.tables[index], answers)
            open_[who, index] = False
            asked[who] += 1
            vectors[who] += options[index]
        steps.append(_Step(posterior.argmax(axis=1) == labels, asked.copy(), vectors.copy()))
    return steps


def _joined(steps: Iterable[_Step]) -> _Step:
    parts = list(steps)
    return _Step(
        np.concatenate([part.right for part in parts]),
        np.concatenate([part.asked for part in parts]),
        np.concatenate([part.vectors for part in parts]),
    )


def _game(evaluation: Evaluation, steps: Sequence[_Step], stop: float, source: str, reliability: Reliability) -> Game:
    start = np.full((1, len(evaluation.system.classes)), 1 / len(evaluation.system.classes))
    gains = [float(expected_gain(start, table)[0]) for table in reliability.tables]
    budgets = tuple(
        Budget(number, float(step.asked.mean()), float(step.vectors.mean()), Share(int(step.right.sum()), evaluation.n))
        for number, step in enumerate(steps)
    )
    first = evaluation.system.attributes[int(np.argmax(gains))].name
    return Game(budgets, stop, first, evaluation.share, evaluation.system.option_count, source)


def _log2(values: Probabilities) -> Probabilities:
    found: Probabilities = np.log2(np.where(values > 0, values, 1.0))
    return found


def _blocks(n: int) -> list[Indexes]:
    return [np.arange(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]
