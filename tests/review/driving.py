"""Drives the review by its keys, waiting after each until everything it set off has come in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.segment import Segment
from textual.events import Paste
from textual.pilot import Pilot

from cotsmith.review.app import ReviewApp
from cotsmith.review.main_screen import MainScreen
from cotsmith.review.refining import LLMSource
from cotsmith.review.review import Review
from cotsmith.review.session import Session
from cotsmith.review.workshop import Workshop

MOST_TURNS = 20_000


@dataclass
class Driver:
    """A running review."""

    app: ReviewApp
    pilot: Pilot[None]
    pressed: int = 0

    @property
    def review(self) -> Review:
        return self.app.review

    @property
    def main(self) -> MainScreen:
        screens = [screen for screen in self.app.screen_stack if isinstance(screen, MainScreen)]
        return screens[0]

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            await self.pilot.press(key)
            self.pressed += 1
            await self.settle()

    async def type(self, text: str) -> None:
        """Type a text into what has the focus: all at once, as a paste does."""
        focused = self.app.screen.focused
        assert focused is not None
        focused.post_message(Paste(text))
        self.pressed += len(text)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is being worked out, and all of it is shown."""
        for _ in range(MOST_TURNS):
            await asyncio.sleep(0)
            if self._calm():
                await self.pilot.pause()
                if self._calm():
                    return
            else:
                await asyncio.sleep(0.002)
        raise AssertionError("the review does not come to rest")

    def _calm(self) -> bool:
        session, refining = self.review.session, self.main.refining
        return (
            not self.main.background.busy
            and not session.expects_images
            and self.review.insight.generation == session.generation
            and not (refining.running and refining.proposals is None)
        )

    def text(self) -> str:
        """What the screen shows."""
        width, height = self.app.size
        lines: list[list[Segment]] = self.app.screen._compositor.render_strips()  # type: ignore[assignment]
        return "\n".join("".join(segment.text for segment in line) for line in lines[:height])[: (width + 1) * height]


@asynccontextmanager
async def driven(
    source: Path | str,
    workshop: Workshop | None = None,
    *,
    size: tuple[int, int] = (100, 30),
    read_only: bool = False,
    settled: bool = True,
    **options: Any,
) -> AsyncIterator[Driver]:
    """A review of ``source``, on a screen of ``size``; it takes each key at once, also when a question just came up."""
    session = Session.open(str(source), read_only=read_only)
    options.setdefault("images", "off")
    app = ReviewApp(Review(session), workshop or Workshop(), **options)
    app.unbidden.seconds = 0
    try:
        async with app.run_test(size=size) as pilot:
            driver = Driver(app, pilot)
            if settled:
                await driver.settle()
            yield driver
    finally:
        session.close()


def source_of(llm: Any) -> LLMSource:
    """An LLM that is there already."""
    return LLMSource(lambda: llm)
