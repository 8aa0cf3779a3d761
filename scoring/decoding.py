"""Image files decoded by a few threads, a bounded number of images ahead of whoever takes them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

from ..errors import DataError
from .dataset import Item, Skipped
from .images import Crop, decode

if TYPE_CHECKING:
    from PIL.Image import Image

Decoded: TypeAlias = "tuple[Item, Image | Skipped]"

# Whatever the batch size: photographs take 30 MB and more.
_AHEAD_PER_WORKER = 4
_MOST_WORKERS = 8


def decoded(items: Iterable[Item], crop: Crop | None) -> Generator[Decoded, None, None]:
    """Every item with its image, or why there is none, in order; ``items`` are taken only as there is room for them."""

    def read(item: Item) -> Decoded:
        try:
            return item, decode(item.path, crop)
        except DataError as error:
            return item, Skipped(item.shown, error.message)

    workers = min(_MOST_WORKERS, os.cpu_count() or 1)
    waiting: deque[Future[Decoded]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="decode") as pool:
        try:
            for item in items:
                if len(waiting) == workers * _AHEAD_PER_WORKER:
                    yield waiting.popleft().result()
                waiting.append(pool.submit(read, item))
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
