"""One system open for review: every edit journalled first, then measured; undo and redo, saving, the file outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..authoring.keeping import measured_json
from ..errors import CotsmithError, HistoryPlaceError, UsageError
from ..scoring.effects import Effect
from ..scoring.evaluation import Evaluation
from ..scoring.incremental import Encode
from ..scoring.texts import attribute_texts, class_texts
from ..systems.describe import describe
from ..systems.diff import diff
from ..systems.edits import Edit, SetNote, SetRule
from ..systems.file import load
from ..systems.history import hash_of
from ..systems.journal import Journal
from ..systems.merge import Merged, merge
from ..systems.model import System
from ..systems.saving import Saved, save_revision
from ..systems.sources import GALLERY, STDIN
from .effect_text import parts, summary
from .figures import Figures
from .file_watch import FileWatch, Stamp

_SCORES_AT_ONCE = 2_000_000
"""Classes to score again, times images: some milliseconds of work."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What was last done: in words, and what it changed; ``effect`` is None until it is measured, and without images.

    ``detail`` names the attributes and classes that changed.
    """

    title: str
    edits: tuple[Edit, ...]
    effect: Effect | None = None
    detail: str = ""

    @property
    def told(self) -> str:
        """The effect in a line; ``""`` where there is none."""
        if self.effect is None:
            return ""
        return summary(self.effect) + (f": {self.detail}" if self.detail else "")


@dataclass(frozen=True, slots=True, eq=False)
class Measuring:
    """Work for a thread: what ``edits`` make of ``evaluation``; its outcome goes back with ``generation``."""

    generation: int
    evaluation: Evaluation
    edits: tuple[Edit, ...]

    def run(self, encode: Encode | None) -> Evaluation:
        """Measure; raises what ``Evaluation.with_edits`` raises."""
        return self.evaluation.with_edits(self.edits, encode)


class Session:
    """A system file under review.

    Attributes:
        read_only: nothing can be edited; so it is for what is no file (``gallery:NAME``).
        notices: what a person should know about how the session was opened.
        generation: grows with every change of the system; work begun for an older one is out of date.
        evaluation: the last one that could be made; of ``measured_system``, which an edit in work may have left.
        start: the figures when the session began, for the changes since; ``figures`` are those now.
        expects_images: whether an evaluation is on its way.
        problem: why the system as it is cannot be measured; ``""`` while it can.
        made: what was done last.
    """

    def __init__(self, source: str, journal: Journal, *, read_only: bool) -> None:
        self.source = source
        self.read_only = read_only
        self.journal = journal
        self.notices: list[str] = list(filter(None, [journal.take_notice()]))
        self.generation = 0
        self.evaluation: Evaluation | None = None
        self.figures: Figures | None = None
        self.start: Figures | None = None
        self.expects_images = False
        self.problem = ""
        self.made: Made | None = None
        self._pending: tuple[Edit, ...] = ()
        self._watch = FileWatch(Path(source)) if self.path is not None else None
        self._left: Stamp | None = None

    @classmethod
    def open(cls, source: str, *, read_only: bool = False) -> Session:
        """Open a file where the last session left it; ``gallery:NAME`` and ``-`` only to be read.

        Raises:
            InputError: it cannot be read, or holds no valid system.
            HistoryError: another session edits the file, or its journal cannot be replayed.
        """
        if source == STDIN or source.startswith(GALLERY):
            session = cls(source, Journal.open(source, place="memory"), read_only=True)
            if not read_only:
                session.notices.append("this is no file of yours: it can be looked at, not edited")
            return session
        if read_only:
            return cls(source, Journal.open(source, place="memory"), read_only=True)
        try:
            return cls(source, Journal.open(source), read_only=False)
        except HistoryPlaceError as error:
            session = cls(source, Journal.open(source, place="adrift"), read_only=False)
            session.notices.append(f"until you save, edits are kept in memory only: {error.message}")
            return session

    @property
    def path(self) -> Path | None:
        """The file; None where there is none."""
        return None if self.source == STDIN or self.source.startswith(GALLERY) else Path(self.source)

    @property
    def system(self) -> System:
        """The system with every edit that is not undone."""
        return self.journal.current()

    @property
    def recovered(self) -> int:
        """How many steps that were never saved the session began with."""
        return self.journal.recovered

    @property
    def unsaved(self) -> int:
        """How many steps lie between the file and now."""
        return self.journal.unsaved

    @property
    def measuring(self) -> bool:
        """Whether edits wait to be measured."""
        return self.evaluation is not None and bool(self._pending) and not self.problem

    # Editing

    def edit(self, edits: Sequence[Edit], title: str = "") -> Made:
        """Make one step of ``edits``: on disk when this returns, and measured where that takes a moment only.

        Where new texts must be encoded or most scores computed again, ``work`` gives it to a thread.

        Raises:
            UsageError: the session is read-only.
            EditError: they do not apply; nothing has changed.
            HistoryError: they cannot be stored; nothing has changed.
        """
        self._check_writable()
        before = self.system
        edits = tuple(edits)
        self.journal.append(edits)
        return self._follow(title or title_of(edits, before), edits)

    def undo(self) -> Made | None:
        """Undo the last step; None when there is none."""
        self._check_writable()
        before = self.system
        edits = self.journal.undo()
        return self._follow("undone: " + title_of(edits, before), edits) if edits else None

    def redo(self) -> Made | None:
        """Do the last undone step again; None when there is none."""
        self._check_writable()
        before = self.system
        edits = self.journal.redo()
        return self._follow("done again: " + title_of(edits, before), edits) if edits else None

    # Measuring

    def begin(self, evaluation: Evaluation) -> None:
        """Take ``evaluation``, of the file as the session and it last had it in common, for the beginning."""
        self.start = self.figures = Figures(evaluation)
        self.evaluation, self.problem, self.expects_images = evaluation, "", False
        self.generation += 1
        self._pending = () if evaluation.system == self.system else diff(evaluation.system, self.system)
        self._measure_at_once()

    def work(self) -> Measuring | None:
        """What is to be measured in a thread now; None when nothing is."""
        if not self.measuring or self.evaluation is None:
            return None
        return Measuring(self.generation, self.evaluation, self._pending)

    def take(self, generation: int, evaluation: Evaluation) -> bool:
        """Take what a thread measured; False, and nothing changes, when the system has changed since."""
        if generation != self.generation:
            return False
        self._settle(evaluation)
        return True

    def fail(self, generation: int, error: CotsmithError) -> bool:
        """Note that measuring failed; False when the system has changed since."""
        if generation != self.generation:
            return False
        self.problem = error.message
        return True

    def effect(self, edits: Sequence[Edit]) -> Effect | None:
        """What ``edits`` would change; None where that is not known at once: no images, or texts to be encoded."""
        if self.evaluation is None or self._pending:
            return None
        try:
            return self.evaluation.effect(edits)
        except CotsmithError:
            return None

    # Saving, and the file outside

    def save(self, reason: str) -> Saved:
        """Write the file, as a revision with ``reason``.

        Raises:
            UsageError: the session is read-only.
            InputError: the file cannot be written; everything is as it was.
        """
        self._check_writable()
        assert self.path is not None
        saved = save_revision(
            self.system,
            self.path,
            kind="person",
            reason=reason,
            evaluation=None if self.evaluation is None or self._pending else measured_json(self.evaluation),
        )
        self.saved_by(saved)
        return saved

    def saved_by(self, saved: Saved) -> None:
        """Note that the file holds the system as it is now."""
        assert self.path is not None
        self.journal.mark_saved(saved.revision.hash if saved.revision else hash_of(self.path.read_bytes()))
        if self._watch is not None:
            self._watch.accept()

    @property
    def changed_outside(self) -> bool:
        """Whether the file was changed by somebody else, now or while no session was open."""
        if self.read_only or self._watch is None:
            return False
        return self.journal.diverged or self._watch.changed()

    @property
    def file_stamp(self) -> Stamp:
        """Another one after every change of the file."""
        return () if self._watch is None else self._watch.stamp()

    def leave_outside(self, stamp: Stamp) -> None:
        """Nothing is decided about the file that had ``stamp``: there is no ``news`` until it changes again."""
        self._left = stamp

    @property
    def news(self) -> bool:
        """Whether the file was changed outside, and that was not left undecided already."""
        return self.changed_outside and self.file_stamp != self._left

    def outside(self) -> System:
        """The file as it is now; raises ``InputError`` when it is gone or holds no valid system."""
        assert self.path is not None
        return load(self.path)

    def outside_other_than(self, theirs: System) -> bool:
        """Whether the file now holds something else than ``theirs``, which it held a moment ago."""
        try:
            return self.outside() != theirs
        except CotsmithError:
            return True

    def merged(self, theirs: System | None = None) -> Merged:
        """The session and the file merged; where both changed one thing, the session's is taken and told."""
        return merge(self.journal.agreed(), self.system, self.outside() if theirs is None else theirs)

    def settle_outside(self, system: System, title: str) -> Made:
        """Go on from the file as it is now with ``system``: a merge of both, or the session's own.

        What was done before is one step now, or none where the file holds all of it.
        """
        before, edits = self.system, diff(self.outside(), system)
        if edits:
            self.journal.rebase(edits)
        else:
            self.journal.restart()
        return self._settled_outside(before, title)

    def take_outside(self, title: str) -> Made:
        """Go on from the file as it is now; what was done before is one undone step: ``redo`` brings it back."""
        before = self.system
        edits = diff(self.outside(), before)
        if edits:
            self.journal.rebase(edits)
            self.journal.undo()
        else:
            self.journal.restart()
        return self._settled_outside(before, title)

    def _settled_outside(self, before: System, title: str) -> Made:
        if self._watch is not None:
            self._watch.accept()
        return self._follow(title, diff(before, self.system))

    def keep_mine(self) -> None:
        """Leave the file as it is for now: the next save replaces it, and records what was there first."""
        if self._watch is not None:
            self._watch.accept()
        if self.journal.diverged:
            self.settle_outside(self.system, "kept")

    def close(self) -> None:
        """Let go of the journal; everything in it is kept."""
        self.journal.close()

    # The rest

    def _check_writable(self) -> None:
        if self.read_only:
            raise UsageError("this review is read-only", hint="Open a file without --read-only to edit it.")
        if self.journal.diverged:
            raise UsageError("the file was changed outside", hint="First decide: merge, keep yours, or take theirs.")

    def _follow(self, title: str, edits: Sequence[Edit]) -> Made:
        self.generation += 1
        self.problem = ""
        self._pending += tuple(edits)
        self.made = Made(title, tuple(edits))
        self._measure_at_once()
        return self.made

    def _measure_at_once(self) -> None:
        """Measure what is pending if no text must be encoded for it, and no key press would be felt to wait."""
        if self.evaluation is None or not self._pending or self._takes_long() or self._needs_encoding():
            return
        try:
            self._settle(self.evaluation.with_edits(self._pending))
        except CotsmithError as error:
            self.problem = error.message

    def _takes_long(self) -> bool:
        """Whether so many scores are to be computed that a thread should do it; by ``work``."""
        assert self.evaluation is not None
        rules = {edit.class_name for edit in self._pending if isinstance(edit, SetRule)}
        others = any(not isinstance(edit, SetRule | SetNote) for edit in self._pending)
        classes = len(self.system.rules) if others else len(rules)
        return classes * self.evaluation.n > _SCORES_AT_ONCE

    def _needs_encoding(self) -> bool:
        assert self.evaluation is not None
        if all(isinstance(edit, SetRule | SetNote) for edit in self._pending):
            return False
        known, system = self.evaluation.texts, self.system
        return any(text not in known for text in (*attribute_texts(system), *class_texts(system)))

    def _settle(self, evaluation: Evaluation) -> None:
        assert self.evaluation is not None
        before = self.figures
        self.figures = Figures(evaluation, before)
        if self.made is not None and self.made.effect is None and self._pending:
            try:
                effect = self.evaluation.effect_to(evaluation)
            except (CotsmithError, ValueError):
                effect = None
            if effect is not None:
                detail = parts(self.made.edits, before, self.figures, effect)
                self.made = replace(self.made, effect=effect, detail=detail)
        self.evaluation, self._pending, self.problem = evaluation, (), ""


def title_of(edits: Sequence[Edit], before: System) -> str:
    """The edits in a line: the first one in words, and how many more there are."""
    if not edits:
        return "nothing"
    rest = f" and {len(edits) - 1} more" if len(edits) > 1 else ""
    return describe(edits[0], before) + rest
