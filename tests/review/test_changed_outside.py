"""The file is changed outside at awkward moments: amid the question about it, a save, the judging of proposals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.review import main_screen
from cotsmith.review.dialogs import MenuDialog, TextDialog
from cotsmith.review.main_screen import MainScreen
from cotsmith.review.proposals_screen import ProposalsScreen
from cotsmith.systems.edits import Edit, RenameClass, SetName, SetRule, apply
from cotsmith.systems.file import load, save
from tests.review.conftest import Ready
from tests.review.driving import Driver, driven, source_of
from tests.review.test_refinement import PROPOSALS, asked

THEIRS = SetRule("Yabbo", "scene", ("tall trees",))
MORE = SetRule("Yabbo", "main_color", ("violet",))


@pytest.fixture(autouse=True)
def watched_closely(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the file between any two moments of a conversation: what is asked already is not asked once more."""
    monkeypatch.setattr(main_screen, "_WATCH_SECONDS", 0.01)


def change(path: Path, edit: Edit) -> None:
    save(apply(load(path), [edit]), path)


def played(draft: Path, play: Callable[[Driver], Coroutine[Any, Any, None]], *most: Any, **options: Any) -> None:
    async def session() -> None:
        async with driven(draft, *most, **options) as driver:
            await play(driver)

    asyncio.run(session())


async def noticed(driver: Driver) -> None:
    driver.main._watch()
    await driver.settle()
    assert isinstance(driver.app.screen, MenuDialog)
    assert "changed outside" in driver.text()


def test_the_question_takes_no_key_that_was_meant_for_the_matrix(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete")
        driver.app.unbidden.seconds = 3600
        change(draft, THEIRS)
        await noticed(driver)
        await driver.press("t", "t", "enter", "escape")
        await driver.pilot.click("LineList", offset=(4, 2))
        assert "changed outside" in driver.text()
        driver.app.unbidden.seconds = 0
        driver.app.unbidden.came()
        await driver.press("m")
        rules = driver.review.session.system.rules
        assert (rules["Yabbo"]["scene"], rules["Bimbul"]["main_color"]) == (THEIRS.rule, ())

    played(draft, play)


def test_what_was_put_aside_for_theirs_comes_back_also_in_another_session(draft: Path) -> None:
    async def first(driver: Driver) -> None:
        await driver.press("delete", "j", "delete")
        change(draft, THEIRS)
        await noticed(driver)
        assert "2 steps of yours put aside: U brings them back" in driver.text()
        await driver.press("t")
        assert driver.review.session.system == load(draft)
        assert driver.review.session.unsaved == 0

    async def second(driver: Driver) -> None:
        await driver.press("U")
        rules = driver.review.session.system.rules
        assert (rules["Bimbul"]["main_color"], rules["Yabbo"]["scene"]) == (
            (),
            load("gallery:demo-draft").rules["Yabbo"]["scene"],
        )
        await driver.press("u")
        assert driver.review.session.system == load(draft)

    played(draft, first)
    played(draft, second)


def test_marks_follow_what_was_renamed_outside(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("space")
        assert driver.review.cell is not None
        class_name, attribute = driver.review.cell
        change(draft, RenameClass(class_name, "Bimbul the Great"))
        await noticed(driver)
        await driver.press("m")
        review = driver.review
        assert review.seen.has(review.session.system, ("Bimbul the Great", attribute))
        assert not review.seen.has(review.session.system, ("Rundu", attribute))

    played(draft, play)


def test_a_save_that_is_given_up_at_the_question_asks_once(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete")
        change(draft, THEIRS)
        await driver.press("s")
        assert "changed outside" in driver.text()
        await driver.press("escape")
        driver.main._watch()
        await driver.settle()
        assert isinstance(driver.app.screen, MainScreen)

    played(draft, play)


def test_a_second_change_amid_the_question_is_asked_about_too(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete")
        change(draft, THEIRS)
        await noticed(driver)
        change(draft, MORE)
        await driver.press("m")
        assert isinstance(driver.app.screen, MenuDialog)
        await driver.press("m")
        rules = driver.review.session.system.rules
        assert rules["Yabbo"]["scene"] == THEIRS.rule
        assert rules["Yabbo"]["main_color"] == MORE.rule
        assert rules["Bimbul"]["main_color"] == ()

    played(draft, play)


def test_who_decides_nothing_is_asked_about_the_next_change(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        change(draft, THEIRS)
        await noticed(driver)
        await driver.press("escape")
        driver.main._watch()
        await driver.settle()
        assert isinstance(driver.app.screen, MainScreen), "once is enough"
        change(draft, MORE)
        await noticed(driver)
        await driver.press("escape", "delete", "s", "k")
        assert isinstance(driver.app.screen, TextDialog)
        await driver.press("enter")
        change(draft, SetName("another"))
        await noticed(driver)

    played(draft, play)


def test_a_change_while_the_reason_of_a_save_is_typed_is_asked_about(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete", "s")
        await driver.type("why")
        change(draft, THEIRS)
        await driver.press("enter")
        assert "changed outside" in driver.text()
        assert load(draft).rules["Bimbul"]["main_color"] != ()
        await driver.press("m")
        assert driver.review.session.unsaved == 0

    played(draft, play)
    assert load(draft).rules["Yabbo"]["scene"] == THEIRS.rule
    assert load(draft).rules["Bimbul"]["main_color"] == ()


def test_a_change_while_proposals_are_judged_is_asked_about_before_they_are_taken(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await asked(driver)
        await driver.press("A")
        change(draft, MORE)
        await driver.press("s", "enter")
        assert "changed outside" in driver.text()
        await driver.press("m")
        assert "press r to go on with the proposals" in driver.text()
        assert driver.review.session.unsaved == 0
        await driver.press("r")
        screen = driver.app.screen
        assert isinstance(screen, ProposalsScreen)
        assert len(screen.proposals.taken) == 3
        await driver.press("s", "enter")

    played(draft, play, ready, llm=source_of(ScriptedLLM([PROPOSALS])))
    rules = load(draft).rules
    assert rules["Yabbo"]["main_color"] == MORE.rule
    assert rules["Rundu"]["markings"] == ("dark spots",)
