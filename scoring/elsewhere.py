"""Images that are not files yet: they are made files when they are needed, and only those that are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from ..errors import DataError
from ..systems.text import plain

if TYPE_CHECKING:
    from .dataset import Dataset, Item, Skipped

Progress: TypeAlias = Callable[[int, int], None]


_SHOWN = 5


class Elsewhere(Protocol):
    """Where images are that are not files yet: behind addresses, or inside a table."""

    def fetch(self, places: Collection[Path], progress: Progress | None) -> Mapping[Path, str]:
        """Make files of those of ``places`` that are its own; those that cannot be had, each with the reason.

        Raises:
            DataError: none can be had, as where the cache folder cannot be written.
        """
        ...


def missing(dataset: Dataset, split: str = "all") -> list[Path]:
    """The places of images that are still elsewhere."""
    if not dataset.elsewhere:
        return []
    items = dataset.split(split).items
    return list(dict.fromkeys(item.path for item in items if item.origin and not item.path.exists()))


def fetched(dataset: Dataset, progress: Progress | None = None, *, split: str = "all") -> Dataset:
    """``dataset`` with all images of ``split`` being files; those that cannot be had are among its problems instead.

    Interrupted, what was fetched stays; the next call goes on with the rest. ``progress`` is told ``(done, total)`` of
    those that have to be fetched.

    Raises:
        DataError: not one image of the split can be had, the cache folder cannot be written, or there is no such split.
    """
    places = missing(dataset, split)
    if not places:
        return dataset
    reasons: dict[Path, str] = {}
    for source in dataset.elsewhere:
        reasons.update(source.fetch(places, progress))
    items, skipped = _sorted_out(dataset.items, reasons)
    if not items or (split != "all" and all(item.path in reasons for item in dataset.split(split).items)):
        shown = "".join(f"\n  {one}" for one in skipped[:_SHOWN])
        more = f"\n  and {len(skipped) - _SHOWN} more" if len(skipped) > _SHOWN else ""
        raise DataError(f"not one of {len(skipped)} images can be fetched:{shown}{more}", where=plain(dataset.name))
    return replace(dataset, items=tuple(items), problems=(*dataset.problems, *skipped))


def _sorted_out(items: Sequence[Item], reasons: Mapping[Path, str]) -> tuple[list[Item], list[Skipped]]:
    from .dataset import Skipped

    kept = [item for item in items if item.path not in reasons]
    return kept, [Skipped(item.shown, reasons[item.path]) for item in items if item.path in reasons]
