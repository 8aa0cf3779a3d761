"""Dialogs: new options, bulk changes, notes and locks of a whole attribute or class, texts half typed or odd."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.containers import Vertical

from cotsmith.authoring.locks import locked_cells
from cotsmith.review.actions import ACTIONS
from cotsmith.review.dialogs import MenuDialog, TextDialog
from cotsmith.review.field import Field
from cotsmith.systems.edits import AddOption
from cotsmith.systems.file import load
from tests.review.conftest import Ready
from tests.review.driving import Driver, driven
from tests.review.test_screen import played


def test_an_option_that_is_part_of_another_can_be_added(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter")
        await driver.type("lava")
        shown = driver.text()
        assert "glowing lava" in shown
        assert '+ adds the option "lava"' in shown
        await driver.press("down", "enter")
        session = driver.review.session
        assert session.system.rules["Mivvin"]["scene"] == ("lava",)
        assert session.system.attribute("scene").options[-1] == "lava"
        assert session.evaluation is not None
        assert session.evaluation.system == session.system
        await driver.press("u")
        assert session.system == load(draft)

    played(draft, play, ready)


def test_typing_still_takes_the_option_that_is_there(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter")
        await driver.type("VIOLET")
        assert "+ adds" not in driver.text()
        await driver.press("enter")
        assert driver.review.session.system.rules["Bimbul"]["main_color"] == ("violet",)

    played(draft, play)


def test_new_options_are_put_together_with_others(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter")
        await driver.type("red")
        await driver.press("down", "tab", "ctrl+u")
        await driver.type("teal")
        await driver.press("tab", "ctrl+u")
        await driver.type("violet")
        await driver.press("tab", "enter")
        system = driver.review.session.system
        assert system.rules["Bimbul"]["main_color"] == ("crimson red", "violet", "red", "teal")
        await driver.press("enter", "tab", "tab", "escape", "u")
        assert driver.review.session.system == load(draft)

    played(draft, play)


@pytest.mark.parametrize(("typed", "told"), [("a\u202eb", "invisible character"), ("a\x07b", "control character")])
def test_what_cannot_be_an_option_says_why(draft: Path, typed: str, told: str) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter")
        driver.app.screen.query_one(Field).value = typed
        await driver.settle()
        assert told in driver.text()
        assert typed not in driver.text()
        assert "a\ufffdb" in driver.text()
        await driver.press("enter", "tab")
        assert len(driver.app.screen_stack) == 2
        await driver.press("escape", "C", "r")
        driver.app.screen.query_one(Field).value = typed
        await driver.settle()
        assert told in driver.text()
        await driver.press("enter")
        assert len(driver.app.screen_stack) == 2
        await driver.press("escape", "c")
        driver.app.screen.query_one(Field).value = typed
        await driver.press("enter")
        assert "\u202e" not in driver.text()
        assert "\x07" not in driver.text()

    played(draft, play)


def test_all_lines_of_a_paste_count(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("c")
        await driver.type("it hides\r\n  its ears\n")
        await driver.press("home")
        await driver.type("sometimes ")
        await driver.press("enter")
        note = driver.review.session.system.notes["Bimbul", "main_color"]
        assert note == "sometimes it hides its ears"

    played(draft, play)


def test_a_new_option_reaches_every_class_in_view(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("slash")
        await driver.type("snake")
        await driver.press("enter", "B")
        await driver.type("indigo")
        await driver.press("enter")
        assert "3 rules change" in driver.text()
        await driver.press("enter")
        rules = driver.review.session.system.rules
        assert {rules[name]["main_color"] for name in ("Jorrik", "Nardle", "Hibbet")} == {("indigo",)}
        assert rules["Bimbul"]["main_color"] == ("crimson red",)
        assert driver.review.session.unsaved == 1
        await driver.press("B")
        await driver.type("indigo")
        await driver.press("enter")
        assert "all have this rule" in driver.text()
        await driver.press("u")
        assert driver.review.session.system == load(draft)

    played(draft, play)


def test_notes_on_a_whole_class_and_a_whole_attribute(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("C", "c")
        await driver.type("seen from [b]afar")
        await driver.press("enter", "A", "c")
        await driver.type("the body alone")
        await driver.press("enter")
        system = driver.review.session.system
        assert system.notes["Bimbul", None] == "seen from [b]afar"
        assert system.attribute("main_color").note == "the body alone"
        shown = driver.text()
        assert "Bimbul: seen from [b]afar" in shown
        assert "main_color: the body alone" in shown
        await driver.press("C", "c", "ctrl+u", "enter")
        assert ("Bimbul", None) not in driver.review.session.system.notes
        await driver.press("1", "j", "c")
        await driver.type("as a whole")
        await driver.press("enter")
        assert driver.review.session.system.attribute("body_form").note == "as a whole"
        await driver.press("u", "u", "u", "u")
        assert driver.review.session.system == load(draft)

    played(draft, play, size=(120, 40))


def test_locks_of_a_whole_class_and_a_whole_attribute(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        def locked() -> set[tuple[str, str]]:
            return set(locked_cells(draft, driver.review.session.system))

        system = driver.review.session.system
        row = {("Bimbul", a.name) for a in system.attributes}
        column = {(name, "main_color") for name in system.classes}
        await driver.press("C", "x")
        assert "locked Bimbul" in driver.text()
        assert driver.review.insight.locked == locked() == row
        await driver.press("1", "x")
        assert "locked main_color" in driver.text()
        assert locked() == row | column
        await driver.press("x")
        assert "unlocked main_color" in driver.text()
        assert locked() == row - column
        await driver.press("2", "A", "x")
        assert locked() == row | column
        await driver.press("x")
        assert "unlocked Bimbul › main_color" in driver.text()
        assert locked() == (row | column) - {("Bimbul", "main_color")}

    played(draft, play)


def test_what_was_set_in_this_session_stays_locked_until_it_is_saved(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("x", "x", "delete", "C", "x", "C", "x")
        assert "unlocked Bimbul, but for 1 set in this session" in driver.text()
        await driver.press("s", "enter", "x")
        assert "unlocked Bimbul › main_color" in driver.text()

    played(draft, play)


@pytest.mark.parametrize(
    ("keys", "first", "last"),
    [(("A", "v", "down", "enter"), "body_form", "main_color"), (("C", "v", "down", "enter"), "Gomtu", "Bimbul")],
)
def test_attributes_and_classes_are_moved(draft: Path, keys: tuple[str, ...], first: str, last: str) -> None:
    async def play(driver: Driver) -> None:
        await driver.press(*keys)
        system = driver.review.session.system
        names = system.classes if keys[0] == "C" else driver.review.attributes
        assert names[:2] == (first, last)
        assert driver.review.cell == ("Bimbul", "main_color")
        lines = driver.text().splitlines()
        assert (
            any(line.find(first) < line.find(last) for line in lines if first in line and last in line)
            or keys[0] == "C"
        )
        await driver.press("u")
        assert driver.review.session.system == load(draft)

    played(draft, play)


def test_what_was_half_typed_is_offered_again(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("c")
        await driver.type("it hides its")
        await driver.press("escape", "j", "c")
        assert "brings back" not in driver.text()  # of another cell
        await driver.press("escape", "k", "c")
        assert "↑ brings back what you had typed: it hides its" in driver.text()
        await driver.press("up")
        await driver.type(" ears")
        await driver.press("enter")
        assert driver.review.session.system.notes["Bimbul", "main_color"] == "it hides its ears"
        await driver.press("c")
        assert "brings back" not in driver.text()

    played(draft, play)


def test_escape_goes_one_question_back(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft) as driver:
            await driver.press("A", "a")
            await driver.type("tail")
            await driver.press("enter", "enter")
            await driver.type("long, sh")
            await driver.press("escape", "escape")
            dialog = driver.app.screen
            assert isinstance(dialog, TextDialog)
            assert dialog.query_one(Field).value == "tail"
            await driver.press("enter", "enter", "up")
            await driver.type("ort")
            await driver.press("enter")
            assert driver.review.session.system.attribute("tail").options == ("long", "short")
            await driver.press("A", "a", "escape")
            assert len(driver.app.screen_stack) == 1

    asyncio.run(session())


def test_what_a_rule_would_change_stays_in_sight_below_many_options(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        driver.main.edit([AddOption("main_color", f"color number {number}") for number in range(40)])
        await driver.settle()
        await driver.press("enter")
        for size in ((80, 24), (60, 14), (40, 10)):
            await driver.pilot.resize_terminal(*size)
            await driver.settle()
            box, told = driver.app.screen.query_one(Vertical), driver.app.screen.query_one("Dialog .told")
            assert told.region.height >= 2
            assert told.region.bottom <= box.region.bottom - 1

    played(draft, play)


def test_the_palette_finds_every_action_by_its_title(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("ctrl+p")
        dialog = driver.app.screen
        assert isinstance(dialog, MenuDialog)
        for action in ACTIONS:
            dialog.search(Field.Changed(dialog.query_one(Field), action.title))
            assert action.id == "palette" or dialog._left[0].id == action.id

    played(draft, play)


def test_a_search_that_finds_nothing_says_so(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("g")
        await driver.type("no such class")
        assert "nothing here holds this text" in driver.text()
        await driver.press("enter")
        assert len(driver.app.screen_stack) == 2

    played(draft, play)
