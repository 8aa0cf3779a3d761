"""The workspace of the guided demo: trading cards, a recorded draft, the corrected system, and their scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..systems.file import load, render, save
from ..systems.model import System
from ..terminal import Progress

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation

DRAFT = "gallery:demo-draft"
CORRECTED = "gallery:demo"
CROP = "artwork"
PER_CLASS = 15


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
    """Write the workspace into ``folder``. What a person changed there since an earlier demo is kept.

    Raises:
        UsageError: ``folder`` holds something else.
    """
    from ..scoring.demo.world import write_cards

    cards = folder / "cards"
    if folder.exists() and not folder.is_dir():
        raise UsageError("it is a file", where=str(folder), hint="Name another folder: cotsmith demo FOLDER")
    if folder.is_dir() and any(folder.iterdir()) and not cards.is_dir():
        raise UsageError(
            "the folder holds other things, and the demo leaves them alone",
            where=str(folder),
            hint="Name another folder: cotsmith demo FOLDER",
        )
    write_cards(cards, per_class=PER_CLASS, progress=progress)
    kept = []
    for name, source in (("draft.json", DRAFT), ("corrected.json", CORRECTED)):
        path, system = folder / name, load(source)
        if path.exists() and path.read_text("utf-8", "replace") != render(system):
            kept.append(path)
        elif not path.exists():
            save(system, path)
    return Workspace(folder, cards, folder / "draft.json", folder / "corrected.json", tuple(kept))


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
