"""The loop that the demo walks through, with replayed replies: draft, safe fixes, a person's corrections, refine."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..systems.diff import diff
from ..systems.edits import Edit, RemoveAttribute, RemoveOption, SetNote, SetRule, apply
from ..systems.file import load, render
from ..systems.history_store import history_path
from ..systems.model import System
from ..systems.saving import save_revision
from ..terminal import Progress
from ..validate.engine import check
from ..validate.finding import Finding
from ..validate.fixing import Fixed, fix_all
from .choosing import take_improving
from .class_list import classes_from
from .demo import CROP, Workspace
from .demo_replies import ABOUT
from .draft_task import Task
from .drafting import Draft, draft
from .keeping import keep_decisions, measured_json
from .proposals import Proposals
from .refining import Refinement, refine
from .replay import ReplayLLM, read_recording

if TYPE_CHECKING:
    from ..scoring.classifier import Prediction
    from ..scoring.evaluation import Evaluation

CORRECTIONS: tuple[Edit, ...] = (
    SetRule("Yabbo", "main_color", ("violet",)),
    SetNote("Its body is violet; only its head burns.", "Yabbo", "main_color"),
    RemoveOption("main_color", "the fiery coat of Yabbo"),
    SetRule("Hibbet", "body_form", ("a fish-like body with fins",)),
    RemoveAttribute("eyes"),
)
"""What a person who looks at a few cards corrects."""

WHY = "looked at a few cards; all eyes look alike"

_UNFINISHED = ".loop"


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """The draft as it came, what the checks find in it, and what was safe to repair; ``left`` is found after that."""

    drafted: Draft
    findings: tuple[Finding, ...]
    fixed: Fixed
    left: tuple[Finding, ...]

    @property
    def corrected(self) -> System:
        """As a person leaves it."""
        return apply(self.fixed.system, CORRECTIONS)


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """All of it. ``dev`` is the draft measured on dev cards, ``test`` each version on the same test cards.

    ``example`` is a test card with what the last version says of it. ``kept`` are files that were there already and
    differ from what the demo would have written.
    """

    begun: Begun
    dev: Evaluation
    refined: Refinement
    test: Mapping[str, Evaluation]
    example: tuple[Path, Prediction]
    kept: tuple[Path, ...]


def begin(workspace: Workspace) -> Begun:
    """Draft the system from the replies in the package, check it, and repair what is safe. No image is looked at."""
    task = Task(classes_from(str(workspace.classes), None), about=ABOUT, name="creatures", rounds=0)
    made = draft(replayed(workspace), task)
    fixed = fix_all(made.system)
    return Begun(made, check(made.system), fixed, check(fixed.system))


def go_on(workspace: Workspace, begun: Begun, progress: Progress | None = None) -> Loop:
    """Measure the draft, refine it with the replies, each proposal measured, and write the systems with their history.

    Like everything in the workspace, what a person changed since an earlier demo is kept.
    """
    from ..scoring.classifier import Classifier
    from ..scoring.encoders import load_encoder
    from ..scoring.evaluation import evaluate
    from ..scoring.sources import load_dataset

    encoder = load_encoder("demo")
    cards = load_dataset(workspace.cards, crop=CROP)
    drafted = begun.drafted.system
    dev, test = (evaluate(drafted, cards, encoder, split=split, progress=progress) for split in ("dev", "test"))
    scratch = Workspace(workspace.folder / _UNFINISHED)
    shutil.rmtree(scratch.folder, ignore_errors=True)
    scratch.folder.mkdir()

    def keep(decided: Proposals) -> None:
        keep_decisions(decided, scratch.corrected, by="images")

    corrected = dev.with_edits(diff(drafted, begun.corrected), encoder.encode_texts)
    try:
        _save_begun(scratch, begun, dev, corrected)
        refined = refine(
            replayed(workspace),
            begun.corrected,
            take_improving,
            path=scratch.corrected,
            evaluation=corrected,
            encode=encoder.encode_texts,
            keep=keep,
        )
        kept = tuple(
            path
            for made, path in ((scratch.draft, workspace.draft), (scratch.corrected, workspace.corrected))
            if not _moved(made, path)
        )
    finally:
        shutil.rmtree(scratch.folder, ignore_errors=True)
    versions = {
        "draft": drafted,
        "safe fixes applied": begun.fixed.system,
        "corrected by a person": begun.corrected,
        "refined": refined.system,
    }
    measured = {name: test.with_edits(diff(drafted, system), encoder.encode_texts) for name, system in versions.items()}
    card = test.setting.items[0].path
    (named,) = Classifier(refined.system, encoder, crop=CROP).predict([card])
    return Loop(begun, dev, refined, measured, (card, named), kept)


def replayed(workspace: Workspace) -> ReplayLLM:
    """The LLM that gives the replies in the workspace."""
    return ReplayLLM(workspace.replies, read_recording(workspace.replies))


def _save_begun(scratch: Workspace, begun: Begun, dev: Evaluation, corrected: Evaluation) -> None:
    """The draft, and beside it the same with the revisions that follow: fixes, a person's corrections."""
    made = begun.drafted
    for path in (scratch.draft, scratch.corrected):
        save_revision(
            made.system,
            path,
            kind="llm",
            author=made.model,
            reason=made.reason,
            evaluation=measured_json(dev),
            exchanges=made.exchanges,
        )
    fixes = begun.fixed
    save_revision(
        fixes.system, scratch.corrected, kind="check-fix", author="cotsmith", reason="safe fixes", edits=fixes.edits
    )
    save_revision(
        begun.corrected,
        scratch.corrected,
        kind="person",
        author="a person",
        reason=WHY,
        edits=CORRECTIONS,
        evaluation=measured_json(corrected),
    )


def _moved(made: Path, path: Path) -> bool:
    """Move a system with its history to ``path``, unless a file is there; False when that file is another."""
    if path.exists():
        return path.read_text("utf-8", "replace") == render(load(made))
    history = history_path(made)
    if history.exists():
        history.replace(history_path(path))
    made.replace(path)
    return True
