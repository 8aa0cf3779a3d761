"""One evaluation in three: train to learn from, dev to choose on, test to tell the truth once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import DataError
from ..systems.edits import Edit
from ..systems.text import plain
from .evaluation import Evaluation
from .incremental import Encode
from .probabilities import Indexes
from .reuse import on_images, on_split


@dataclass(frozen=True, slots=True, eq=False)
class Threefold:
    """The same system on three sets of images that share none. ``note`` says what was split here, if anything."""

    train: Evaluation
    dev: Evaluation
    test: Evaluation
    note: str = ""

    def with_edits(self, edits: Sequence[Edit], encode: Encode | None = None) -> Threefold:
        """All three after ``edits``; arguments and errors are those of ``Evaluation.with_edits``."""
        train, dev, test = (one.with_edits(edits, encode) for one in (self.train, self.dev, self.test))
        return replace(self, train=train, dev=dev, test=test)


def threefold(evaluation: Evaluation) -> Threefold:
    """The train, dev and test images of ``evaluation``, as its data name them.

    Where only one of train and dev is named, it is halved, class by class, by content: images of equal embeddings stay
    together. Test is never divided.

    Raises:
        DataError: no test images, or neither train nor dev has two different images of some class.
    """
    train, dev, test = (on_split(evaluation, name) for name in ("train", "dev", "test"))
    where = plain(evaluation.setting.data)
    if test is None:
        raise DataError(
            "there are no test images", where=where, hint="Name a folder or a split test: it is kept apart."
        )
    if train is not None and dev is not None:
        return Threefold(train, dev, test)
    if train is None and dev is None:
        raise DataError("there are only test images", where=where, hint="Name a folder or a split dev to choose on.")
    whole, name, other = (dev, "dev", "train") if dev is not None else (train, "train", "dev")
    assert whole is not None
    first, second = _halves(whole)
    if not first.size:
        raise DataError(
            f"too few {name} images to learn from some and choose on others", where=where, hint="Add images to it."
        )
    train, dev = on_images(whole, first, "train"), on_images(whole, second, "dev")
    note = f"the data has no {other} images; {name} is halved by content: train {train.n}, dev {dev.n}"
    return Threefold(train, dev, test, note)


def _halves(evaluation: Evaluation) -> tuple[Indexes, Indexes]:
    """The indexes of two halves: the contents of each class, in the order of their digests, go in turns."""
    contents: dict[bytes, list[int]] = defaultdict(list)
    for index, vector in enumerate(evaluation.images):
        contents[hashlib.sha256(vector.tobytes()).digest()].append(index)
    turns: dict[int, int] = defaultdict(int)
    halves: tuple[list[int], list[int]] = ([], [])
    for digest in sorted(contents):
        indexes = contents[digest]
        label = int(evaluation.labels[indexes[0]])
        halves[1 - turns[label] % 2].extend(indexes)  # the first, and perhaps only one, goes to the second half
        turns[label] += 1
    first, second = (np.array(sorted(half), np.intp) for half in halves)
    return first, second
