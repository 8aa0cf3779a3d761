"""One temperature and one weight for each attribute, fitted to labelled images by a convex objective."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..systems.edit_kinds import Edit, SetTemperature, SetWeight
from ..systems.edits import apply
from ..systems.model import System
from ..systems.text import plain
from .comparison import Pair, paired
from .dataset import Dataset
from .evaluation import Evaluation
from .labelled import LabelledEmbeddings
from .probabilities import Answers, answers
from .reuse import with_system
from .scores import FLOOR, Combine

SPREAD = 0.5
"""How far weights are expected to scatter around their mean, as a share of it: the strength of the regularisation."""

TEMPERATURES = tuple(float(f"{2 ** (k / 2):.3g}") for k in range(-6, 7))
"""The factors tried on the temperature, from 1/8 to 8."""

MOST_VALUES = 20_000_000
"""Images × classes × attributes that are looked at, at most: 160 MB. Beyond, every k-th image is left out."""

_ROUNDS = 5
_STEPS = 60
_TOLERANCE = 1e-8
# Images that are all told apart would have the scale grow without end.
_UNITS = (1e-3, 100.0)
_LEAST_WEIGHT = 0.001

_Tensor = NDArray[np.float64]
D = TypeVar("D", bound=Dataset | LabelledEmbeddings)


@dataclass(frozen=True, slots=True)
class Objective:
    """The loss of weights v ≥ 0, convex and smooth.

    f(v) = Σ_i −ln softmax(Σ_g v_g · a_ig·)[true class of i] + Σ_g (v_g − mean v)² / (2 · (SPREAD · unit)²)

    ``parts`` is a, ``(N, C, G)``: what each attribute says for each class. ``labels`` are the true classes ``(N,)``.
    Cross-entropy of a softmax over linear scores is convex in v (Boyd and Vandenberghe, "Convex optimization",
    section 7.1), and the penalty is a convex quadratic that is 0 where all weights are equal.
    """

    parts: _Tensor
    labels: NDArray[np.intp]
    unit: float

    def value(self, v: _Tensor) -> float:
        scores = self.parts @ v
        top = scores.max(axis=1)
        log_total = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
        off = v - v.mean()
        loss = (log_total - scores[np.arange(self.labels.size), self.labels]).sum()
        return float(loss + off @ off / (2 * (SPREAD * self.unit) ** 2))

    def slope(self, v: _Tensor) -> tuple[_Tensor, _Tensor]:
        """Gradient ``(G,)`` and Hessian ``(G, G)``."""
        scores = self.parts @ v
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        mean = np.einsum("nc,ncg->ng", p, self.parts)
        gradient = (mean - self.parts[np.arange(self.labels.size), self.labels]).sum(axis=0)
        flat = self.parts.reshape(-1, v.size)
        hessian = (flat * p.reshape(-1, 1)).T @ flat - mean.T @ mean
        centre = np.eye(v.size) - 1 / v.size
        strength = 1 / (SPREAD * self.unit) ** 2
        return gradient + strength * (v - v.mean()), hessian + strength * centre


@dataclass(frozen=True, eq=False)
class Fit:
    """What fitting changed: ``edits`` lead from ``before``'s system to the fitted one.

    ``dev`` and ``test`` hold the fitted system against the one before on those images; on dev, where it was fitted,
    the gain is flattered. ``test`` is None without test images; ``fitted_dev`` and ``fitted_test`` are the
    evaluations. ``images`` were looked at.
    """

    edits: tuple[Edit, ...]
    images: int
    before_dev: Evaluation
    fitted_dev: Evaluation
    dev: Pair
    before_test: Evaluation | None
    fitted_test: Evaluation | None
    test: Pair | None


def fitting_data(dataset: D) -> D:
    """The dev and test images of a dataset with splits: what a fit needs.

    Raises:
        DataError: the data has no dev images.
    """
    if "dev" not in dataset.splits:
        known = ", ".join(f"{plain(name)} ({count})" for name, count in dataset.splits.items())
        raise DataError(
            f"a fit needs dev images; there are {known}",
            where=plain(dataset.name),
            hint="Name a folder or a split dev: what is tuned on must not be what is measured on.",
        )
    return cast(D, dataset.select(lambda _, split: split in ("dev", "test")))


def fit(dev: Evaluation, test: Evaluation | None = None, *, progress: Callable[[int, int], None] | None = None) -> Fit:
    """Fit temperature and weights on ``dev``, and measure what comes of it on ``test``.

    For each temperature of ``TEMPERATURES`` × the present one, the weights that minimise ``Objective`` are found, which
    has one minimum; the temperature with the lowest loss is taken. The softmax's own scale is free, so weights are
    only defined up to a factor: they are stored with the mean 1.

    A class without a rule for an attribute is scored by its other attributes. To keep scores linear in the weights,
    its missing part is its score as it stands, worked out anew a few times as the weights change.

    Raises:
        DataError: a single class, or no image whose class has a rule.
    """
    system = dev.system
    chosen = _looked_at(dev)
    best: tuple[float, float, _Tensor] | None = None
    for done, factor in enumerate(TEMPERATURES, 1):
        temperature = float(f"{system.temperature * factor:.3g}") if factor != 1 else system.temperature
        if not (math.isfinite(temperature) and temperature > 0):  # beyond the ends of floating point numbers
            continue
        found = answers(system.attributes, dev.images[chosen], dev.texts, dev.logit_scale / temperature)
        loss, weights = _weights(system, found, dev.labels[chosen], dev.combine)
        # A step in temperature must earn more than noise, so of nearly equal ones the nearest to the present is taken.
        loss += 0.5 * np.log(factor) ** 2
        if best is None or loss < best[0]:
            best = loss, temperature, weights
        if progress is not None:
            progress(done, len(TEMPERATURES))
    assert best is not None
    edits = _edits(system, best[1], _storable(system, best[2]))
    fitted = apply(system, edits)
    after_dev = with_system(dev, fitted)
    after_test = with_system(test, fitted) if test else None
    return Fit(
        edits,
        int(chosen.size),
        dev,
        after_dev,
        paired(dev.correct, after_dev.correct),
        test,
        after_test,
        paired(test.correct, after_test.correct) if test and after_test else None,
    )


def minimise(objective: Objective, start: _Tensor) -> _Tensor:
    """The v ≥ 0 with the least loss, by Newton's method projected on v ≥ 0.

    Source: Bertsekas, "Projected Newton methods for optimization problems with simple constraints", SIAM Journal on
    Control and Optimization 20 (1982): weights at 0 whose gradient holds them there are left out of the step.
    """
    v = start.copy()
    value = objective.value(v)
    for _ in range(_STEPS):
        gradient, hessian = objective.slope(v)
        free: NDArray[np.bool_] = np.logical_or(v > 0, gradient < 0)
        if not free.any() or np.abs(gradient[free]).max() < _TOLERANCE * max(1.0, abs(value)):
            break
        inner = hessian[np.ix_(free, free)] + 1e-9 * (1 + np.trace(hessian) / v.size) * np.eye(int(free.sum()))
        step = np.zeros_like(v)
        step[free] = -np.linalg.solve(inner, gradient[free])
        moved = _searched(objective, v, value, gradient, step)
        if moved is None:
            break
        v, value = moved
    return v


def _searched(
    objective: Objective, v: _Tensor, value: float, gradient: _Tensor, step: _Tensor
) -> tuple[_Tensor, float] | None:
    """The first point on the projected way along ``step`` that lowers the loss enough (Armijo), or None."""
    length = 1.0
    while length > 1e-9:
        point = np.maximum(v + length * step, 0.0)
        new = objective.value(point)
        if new <= value + 1e-4 * float(gradient @ (point - v)) and new < value:
            return point, new
        length /= 2
    return None


def _weights(
    system: System, found: Sequence[Answers], labels: NDArray[np.intp], combine: Combine
) -> tuple[float, _Tensor]:
    """The loss and the weights, mean 1, for answers at one temperature."""
    parts, ruled = _parts(system, found, combine)
    speaks: NDArray[np.bool_] = np.asarray(ruled.any(axis=1))
    keep = speaks[labels]
    if len(system.classes) < 2 or not keep.any():
        raise DataError("there is nothing to fit", hint="Two classes with rules and labelled images are needed.")
    classes = np.flatnonzero(speaks)
    parts, ruled = parts[keep][:, classes], ruled[classes]
    labels = np.searchsorted(classes, labels[keep])
    count = len(system.attributes)
    relative, unit = np.ones(count), 10.0
    loss = np.inf
    for _ in range(_ROUNDS):
        filled = _filled(parts, ruled, relative)
        if not np.isfinite(loss):
            together = Objective(filled.sum(axis=2, keepdims=True), labels, 1.0)
            unit = float(np.clip(minimise(together, np.full(1, unit))[0], *_UNITS))
        objective = Objective(filled, labels, unit)
        v = minimise(objective, relative * unit)
        loss = objective.value(v)
        if v.sum() <= 0:  # the images speak against every attribute: weights cannot help
            return loss, np.ones(count)
        last, relative = relative, v / v.mean()
        if ruled.all() or np.abs(relative - last).max() < 1e-4:
            break
    return loss, relative


def _parts(system: System, found: Sequence[Answers], combine: Combine) -> tuple[_Tensor, NDArray[np.bool_]]:
    """What each attribute says for each class, ``(N, C, G)``, and where there is a rule, ``(C, G)``."""
    rows = list(system.rules.values())
    n = found[0].chosen.size
    parts = np.zeros((n, len(rows), len(found)))
    ruled = np.zeros((len(rows), len(found)), np.bool_)
    for g, answer in enumerate(found):
        options = answer.attribute.options
        for c, row in enumerate(rows):
            rule = row[answer.attribute.name]
            if rule:
                named = answer.probabilities[[options.index(option) for option in rule]].sum(axis=0, dtype=np.float64)
                parts[:, c, g] = np.log(np.maximum(named, FLOOR)) if combine == "product" else named
                ruled[c, g] = True
    return parts, ruled


def _filled(parts: _Tensor, ruled: NDArray[np.bool_], weights: _Tensor) -> _Tensor:
    """``parts`` with the class's score, by ``weights``, where it has no rule."""
    if ruled.all():
        return parts
    spoken = ruled * weights
    totals = spoken.sum(axis=1)
    equal = ruled / ruled.sum(axis=1, keepdims=True)
    shares = np.where(totals[:, None] > 0, spoken / np.where(totals, totals, 1)[:, None], equal)
    scores = np.einsum("ncg,cg->nc", parts, shares)
    filled: _Tensor = np.where(ruled, parts, scores[:, :, None])
    return filled


def _looked_at(dev: Evaluation) -> NDArray[np.intp]:
    values = len(dev.system.classes) * len(dev.system.attributes)
    every = -(-dev.n * values // MOST_VALUES)
    return np.arange(0, dev.n, every)


def _storable(system: System, weights: _Tensor) -> list[float]:
    """Weights as they are stored: three decimals, and no class left without an attribute that counts."""
    rounded = [round(float(weight), 3) for weight in weights]
    names = [attribute.name for attribute in system.attributes]
    for row in system.rules.values():
        spoken = [index for index, name in enumerate(names) if row[name]]
        if spoken and not any(rounded[index] for index in spoken):
            return [max(weight, _LEAST_WEIGHT) for weight in rounded]
    return rounded


def _edits(system: System, temperature: float, weights: Sequence[float]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    if temperature != system.temperature:
        edits.append(SetTemperature(temperature))
    for attribute, weight in zip(system.attributes, weights, strict=True):
        if weight != attribute.weight:
            edits.append(SetWeight(attribute.name, weight))
    return tuple(edits)
