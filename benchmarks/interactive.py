"""What a person who edits a large system waits for: the first screen, a key press, what a worker finds meanwhile."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from cotsmith.review.evidence import evidence_of
from cotsmith.review.figures import Figures
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.systems.edits import SetRule

from .ratio import Row
from .worlds import LOGIT_SCALE, world

_SCREEN_S, _KEY_S, _WORKER_S = 1.5, 0.05, 10.0


def rows(*, small: bool) -> Iterator[Row]:
    """Seconds against the seconds that they may take; of key presses the 95th percentile."""
    n, classes, attributes, presses = (500, 20, 5, 5) if small else (10_000, 1000, 50, 100)
    it = world(n, dimensions=512, classes=classes, attributes=attributes, options=20, noise=5, slips=0.02)

    def fresh() -> Evaluation:
        return evaluate_vectors(it.system, it.images, it.labels, it.texts, logit_scale=LOGIT_SCALE)

    size = f"{n:,} x {classes:,} x {attributes}"
    yield _row(f"evaluation and first screen, {size}", _SCREEN_S, [lambda: _screen(fresh())] * 3)
    now = fresh()
    yield _row(f"contribution of every attribute, {size}", _SCREEN_S, [lambda: now.contributions])
    draw = random.Random(0)
    cells = [(draw.choice(now.system.classes), draw.choice(now.system.attributes)) for _ in range(presses)]
    rules = [SetRule(name, a.name, (draw.choice(a.options),)) for name, a in cells]
    effects = [partial(now.effect, [rule]) for rule in rules]
    yield _row(f"key press: effect of a rule edit, {size}", _KEY_S, effects)
    looks = [partial(evidence_of, now, name, attribute.name) for name, attribute in cells]
    yield _row(f"key press: all rules of a cell tried, {size}", _KEY_S, looks)
    made = [partial(_made, now, rule) for rule in rules]
    yield _row(f"key press: rule edit made, next cell shown, {size}", _KEY_S, made)
    yield _row(f"worker: every cell measured, {size}", _WORKER_S, [lambda: now.cells])
    yield _row(f"worker: every switch tried, {size}", _WORKER_S, [lambda: now.suggestions(None)])


def _screen(evaluation: Evaluation) -> None:
    """Accuracy, its interval and the table of agreement: all that a first screen can show."""
    figures = Figures(evaluation)
    for name in evaluation.system.classes:
        figures.class_share(name)
        for attribute in evaluation.system.attributes:
            figures.agreement(name, attribute.name)
    for attribute in evaluation.system.attributes:
        measure = figures.attribute(attribute.name)
        assert measure is not None
        assert measure.share.ci95
    assert evaluation.baseline.ci95


def _made(evaluation: Evaluation, edit: SetRule) -> None:
    """The edit is made, its effect told, and the cell to its right shown."""
    edited = evaluation.with_edits([edit])
    evaluation.effect_to(edited)
    names = [a.name for a in edited.system.attributes]
    evidence_of(edited, edit.class_name, names[(names.index(edit.attribute) + 1) % len(names)])


def _row(name: str, goal: float, works: Sequence[Callable[[], object]]) -> Row:
    """The 95th percentile of single runs against ``goal`` seconds."""
    taken = []
    for work in works:
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    slow = sorted(taken)[min(len(taken) - 1, round(0.95 * len(taken)))]
    return Row(name, slow / goal, "<= 1", slow, goal, len(works))
