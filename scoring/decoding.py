"""Image files decoded and prepared by a few threads, a bounded number of images ahead of whoever takes them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import DataError
from .dataset import Item, Skipped
from .images import Crop, decode

if TYPE_CHECKING:
    from PIL.Image import Image

Decoded: TypeAlias = "tuple[Item, Any | Skipped]"

# Whatever the batch size: photographs take 30 MB and more.
_AHEAD_PER_WORKER = 4
_MOST_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """How files become what an encoder takes.

    ``side`` is what ``images.decode`` takes; ``prepare`` is applied to each decoded image, in the threads; ``ahead`` is
    how many prepared images may wait, at least: without ``prepare`` images wait whole, and only a few.
    """

    crop: Crop | None = None
    side: int | None = None
    prepare: Callable[[Image], Any] | None = None
    ahead: int = 0


def decoded(items: Iterable[Item], reading: Reading) -> Generator[Decoded, None, None]:
    """Every item with its image, or why there is none, in order; ``items`` are taken only as there is room for them.

    What ``prepare`` raises is raised here.
    """

    def read(item: Item) -> Decoded:
        try:
            image = decode(item.path, reading.crop, reading.side)
        except DataError as error:
            return item, Skipped(item.shown, error.message)
        return item, image if reading.prepare is None else reading.prepare(image)

    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    room = workers * _AHEAD_PER_WORKER
    if reading.prepare is not None:
        room = max(room, reading.ahead)
    waiting: deque[Future[Decoded]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
        try:
            for item in items:
                if len(waiting) == room:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(read, item))
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
