"""How long an evaluation takes, and an edit of it, beside plainer ways to the same numbers."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.systems.edits import RewordOption, SetRule

from .ratio import Row, ratio
from .worlds import LOGIT_SCALE, World, world

_LOOPED = 100
_IN_A_ROW = 20


def rows(*, small: bool) -> Iterator[Row]:
    """Ratios at 100,000 images; then the largest world, in a process of its own."""
    n, runs, rest_s = (1000, 1, 0.0) if small else (100_000, 7, 0.2)
    it = world(n, dimensions=512, classes=200, attributes=8, options=12)

    def full() -> object:
        return evaluate_vectors(it.system, it.images, it.labels, it.texts, logit_scale=LOGIT_SCALE)

    size = f"{n:,} x 200 x 8"
    yield ratio(f"plain NumPy vs evaluation, {size}", lambda: plain(it), full, goal=">= 1.5", runs=runs, rest_s=rest_s)
    yield _loop_row(it, runs=runs)
    before = evaluate_vectors(it.system, it.images, it.labels, it.texts, logit_scale=LOGIT_SCALE)
    yield _rule_edit_row(it, before, full, size, runs=runs, rest_s=rest_s)
    # The new text has its vector already, so that what is timed is everything but the encoder.
    attribute = it.system.attributes[3]
    text = [RewordOption(attribute.name, attribute.options[0], it.spare)]
    name = f"option edit vs evaluation, {size}"
    yield ratio(name, lambda: before.with_edits(text), full, goal="<= 0.25", runs=runs, rest_s=rest_s)
    yield _large_row(2000 if small else 1_000_000)


def _rule_edit_row(
    it: World, before: Evaluation, full: Callable[[], object], size: str, *, runs: int, rest_s: float
) -> Row:
    """One of several edits in a row, as a person makes them, each of another cell; the time is that of one."""
    draw = random.Random(0)
    edits = [
        SetRule(draw.choice(it.system.classes), attribute.name, (draw.choice(attribute.options),))
        for attribute in draw.choices(it.system.attributes, k=_IN_A_ROW)
    ]

    def session() -> None:
        now = before
        for edit in edits:
            now = now.with_edits([edit])

    name = f"rule edit vs evaluation, {size}, {_IN_A_ROW} in a row"
    row = ratio(name, session, full, goal="<= 0.005", runs=runs, rest_s=rest_s)
    return replace(row, ratio=row.ratio / _IN_A_ROW, first_s=row.first_s / _IN_A_ROW)


def plain(it: World) -> NDArray[np.intp]:
    """The same maths as anyone would write it: one product, a softmax per attribute, rules as a matrix."""
    vectors = np.stack([it.texts[text] for text in it.option_texts])
    logits = np.float32(LOGIT_SCALE) * (it.images @ vectors.T)
    answers, start = np.empty_like(logits), 0
    for attribute in it.system.attributes:
        end = start + len(attribute.options)
        powers = np.exp(logits[:, start:end] - logits[:, start:end].max(axis=1, keepdims=True))
        answers[:, start:end] = powers / powers.sum(axis=1, keepdims=True)
        start = end
    rules = [
        [option in row[a.name] for a in it.system.attributes for option in a.options]
        for row in it.system.rules.values()
    ]
    scores = answers @ np.array(rules, np.float32).T / np.float32(len(it.system.attributes))
    return np.asarray(scores.argmax(axis=1))


def _loop_row(it: World, *, runs: int) -> Row:
    """The case study's loop over images, attributes and classes, on a few images, against the same per image."""
    indexes = [
        [attribute.options.index(row[attribute.name][0]) for attribute in it.system.attributes]
        for row in it.system.rules.values()
    ]
    vectors = [
        np.stack([it.texts[text] for text in it.option_texts[at * 12 : (at + 1) * 12]])
        for at in range(len(it.system.attributes))
    ]

    def loop() -> list[int]:
        found = []
        for image in it.images[:_LOOPED]:
            answers = []
            for options in vectors:
                powers = np.exp(LOGIT_SCALE * (options @ image))
                answers.append(powers / powers.sum())
            scores = [sum(p[o] for p, o in zip(answers, rule, strict=True)) for rule in indexes]
            found.append(int(np.argmax(scores)))
        return found

    row = ratio(
        "",
        loop,
        lambda: evaluate_vectors(it.system, it.images, it.labels, it.texts, logit_scale=LOGIT_SCALE),
        goal=">= 100",
        runs=runs,
    )
    times = len(it.images) / _LOOPED
    name = f"per-image loop ({_LOOPED} images, scaled) vs evaluation"
    return Row(name, row.ratio * times, row.goal, row.first_s * times, row.second_s, row.runs)


def _large_row(n: int) -> Row:
    """Seconds against the peak of resident memory in GiB, both of a process that makes and evaluates ``n`` images."""
    command = [sys.executable, "-m", "benchmarks.large", str(n)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    name = f"{n:,} x 512 x 100 x 8: peak GiB (first: s, second: GiB)"
    return Row(name, found["peak_gib"], "<= 20", found["seconds"], found["peak_gib"], 1)
