"""Conversations about keeping: saving with a reason, leaving, what changed outside, locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..authoring.locks import Cell, locked_cells
from ..errors import CotsmithError
from ..systems.decisions import change_locks
from ..systems.history import History
from ..systems.saving import record_outside_change
from ..systems.text import counted
from .dialogs import Item, MenuDialog, TextDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .main_screen import MainScreen
    from .session import Session


async def save(screen: MainScreen) -> bool:
    """Save as a revision, after asking for a reason; whether it was saved."""
    session = screen.review.session
    if not await settled(screen):
        return False
    if not session.unsaved:
        screen.tell("nothing to save: the file holds all of it")
        return False
    steps = session.unsaved
    reason = await screen.ask(
        TextDialog("save a revision: why?", told=f"{counted(steps, 'step')} since the last save.")
    )
    if reason is None or not await settled(screen):
        return False
    saved = session.save(reason)
    screen.renew()
    number = f"saved as revision {saved.revision.number}" if saved.revision else "saved"
    screen.tell("; ".join([number, *saved.warnings]), trouble=bool(saved.warnings))
    screen.look()
    return True


async def leave(screen: MainScreen) -> None:
    """End the review; where something is not saved, ask."""
    session = screen.review.session
    if session.read_only or not session.unsaved:
        screen.app.exit()
        return
    steps = session.unsaved
    todo = await screen.ask(
        MenuDialog(
            f"{counted(steps, 'step is', 'steps are')} not saved",
            [
                Item("save", "Save and leave", "write the file, as a revision", "s"),
                Item("leave", *_leaving(session), "q"),
                Item("stay", "Stay", "", "c"),
            ],
        )
    )
    if todo == "leave" or (todo == "save" and await save(screen)):
        screen.app.exit()


def _leaving(session: Session) -> tuple[str, str]:
    """What leaving without a save is called, and what it means."""
    if session.journal.durable:
        return "Leave", "nothing is lost: the next review goes on here"
    return "Leave and lose them", "they are in memory only: no history can be written here"


async def settled(screen: MainScreen) -> bool:
    """Whether nothing was changed outside, or a person decided what becomes of it."""
    session = screen.review.session
    if screen.settling.locked():  # it is being asked already: what is answered there counts here
        async with screen.settling:
            pass
    elif session.changed_outside:
        async with screen.settling:
            await _settle_outside(screen)
    return not session.changed_outside


async def _settle_outside(screen: MainScreen) -> None:
    """The file was changed by somebody else: merge, keep, or take it."""
    review, session = screen.review, screen.review.session
    stamp = session.file_stamp  # before it is read: what comes after is another change
    try:
        theirs = session.outside()
        merged = session.merged(theirs)
    except CotsmithError as error:
        todo = await screen.ask(
            MenuDialog(
                "the file was changed outside, and cannot be read",
                [Item("keep", "Keep yours", "the next save replaces it", "k")],
                told=f"{error.message}. Nothing of yours is lost.",
            )
        )
        if todo is None or session.journal.diverged:
            session.leave_outside(stamp)
        else:
            session.keep_mine()
        return
    conflicts = len(merged.conflicts)
    steps, them = counted(session.unsaved, "step"), "it" if session.unsaved == 1 else "them"
    aside = f"{steps} of yours put aside: {screen.key_of('redo')} brings {them} back" if session.unsaved else ""
    both = "nothing was changed twice" if not conflicts else f"{counted(conflicts, 'thing')} changed twice: yours taken"
    todo = await screen.ask(
        MenuDialog(
            "the file was changed outside",
            [
                Item("merge", "Merge", both, "m"),
                Item("keep", "Keep yours", "the next save replaces theirs; history keeps both", "k"),
                Item("take", "Take theirs", aside, "t"),
            ],
            told="Somebody wrote it since this review last read or saved it.",
        )
    )
    if todo is None:
        session.leave_outside(stamp)
        return
    if session.outside_other_than(theirs):
        await _settle_outside(screen)
        return
    if todo == "merge":
        review.settle_outside(merged.system, "merged the change outside")
    elif todo == "take":
        review.take_outside("took the change outside")
    else:
        session.keep_mine()
    screen.changed()


def toggle_lock(screen: MainScreen) -> None:
    """Lock the selected cell against LLMs, or unlock it; the whole attribute where the attributes have the focus."""
    review = screen.review
    if review.cell is None:
        return
    class_name, attribute = review.cell
    if screen.in_attributes:
        lock_cells(screen, [(name, attribute) for name in review.session.system.classes], attribute)
    else:
        lock_cells(screen, [review.cell], f"{class_name} › {attribute}")


def lock_cells(screen: MainScreen, cells: Sequence[Cell], what: str) -> None:
    """Lock cells against LLMs, or unlock them where all are locked; ``what`` they are together."""
    session = screen.review.session
    if session.path is None or not cells:
        return
    before = locked_cells(session.path, session.system)
    lock = not before.issuperset(cells)
    record_outside_change(session.path)
    with History.open(session.path) as history:
        change_locks(history, cells, locked=lock)
    now = locked_cells(session.path, session.system)
    kept = sum(cell in now for cell in cells)
    if lock:
        screen.tell(f"locked {what}: an LLM's edit of it needs your word")
    elif not kept:
        screen.tell(f"unlocked {what}")
    elif len(cells) == 1:
        screen.tell("it was set in this session: save first, then unlock it")
    else:
        screen.tell(f"unlocked {what}, but for {kept} set in this session: save first, then unlock them")
    screen.look()
