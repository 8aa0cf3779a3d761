"""The workspace of the guided demo: trading cards, their creatures' names, and the replies that it replays."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..systems.atomic import write_atomically
from ..systems.file import load
from ..systems.sources import reason
from ..systems.text import plain
from ..terminal import Progress
from .demo_replies import DRAFT, FILE

CROP = "artwork"
PER_CLASS = 15
_UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the demo lies: ``cards`` with dev and test folders, the ``classes``, a name on each line, the ``replies``
    to be replayed, and the two systems that it writes: the ``draft`` as it came, and the ``corrected`` one.
    """

    folder: Path

    @property
    def cards(self) -> Path:
        return self.folder / "cards"

    @property
    def classes(self) -> Path:
        return self.folder / "classes.txt"

    @property
    def replies(self) -> Path:
        return self.folder / "replies.jsonl"

    @property
    def draft(self) -> Path:
        return self.folder / "draft.json"

    @property
    def corrected(self) -> Path:
        return self.folder / "corrected.json"


def prepare(folder: Path, progress: Progress | None = None) -> Workspace:
    """Write the workspace into ``folder``: whole or not at all. What a person changed since an earlier demo is kept.

    Raises:
        UsageError: ``folder`` holds something else, or cannot be written.
    """
    try:
        return _prepare(folder, progress)
    except OSError as error:
        hint = "Name another folder: cotsmith demo FOLDER"
        raise UsageError(f"cannot be written: {reason(error)}", where=plain(str(folder)), hint=hint) from error


def _prepare(folder: Path, progress: Progress | None) -> Workspace:
    cards = folder / "cards"
    if folder.exists() and not folder.is_dir():
        raise UsageError("it is a file", where=str(folder), hint="Name another folder: cotsmith demo FOLDER")
    if folder.is_dir() and not cards.is_dir() and any(path.name != _UNFINISHED for path in folder.iterdir()):
        raise UsageError(
            "the folder holds other things, and the demo leaves them alone",
            where=str(folder),
            hint="Name another folder: cotsmith demo FOLDER",
        )
    _draw(folder, progress)
    workspace = Workspace(folder)
    names = "".join(f"{name}\n" for name in sorted(load(DRAFT).classes))
    for path, content in ((workspace.classes, names.encode()), (workspace.replies, FILE.read_bytes())):
        if not path.exists():
            write_atomically(path, content)
    return workspace


def _draw(folder: Path, progress: Progress | None) -> None:
    """Draw the cards. They appear when all are there; an interruption leaves nothing that was not there before."""
    from ..scoring.demo.world import write_cards

    if (folder / "cards").is_dir():
        write_cards(folder / "cards", per_class=PER_CLASS, progress=progress)
        return
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    unfinished = folder / _UNFINISHED
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        write_cards(unfinished, per_class=PER_CLASS, progress=progress)
        unfinished.rename(folder / "cards")
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        for place in made:
            with suppress(OSError):
                place.rmdir()
        raise
