"""The workspace of the guided demo: trading cards, a recorded draft, the corrected system, and their scores."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..systems.file import load, render
from ..systems.model import System
from ..systems.saving import save_revision
from ..systems.sources import reason
from ..systems.text import plain
from ..terminal import Progress

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation

DRAFT = "gallery:demo-draft"
CORRECTED = "gallery:demo"
CROP = "artwork"
PER_CLASS = 15
_UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where the demo lies: ``cards`` with dev and test folders, and the two systems to play with.

    ``kept`` are files that were there already and differ from what the demo would have written.
    """

    folder: Path
    cards: Path
    draft: Path
    corrected: Path
    kept: tuple[Path, ...] = ()


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
    kept = []
    for name, source in (("draft.json", DRAFT), ("corrected.json", CORRECTED)):
        path, system = folder / name, load(source)
        if path.exists() and path.read_text("utf-8", "replace") != render(system):
            kept.append(path)
        elif not path.exists():
            save_revision(system, path, kind="import", author="cotsmith", reason=f"the demo's {path.stem} system")
    return Workspace(folder, cards, folder / "draft.json", folder / "corrected.json", tuple(kept))


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


def evaluations(
    workspace: Workspace, systems: Mapping[str, System], progress: Progress | None = None
) -> dict[str, Evaluation]:
    """Each of ``systems`` measured on the same test cards, which are encoded once."""
    from ..scoring.embed import embed_images
    from ..scoring.encoders import load_encoder
    from ..scoring.evaluation import evaluate
    from ..scoring.labelled import LabelledEmbeddings
    from ..scoring.sources import load_dataset

    encoder = load_encoder("demo")
    data = load_dataset(workspace.cards, crop=CROP).split("test")
    embedded = embed_images(data, encoder, progress=progress)
    images = LabelledEmbeddings(embedded.vectors, embedded.labels, name=data.name)
    return {name: evaluate(system, images, encoder) for name, system in systems.items()}
