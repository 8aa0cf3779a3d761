"""Keys about the selected cell where there is none: each says why, and the ways out of there work."""

from __future__ import annotations

from pathlib import Path

import pytest

from cotsmith.review.actions import keymap
from cotsmith.systems.edits import RemoveAttribute, RemoveClass
from tests.review.driving import Driver
from tests.review.test_screen import played

ABOUT_A_CELL = ("enter", "space", "M", "delete", "B", "c", "x", "o", "p", "w")


def said(driver: Driver) -> str:
    """The status line; the matrix says the same in its own place."""
    return driver.text().splitlines()[-3]


async def filtered_out(driver: Driver) -> None:
    await driver.press("down", "right", "slash")
    await driver.type("no such class")
    await driver.press("enter")
    assert driver.review.cell is None


@pytest.mark.parametrize("key", ABOUT_A_CELL)
def test_a_filter_that_leaves_no_class_is_named_as_the_reason(draft: Path, key: str) -> None:
    async def play(driver: Driver) -> None:
        await filtered_out(driver)
        await driver.press(key)
        assert "no class fits the filter: 2 shows all again" in said(driver)
        assert driver.review.session.unsaved == 0
        await driver.press("2")
        assert driver.review.cell == ("Gomtu", "body_form")

    played(draft, play)


def test_a_class_and_a_finding_are_gone_to_from_behind_a_filter(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await filtered_out(driver)
        await driver.press("g")
        await driver.type("rundu")
        await driver.press("enter")
        assert driver.review.cell == ("Rundu", "body_form")
        await filtered_out(driver)
        await driver.press("right_square_bracket")
        assert driver.review.cell is not None

    played(draft, play)


def test_the_menus_of_attributes_and_classes_say_why_they_only_add(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await filtered_out(driver)
        for key in ("A", "C"):
            await driver.press(key)
            assert driver.text().count("no class fits the filter: 2 shows all again") == 2
            await driver.press("escape")

    played(draft, play)


def test_what_is_missing_is_named_with_the_key_that_adds_it(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        system = driver.review.session.system
        driver.main.edit([RemoveAttribute(name) for name in driver.review.attributes])
        await driver.press("enter")
        assert "no attribute yet: Y adds one" in said(driver)
        await driver.press("g")
        assert len(driver.app.screen_stack) == 1
        await driver.press("u")
        driver.main.edit([RemoveClass(name) for name in system.classes])
        await driver.press("enter")
        assert "no class yet: C adds one" in said(driver)
        await driver.press("u")
        assert driver.review.session.system == system

    played(draft, play, keymap=keymap(["attribute=Y"]))
