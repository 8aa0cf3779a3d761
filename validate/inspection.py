"""Check several files, mend them if asked, and say how it went: what the command line and a script both need."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError, InvalidSystemError, UsageError
from ..systems.file import Document, read, render
from ..systems.revision_spec import split_git, split_revision
from ..systems.sources import GALLERY, STDIN
from ..systems.text import plain
from .engine import check
from .finding import Finding
from .fixing import Applied, Fixed, fix_all
from .selection import selected

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder
    from ..scoring.evaluation import Evaluation
    from ..systems.model import System
    from ..systems.saving import Saved


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with each file.

    ``mend`` writes the fixes, ``preview`` only shows them; ``unsafe`` takes those that need a look as well.
    ``evaluate`` measures a system on images.
    """

    select: Sequence[str] = ()
    ignore: Sequence[str] = ()
    mend: bool = False
    preview: bool = False
    unsafe: bool = False
    encoder: Encoder | None = None
    evaluate: Callable[[System], Evaluation] | None = None


@dataclass(frozen=True, slots=True)
class Inspected:
    """One file: what was found (after mending), what was mended, and the difference that fixes make.

    ``error`` says why the file could not be read; there is no ``document`` then. ``saved`` is the revision that holds
    the fixes, None where nothing was written.
    """

    source: str
    document: Document | None = None
    findings: tuple[Finding, ...] = ()
    applied: tuple[Applied, ...] = ()
    difference: str = ""
    error: InputError | None = None
    saved: Saved | None = None

    @property
    def unreadable(self) -> bool:
        """Whether nothing could be made of the file: it cannot be opened, or it is no JSON."""
        return self.document is None or self.document.data is None

    @property
    def exit_code(self) -> int:
        """0 clean, 1 findings, 2 unreadable."""
        return 2 if self.unreadable else 1 if self.findings else 0


def inspect_files(sources: Sequence[str], plan: Plan) -> list[Inspected]:
    """Check ``sources`` (paths, ``gallery:NAME``, ``-``) one after the other; a broken one does not stop the rest.

    Raises:
        UsageError: ``select`` or ``ignore`` names no check, or a source that cannot be written is to be mended.
    """
    selected(plan.select, plan.ignore)
    if plan.mend:
        for source in sources:
            if source == STDIN or source.startswith(GALLERY) or split_revision(source) or split_git(source):
                hint = "--diff shows what would change."
                raise UsageError("only a file can be mended in place", where=plain(source), hint=hint)
    return [_inspect(source, plan) for source in sources]


def worst(inspected: Sequence[Inspected]) -> int:
    """The exit code of all: that of the worst."""
    return max((each.exit_code for each in inspected), default=0)


def _inspect(source: str, plan: Plan) -> Inspected:
    try:
        document = read(source)
    except InputError as error:
        return Inspected(source, error=error)
    applied: tuple[Applied, ...] = ()
    difference = ""
    saved = None
    evaluation = _evaluated(document, plan)
    if (plan.mend or plan.preview) and document.built is not None:
        fixed = _fixed(document.system, plan, evaluation)
        applied = fixed.applied
        if applied and plan.preview:
            difference = _difference(document, render(fixed.system))
        elif applied:
            saved = _save(fixed, source)
            document, evaluation = read(source), fixed.evaluation
    findings = check(document, select=plan.select, ignore=plan.ignore, encoder=plan.encoder, evaluation=evaluation)
    return Inspected(source, document, findings, applied, difference, saved=saved)


def _save(fixed: Fixed, source: str) -> Saved:
    from ..scoring.recording import measured_json
    from ..systems.saving import save_revision

    mended = dict.fromkeys(f"{each.finding.code} {each.finding.name}" for each in fixed.applied)
    evaluation = None if fixed.evaluation is None else measured_json(fixed.evaluation)
    reason = f"fixed {', '.join(mended)}"
    return save_revision(
        fixed.system, source, kind="check-fix", reason=reason, edits=fixed.edits, evaluation=evaluation
    )


def _evaluated(document: Document, plan: Plan) -> Evaluation | None:
    if plan.evaluate is None or document.built is None:
        return None
    try:
        return plan.evaluate(document.built)
    except InvalidSystemError:
        # No image can be asked about it: a finding of the structure says why.
        return None


def _fixed(system: System, plan: Plan, evaluation: Evaluation | None) -> Fixed:
    return fix_all(
        system,
        select=plan.select,
        ignore=plan.ignore,
        unsafe=plan.unsafe,
        encoder=plan.encoder,
        evaluation=evaluation,
    )


def _difference(document: Document, after: str) -> str:
    lines = difflib.unified_diff(
        [plain(line) for line in document.text.splitlines()],
        [plain(line) for line in after.splitlines()],
        fromfile=document.name,
        tofile=f"{document.name} (fixed)",
        lineterm="",
    )
    return "\n".join(lines)
