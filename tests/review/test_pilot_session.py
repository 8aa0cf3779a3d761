"""From the first screen to a system that passes check and names nine images in ten, by the queue and the fixes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cotsmith.review.workshop import Workshop
from cotsmith.scoring.dataset import Dataset
from cotsmith.scoring.encoder import Encoder
from cotsmith.scoring.evaluation import evaluate
from cotsmith.systems.file import load
from cotsmith.validate.engine import check
from tests.review.driving import Driver, driven

MOST_KEYS = 40


async def take_the_best(driver: Driver, times: int) -> None:
    """To the next cell of the queue, and take what most images show there."""
    for _ in range(times):
        await driver.press("n", "enter", "enter")


def test_the_demo_draft_is_mended_in_forty_keys(draft: Path, dev: Dataset, demo_encoder: Encoder) -> None:
    async def session() -> int:
        async with driven(draft, Workshop(lambda: demo_encoder, dev)) as driver:
            review = driver.review
            assert review.cell == ("Mivvin", "scene")
            await driver.press("F", "enter")  # all that is safe
            await take_the_best(driver, 3)  # what gains most: Mivvin, Rundu, Sorrup
            assert review.session.evaluation is not None
            assert review.session.evaluation.accuracy >= 0.9
            await take_the_best(driver, 1)  # an option that names its class: the images say violet
            await driver.press("F", "enter")  # which leaves it unused
            await driver.press("n", "f", "enter")  # a question that tells nothing
            await take_the_best(driver, 1)  # Hibbet is a fish
            assert review.insight.faults == 0
            await driver.press("s", "enter")
            return driver.pressed

    keys = asyncio.run(session())
    assert keys <= MOST_KEYS
    saved = load(draft)
    assert {finding.severity for finding in check(saved)} <= {"note"}
    assert evaluate(saved, dev, demo_encoder).accuracy >= 0.9
