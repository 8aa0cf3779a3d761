"""The file is changed outside at awkward moments: amid the question about it, a save, the judging of proposals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.review.dialogs import MenuDialog, TextDialog
from cotsmith.review.main_screen import MainScreen
from cotsmith.review.proposals_screen import ProposalsScreen
from cotsmith.systems.edits import Edit, SetName, SetRule, apply
from cotsmith.systems.file import load, save
from tests.review.conftest import Ready
from tests.review.driving import Driver, driven, source_of
from tests.review.test_refinement import PROPOSALS, asked

THEIRS = SetRule("Yabbo", "scene", ("tall trees",))
MORE = SetRule("Yabbo", "main_color", ("violet",))


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
