"""What the review's own screen takes on a large system: the first screen, and key presses to their repaint."""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from textual._compositor import CompositorUpdate
from textual.pilot import Pilot
from textual.screen import Screen

from cotsmith.review.app import ReviewApp
from cotsmith.review.background import keys_first
from cotsmith.review.garbage import collected_at_rest
from cotsmith.review.line_list import LineList
from cotsmith.review.main_screen import MainScreen
from cotsmith.review.review import Review
from cotsmith.review.session import Session
from cotsmith.review.workshop import Workshop
from cotsmith.scoring.evaluation import evaluate_vectors
from cotsmith.systems.file import save

from .ratio import Row
from .worlds import LOGIT_SCALE, World, world

_SCREEN_S, _KEY_S, _MEMORY = 1.5, 0.05, 2.0
_SIZE = (160, 48)
_MOVES = ("down", "right", "down", "left", "pagedown", "l", "j", "pageup", "k", "right", "G", "end", "home")

_KINDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "move": tuple((key,) for key in _MOVES),
    "the next in the queue, and seen": (("n",), ("space",)),
    "a dialog opened, and left": (("enter",), ("escape",), ("o",), ("escape",)),
    "rule said nothing, and undone": (("delete",), ("u",)),
    "an option taken, and undone": (("enter", "down", "enter"), ("u",)),
    "an order, a filter typed, and lifted": (("t",), ("slash", "1"), ("2",), ("escape",)),
}
"""What people press often, by what the row is called: of each sequence the last key is timed."""


@dataclass
class _Taken:
    """Seconds, those of ``keys`` by kind."""

    screen: float = 0.0
    busy: list[float] = field(default_factory=list)
    keys: dict[str, list[float]] = field(default_factory=dict)


def rows(*, small: bool) -> Iterator[Row]:
    """Seconds, keys pressed by Textual's pilot; of key presses the 95th percentile, from the press to what is drawn.

    ``while checks run`` are the presses right after the first screen, when threads look through the whole system; so
    they do again after every edit and after nothing else. The memory is the peak of the process, PyTorch and all that
    ran before included.
    """
    n, classes, attributes, presses = (500, 20, 5, 13) if small else (10_000, 1000, 50, 65)
    it = world(n, dimensions=512, classes=classes, attributes=attributes, options=20, noise=5, slips=0.1)
    size = f"{n:,} x {classes:,} x {attributes}"
    with tempfile.TemporaryDirectory() as folder, keys_first(), collected_at_rest():
        taken = asyncio.run(_session(it, presses, Path(folder)))
    yield Row(f"review: first screen, {size}", taken.screen / _SCREEN_S, "<= 1", taken.screen, _SCREEN_S, 1)
    for what, seconds in {"move while checks run": taken.busy, **taken.keys}.items():
        worst = _p95(seconds)
        yield Row(f"review: key to repaint, {what}, {size}", worst / _KEY_S, "<= 1", worst, _KEY_S, len(seconds))
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30
    yield Row(f"review: peak memory, {size}", peak / _MEMORY, "<= 1", peak, _MEMORY, 1, unit="GiB")


class _Watched(ReviewApp):
    """Notes when the screen was first drawn with something else than when it was last asked."""

    known: tuple[object, ...] = ()
    drawn_at = 0.0

    def on_mount(self) -> None:
        super().on_mount()
        self.painted = asyncio.Event()

    @property
    def state(self) -> tuple[object, ...]:
        """What a key press changes; a dialog counts when its list is there."""
        lists = (
            [] if isinstance(self.screen, MainScreen) else [bool(each.items) for each in self.screen.query(LineList)]
        )
        review = self.review
        return review.cell, review.session.generation, review.view, review.progress, any(lists)

    def await_change(self) -> float:
        """Wait for the next change from now on."""
        self.known = self.state
        self.painted.clear()
        return time.perf_counter()

    async def drawn(self) -> float:
        """When it was drawn."""
        await self.painted.wait()
        return self.drawn_at

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if self.known and not self.painted.is_set() and self.state != self.known:
            if isinstance(renderable, CompositorUpdate):
                renderable.render_segments(self.console)  # without a terminal Textual leaves this out
            self.drawn_at = time.perf_counter()
            self.painted.set()


async def _session(it: World, presses: int, folder: Path) -> _Taken:
    """From vectors and system in memory to the first screen, then keys."""
    save(it.system, folder / "large.json")
    session = Session.open(str(folder / "large.json"))
    taken = _Taken()
    start = time.perf_counter()
    session.begin(evaluate_vectors(it.system, it.images, it.labels, it.texts, logit_scale=LOGIT_SCALE))
    app = _Watched(Review(session), Workshop(), images="off")
    async with app.run_test(size=_SIZE) as pilot:
        taken.screen = time.perf_counter() - start
        main = app.screen
        assert isinstance(main, MainScreen)
        await _press(pilot, islice(cycle(_KINDS["move"]), presses), taken.busy)
        await _rest(main)
        for kind, keys in _KINDS.items():
            times = presses if kind == "move" else len(keys) * max(2, presses // 2)
            await _press(pilot, islice(cycle(keys), times), taken.keys.setdefault(kind, []))
        await _rest(main)
    session.close()
    return taken


async def _press(pilot: Pilot[None], sequences: Iterable[Sequence[str]], seconds: list[float]) -> None:
    """Press keys; how long each last one took until the screen was drawn; one that changes nothing draws nothing."""
    app = pilot.app
    assert isinstance(app, _Watched)
    for *first, last in sequences:
        for key in first:
            await pilot.press(key)
        start = app.await_change()
        await pilot.press(last)
        if not app.painted.is_set() and app.state == app.known:
            await pilot.pause()
        if app.state != app.known:
            seconds.append(await app.drawn() - start)


async def _rest(main: MainScreen) -> None:
    """Wait until no thread works for the review."""
    while main.background.busy:
        await asyncio.sleep(0.05)


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, round(0.95 * len(seconds)))]
