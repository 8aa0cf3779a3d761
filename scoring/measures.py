"""What the images say of each attribute and of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from ..systems.model import Attribute, Rule
from .probabilities import Answers, Indexes
from .separation import separating_power
from .statistics import Share, mutual_information, noise_information

Counts = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Confusion:
    """The commonest wrong answer to an attribute: ``count`` images whose class expects ``expected`` got ``predicted``.

    ``class_name`` is the class with most of these images.
    """

    expected: Rule
    predicted: str
    count: int
    class_name: str


@dataclass(frozen=True, slots=True)
class AttributeMeasure:
    """One attribute, measured.

    ``share``: the images whose likeliest option is in the rule of their true class; images whose class has no rule
    here are left out, so its n may be smaller than the evaluation's. ``chance``: the same, expected of a uniform
    guess. ``separating_power``: bits, from the rules alone. ``information``: bits, mutual information of likeliest
    option and true class over all images, an estimate that noise alone would bring to about ``noise``.
    ``contribution``: accuracy of the system minus its accuracy without the attribute; negative where it harms.
    """

    name: str
    share: Share
    chance: float | None
    separating_power: float
    information: float
    noise: float
    contribution: float | None
    worst: Confusion | None


@dataclass(frozen=True, slots=True)
class ClassMeasure:
    """One class: how many of its images were recognised, and the class that took most of the others."""

    name: str
    share: Share
    confused_with: str | None
    confused_count: int


def answer_table(answers: Answers, labels: Indexes, classes: int) -> Counts:
    """How many images of each class gave each option, ``(C, options)`` counts."""
    options = len(answers.attribute.options)
    cells = np.bincount(labels * options + answers.chosen, minlength=classes * options)
    return cells.reshape(classes, options)


def confusion_table(labels: Indexes, predicted: Indexes, classes: int) -> Counts:
    """How many images of each class were taken for each class, ``(C, C)`` counts, true by predicted."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def attribute_measure(
    attribute: Attribute, rules: Sequence[Rule], table: Counts, classes: Sequence[str], contribution: float | None
) -> AttributeMeasure:
    """Measure one attribute from its ``answer_table`` and the ``rules`` of ``classes``, one each."""
    named = np.array([[option in rule for option in attribute.options] for rule in rules])
    asked = named.any(axis=1)
    n = int(table[asked].sum())
    guessed = float(table[asked].sum(axis=1) @ named[asked].mean(axis=1))
    return AttributeMeasure(
        name=attribute.name,
        share=Share(int(table[named].sum()), n),
        chance=guessed / n if n else None,
        separating_power=separating_power(rules),
        information=mutual_information(table),
        noise=noise_information(table),
        contribution=contribution,
        worst=_worst(attribute, rules, np.where(named, 0, table), classes),
    )


def _worst(attribute: Attribute, rules: Sequence[Rule], wrong: Counts, classes: Sequence[str]) -> Confusion | None:
    number: dict[Rule, int] = {}
    like = np.array([number.setdefault(rule, len(number)) for rule in rules])
    together = np.zeros((len(number), len(attribute.options)), np.intp)
    np.add.at(together, like, wrong)
    if () in number:
        together[number[()]] = 0
    which, option = (int(at) for at in np.unravel_index(together.argmax(), together.shape))
    if not together[which, option]:
        return None
    same = np.flatnonzero(like == which)
    most = int(same[wrong[same, option].argmax()])
    return Confusion(rules[most], attribute.options[option], int(together[which, option]), classes[most])


def class_measures(classes: Sequence[str], confusion: Counts) -> tuple[ClassMeasure, ...]:
    """Measure every class from the ``confusion_table``."""
    measures = []
    for index, (name, row) in enumerate(zip(classes, confusion, strict=True)):
        others = row.copy()
        others[index] = 0
        most = int(others.argmax())
        count = int(others[most])
        share = Share(int(row[index]), int(row.sum()))
        measures.append(ClassMeasure(name, share, classes[most] if count else None, count))
    return tuple(measures)


def balanced_accuracy(measures: Sequence[ClassMeasure]) -> float:
    """The mean of the classes' accuracies, over those (at least one) with images: what imbalance cannot flatter."""
    return fmean(measure.share.hits / measure.share.n for measure in measures if measure.share.n)
