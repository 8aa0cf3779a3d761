"""Conversations about the questions: options, prompts, weights, attributes, classes, the system's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..systems.edits import (
    AddClass,
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
    SetDescription,
    SetName,
    SetPrompts,
    SetWeight,
)
from ..systems.model import text_problem
from ..systems.text import plain
from .asking import in_turn
from .building import name_problem, new_attribute, options_of, prompt_fault, split_option
from .dialogs import Item, MenuDialog, TextDialog
from .keep_flows import lock_cells
from .nowhere import nowhere
from .questions import ask_name, ask_prompts, ask_weight, options_question, pick_option, pick_place
from .rule_flows import write_note_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .main_screen import MainScreen


async def change_options(screen: MainScreen) -> None:
    """Reword, add, remove, merge, split or move the options of the selected attribute."""
    review = screen.review
    if review.cell is None:
        return
    class_name, name = review.cell
    attribute = review.session.system.attribute(name)
    rule = review.session.system.rules[class_name][name]
    todo = await screen.ask(
        MenuDialog(
            f"options of {name}",
            [
                Item("reword", "Reword", "say an option in other words; rules follow", "r"),
                Item("add", "Add", "offer one more answer", "a"),
                Item("merge", "Merge", "two options that say the same become one", "m"),
                Item("split", "Split", "one option that says two things becomes two", "s"),
                Item("remove", "Remove", "rules that name it drop it", "d"),
                Item("move", "Move", "to another place in the order", "v"),
            ],
        )
    )
    if todo is None:
        return
    if todo == "add":
        text = await ask_name(screen.ask, f"new option of {name}", "", attribute.options, "an option")
        if text:
            screen.edit([AddOption(name, text)])
        return
    system = review.session.system
    option = await pick_option(screen.ask, system, name, f"{todo} which option?", rule[0] if rule else "")
    if option is None:
        return
    if todo == "reword":
        text = await ask_name(screen.ask, f'reword "{option}" of {name}', option, attribute.options, "an option")
        if text and text != option:
            screen.edit([RewordOption(name, option, text)])
    elif todo == "merge":
        into = await pick_option(screen.ask, system, name, f'merge "{option}" into which?', without=option)
        if into is not None:
            screen.edit([MergeOptions(name, option, into)])
    elif todo == "split":
        await _split(screen, name, option)
    elif todo == "remove":
        screen.edit([RemoveOption(name, option)])
    elif todo == "move":
        place = await pick_place(screen.ask, f'put "{option}" where?', attribute.options)
        if place is not None:
            screen.edit([MoveOption(name, option, place)])


async def _split(screen: MainScreen, name: str, option: str) -> None:
    system = screen.review.session.system
    others = [one for one in system.attribute(name).options if one != option]

    def first(_: Sequence[str], typed: str) -> TextDialog:
        title = f'split "{option}": the first of the two'
        return TextDialog(title, typed or option, problem=lambda t: name_problem(t, others, "an option"))

    def second(before: Sequence[str], typed: str) -> TextDialog:
        return TextDialog(
            f'split "{option}": the second',
            typed,
            told="Classes that named it may show either, until you tell them apart.",
            problem=lambda t: name_problem(t, [*others, *before], "an option"),
            leaves="goes back",
        )

    both = await in_turn(screen.ask, [first, second])
    if both is not None:
        screen.edit(split_option(system, name, option, *both))


async def change_prompts(screen: MainScreen) -> None:
    """Say the selected attribute's question in other words, in more words, or in fewer."""
    review = screen.review
    if review.cell is None:
        return
    name = review.cell[1]
    prompts = review.session.system.attribute(name).prompts
    changed = await ask_prompts(screen.ask, name, prompts)
    if changed is not None and changed != prompts:
        screen.edit([SetPrompts(name, changed)])


async def change_weight(screen: MainScreen) -> None:
    """Let the selected attribute count more or less."""
    review = screen.review
    if review.cell is None:
        return
    name = review.cell[1]
    old = review.session.system.attribute(name).weight
    value = await ask_weight(screen.ask, f"weight of {name}", old)
    if value is not None and value != old:
        screen.edit([SetWeight(name, value)])


async def change_attribute(screen: MainScreen) -> None:
    """Add, rename, move, remove, note or lock an attribute."""
    review = screen.review
    names = list(review.attributes)
    here = review.cell[1] if review.cell else None
    items = [Item("add", "Add", "a new question", "a")]
    if here is not None:
        items += [
            Item("rename", "Rename", f"{plain(here)}; rules and notes follow", "r"),
            Item("move", "Move", f"{plain(here)} to another place", "v"),
            Item("remove", "Remove", f"{plain(here)}, its rules and notes", "d"),
            Item("note", "Note", f"on {plain(here)}: for the next reader, and for the LLM", "c"),
            Item("lock", "Lock or unlock", f"{plain(here)} for all classes, against the LLM", "x"),
        ]
    todo = await screen.ask(MenuDialog("attribute", items, told=nowhere(screen.review, screen.key_of) if names else ""))
    if todo == "add":
        await _add_attribute(screen, names)
    elif todo == "rename" and here is not None:
        text = await ask_name(screen.ask, f"rename {here}", here, names, "an attribute")
        if text and text != here:
            screen.edit([RenameAttribute(here, text)])
    elif todo == "move" and here is not None:
        place = await pick_place(screen.ask, f"put {here} where?", names, names.index(here))
        if place is not None:
            screen.edit([MoveAttribute(here, place)])
    elif todo == "remove" and here is not None:
        screen.edit([RemoveAttribute(here)])
    elif todo == "note" and here is not None:
        await write_note_on(screen, None, here)
    elif todo == "lock" and here is not None:
        lock_cells(screen, [(name, here) for name in review.session.system.classes], here)


async def _add_attribute(screen: MainScreen, names: list[str]) -> None:
    def name(_: Sequence[str], typed: str) -> TextDialog:
        title = "new attribute: its name"
        return TextDialog(title, typed, problem=lambda t: name_problem(t, names, "an attribute"))

    def prompt(before: Sequence[str], typed: str) -> TextDialog:
        return TextDialog(
            f"{before[0]}: its prompt",
            typed or "It shows {}.",
            told="{} stands for the option.",
            problem=lambda t: prompt_fault(t, []),
            leaves="goes back",
        )

    def options(before: Sequence[str], typed: str) -> TextDialog:
        return options_question(f"{before[0]}: its options", typed, leaves="goes back")

    answers = await in_turn(screen.ask, [name, prompt, options])
    if answers is not None:
        screen.edit(new_attribute(answers[0], answers[1], options_of(answers[2]), None))


async def change_class(screen: MainScreen) -> None:
    """Add, rename, move, remove, note or lock a class."""
    review = screen.review
    classes = list(review.session.system.classes)
    here = review.cell[0] if review.cell else None
    items = [Item("add", "Add", "a new label", "a")]
    if here is not None:
        items += [
            Item("rename", "Rename", f"{plain(here)}; its images follow", "r"),
            Item("move", "Move", f"{plain(here)} to another place", "v"),
            Item("remove", "Remove", f"{plain(here)}, its rules and notes", "d"),
            Item("note", "Note", f"on {plain(here)}: for the next reader, and for the LLM", "c"),
            Item("lock", "Lock or unlock", f"all rules of {plain(here)}, against the LLM", "x"),
        ]
    todo = await screen.ask(MenuDialog("class", items, told=nowhere(screen.review, screen.key_of) if classes else ""))
    if todo == "add":
        text = await ask_name(screen.ask, "new class", "", classes, "a class")
        if text:
            screen.edit([AddClass(text)])
    elif todo == "rename" and here is not None:
        text = await ask_name(screen.ask, f"rename {here}", here, classes, "a class")
        if text and text != here:
            screen.edit([RenameClass(here, text)])
    elif todo == "move" and here is not None:
        place = await pick_place(screen.ask, f"put {here} where?", classes, classes.index(here))
        if place is not None:
            screen.edit([MoveClass(here, place)])
    elif todo == "remove" and here is not None:
        screen.edit([RemoveClass(here)])
    elif todo == "note" and here is not None:
        await write_note_on(screen, here, None)
    elif todo == "lock" and here is not None:
        lock_cells(screen, [(here, name) for name in review.attributes], here)


async def describe_system(screen: MainScreen) -> None:
    """Name and describe the system."""
    system = screen.review.session.system

    def name(_: Sequence[str], typed: str) -> TextDialog:
        return TextDialog("name of the system", typed or system.name, problem=text_problem)

    def description(_: Sequence[str], typed: str) -> TextDialog:
        return TextDialog("what is it about?", typed or system.description, leaves="goes back")

    answers = await in_turn(screen.ask, [name, description])
    if answers is None:
        return
    edits: list[Edit] = []
    if answers[0] != system.name:
        edits.append(SetName(answers[0]))
    if answers[1] != system.description:
        edits.append(SetDescription(answers[1]))
    if edits:
        screen.edit(edits)
