"""Labelled images as values: which files, which labels, which splits, and what was left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, Self

from ..errors import DataError
from ..systems.model import System
from ..systems.secrets import without_login
from ..systems.text import did_you_mean, plain
from .elsewhere import Elsewhere
from .images import Crop

_SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "dev": "dev",
    "val": "dev",
    "valid": "dev",
    "validation": "dev",
    "test": "test",
    "testing": "test",
}
_SHOWN = 20


class Labelled(Protocol):
    """Anything with a name and labels."""

    @property
    def name(self) -> str: ...

    @property
    def labels(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Item:
    """One labelled image; ``split`` is ``train``, ``dev``, ``test``, another name the data gives, or ``None``.

    ``origin`` names an image that comes from elsewhere, by its address or its row in a table; its ``path`` is then
    where it is kept, or will be (see ``Dataset.elsewhere``). The ``path`` of an image that is known as a vector only
    is empty.
    """

    path: Path
    label: str
    split: str | None = None
    origin: str = ""

    @property
    def shown(self) -> str:
        """What a person calls the image; an address without a password in it."""
        return without_login(self.origin) or str(self.path)

    @property
    def pictured(self) -> bool:
        """Whether there is a file to look at; of embeddings computed elsewhere there need not be."""
        return self.path != Path()


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out: ``where`` (a file, a row of a manifest) and the ``reason``."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{plain(self.where)}: {plain(self.reason)}"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Labelled images in a fixed order.

    ``crop`` is what of each image is looked at (``None``: all). ``problems`` lists what the source names but cannot
    give, such as a missing file; ``ignored`` counts files that are no images, such as notes and hidden files.
    ``elsewhere`` is where images are that are not files yet: ``elsewhere.fetched`` makes them files, which whatever
    reads images calls.
    """

    name: str
    items: tuple[Item, ...]
    crop: Crop | None = None
    problems: tuple[Skipped, ...] = ()
    ignored: int = 0
    elsewhere: tuple[Elsewhere, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    @property
    def labels(self) -> tuple[str, ...]:
        """The distinct labels, sorted."""
        return tuple(sorted({item.label for item in self.items}))

    @property
    def splits(self) -> Mapping[str, int]:
        """How many images each named split has; empty when the data names none."""
        return dict(sorted(Counter(item.split for item in self.items if item.split is not None).items()))

    def select(self, keep: Callable[[str, str | None], bool]) -> Self:
        """The images whose label and split ``keep`` says yes to."""
        return replace(self, items=tuple(item for item in self.items if keep(item.label, item.split)))

    def split(self, name: str) -> Dataset:
        """The images of one split, or of all with ``"all"``.

        Raises:
            DataError: the data has no such split.
        """
        if name == "all":
            return self
        wanted = split_name(name)
        items = tuple(item for item in self.items if item.split == wanted)
        if not items:
            raise no_such_split(
                name,
                self.splits,
                self.name,
                'Put the images into folders named train, dev and test, add a "split" column, or use all of them.',
            )
        return replace(self, items=items)


def no_such_split(name: str, splits: Mapping[str, int], where: str, hint: str) -> DataError:
    """The error for data that have other ``splits``, or none."""
    known = ", ".join(f"{plain(split)} ({count})" for split, count in splits.items())
    there = f"; there are {known}{did_you_mean(name, splits)}" if known else "; the data names no splits"
    return DataError(f'no split "{plain(name)}"{there}', where=plain(where), hint=hint)


def split_name(text: str) -> str:
    """``text`` as the name of a split: the usual names folded to train, dev and test, any other as it is."""
    return _SPLIT_NAMES.get(text.strip().casefold(), text.strip())


def is_split_name(text: str) -> bool:
    """Whether a folder called ``text`` is one of the usual splits."""
    return text.casefold() in _SPLIT_NAMES


def check_labels(dataset: Labelled, system: System) -> tuple[str, ...]:
    """The classes of ``system`` that no image shows, in its order: allowed, but worth telling.

    Raises:
        DataError: labels that are not classes of the system; it lists both sides and the closest matches.
    """
    labels = sorted(set(dataset.labels))
    unknown = [label for label in labels if label not in system.rules]
    missing = tuple(name for name in system.classes if name not in set(labels))
    if unknown:
        near = [f'  "{plain(label)}"{did_you_mean(label, missing or system.classes)}' for label in unknown]
        raise DataError(
            f'the system "{plain(system.name)}" has no class for {len(unknown)} of the {len(labels)} labels',
            where=plain(dataset.name),
            hint="\n".join(
                ["Labels without a class:", *_shortened(near), f"Classes without an image: {_quoted(missing)}."]
            )
            + "\nRename the labels, add classes to the system, or leave those images out.",
        )
    return missing


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(_shortened([f'"{plain(name)}"' for name in names])) or "none"


def _shortened(texts: list[str]) -> list[str]:
    return texts if len(texts) <= _SHOWN else [*texts[:_SHOWN], f"and {len(texts) - _SHOWN} more"]
