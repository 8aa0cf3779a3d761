"""The history goes while the review is open: the person is told, and edits, marks and proposals stay."""

from __future__ import annotations

import asyncio
import errno
import sys
from pathlib import Path

import pytest

from cotsmith.authoring.locks import Cell
from cotsmith.authoring.proposals import Origin, Proposals, proposals_of
from cotsmith.errors import CotsmithError, HistoryError
from cotsmith.review.review import Review
from cotsmith.review.seen_marks import SeenMarks
from cotsmith.review.session import Session
from cotsmith.review.trouble import told
from cotsmith.review.waiting_proposals import WaitingProposals
from cotsmith.systems import history_store
from cotsmith.systems.edits import SetRule
from cotsmith.systems.file import load
from cotsmith.systems.history import History, history_path
from cotsmith.systems.model import System
from tests.review.driving import driven

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be deleted there")

EDIT = SetRule("Bimbul", "main_color", ())


def kept(draft: Path, system: System) -> set[Cell]:
    """The cells that count as looked at, by what is on disk."""
    with History.open(draft) as history:
        return set(SeenMarks(lambda: history).cells(system))


def test_the_watch_puts_it_back_and_says_so(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft, size=(120, 30)) as driver:
            await driver.press("delete", "j", "space")
            for file in draft.parent.glob("draft.history.db*"):
                file.unlink()
            driver.main._watch()
            await driver.settle()
            assert "the history was deleted or replaced, and is put back as it was" in driver.text()
            await driver.press("j", "delete")
            again = Review(Session.open(str(draft)))
            assert again.session.recovered == 2
            assert again.progress == driver.review.progress == (3, 96)

    asyncio.run(session())


def test_marks_are_written_again_where_the_history_was_destroyed(draft: Path) -> None:
    before = Review(Session.open(str(draft)))
    before.mark_seen([("Gomtu", "scene")])
    before.session.close()
    review = Review(Session.open(str(draft)))
    review.edit([EDIT])
    history_path(draft).write_bytes(b"garbage" * 9000)
    assert "set aside" in review.keep()
    assert review.keep() == ""
    cells = kept(draft, review.session.system)
    assert cells == {("Gomtu", "scene"), ("Bimbul", "main_color")}


def test_a_second_review_writes_none_of_its_older_marks_over_newer_ones(draft: Path) -> None:
    first, second = (Review(Session.open(str(draft))) for _ in range(2))
    second.mark_seen([("Bimbul", "main_color"), ("Gomtu", "scene")])
    first.edit([EDIT])
    for file in draft.parent.glob("draft.history.db*"):
        file.unlink()
    assert first.keep() != ""
    assert second.keep() != ""
    assert kept(draft, first.session.system) == {("Bimbul", "main_color"), ("Gomtu", "scene")}


def test_marks_that_cannot_be_kept_now_are_kept_later(draft: Path) -> None:
    system, broken = load(draft), True
    with History.open(draft) as history:

        def opened() -> History:
            if broken:
                raise HistoryError("the disk is full")
            return history

        marks = SeenMarks(opened)
        marks.mark(system, [("Gomtu", "scene")])
        assert marks.warning == "reviewed marks are not kept: the disk is full"
        broken = False
        marks.keep()
        assert marks.warning == ""
    assert ("Gomtu", "scene") in kept(draft, system)


def test_proposals_that_cannot_be_kept_now_are_kept_with_the_next_decision(draft: Path) -> None:
    proposals: Proposals = proposals_of(load(draft), [(EDIT, "why")], origin=Origin("m"))
    waiting = WaitingProposals(draft)
    history_path(draft).mkdir()
    waiting.keep(proposals)
    assert waiting.warning.startswith("proposals are not kept: is a folder")
    history_path(draft).rmdir()
    waiting.keep(proposals)
    assert waiting.warning == ""
    found = WaitingProposals(draft).load()
    assert found is not None
    assert len(found) == 1


def test_where_no_history_can_be_written_the_review_says_what_is_kept(
    draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Session.open(str(draft))
    kept.edit([EDIT])
    kept.close()

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("cotsmith.systems.history_store.create_like", denied)

    async def session() -> None:
        async with driven(draft, size=(120, 30)) as driver:
            assert driver.review.session.recovered == 1, "what was kept before can be read"
            assert driver.review.session.notices[0].startswith("until you save, edits are kept in memory only: ")
            await driver.press("j", "delete", "q")
            assert "Leave and lose them" in driver.text()

    asyncio.run(session())


def test_what_was_in_memory_goes_to_disk_as_soon_as_that_can_be(draft: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_before = Session.open(str(draft))
    kept_before.edit([EDIT])
    kept_before.close()
    possible = history_store.create_like

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(history_store, "create_like", denied)

    async def session() -> None:
        async with driven(draft, size=(120, 30)) as driver:
            await driver.press("j", "delete", "l", "space")
            assert not driver.review.session.journal.durable
            monkeypatch.setattr(history_store, "create_like", possible)
            driver.main._watch()
            await driver.settle()
            assert "the history can be written again: edits are on disk from now on" in driver.text()
            await driver.press("h", "j", "delete", "q")
            assert "nothing is lost" in driver.text()

    asyncio.run(session())
    again = Session.open(str(draft))
    rules = again.system.rules
    assert [rules[name]["main_color"] for name in ("Bimbul", "Gomtu", "Jorrik")] == [(), (), ()]
    assert again.journal.can_undo == 3
    assert ("Gomtu", "body_form") in kept(draft, again.system)
    again.close()


def test_what_to_do_next_is_a_sentence_of_its_own() -> None:
    assert told(CotsmithError("it is gone", hint="Look for it.")) == "it is gone. Look for it."
    assert told(CotsmithError("Is it gone?", hint="Look for it.")) == "Is it gone? Look for it."
    assert told(CotsmithError("it is gone")) == "it is gone"
