"""A proposal is changed before it is taken: in the dialogs of ordinary edits, by keys; as JSON where none fits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cotsmith.authoring.plan import KINDS
from cotsmith.authoring.proposals import Proposals, measure, proposals_of
from cotsmith.review.attribute_form import with_options
from cotsmith.review.edit_forms import has_form
from cotsmith.review.proposals_screen import ProposalsScreen
from cotsmith.scoring.evaluation import Evaluation
from cotsmith.systems.edits import (
    AddAttribute,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    MoveClass,
    MoveOption,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetWeight,
)
from cotsmith.systems.file import load
from cotsmith.systems.model import Attribute
from tests.review.conftest import DRAFT
from tests.review.driving import Driver, driven

TAIL = Attribute("tail", ("Its tail is {}.",), ("long", "short"))

FORMS: list[tuple[Edit, tuple[str, ...], str, tuple[str, ...], Edit]] = [
    (
        SetRule("Rundu", "markings", ("bold stripes",)),
        (),
        "dark",
        ("enter",),
        SetRule("Rundu", "markings", ("dark spots",)),
    ),
    (
        AddOption("scene", "a windy cliff", 1),
        ("ctrl+u",),
        "a steep cliff",
        ("enter",),
        AddOption("scene", "a steep cliff", 1),
    ),
    (
        RewordOption("scene", "glowing lava", "hot lava"),
        ("ctrl+u",),
        "red lava",
        ("enter",),
        RewordOption("scene", "glowing lava", "red lava"),
    ),
    (
        RewordOption("scene", "lave", "hot lava"),
        (),
        "glowing",
        ("enter", "enter"),
        RewordOption("scene", "glowing lava", "hot lava"),
    ),
    (RemoveOption("scene", "glowing lava"), (), "snow", ("enter",), RemoveOption("scene", "snow and ice")),
    (
        MergeOptions("scene", "glowing lava", "snow and ice"),
        ("enter",),
        "tall",
        ("enter",),
        MergeOptions("scene", "glowing lava", "tall trees"),
    ),
    (MoveOption("scene", "glowing lava", 0), (), "2.", ("enter",), MoveOption("scene", "glowing lava", 1)),
    (
        SetPrompts("scene", ("It is in {}.",)),
        ("ctrl+u",),
        "Behind it: {}.",
        ("enter",),
        SetPrompts("scene", ("Behind it: {}.",)),
    ),
    (
        SetPrompts("scene", ("It is in {}.", "Around: {}.")),
        ("down", "enter", "ctrl+u"),
        "Behind it: {}.",
        ("enter",),
        SetPrompts("scene", ("It is in {}.", "Behind it: {}.")),
    ),
    (SetWeight("scene", 2.0), ("ctrl+u",), "0,5", ("enter",), SetWeight("scene", 0.5)),
    (RemoveAttribute("scene"), (), "eyes", ("enter",), RemoveAttribute("eyes")),
    (RenameAttribute("scene", "place"), ("ctrl+u",), "where", ("enter",), RenameAttribute("scene", "where")),
    (MoveAttribute("scene", 0), (), "2.", ("enter",), MoveAttribute("scene", 1)),
    (RenameClass("Rundu", "Run"), ("ctrl+u",), "Rundi", ("enter",), RenameClass("Rundu", "Rundi")),
    (MoveClass("Rundu", 0), ("down", "enter"), "", (), MoveClass("Rundu", 1)),
    (RemoveClass("Rundu"), (), "Yabbo", ("enter",), RemoveClass("Yabbo")),
    (SetNote("why?", "Rundu", "scene"), ("ctrl+u",), "look", ("enter",), SetNote("look", "Rundu", "scene")),
    (
        AddAttribute(TAIL, rules={"Rundu": ("short",)}),
        ("down", "down", "down", "enter", "ctrl+u"),
        "long, stubby",
        ("enter", "enter"),
        AddAttribute(Attribute("tail", TAIL.prompts, ("long", "stubby")), rules={"Rundu": ("stubby",)}),
    ),
    (
        AddAttribute(TAIL),
        (),
        "Yabbo",
        ("enter", "down", "enter", "enter"),
        AddAttribute(TAIL, rules={"Yabbo": ("short",)}),
    ),
]


async def judging(driver: Driver, proposals: Proposals) -> ProposalsScreen:
    screen = ProposalsScreen(proposals)
    driver.app.push_screen(screen)
    await driver.settle()
    return screen


def test_each_kind_that_an_llm_may_suggest_has_a_form() -> None:
    assert set(KINDS) <= {type(edit) for edit, *_ in FORMS}


def test_every_form_puts_another_edit_in_the_place(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft) as driver:
            for edit, before, typed, after, wanted in FORMS:
                screen = await judging(driver, proposals_of(load(draft), [(edit, "so it seems")]))
                await driver.press("e", *before)
                if typed:
                    await driver.type(typed)
                await driver.press(*after)
                assert driver.app.screen is screen, wanted
                assert (screen.proposals.items[0].edit, screen.proposals.items[0].edited) == (wanted, True)
                await driver.press("escape")

    asyncio.run(session())


def test_escape_leaves_every_proposal_as_it_was_suggested(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft) as driver:
            for edit, *_ in FORMS:
                screen = await judging(driver, proposals_of(load(draft), [(edit, "so it seems")]))
                await driver.press("e", "escape")
                assert driver.app.screen is screen
                assert screen.proposals.items[0].edit == edit
                assert not screen.proposals.items[0].edited
                await driver.press("escape")

    asyncio.run(session())


@pytest.mark.parametrize("edit", [SetName("other"), SetRule("Nobody", "scene", ("tall trees",))])
def test_what_no_form_fits_is_changed_as_it_is_written(draft: Path, edit: Edit) -> None:
    assert not has_form(load(DRAFT), edit)

    async def session() -> None:
        async with driven(draft) as driver:
            screen = await judging(driver, proposals_of(load(draft), [(edit, "so it seems")]))
            await driver.press("e")
            assert "No form fits it" in driver.text()
            await driver.press("ctrl+u")
            await driver.type('{"edit": "set-rule", "class": "Rundu", "attribute": "scene", "rule": ')
            assert "not JSON" in driver.text()
            await driver.press("enter")
            assert driver.app.screen is not screen
            await driver.type('"tall trees"}')
            await driver.press("enter")
            assert screen.proposals.items[0].edit == SetRule("Rundu", "scene", ("tall trees",))

    asyncio.run(session())


def test_the_form_of_a_rule_shows_what_images_say_on_top_of_what_is_taken(draft: Path, measured: Evaluation) -> None:
    snow = SetRule("Mivvin", "scene", ("snow and ice",))
    stripes = SetRule("Rundu", "markings", ("bold stripes", "dark spots"))
    proposals = measure(proposals_of(measured.system, [(snow, ""), (stripes, "")]), measured)

    async def session() -> None:
        async with driven(draft) as driver:
            screen = await judging(driver, proposals.accept(0))
            await driver.press("end", "e")
            shown = driver.text()
            assert "100 %" in shown
            assert "87.5 → 93.8 % (+6.2)" in shown
            await driver.press("enter", "a")
            assert screen.proposals.items[1].edit == SetRule("Rundu", "markings", ("dark spots",))
            assert len(screen.proposals.taken) == 2

    asyncio.run(session())


def test_rules_follow_an_option_that_is_worded_otherwise(draft: Path) -> None:
    new = AddOption("scene", "a windy cliff")
    rule = SetRule("Rundu", "scene", ("a windy cliff",))

    async def session() -> None:
        async with driven(draft) as driver:
            screen = await judging(driver, proposals_of(load(draft), [(new, ""), (rule, "")]))
            await driver.press("A", "home", "e", "ctrl+u")
            await driver.type("a cliff")
            await driver.press("enter")
            assert [one.status for one in screen.proposals] == ["open", "open"]
            assert screen.proposals.items[1].edit == SetRule("Rundu", "scene", ("a cliff",))
            await driver.press("A")
            assert screen.proposals.result.rules["Rundu"]["scene"] == ("a cliff",)

    asyncio.run(session())


def test_a_reason_is_kept_shown_and_can_be_worded_otherwise(draft: Path) -> None:
    edit = SetRule("Rundu", "markings", ("dark spots",))

    async def session() -> None:
        async with driven(draft) as driver:
            screen = await judging(driver, proposals_of(load(draft), [(edit, "so it seems")]))
            await driver.press("r")
            await driver.type("it has [b]none")
            await driver.press("enter")
            assert "refused: it has [b]none" in driver.text()
            await driver.press("r", "end")
            await driver.type(" at all")
            await driver.press("enter")
            assert screen.proposals.items[0].reason == "it has [b]none at all"
            await driver.press("r", "ctrl+u", "escape")
            assert screen.proposals.items[0].reason == "it has [b]none at all"
            await driver.press("u")
            assert screen.proposals.items[0].status == "open"

    asyncio.run(session())


def test_options_in_another_order_keep_their_rules() -> None:
    edit = AddAttribute(TAIL, rules={"Rundu": ("short",), "Yabbo": ("long", "short")})
    assert with_options(edit, ("short", "long")).rules == {"Rundu": ("short",), "Yabbo": ("short", "long")}
    assert with_options(edit, ("long",)).rules == {"Rundu": (), "Yabbo": ("long",)}
    assert with_options(edit, ("short", "tiny")).rules == {"Rundu": ("short",), "Yabbo": ("short",)}
