"""Conversations about the past: what changed since the file was saved, the revisions, comparing and restoring them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..systems.changes import gather
from ..systems.changes_text import changes_text, heading
from ..systems.diff import diff
from ..systems.file import parse
from ..systems.history import History
from ..systems.history_log import entries
from ..systems.model import System
from ..systems.spans import Line, Span
from .dialogs import Item, MenuDialog
from .log_screen import LogScreen
from .text_screen import TextScreen

if TYPE_CHECKING:
    from .main_screen import MainScreen


async def show_changes(screen: MainScreen) -> None:
    """What changed since the file was last saved."""
    session = screen.review.session
    before = session.journal.agreed()
    lines = difference(before, session.system, "since the last save", screen.size.width - 8)
    if lines is None:
        screen.tell("nothing changed since the last save")
        return
    await screen.app.push_screen_wait(TextScreen("what changed", lines))


async def show_log(screen: MainScreen) -> None:
    """The revisions: show one, compare any two, restore one."""
    session = screen.review.session
    history = None if session.path is None else History.read(session.path)
    if history is None or session.path is None:
        screen.tell("no revision yet: s saves the first")
        return
    with history:
        known = entries(history)
        picked = await screen.app.push_screen_wait(LogScreen(known))
        if picked is None:
            return
        texts = {e.revision.number: history.content(e.revision) for e in known if e.revision.number in picked}
    systems = {number: parse(text.decode("utf-8-sig")) for number, text in texts.items()}
    if len(picked) == 2:
        older, newer = sorted(picked)
        title = f"from revision {older} to {newer}"
        lines = difference(systems[older], systems[newer], title, screen.size.width - 8)
        await screen.app.push_screen_wait(TextScreen(title, lines or [(Span("no difference", "dim"),)]))
        return
    await _with_one(screen, picked[0], systems[picked[0]])


async def _with_one(screen: MainScreen, number: int, system: System) -> None:
    review = screen.review
    items = [Item("diff", "What changed since", "from this revision to now", "d")]
    if not review.session.read_only:
        items.append(Item("restore", "Restore it", "as one step, which u undoes; nothing is rewritten", "r"))
    todo = await screen.ask(MenuDialog(f"revision {number}", items))
    if todo == "diff":
        title = f"from revision {number} to now"
        lines = difference(system, review.session.system, title, screen.size.width - 8)
        if lines is None:
            screen.tell(f"nothing changed since revision {number}")
        else:
            await screen.app.push_screen_wait(TextScreen(title, lines))
    elif todo == "restore":
        edits = diff(review.session.system, system)
        if edits:
            screen.edit(edits, f"restored revision {number}")
        else:
            screen.tell(f"it is as in revision {number} already")


def difference(before: System, after: System, title: str, width: int) -> list[Line] | None:
    """The edits from one system to another as lines, in colour; None where there are none."""
    edits = diff(before, after)
    if not edits:
        return None
    return [*heading(title, len(edits)), *changes_text(gather(before, edits), color=True, width=max(40, width))]
