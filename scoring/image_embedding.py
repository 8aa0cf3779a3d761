"""Image files to vectors, batch by batch: what the cache has is taken from there, what is encoded is kept there."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from typing import Any

import numpy as np

from ..errors import EncoderError
from ..systems.text import counted
from .cache import CACHE_ERRORS, EmbeddingCache
from .cache_index import connect
from .cache_store import Content, Store, Stored
from .dataset import Item, Skipped
from .decoding import Reading, decoded
from .encoder import Vectors
from .file_digests import FileDigests, file_state

_WAIT_SECONDS = 0.05


class ImageEmbedding:
    """The work of embedding ``items``, to be run once.

    ``encode`` turns a batch of at most ``size`` images, as ``reading`` gives them, into vectors of length 1.
    ``skipped`` are afterwards the images that cannot be read, by their number.
    """

    def __init__(
        self,
        items: Sequence[Item],
        encode: Callable[[Sequence[Any]], Vectors],
        *,
        reading: Reading,
        size: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.skipped: dict[int, Skipped] = {}
        self._items = items
        self._encode = encode
        self._reading = reading
        self._size = size
        self._progress = progress
        self._loose: dict[int, Vectors] = {}  # vectors that are not in the cache, by the number of the item
        self._contents: list[Content | None] = [None] * len(items)  # None: not to be cached
        self._states: list[bytes] = [b""] * len(items)
        self._copies: Counter[Content] = Counter()
        self._places: dict[Content, Stored] = {}
        self._store: Store | None = None
        self._tell: Callable[[Exception], None] = lambda error: None
        self._done = 0

    def run(self, cache: EmbeddingCache | None, identity: str) -> Vectors:
        """The vectors of the images that can be read, in their order: ``(N, D) float32``, a memory map where it may be.

        Raises:
            EncoderError: the encoder failed, or its vectors differ in their dimensions.
        """
        with ExitStack() as closers:
            if cache is not None:
                self._open(cache, identity, closers)
            if self._done:
                self._report()
            while left := self._left():
                before = self._done
                self._round(left)
                if self._done == before:  # another process has all that is left in its hands
                    time.sleep(_WAIT_SECONDS)
            try:
                return self._gathered()
            except CACHE_ERRORS as error:  # somebody cleared the cache
                self._go_without(error)
        while left := self._left():
            self._round(left)
        return self._gathered()

    def _open(self, cache: EmbeddingCache, identity: str, closers: ExitStack) -> None:
        self._tell = cache.unusable
        try:
            index = closers.enter_context(closing(connect(cache.folder)))
            self._store = store = Store(cache.folder, index, identity)
            for number, known in enumerate(FileDigests(index).of([item.path for item in self._items])):
                if known is not None:
                    self._contents[number], self._states[number] = known
            self._copies.update(content for content in self._contents if content is not None)
            places = store.find(self._copies)
            damaged = store.damaged(places)
            if damaged:
                store.forget(damaged)
                entries = counted(len(damaged), "damaged entry", "damaged entries")
                cache.tell(f"{entries} of the cache {'is' if len(damaged) == 1 else 'are'} encoded again")
            for content in damaged:
                del places[content]
            self._found(places)
        except CACHE_ERRORS as error:
            self._go_without(error)
            return
        closers.callback(self._release, store)

    def _release(self, store: Store) -> None:
        with suppress(*CACHE_ERRORS):  # a claim that stays is void when this process is gone
            store.release()

    def _go_without(self, error: Exception) -> None:
        """Forget the cache; what only it has is encoded again, what is at hand is kept."""
        self._tell(error)
        self._store = None
        self._contents = [None] * len(self._items)
        self._copies.clear()
        self._places = {}
        self._done = len(self._loose) + len(self.skipped)

    def _left(self) -> list[int]:
        """The items that have no vector yet, each content once."""
        left: list[int] = []
        seen: set[Content] = set()
        if self._done == len(self._items):
            return left
        for number, content in enumerate(self._contents):
            if number in self._loose or number in self.skipped or content in self._places or content in seen:
                continue
            if content is not None:
                seen.add(content)
            left.append(number)
        return left

    def _round(self, left: Sequence[int]) -> None:
        batches: deque[list[int]] = deque()
        with closing(decoded(self._claimed(left, batches), self._reading)) as images:
            batch: list[tuple[int, Any]] = []
            for _, image in images:
                number = batches[0].pop(0)
                if isinstance(image, Skipped):
                    self._no_longer_cached(number)
                    self.skipped[number] = image
                    self._done += 1
                else:
                    batch.append((number, image))
                if not batches[0]:
                    batches.popleft()
                    if batch:
                        self._finish([number for number, _ in batch], self._encode([image for _, image in batch]))
                    batch = []
                    self._report()

    def _claimed(self, left: Sequence[int], batches: deque[list[int]]) -> Iterator[Item]:
        """The items of ``left`` that are to be encoded here, claimed batch by batch as the decoder asks for them."""
        for start in range(0, len(left), self._size):
            batch = self._mine(left[start : start + self._size])
            if batch:
                batches.append(batch)
                yield from [self._items[number] for number in batch]

    def _mine(self, batch: Sequence[int]) -> list[int]:
        contents = [content for number in batch if (content := self._contents[number]) is not None]
        if self._store is None or not contents:
            return list(batch)
        try:
            claim = self._store.claim(contents)
        except CACHE_ERRORS as error:
            self._stop_storing(error)
            return list(batch)
        self._found(claim.there)
        mine = set(claim.mine)
        return [number for number in batch if (content := self._contents[number]) is None or content in mine]

    def _finish(self, numbers: Sequence[int], vectors: Vectors) -> None:
        """Keep a batch: in the cache if the files are still those whose content was read, else at hand."""
        rows: dict[Content, int] = {}
        for row, number in enumerate(numbers):
            content = self._contents[number]
            if self._store is None or content is None or file_state(self._items[number].path) != self._states[number]:
                self._keep(number, vectors[row])
            else:
                rows[content] = row
        if not rows or self._store is None:
            return
        try:
            self._found(self._store.add(list(rows), vectors[list(rows.values())]))
        except CACHE_ERRORS as error:
            self._stop_storing(error)
            for number in numbers:
                if number not in self._loose:
                    self._keep(number, vectors[numbers.index(number)])

    def _stop_storing(self, error: Exception) -> None:
        """Read from the cache what it has, but write no more."""
        self._tell(error)
        for number, content in enumerate(self._contents):
            if content not in self._places:
                self._contents[number] = None

    def _keep(self, number: int, vector: Vectors) -> None:
        self._no_longer_cached(number)
        self._loose[number] = vector
        self._done += 1

    def _no_longer_cached(self, number: int) -> None:
        content = self._contents[number]
        if content is not None:
            self._copies[content] -= 1
            self._contents[number] = None

    def _found(self, places: Mapping[Content, Stored]) -> None:
        new = places.keys() - self._places.keys() if self._places else places
        self._done += sum(map(self._copies.__getitem__, new))
        self._places.update(places)

    def _report(self) -> None:
        if self._progress is not None:
            self._progress(self._done, len(self._items))

    def _gathered(self) -> Vectors:
        if self._store is not None and not self.skipped and not self._loose:
            return self._store.read([self._places[content] for content in self._contents if content is not None])
        kept = [number for number in range(len(self._items)) if number not in self.skipped]
        cached = [place for number in kept if (place := self._places.get(self._contents[number] or b"")) is not None]
        if self._store is not None and len(cached) == len(kept):
            return self._store.read(cached)
        loose = [self._loose[number] for number in kept if number in self._loose]
        table = self._store.read(cached) if self._store is not None and cached else None
        widths = {vector.size for vector in loose} | ({table.shape[1]} if table is not None else set())
        if len(widths) > 1:
            raise EncoderError(f"vectors of {' and '.join(map(str, sorted(widths)))} dimensions for images")
        vectors = np.empty((len(kept), widths.pop() if widths else 0), dtype=np.float32)
        at_hand = np.fromiter((number in self._loose for number in kept), np.bool_, len(kept))
        if loose:
            vectors[at_hand] = loose
        if table is not None:
            vectors[~at_hand] = table
        return vectors
