"""Which cells to switch: every other rule tried on the images, those kept that are more than noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..systems.edits import SetRule
from ..systems.model import NO_RULE, Rule, System
from .incremental import Parts
from .probabilities import Answers, Indexes
from .scores import Plan, class_scores, plan
from .standing import Duel, duel
from .statistics import mcnemar

FALSE_DISCOVERIES = 0.05
"""The share of noise that the suggestions may hold on average."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A switch that would name ``gained`` images right and ``lost`` wrong, of ``n``.

    ``p`` is McNemar's exact two-sided p-value of the switch alone. ``q`` is what remains of it when as many switches
    were tried as here: the share of noise among the suggestions with a ``q`` up to this one's, at most and on average.
    """

    edit: SetRule
    before: Rule
    gained: int
    lost: int
    n: int
    p: float
    q: float

    @property
    def change(self) -> float:
        """The accuracy after minus the accuracy before."""
        return (self.gained - self.lost) / self.n


def suggest(
    parts: Parts,
    limit: int | None,
    false_discoveries: float = FALSE_DISCOVERIES,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Suggestion, ...]:
    """At most ``limit`` switches, one for each cell at most, the largest gain first.

    Tried is every single option, and no rule, in every cell. Each switch is tested with McNemar's exact test; the
    p-values of all of them together are adjusted after Benjamini and Hochberg, "Controlling the false discovery rate"
    (JRSS B 57, 1995), where a switch that does not gain counts as tried, with p = 1. A suggestion has
    ``q <= false_discoveries``; 1 keeps whatever gains. Each is measured alone: taken together they may gain less.
    ``progress`` is told ``(done, total)`` classes.

    Raises:
        UsageError: ``false_discoveries`` is not between 0 and 1, or ``limit`` is negative.
    """
    if not 0 <= false_discoveries <= 1:
        raise UsageError(f"a share of false discoveries of {false_discoveries}", hint="Choose one between 0 and 1.")
    if limit is not None and limit < 0:
        raise UsageError(f"a limit of {limit} suggestions")
    tried = _tried(parts, progress)
    q = adjusted([one.p for one in tried])
    best: dict[tuple[str, str], Suggestion] = {}
    for one in (replace(one, q=value) for one, value in zip(tried, q, strict=True)):
        cell = one.edit.class_name, one.edit.attribute
        if (
            one.gained > one.lost
            and one.q <= false_discoveries
            and (cell not in best or _order(one) < _order(best[cell]))
        ):
            best[cell] = one
    return tuple(sorted(best.values(), key=_order)[:limit])


def adjusted(p: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's q of each p-value: the least rate of false discoveries at which it is one."""
    order = np.argsort(p, kind="stable")[::-1]
    ranks = np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(np.minimum(np.asarray(p, np.float64)[order] * len(p) / ranks, 1.0))
    return [float(value) for value in q]


def _order(one: Suggestion) -> tuple[int, float]:
    return one.lost - one.gained, one.p


def _tried(parts: Parts, progress: Callable[[int, int], None] | None) -> list[Suggestion]:
    """Every switch of every cell, row by row, with its ``p``; the ``q`` is still to come."""
    test = cache(mcnemar)
    right = np.equal(parts.standing.first, parts.labels)
    ceilings = [replace(a, probabilities=_ceiling(a.probabilities)) for a in parts.answers]
    tried = []
    classes = parts.system.classes
    for index, class_name in enumerate(classes):
        if len(classes) > 1:
            switches = _switches(parts.system, class_name)
            for edit, (gained, lost) in zip(switches, _outcomes(parts, index, switches, right, ceilings), strict=True):
                p = test(gained, lost) if gained > lost else 1.0
                before = parts.system.rules[class_name][edit.attribute]
                tried.append(Suggestion(edit, before, gained, lost, right.size, p, 1.0))
        if progress is not None:
            progress(index + 1, len(classes))
    return tried


def _switches(system: System, class_name: str) -> list[SetRule]:
    row = system.rules[class_name]
    return [
        SetRule(class_name, attribute.name, rule)
        for attribute in system.attributes
        for rule in (*((option,) for option in attribute.options), NO_RULE)
        if rule != row[attribute.name]
    ]


def _outcomes(
    parts: Parts, index: int, switches: Sequence[SetRule], right: NDArray[np.bool_], ceilings: Sequence[Answers]
) -> list[tuple[int, int]]:
    """How many images each switch of class ``index`` would gain and lose, from the images that it can concern."""
    against = duel(parts.standing, index)
    some = _concerned(parts, against, ceilings)
    plans = [_switched(parts.system, edit) for edit in switches]
    answers = [replace(a, probabilities=a.probabilities[:, some], chosen=a.chosen[some]) for a in parts.answers]
    wins = against.at(some).wins(class_scores(plans, answers, parts.combine))
    labels, before = parts.labels[some], right[some]
    after = np.where(wins, labels == index, labels == against.rival[some])
    gained, lost = (after & ~before).sum(axis=1), (before & ~after).sum(axis=1)
    return list(zip(gained.tolist(), lost.tolist(), strict=True))


def _concerned(parts: Parts, against: Duel, ceilings: Sequence[Answers]) -> Indexes:
    """The images that the class wins, or would win with some switch of one cell.

    The best that a switch can give is the likeliest option of each image. Scores add up in the same order whatever the
    terms, and rounding keeps order, so no image that a switch wins is missed.
    """
    system, index = parts.system, against.index
    row = list(system.rules[system.classes[index]].values())
    some = parts.standing.first == index
    doubled = [*parts.answers, *ceilings]
    for at, attribute in enumerate(system.attributes):
        rule = row[at] or attribute.options[:1]
        own = plan(system.attributes, [*row[:at], rule, *row[at + 1 :]])
        terms = tuple((at + len(row), (0,)) if term[0] == at else term for term in own.terms)
        without = plan(system.attributes, [*row[:at], NO_RULE, *row[at + 1 :]])
        best = class_scores([Plan(terms, own.total_weight), without], doubled, parts.combine)
        some |= against.wins(best).any(axis=0)
    return np.flatnonzero(some)


def _ceiling(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """The likeliest option's probability, as the first of two rows, so that naming it is not naming all."""
    return np.broadcast_to(probabilities.max(axis=0), (2, probabilities.shape[1]))


def _switched(system: System, edit: SetRule) -> Plan:
    row = system.rules[edit.class_name]
    rules = [edit.rule if a.name == edit.attribute else row[a.name] for a in system.attributes]
    return plan(system.attributes, rules)
