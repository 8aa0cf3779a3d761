"""Keep what was decided about proposals: revisions of the file, what they scored, what was refused."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from ..scoring.recording import measured_json as measured_json
from ..systems.edits import apply
from ..systems.revisions import AuthorKind
from ..systems.saving import Saved, save_revision
from ..systems.text import counted
from .cost import cost_text
from .proposals import Proposals
from .refusals import Judge, remember


def keep_decisions(
    proposals: Proposals, path: str | Path, *, by: Judge, reason: str = "", kind: AuthorKind = "llm"
) -> tuple[Saved, ...]:
    """Write the accepted edits to ``path`` and remember the refused ones; empty when nothing was accepted.

    What was suggested becomes a revision of ``kind``; what a person put in its place, one of their own, which
    locks its cells. The exchanges go with the first revision, the evaluation with the last one.

    Raises:
        InputError: the file cannot be written; it is as it was.
        HistoryError: what was refused cannot be remembered.
    """
    system, saved = proposals.system, []
    runs = [list(run) for _, run in groupby(proposals.taken, key=lambda index: proposals.items[index].edited)]
    for number, run in enumerate(runs, start=1):
        edits = [proposals.items[index].edit for index in run]
        system = apply(system, edits)
        by_person = proposals.items[run[0]].edited
        last = number == len(runs)
        measured = proposals.current if last else None
        saved.append(
            save_revision(
                system,
                path,
                kind="person" if by_person else kind,
                author=None if by_person else proposals.origin.model,
                reason=f"changed from a proposal of {proposals.origin.model}"
                if by_person
                else _reason(proposals, reason)
                if kind == "llm"
                else reason,
                edits=edits,
                evaluation=None if measured is None else measured_json(measured),
                exchanges=proposals.origin.exchanges if number == 1 else (),
            )
        )
    remember(path, proposals, by=by)
    return tuple(saved)


def _reason(proposals: Proposals, reason: str) -> str:
    """Who asked for what, and what it cost, for ``cotsmith log``."""
    origin = proposals.origin
    count = sum(not one.edited for one in proposals if one.status == "accepted")
    what = f"refined: {count} of {counted(len(proposals), 'proposal')}"
    cost = cost_text(origin.usage, origin.calls, origin.seconds)
    return f"{what}{f' ({reason})' if reason else ''}; prompt {origin.prompt_version}, {cost}"
