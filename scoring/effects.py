"""What edits change: which images become right, which wrong, class by class, and whether that can be chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import UsageError
from ..systems.edits import SetRule
from ..systems.model import NO_RULE, Rule, System
from ..systems.text import did_you_mean, plain
from .incremental import Parts
from .probabilities import Indexes
from .scores import class_scores, plan
from .standing import duel
from .statistics import Share, mcnemar


@dataclass(frozen=True, slots=True)
class ClassEffect:
    """One class, under its name after the edits: its accuracy before and after."""

    name: str
    before: Share
    after: Share


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What edits change on n images.

    ``gained`` and ``lost`` are the indexes of the images that become right and wrong, ascending; ``classes`` are the
    classes of these images, in the system's order: no other class's accuracy changes.
    """

    before: Share
    after: Share
    gained: Indexes
    lost: Indexes
    classes: tuple[ClassEffect, ...]

    @property
    def change(self) -> float:
        """The accuracy after minus the accuracy before."""
        return (self.after.hits - self.before.hits) / self.before.n

    @property
    def mcnemar_p(self) -> float:
        """The exact two-sided p-value that before and after are equally good, image by image."""
        return mcnemar(self.gained.size, self.lost.size)


@dataclass(frozen=True, slots=True, eq=False)
class WhatIf:
    """A rule that a cell could have, ``()`` for none, and what setting it would change."""

    edit: SetRule
    current: bool
    effect: Effect

    @property
    def rule(self) -> Rule:
        """The rule."""
        return self.edit.rule


def effect_of(old: Parts, new: Parts) -> Effect:
    """The effect of the edits that made ``new`` of ``old``."""
    right = np.equal(old.standing.first, old.labels)
    return _effect(new.system, new.labels, right, np.equal(new.standing.first, new.labels))


def what_if(parts: Parts, class_name: str, attribute: str) -> tuple[WhatIf, ...]:
    """The effect of every single option, in order, and of no rule, last, in one cell; see ``Evaluation.what_if``."""
    system = parts.system
    rules, at = _cell(system, class_name, attribute)
    candidates: list[Rule] = [*((option,) for option in system.attributes[at].options), NO_RULE]
    plans = [plan(system.attributes, [*rules[:at], rule, *rules[at + 1 :]]) for rule in candidates]
    right = np.equal(parts.standing.first, parts.labels)
    index = system.classes.index(class_name)
    against = duel(parts.standing, parts.answers, parts.combine, index) if len(system.rules) > 1 else None
    found = []
    for rule, scores in zip(candidates, class_scores(plans, parts.answers, parts.combine), strict=True):
        after = np.equal(against.winners(scores), parts.labels) if against else right
        effect = _effect(system, parts.labels, right, after)
        found.append(WhatIf(SetRule(class_name, attribute, rule), rule == rules[at], effect))
    return tuple(found)


def _effect(system: System, labels: Indexes, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Effect:
    gained, lost = np.flatnonzero(after & ~before), np.flatnonzero(before & ~after)
    hits = int(np.count_nonzero(before))
    classes: list[ClassEffect] = []
    if gained.size or lost.size:
        count = len(system.rules)
        n, was = np.bincount(labels, minlength=count), np.bincount(labels[before], minlength=count)
        won, gone = np.bincount(labels[gained], minlength=count), np.bincount(labels[lost], minlength=count)
        names = system.classes
        for index in np.flatnonzero(won + gone):
            now = int(was[index] + won[index] - gone[index])
            total = int(n[index])
            classes.append(ClassEffect(names[index], Share(int(was[index]), total), Share(now, total)))
    n_all = labels.size
    return Effect(Share(hits, n_all), Share(hits + gained.size - lost.size, n_all), gained, lost, tuple(classes))


def _cell(system: System, class_name: str, attribute: str) -> tuple[list[Rule], int]:
    names = [a.name for a in system.attributes]
    if class_name not in system.rules:
        raise UsageError(f'"{plain(class_name)}" is not a class{did_you_mean(class_name, system.rules)}')
    if attribute not in names:
        raise UsageError(f'"{plain(attribute)}" is not an attribute{did_you_mean(attribute, names)}')
    row = system.rules[class_name]
    return [row[name] for name in names], names.index(attribute)
