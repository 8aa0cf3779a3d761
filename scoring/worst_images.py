"""The images that the system gets most wrong, each with why, and small enough to travel inside a page."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from io import BytesIO

import numpy as np

from ..errors import DataError
from ..systems.model import Rule
from .evaluation import Evaluation
from .images import open_image
from .probabilities import Indexes
from .scheme import scores_of
from .standing import ahead

MOST = 24
_ALIKE = 6  # of one class taken for one other, while there are others to show
_EDGE = 320


@dataclass(frozen=True, slots=True)
class Misread:
    """One attribute that spoke for the wrong class: what was seen, and what the true class's rule expects."""

    attribute: str
    seen: str
    probability: float
    expected: Rule


@dataclass(frozen=True, slots=True)
class Mistake:
    """An image that was taken for another class; ``index`` is its column in the evaluation, ``path`` its file, if it
    has one, and ``shown`` what a person calls it."""

    index: int
    path: str
    shown: str
    label: str
    predicted: str
    margin: float
    why: tuple[Misread, ...]


def worst_mistakes(evaluation: Evaluation, most: int = MOST) -> tuple[Mistake, ...]:
    """The wrong images, those first whose true class lags furthest behind the winner.

    Of one class taken for one other there are few, as long as there are other mistakes to show.
    """
    wrong = np.flatnonzero(~evaluation.correct)
    return _worst(evaluation, _varied(evaluation, wrong, most), most)


def mistakes_of(evaluation: Evaluation, class_name: str, most: int = MOST) -> tuple[Mistake, ...]:
    """The wrong images of one class, those first that lag furthest behind the winner."""
    index = evaluation.system.classes.index(class_name)
    return _worst(evaluation, np.flatnonzero(~evaluation.correct & (evaluation.labels == index)), most)


def _worst(e: Evaluation, wrong: Indexes, most: int) -> tuple[Mistake, ...]:
    margins = _margins(e, wrong)
    order = np.argsort([-margin for margin in margins], kind="stable")[:most]
    return tuple(_mistake(e, int(wrong[k]), margins[k]) for k in order)


def _margins(e: Evaluation, wrong: Indexes) -> list[float]:
    true = scores_of(e.standing.scheme, e.answers, e.combine, e.labels[wrong], wrong)
    return [float(margin) for margin in ahead(e.standing.best[wrong], true)]


def _varied(e: Evaluation, wrong: Indexes, most: int) -> Indexes:
    """Of ``wrong`` the worst of each kind of mistake, and of the rest the worst until there are ``most``."""
    order = wrong[np.argsort([-margin for margin in _margins(e, wrong)], kind="stable")]
    seen: Counter[tuple[int, int]] = Counter()
    first: list[int] = []
    later: list[int] = []
    for index in order:
        kind = int(e.labels[index]), int(e.predicted[index])
        seen[kind] += 1
        (first if seen[kind] <= _ALIKE else later).append(int(index))
    return np.array([*first, *later][:most], np.intp)


def _mistake(e: Evaluation, index: int, margin: float) -> Mistake:
    label, predicted = e.system.classes[e.labels[index]], e.system.classes[e.predicted[index]]
    why = []
    for answer in e.answers:
        name, chosen = answer.attribute.name, int(answer.chosen[index])
        expected, seen = e.system.rules[label][name], answer.attribute.options[chosen]
        if expected and seen not in expected:
            why.append(Misread(name, seen, float(answer.probabilities[chosen, index]), expected))
    item = e.setting.items[index] if e.setting.items else None
    path = str(item.path) if item is not None and item.pictured else ""
    return Mistake(index, path, item.shown if item else f"row {index}", label, predicted, margin, tuple(why))


def thumbnail(evaluation: Evaluation, mistake: Mistake) -> str:
    """The image as the encoder's crop shows it, as a ``data:`` address of a small JPEG; "" where there is none."""
    if not mistake.path:
        return ""
    try:
        image = open_image(mistake.path, evaluation.setting.crop)
    except DataError:  # it could be read when it was measured, and is gone since
        return ""
    image.thumbnail((_EDGE, _EDGE))
    target = BytesIO()
    image.save(target, "JPEG", quality=72, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(target.getvalue()).decode()}"
