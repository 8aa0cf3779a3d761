"""The table of actions: keys, footer, palette and help follow from it, and keys can be given to others."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.binding import Binding

from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.errors import UsageError
from cotsmith.review import dialogs, field, help_screen, line_list, log_screen, matrix, proposals_screen, rule_dialog
from cotsmith.review.actions import ACTIONS, MOST_IN_FOOTER, MOVES, PROPOSAL_ACTIONS, TAKEN, available, bindings, keymap
from cotsmith.review.deeds import DEEDS
from cotsmith.review.main_screen import MainScreen
from tests.review.conftest import Ready
from tests.review.driving import Driver, driven, source_of
from tests.review.test_refinement import PROPOSALS, asked

WIDGETS = [
    MainScreen,
    matrix.Matrix,
    line_list.LineList,
    field.Field,
    dialogs.Dialog,
    dialogs.MenuDialog,
    dialogs.ConfirmDialog,
    rule_dialog.RuleDialog,
    help_screen.HelpScreen,
    log_screen.LogScreen,
    proposals_screen.ProposalsScreen,
]


def test_every_action_has_a_deed_a_key_and_words() -> None:
    assert [action.id for action in ACTIONS] == list(DEEDS)
    assert all(action.key and action.title and action.help.endswith(".") for action in ACTIONS)


def test_no_key_has_two_actions_and_the_footer_is_short() -> None:
    assert keymap([]) == {}
    assert sum(bool(action.footer) for action in ACTIONS) <= MOST_IN_FOOTER


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_bindings_have_ids_and_leave_keys_to_the_terminal(widget: type) -> None:
    for binding in widget.__dict__["BINDINGS"]:
        assert isinstance(binding, Binding)
        assert binding.id
        assert not {key.strip() for key in binding.key.split(",")} & set(TAKEN)


def test_read_only_offers_nothing_that_edits() -> None:
    offered = {binding.id for binding in bindings(available(read_only=True))}
    assert {"next", "filter", "log", "quit"} <= offered
    assert not offered & {"change", "save", "undo", "refine", "fix"}


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("sav=w", 'did you mean "save"'),
        ("save", "needs a key"),
        ("save=ctrl+s", "belongs to terminals"),
        ("save=q", "would be the key of save and of quit"),
        ("save=j", "would be the key of"),
        ("save=?", "would be the key of save and of help"),
        ("save=/", "would be the key of save and of filter"),
        ("save= , ", "needs a key"),
        ("save=notakey", '"notakey" is no key'),
        ("save=Ctrl+X", "is no key"),
        ("save=ctrl+X", "is no key"),
        ("save=shift+p", "is no key"),
    ],
)
def test_bad_keys_are_refused(setting: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        keymap([setting])


def test_keys_are_written_by_name_or_by_what_they_type() -> None:
    assert keymap(["save= S , f2,", "help=;", "sort=+", "diff=alt+d"]) == {
        "save": "S,f2",
        "help": ";",
        "sort": "+",
        "diff": "alt+d",
    }
    for action in (*ACTIONS, *PROPOSAL_ACTIONS):
        assert keymap([f"{action.id}={action.key}"]) == {action.id: action.key}


def test_keys_can_be_given_to_others(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft, size=(120, 90), keymap=keymap(["sort=f5", "down=z"])) as driver:
            await driver.press("t")
            assert driver.review.view.sort == "file"
            await driver.press("f5")
            assert driver.review.view.sort == "accuracy"
            before = driver.review.cell
            await driver.press("z")
            assert driver.review.cell != before
            await driver.press("question_mark")
            assert "f5" in driver.text()

    asyncio.run(session())


def test_the_palette_lists_every_action(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft, size=(100, 60)) as driver:
            await driver.press("ctrl+p")
            items = driver.app.screen._items  # type: ignore[attr-defined]
            assert [item.id for item in items] == [action.id for action in ACTIONS if action.id != "palette"]
            await driver.type("what changed")
            await driver.press("enter")
            assert "nothing changed since the last save" in driver.text()

    asyncio.run(session())


def test_help_names_all_keys(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft, size=(120, 90)) as driver:
            await driver.press("question_mark")
            shown = driver.text()
            for action in ACTIONS:
                assert action.help.split(".")[0][:40] in shown
            for _, what in MOVES.values():
                assert what in shown
            await driver.press("escape")
            assert len(driver.app.screen_stack) == 1

    asyncio.run(session())


def test_no_widget_takes_the_keys_of_terminals(draft: Path, ready: Ready) -> None:
    """Of every widget on every screen, with all that it inherits from Textual."""
    llm = source_of(ScriptedLLM([PROPOSALS]))
    doors = ["enter", "o", "p", "C", "c", "B", "g", "E", "f", "L", "question_mark", "ctrl+p", "r", "slash", "4", "1"]

    def held(driver: Driver) -> set[str]:
        widgets = [driver.app, *driver.app.screen_stack, *driver.app.screen.walk_children()]
        return {key for widget in widgets for key in widget._bindings.key_to_bindings} & set(TAKEN)

    async def session() -> None:
        async with driven(draft, ready, llm=llm) as driver:
            await driver.press("space", "enter", "enter", "s", "enter")
            for door in doors:
                await driver.press(door)
                assert not held(driver), door
                await driver.press("escape", "escape")
            await asked(driver)
            assert isinstance(driver.app.screen, proposals_screen.ProposalsScreen)
            assert not held(driver)
            await driver.press("e")
            assert not held(driver)

    asyncio.run(session())
