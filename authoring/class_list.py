"""Where the classes of a draft come from: a list in a file or on standard input, a data folder, a data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..scoring.manifest_source import MANIFEST_SUFFIXES
from ..systems.import_texts import clean
from ..systems.model import text_problem
from ..systems.skeleton import listed_names
from ..systems.sources import read_text, source_name
from ..systems.text import plain

if TYPE_CHECKING:
    from ..scoring.dataset import Dataset
    from ..systems.model import System


def classes_from(source: str | None, dataset: Dataset | None, like: System | None = None) -> tuple[str, ...]:
    """The class names in ``source``, else the labels of ``dataset``, else the classes of ``like``.

    ``source`` is a file with a name on each line, ``-`` for standard input, or labelled images, whose labels count: a
    folder of class folders, or a CSV or JSONL file.

    Raises:
        UsageError: no source at all, or names that stand twice or cannot be names.
        InputError, DataError: the source cannot be read.
    """
    if source is None:
        if dataset is not None:
            return dataset.labels
        if like is not None:
            return like.classes
        raise UsageError("no classes to draft for", hint="--classes FILE has one on each line; --data has its labels.")
    path = Path(source)
    if path.is_dir() or path.suffix.lower() in MANIFEST_SUFFIXES:
        from ..scoring.sources import load_dataset

        return load_dataset(source).labels
    names = [clean(name) for name in listed_names(read_text(source))]
    where = source_name(source)
    for number, name in enumerate(names):
        if problem := text_problem(name):
            raise UsageError(f'class "{plain(name)}": {problem}', where=where)
        if name in names[:number]:
            raise UsageError(f'the class "{plain(name)}" stands twice', where=where)
    return tuple(names)
