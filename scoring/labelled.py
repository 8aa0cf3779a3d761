"""Labelled images that are vectors already: embeddings computed elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import DataError
from ..systems.text import plain
from .dataset import Item, no_such_split, split_name
from .encoder import Vectors, normalise
from .manifest_source import as_class

_BLOCK = 65_536
_TOLERANCE = 1e-3
"""How far the length of a row may be from 1, as it is in half precision, before it counts as not normalised."""

_SHORT = 1e-15
# The squares of shorter rows are too small for float32 to add up.


@dataclass(frozen=True, eq=False)
class LabelledEmbeddings:
    """Image embeddings with the class of each, for ``evaluate`` in place of a dataset.

    ``vectors`` is anything that NumPy takes for an ``(N, D)`` array of numbers; kept as float32 with rows of length 1,
    and ``rescaled`` counts the rows that were not. They must come from the image tower whose text tower the evaluation
    uses. ``labels`` are texts or whole numbers, as a list or an array. ``paths`` are the images themselves, for whoever
    wants to look at them; ``split_of`` the split of each row, None for those that are in none; the usual names
    (``validation``, ...) are folded as everywhere.

    Raises:
        DataError: not a matrix of numbers, a row that is infinite, missing or zero, or not one label per row.
    """

    vectors: Vectors
    labels: tuple[str, ...]
    name: str
    paths: tuple[Path | None, ...]
    split_of: tuple[str | None, ...]
    rows: NDArray[np.intp]  # the number that each row had in what was given
    rescaled: int

    def __init__(
        self,
        vectors: ArrayLike,
        labels: Sequence[Any] | NDArray[Any],
        name: str = "embeddings",
        *,
        paths: Sequence[str | Path | None] | NDArray[Any] | None = None,
        splits: Sequence[str | None] | NDArray[Any] | None = None,
    ) -> None:
        matrix = _matrix(vectors, plain(name))
        for what, values in (("labels", labels), ("paths", paths), ("splits", splits)):
            if values is not None and (isinstance(values, str) or len(values) != len(matrix)):
                found = "one text as" if isinstance(values, str) else len(values)
                raise DataError(f"{len(matrix)} embeddings but {found} {what}", where=plain(name))
        texts = _labels(labels, plain(name))
        table, rescaled = _of_length_one(matrix, plain(name))
        object.__setattr__(self, "vectors", table)
        object.__setattr__(self, "labels", texts)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "paths", () if paths is None else tuple(p if p is None else Path(p) for p in paths))
        parts = (
            () if splits is None else tuple(split_name(each) or None if each is not None else None for each in splits)
        )
        object.__setattr__(self, "split_of", parts)
        object.__setattr__(self, "rows", np.arange(len(table)))
        object.__setattr__(self, "rescaled", rescaled)

    @property
    def splits(self) -> Mapping[str, int]:
        """How many rows each named split has; empty when none is named."""
        return dict(sorted(Counter(split for split in self.split_of if split is not None).items()))

    @property
    def items(self) -> tuple[Item, ...]:
        """The rows as items, by their paths where these are known; none where neither paths nor splits are."""
        if not self.paths and not self.split_of:
            return ()
        none = (None,) * len(self.labels)
        rows = zip(self.paths or none, self.labels, self.split_of or none, self.rows.tolist(), strict=True)
        return tuple(
            Item(path or Path(), label, split, "" if path else f"{self.name}, row {row}")
            for path, label, split, row in rows
        )

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, keep: Callable[[str, str | None], bool]) -> Self:
        """The rows whose label and split ``keep`` says yes to."""
        splits = self.split_of or (None,) * len(self)
        return self._only(np.flatnonzero([keep(*row) for row in zip(self.labels, splits, strict=True)]))

    def split(self, name: str) -> Self:
        """The rows of one split, or of all with ``"all"``.

        Raises:
            DataError: there is no such split.
        """
        if name == "all":
            return self
        wanted = split_name(name)
        chosen = np.flatnonzero([split == wanted for split in self.split_of])
        if not chosen.size:
            raise no_such_split(name, self.splits, self.name, 'Name them in an array "split", or use all of them.')
        return self._only(chosen)

    def _only(self, indexes: NDArray[np.intp]) -> Self:
        def of(values: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(values[index] for index in indexes) if values else ()

        return self._made(
            vectors=self.vectors[indexes],
            labels=of(self.labels),
            paths=of(self.paths),
            split_of=of(self.split_of),
            rows=self.rows[indexes],
        )

    def with_splits(self, splits: Sequence[str | None]) -> Self:
        """The same rows in other splits."""
        return self._made(split_of=tuple(splits))

    def _made(self, **changes: Any) -> Self:
        """These changed, without looking at the vectors again."""
        made = object.__new__(type(self))
        for name in ("vectors", "labels", "name", "paths", "split_of", "rows", "rescaled"):
            object.__setattr__(made, name, changes.get(name, getattr(self, name)))
        return made


def _labels(labels: Sequence[Any] | NDArray[Any], name: str) -> tuple[str, ...]:
    """The labels as texts; a million of them are few classes, so each is looked at once."""
    known: dict[Any, str] = {}
    found = []
    for number, label in enumerate(labels):
        if isinstance(label, np.ndarray | list | tuple | set | dict):
            raise DataError(
                "several labels for one image",
                where=f"{name}, row {number}",
                hint="An image has one label here: the name or number of its class. Or make each combination one.",
            )
        text = known.get(label)
        if text is None:
            text = as_class(label, f"{name}, row {number}")
            if not text:
                raise DataError(f"no label for row {number}", where=name, hint="Leave it out; rows count from 0.")
            known[label] = text
        found.append(text)
    return tuple(found)


def _matrix(vectors: ArrayLike, name: str) -> NDArray[Any]:
    try:
        matrix = np.asarray(vectors)
        if matrix.dtype.kind not in "fiu":
            matrix = matrix.astype(np.float32) if matrix.dtype.kind == "O" else matrix
    except (TypeError, ValueError, RuntimeError) as error:  # the last of a tensor that is on a GPU or has a gradient
        raise DataError(f"embeddings that are no numbers: {plain(str(error))}", where=name) from None
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise DataError(f"embeddings of shape {matrix.shape}", where=name, hint="They need the shape (N, D).")
    if matrix.dtype.kind not in "fiu":
        raise DataError(f"embeddings that are no numbers but {matrix.dtype}", where=name)
    return matrix


def _of_length_one(matrix: NDArray[Any], name: str) -> tuple[Vectors, int]:
    """The rows as float32 of length 1, and how many were not; a block at a time, so that nothing is held thrice."""
    table = np.empty(matrix.shape, np.float32)
    rescaled = 0
    for start in range(0, len(matrix), _BLOCK):
        with np.errstate(over="ignore", invalid="ignore"):
            block = matrix[start : start + _BLOCK].astype(np.float32)
            lengths = np.linalg.norm(block, axis=1)
        for at in np.flatnonzero(~(np.isfinite(lengths) & (lengths > _SHORT))):
            block[at] = _direction(matrix[start + at].astype(np.float64), start + int(at), name)
        rescaled += int((~(np.abs(lengths - 1) <= _TOLERANCE)).sum())
        table[start : start + _BLOCK] = normalise(block)
    return table, rescaled


def _direction(row: NDArray[np.float64], number: int, name: str) -> NDArray[np.float64]:
    """A row whose length is no float32, brought near to 1; refuses one that points nowhere."""
    if not (np.isfinite(row).all() and row.any()):
        what = "missing numbers" if np.isnan(row).any() else "zeros only" if not row.any() else "infinite numbers"
        raise DataError(
            f"row {number} of the embeddings holds {what}",
            where=name,
            hint="Leave such rows out, with their labels; rows count from 0.",
        )
    return np.asarray(row / np.abs(row).max())
