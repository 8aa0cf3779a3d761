"""Images behind addresses: several fetched at a time, looked at, and kept in the cache folder."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from .elsewhere import Progress
from .images import decode, quiet_pillow

if TYPE_CHECKING:
    from .download import Downloader, Limits

# Futures cost memory and, all submitted at once, a noticeable while for a million addresses.
_WAITING_PER_WORKER = 8


@dataclass(frozen=True, eq=False)
class Addresses:
    """Images by their ``address``, each with the place where it is kept."""

    addresses: Mapping[Path, str]
    allow_private: bool = False
    limits: Limits | None = None

    def fetch(self, places: Collection[Path], progress: Progress | None) -> Mapping[Path, str]:
        """Download those of ``places`` that are its own; the reasons of those that give no image."""
        mine = [place for place in places if place in self.addresses]
        if not mine:
            return {}
        from .download import Limits

        limits = self.limits or Limits()
        stop = threading.Event()
        work = _Work(self, limits, stop)
        with quiet_pillow(), ThreadPoolExecutor(limits.parallel, thread_name_prefix="download") as pool:
            try:
                return _gathered(mine, pool, work, progress)
            finally:
                # After an interruption or a full disk the threads end with what they are at, not with the list.
                stop.set()
                pool.shutdown(wait=True, cancel_futures=True)
                work.close()


def _gathered(
    places: list[Path], pool: ThreadPoolExecutor, work: _Work, progress: Progress | None
) -> Mapping[Path, str]:
    reasons: dict[Path, str] = {}
    left, done = iter(places), 0
    running: dict[Future[str | None], Path] = {}
    while True:
        while len(running) < work.parallel * _WAITING_PER_WORKER and (place := next(left, None)) is not None:
            running[pool.submit(work.one, place)] = place
        if not running:
            return reasons
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            place = running.pop(future)
            reason = future.result()
            if reason is not None:
                reasons[place] = reason
            done += 1
            if progress is not None:
                progress(done, len(places))


class _Work:
    """What the threads share, and for each of them its own connections."""

    def __init__(self, source: Addresses, limits: Limits, stop: threading.Event) -> None:
        from .download import Hosts

        self.parallel = limits.parallel
        self._source = source
        self._limits = limits
        self._stop = stop
        self._hosts = Hosts()
        self._own = threading.local()
        self._all: list[Downloader] = []

    def one(self, place: Path) -> str | None:
        """Download one image; the reason if there is none."""
        from .download import NotFetchedError
        from .image_store import store_image

        try:
            store_image(place, self._downloader().fetch(self._source.addresses[place]), _look_at)
        except NotFetchedError as error:
            return str(error)
        return None

    def _downloader(self) -> Downloader:
        from .download import Downloader
        from .guarded_network import any_address, is_public

        own: Downloader | None = getattr(self._own, "downloader", None)
        if own is None:
            allowed = any_address if self._source.allow_private else is_public
            own = Downloader(self._stop, self._hosts, limits=self._limits, allowed=allowed)
            self._own.downloader = own
            self._all.append(own)
        return own

    def close(self) -> None:
        """Close all connections."""
        for downloader in self._all:
            downloader.close()


def _look_at(path: Path) -> None:
    """Read an image to its end: neither its name nor what the server calls it tells what it is."""
    from .download import NotFetchedError

    try:
        decode(path)
    except DataError as error:
        raise NotFetchedError(error.message) from error
