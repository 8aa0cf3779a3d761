"""Embeddings that were computed elsewhere, from an .npz file."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from ..errors import DataError
from ..systems.text import plain
from .labelled import LabelledEmbeddings

_HINT = (
    "An .npz file of embeddings has the arrays embeddings (N, D) and labels (N,), and may have paths and split (N,): "
    "np.savez(file, embeddings=x, labels=y)."
)


def load_embeddings(path: str | Path) -> LabelledEmbeddings:
    """The arrays ``embeddings`` ``(N, D)`` and ``labels`` ``(N,)`` of an ``.npz`` file, and ``paths`` and ``split``.

    Nothing in it is unpickled. Labels are text or whole numbers; ``paths`` are relative to the file; ``split`` names
    the split of each row, with "" for none.

    Raises:
        DataError: the file cannot be read, lacks an array, or holds what embeddings and labels cannot be.
    """
    where = plain(str(path))
    try:
        loaded = np.load(path, allow_pickle=False)
        if not isinstance(loaded, NpzFile):
            raise DataError("an array without labels", where=where, hint=_HINT)
        with loaded as file:
            missing = [name for name in ("embeddings", "labels") if name not in file]
            if missing:
                has = ", ".join(map(plain, file)) or "nothing"
                raise DataError(f'no array "{missing[0]}"; it has {has}', where=where, hint=_HINT)
            vectors = file["embeddings"]
            labels, paths, splits = (
                _texts(file[name], name, where) if name in file else None for name in ("labels", "paths", "split")
            )
    except (OSError, ValueError, zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        pickled = "allow_pickle" in str(error)
        reason = "an array of Python objects, which are not loaded: they could run code" if pickled else str(error)
        hint = "Save text as a NumPy array of text: labels.astype(str)." if pickled else _HINT
        raise DataError(f"it cannot be read: {plain(reason)}", where=where, hint=hint) from error
    assert labels is not None
    folder = Path(path).parent
    return LabelledEmbeddings(
        vectors,
        labels,
        name=str(path),
        paths=None if paths is None else [folder / each if each else None for each in paths],
        splits=splits,
    )


def _texts(array: NDArray[np.generic], name: str, where: str) -> Sequence[str]:
    if array.ndim != 1:
        several = name == "labels" and array.ndim == 2
        hint = "An image has one label here: give the number or the name of its class." if several else _HINT
        raise DataError(f'"{name}" has the shape {array.shape}, not (N,)', where=where, hint=hint)
    if array.dtype.kind == "S":
        return [value.decode("utf-8", "replace") for value in array.tolist()]
    if array.dtype.kind not in "Uiu":
        raise DataError(f'"{name}" holds {array.dtype}, not text or whole numbers', where=where, hint=_HINT)
    return [str(value) for value in array.tolist()]
