"""Where a verb's text goes: standard output, or a file that is not there yet."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from .. import terminal
from ..errors import UsageError
from .atomic import write_atomically
from .file import content_for
from .model import System
from .revision_spec import names_revision
from .sources import GALLERY, STDIN
from .text import plain

if TYPE_CHECKING:
    from .edits import Edit
    from .json_form import Json
    from .revisions import AuthorKind
    from .saving import Saved


def is_file(output: str | None) -> bool:
    """Whether ``output`` names a file, not standard output (``None`` or ``-``)."""
    return output is not None and output != STDIN


def check_output(output: str | None, *, force: bool) -> None:
    """Refuse, before any work is done, an output that is read-only, or a file that exists unless ``force``.

    Raises:
        UsageError: the output cannot or may not be written.
    """
    if output is None or not is_file(output):
        return
    if output.startswith(GALLERY):
        raise UsageError("the gallery is read-only", where=plain(output), hint="Name a file of your own.")
    if names_revision(output):
        raise UsageError("a revision is never rewritten", where=plain(output), hint="Name the file alone.")
    if os.path.isfile(output) and not force:
        hint = "Add --force to replace it, or name another file with -o."
        raise UsageError("the file exists already", where=plain(output), hint=hint)


def write_text(text: str, output: str | None) -> None:
    """Write ``text`` to ``output``: atomically to a file, else to standard output."""
    if output is None or not is_file(output):
        terminal.out_file(text.removesuffix("\n"))
    else:
        write_atomically(output, text.encode())


def write_system(
    system: System,
    output: str | None,
    *,
    kind: AuthorKind = "person",
    reason: str = "",
    edits: Sequence[Edit] | None = None,
    evaluation: Mapping[str, Json] | None = None,
) -> None:
    """Write ``system`` in its canonical form, like ``write_text``; a file gets a revision, see ``save_revision``."""
    if output is None or not is_file(output):
        write_text(content_for(system, "system").decode(), output)
        return
    from .saving import save_revision

    tell_saved(save_revision(system, output, kind=kind, reason=reason, edits=edits, evaluation=evaluation))


def tell_saved(saved: Saved) -> None:
    """Tell what a person should know of a save: that it went without history, that something else was kept first."""
    for warning in saved.warnings:
        terminal.warn(warning)
    if saved.outside is not None and saved.outside.parent is not None:
        kept = f"that is kept as revision {saved.outside.number}"
        terminal.note(f"{plain(str(saved.path))} was changed outside cotsmith; {kept}")
