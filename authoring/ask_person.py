"""Proposals decided by a person at the terminal, one at a time: y, n, e, q or ?."""

from __future__ import annotations

import json
from collections.abc import Callable

from ..errors import CotsmithError
from ..systems.describe import describe
from ..systems.edit_json import from_json, to_json
from ..systems.text import plain
from .choosing import best_open
from .proposals import Proposals
from .proposals_report import figures

HELP = (
    "y  take it, and what it requires",
    "n  refuse it; the reason is told to the LLM the next time",
    "e  change the edit first, in your editor",
    "q  leave the rest undecided",
    "?  this help",
)

Read = Callable[[str], str | None]
"""Shows a question and reads a line; None at the end of the input."""
Edited = Callable[[str], str | None]
"""Lets a person change a text; None when they leave it as it was."""


def ask_person(
    proposals: Proposals, read: Read, tell: Callable[[str], None], edit: Edited, *, override_locks: bool = False
) -> Proposals:
    """Go through the open proposals, each time the one that gains most on top of those taken, until all are decided.

    Conflicts with locked cells are asked about with ``override_locks`` only, and told of otherwise.
    """
    left: set[int] = set()
    while (index := _next(proposals, left, override_locks)) is not None:
        left.add(index)
        _show(proposals, index, tell)
        decided = _decide(proposals, index, read, tell, edit, override_locks)
        if decided is None:
            break
        proposals = decided
        if proposals.items[index].status == "open":  # changed: it is asked about again
            left.discard(index)
    for one in proposals:
        if one.status == "conflict":
            tell(f"left alone, {plain(one.reason)}: {describe(one.edit, proposals.result)}")
    return proposals


def _next(proposals: Proposals, left: set[int], override_locks: bool) -> int | None:
    index = best_open(proposals)
    if index is not None:
        return index
    locked = [i for i, one in enumerate(proposals.items) if one.status == "conflict" and i not in left]
    return locked[0] if locked and override_locks else None


def _show(proposals: Proposals, index: int, tell: Callable[[str], None]) -> None:
    one = proposals.items[index]
    number = sum(each.status in ("accepted", "refused") for each in proposals) + 1
    tell("")
    tell(f"{number} of {len(proposals)}  {describe(one.edit, proposals.before(index))}")
    for step in proposals.steps(index)[:-1]:
        tell(f"   first: {describe(proposals.items[step].edit, proposals.result)}")
    if one.rationale:
        tell(f"   “{plain(one.rationale)}”")
    if one.effect is not None:
        tell(f"   {figures(one)}")
    if one.status == "conflict":
        tell(f"   locked: {plain(one.reason)}")


def _decide(
    proposals: Proposals,
    index: int,
    read: Read,
    tell: Callable[[str], None],
    edit: Edited,
    override_locks: bool,
) -> Proposals | None:
    """What one answer makes of the proposals; None to leave the rest."""
    while True:
        answer = read("   take it? [y/n/e/q/?] ")
        if answer is None:
            tell("")
            tell("the input ended: what was not answered is left undecided")
            return None
        match answer.strip().casefold():
            case "y" | "yes":
                return proposals.accept(index, override_lock=override_locks)
            case "n" | "no":
                return proposals.refuse(index, (read("   why not? (Enter for no reason) ") or "").strip())
            case "e":
                changed = _changed(proposals, index, tell, edit)
                if changed is not None:
                    return changed
            case "q":
                return None
            case _:
                for line in HELP:
                    tell(f"   {line}")


def _changed(proposals: Proposals, index: int, tell: Callable[[str], None], edit: Edited) -> Proposals | None:
    text = edit(json.dumps(to_json(proposals.items[index].edit), ensure_ascii=False, indent=2) + "\n")
    if text is None:
        return None
    try:
        edit_now = from_json(json.loads(text))
        if edit_now == proposals.items[index].edit:  # still the LLM's, so that it locks nothing
            tell("   it is as it was")
            return None
        changed = proposals.edit(index, edit_now)
    except CotsmithError as error:
        tell(f"   {plain(str(error))}")
        return None
    except (ValueError, RecursionError) as error:
        tell(f"   that is not JSON: {error}")
        return None
    one = changed.items[index]
    if one.status != "open":
        tell(f"   that cannot be taken: {plain(one.reason)}")
        return None
    return changed
