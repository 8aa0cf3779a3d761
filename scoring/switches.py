"""What switching the rule of one cell would gain and lose, for many switches at once.

A switch changes the scores of one class: s = U / W, where U is the sum of its terms T_g (a weight times a probability,
or its logarithm; see ``scores.class_scores``) and W that of its weights w_g. A term divided by its weight lies in a
range of M: 1 for ``sum``, -ln FLOOR for ``product``. So another rule for attribute g adds at most w_g M / W to s; to
take the rule away adds (w_g s - T_g) / (W - w_g), at most w_g M / (W - w_g); a rule where there was none adds at most
w_g M / (W + w_g). An image where the class lags behind by more than the largest of these no switch can concern.

For the images that are left the same is asked of one attribute after the other, with the terms themselves and that of
the likeliest option for the best of rules. Only the images that the class wins now, or that reach the score to beat in
this way, are scored with the switch. There the terms are added up one by one in the order of the attributes, as for a
fresh evaluation: the scores are the same to the last bit, so equal rules tie here as they do there.

Adding G terms in float32 errs by at most G 2⁻²⁴ Σ|T_g| ≤ G 2⁻²⁴ W M (Higham, "Accuracy and stability of numerical
algorithms", section 4.2). The bounds are eased by several times that, so that rounding hides no image.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..systems.model import Rule
from . import pace
from .incremental import Parts
from .probabilities import Indexes
from .scores import FLOOR, NEVER, Row, score_of, term
from .standing import Duel, Second, runners_up

NONE = -1
"""The choice of no rule, beside the indexes of options."""

Choices = Sequence[Sequence[int]]
"""For each attribute the rules to try: indexes of options, and at the end perhaps ``NONE``."""

_AT_ONCE = 2_000_000
# So many scores are computed at once, at most: in 50 MB or so.


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What all switches of an evaluation have in common.

    ``right``: who is right now, ``(N,)``; ``second``: who comes after the winner; ``ceilings``: for each attribute the
    term of the likeliest option, ``(N,)``; ``spread``: how far a term divided by its weight can move.
    """

    parts: Parts
    right: NDArray[np.bool_]
    second: Second
    ceilings: tuple[Row, ...]
    spread: float


@dataclass(frozen=True, slots=True, eq=False)
class _Class:
    """One class before any switch: its rules, and W with each attribute's rule kept or given, and taken away.

    0 where no weight is left. ``slack`` is what the bounds are eased by, in the unit of U.
    """

    index: int
    rules: tuple[Rule, ...]
    choices: Choices
    given: tuple[float, ...]
    taken: tuple[float, ...]
    slack: float
    against: Duel


def field_of(parts: Parts) -> Field:
    """Prepare for the switches of ``parts``."""
    ceilings = tuple(
        term(answer.probabilities.max(axis=0)[None], (0,), answer.attribute.weight, parts.combine, of=2)
        for answer in parts.answers
    )
    spread = 1.0 if parts.combine == "sum" else -math.log(FLOOR)
    return Field(
        parts,
        np.equal(parts.standing.first, parts.labels),
        runners_up(parts.standing, parts.answers, parts.combine),
        ceilings,
        spread,
    )


def outcomes(field: Field, index: int, choices: Choices) -> tuple[Indexes, Indexes]:
    """How many images class ``index``, of at least two, would gain and lose with each choice, one after the other."""
    pace.step()
    one = _class(field, index, choices)
    total = sum(len(some) for some in choices)
    gained, lost = np.zeros(total, np.intp), np.zeros(total, np.intp)
    near = _near(field, one)
    step = max(64, _AT_ONCE // max(1, total))
    for start in range(0, near.size, step):
        images = near[start : start + step]
        more, less = _counted(field, one, images, total)
        gained += more
        lost += less
    return gained, lost


def _class(field: Field, index: int, choices: Choices) -> _Class:
    parts = field.parts
    row = parts.system.rules[parts.system.classes[index]]
    attributes = parts.system.attributes
    rules = tuple(row[a.name] for a in attributes)
    kept = [a.weight if rule else 0.0 for a, rule in zip(attributes, rules, strict=True)]
    # Added up in the order in which a fresh evaluation adds them.
    given = tuple(sum([*kept[:at], a.weight, *kept[at + 1 :]]) for at, a in enumerate(attributes))
    taken = tuple(sum([*kept[:at], *kept[at + 1 :]]) for at in range(len(kept)))
    slack = (2 * len(kept) + 8) * 2.0**-23 * field.spread * max(given)
    return _Class(index, rules, choices, given, taken, slack, field.second.duel(parts.standing, index))


def _near(field: Field, one: _Class) -> Indexes:
    """The images that some switch may concern, by the first bound."""
    weights = [a.weight for a in field.parts.system.attributes]
    before = sum(w for w, rule in zip(weights, one.rules, strict=True) if rule)
    if before == 0:
        return np.arange(field.right.size)
    reach = 0.0
    for at, some in enumerate(one.choices):
        after = [one.taken[at] if choice == NONE else one.given[at] for choice in some]
        reach = max([reach, *((weights[at] * field.spread + 2 * one.slack) / w for w in after if w)])
    parts = field.parts
    own = score_of(parts.standing.scheme.plans[one.index], parts.answers, parts.combine)
    return np.flatnonzero(own >= one.against.rival_score - np.float32(reach))


def _counted(field: Field, one: _Class, images: Indexes, total: int) -> tuple[Indexes, Indexes]:
    """The outcomes among ``images``."""
    parts, against = field.parts, one.against.at(images)
    answers = parts.answers
    terms = np.zeros((len(answers), images.size), np.float32)
    for at, (answer, rule) in enumerate(zip(answers, one.rules, strict=True)):
        if rule and answer.attribute.weight:
            options = tuple(answer.attribute.options.index(option) for option in rule)
            terms[at] = term(answer.probabilities, options, answer.attribute.weight, parts.combine, images)
    concerned = _concerned(field, one, images, terms, against)
    # For every score to compute: the image, as an index into ``images``; the choice; the term that is switched; and
    # 1 / W, or 0 where no weight is left.
    where: list[Indexes] = []
    which: list[Indexes] = []
    fresh: list[Row] = []
    scale: list[Row] = []
    ends, first = [0], 0
    for at, some in enumerate(one.choices):
        here = np.flatnonzero(concerned[at]) if some else np.empty(0, np.intp)
        where += [here] * len(some)
        which.append(np.repeat(np.arange(first, first + len(some)), here.size))
        for run in _in_runs(some):
            fresh.append(_fresh(field, at, run, images[here]))
            weight = one.taken[at] if run[0] == NONE else one.given[at]
            scale.append(np.full(here.size * len(run), 1 / weight if weight else 0.0, np.float32))
        ends.append(ends[-1] + here.size * len(some))
        first += len(some)
    place, choices = np.concatenate(where), np.concatenate(which)
    new = np.concatenate(fresh)
    scores = np.zeros(place.size, np.float32)
    for at in range(len(answers)):
        part = terms[at].take(place)
        part[ends[at] : ends[at + 1]] = new[ends[at] : ends[at + 1]]
        scores += part
    factors = np.concatenate(scale)
    scores *= factors
    scores[factors == 0] = NEVER
    wins = against.at(place).wins(scores)
    labels, right = parts.labels[images], field.right[images]
    after = np.where(wins, (labels == one.index)[place], (labels == against.rival)[place])
    before = right[place]
    gained, lost = choices[after & ~before], choices[before & ~after]
    return np.bincount(gained, minlength=total), np.bincount(lost, minlength=total)


def _concerned(
    field: Field, one: _Class, images: Indexes, terms: NDArray[np.float32], against: Duel
) -> NDArray[np.bool_]:
    """For each attribute and image whether a switch there may change who wins, ``(G, images)``."""
    whole = terms.sum(axis=0)
    won = field.parts.standing.first[images] == one.index
    concerned = np.empty(terms.shape, np.bool_)
    for at, some in enumerate(one.choices):
        rest = whole - terms[at]
        rest += np.float32(one.slack)
        here = won.copy()
        if NONE in some and one.taken[at]:
            here |= rest >= against.rival_score * np.float32(one.taken[at])
        if any(choice != NONE for choice in some) and one.given[at]:
            here |= rest + field.ceilings[at].take(images) >= against.rival_score * np.float32(one.given[at])
        concerned[at] = here
    return concerned


def _in_runs(some: Sequence[int]) -> list[list[int]]:
    """The options, of which there are many, together; ``NONE`` by itself."""
    options = [choice for choice in some if choice != NONE]
    return [run for run in (options, [NONE] * (len(some) - len(options))) if run]


def _fresh(field: Field, at: int, choices: Sequence[int], images: Indexes) -> Row:
    """The terms of attribute ``at`` at ``images`` with each choice, one after the other."""
    answer, weight = field.parts.answers[at], field.parts.answers[at].attribute.weight
    if choices[0] == NONE or weight == 0:
        return np.zeros(images.size * len(choices), np.float32)
    rows = answer.probabilities[np.asarray(choices)[:, None], images].reshape(1, -1)
    return term(rows, (0,), weight, field.parts.combine, of=len(answer.probabilities))
