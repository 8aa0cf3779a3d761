"""Conversations about the questions: options, prompts, weights, attributes, classes, the system's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..systems.edits import (
    AddClass,
    AddOption,
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
    SetWeight,
)
from ..systems.model import text_problem, weight_problem
from ..systems.text import plain
from .building import (
    name_problem,
    new_attribute,
    options_of,
    prompt_fault,
    prompts_with,
    split_option,
    weight_of,
)
from .dialogs import Item, MenuDialog, TextDialog

if TYPE_CHECKING:
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
        text = await screen.ask(
            TextDialog(f"new option of {name}", problem=lambda t: name_problem(t, attribute.options, "an option"))
        )
        if text:
            screen.edit([AddOption(name, text)])
        return
    option = await _pick_option(screen, name, f"{todo} which option?", rule[0] if rule else "")
    if option is None:
        return
    others = [o for o in attribute.options if o != option]
    if todo == "reword":
        text = await screen.ask(
            TextDialog(f"reword an option of {name}", option, problem=lambda t: name_problem(t, others, "an option"))
        )
        if text and text != option:
            screen.edit([RewordOption(name, option, text)])
    elif todo == "merge":
        into = await _pick_option(screen, name, f'merge "{option}" into which?', "", others)
        if into is not None:
            screen.edit([MergeOptions(name, option, into)])
    elif todo == "split":
        await _split(screen, name, option, others)
    elif todo == "remove":
        screen.edit([RemoveOption(name, option)])
    elif todo == "move":
        place = await _pick_place(screen, f'put "{option}" where?', list(attribute.options))
        if place is not None:
            screen.edit([MoveOption(name, option, place)])


async def _split(screen: MainScreen, name: str, option: str, others: list[str]) -> None:
    first = await screen.ask(
        TextDialog(
            f'split "{option}": the first of the two',
            option,
            problem=lambda t: name_problem(t, others, "an option"),
        )
    )
    if not first:
        return
    second = await screen.ask(
        TextDialog(
            f'split "{option}": the second',
            told="Classes that named it may show either, until you tell them apart.",
            problem=lambda t: name_problem(t, [*others, first], "an option"),
        )
    )
    if second:
        screen.edit(split_option(screen.review.session.system, name, option, first, second))


async def change_prompts(screen: MainScreen) -> None:
    """Say the selected attribute's question in other words, in more words, or in fewer."""
    review = screen.review
    if review.cell is None:
        return
    name = review.cell[1]
    prompts = review.session.system.attribute(name).prompts
    at = 0
    if len(prompts) > 1:
        items = [Item(str(index), prompt) for index, prompt in enumerate(prompts)]
        picked = await screen.ask(MenuDialog(f"prompts of {name}", [*items, Item("add", "(one more prompt)")]))
        if picked is None:
            return
        at = len(prompts) if picked == "add" else int(picked)
    old = prompts[at] if at < len(prompts) else ""
    others = [prompt for prompt in prompts if prompt != old]
    told = "{} stands for the option. Several prompts are averaged: type + before the text to add it as one more."

    def problem(text: str) -> str:
        if not text:
            return "" if len(prompts) > 1 and old else "an attribute needs a prompt"
        return prompt_fault(text.removeprefix("+").strip(), prompts if text.startswith("+") else others)

    text = await screen.ask(TextDialog(f"prompt of {name}", old, told=told, problem=problem))
    if text is None or text == old:
        return
    if text.startswith("+"):
        at, text = len(prompts), text.removeprefix("+").strip()
    screen.edit(prompts_with(review.session.system, name, at, text))


async def change_weight(screen: MainScreen) -> None:
    """Let the selected attribute count more or less."""
    review = screen.review
    if review.cell is None:
        return
    name = review.cell[1]
    old = review.session.system.attribute(name).weight

    def problem(text: str) -> str:
        value = weight_of(text)
        return "not a number" if value is None else weight_problem(value)

    text = await screen.ask(
        TextDialog(f"weight of {name}", f"{old:g}", told="1 is as usual, 0 does not count at all.", problem=problem)
    )
    value = weight_of(text) if text else None
    if value is not None and value != old:
        screen.edit([SetWeight(name, value)])


async def change_attribute(screen: MainScreen) -> None:
    """Add, rename, move or remove an attribute."""
    review = screen.review
    names = list(review.attributes)
    here = review.cell[1] if review.cell else None
    items = [Item("add", "Add", "a new question", "a")]
    if here is not None:
        items += [
            Item("rename", "Rename", f"{plain(here)}; rules and notes follow", "r"),
            Item("move", "Move", f"{plain(here)} to another place", "v"),
            Item("remove", "Remove", f"{plain(here)}, its rules and notes", "d"),
        ]
    todo = await screen.ask(MenuDialog("attribute", items))
    if todo == "add":
        await _add_attribute(screen, names)
    elif todo == "rename" and here is not None:
        text = await screen.ask(
            TextDialog(f"rename {here}", here, problem=lambda t: name_problem(t, _but(names, here), "an attribute"))
        )
        if text and text != here:
            screen.edit([RenameAttribute(here, text)])
    elif todo == "move" and here is not None:
        place = await _pick_place(screen, f"put {here} where?", names)
        if place is not None:
            screen.edit([MoveAttribute(here, place)])
    elif todo == "remove" and here is not None:
        screen.edit([RemoveAttribute(here)])


async def _add_attribute(screen: MainScreen, names: list[str]) -> None:
    name = await screen.ask(
        TextDialog("new attribute: its name", problem=lambda t: name_problem(t, names, "an attribute"))
    )
    if not name:
        return
    prompt = await screen.ask(
        TextDialog(
            f"{name}: its prompt",
            "It shows {}.",
            told="{} stands for the option.",
            problem=lambda t: prompt_fault(t, []),
        )
    )
    if not prompt:
        return

    def problem(text: str) -> str:
        return next((p for option in options_of(text) if (p := text_problem(option))), "")

    text = await screen.ask(
        TextDialog(f"{name}: its options", told="Separated by commas, or by | where they hold commas.", problem=problem)
    )
    if text is not None:
        screen.edit(new_attribute(name, prompt, options_of(text), None))


async def change_class(screen: MainScreen) -> None:
    """Add, rename, move or remove a class."""
    review = screen.review
    classes = list(review.session.system.classes)
    here = review.cell[0] if review.cell else None
    items = [Item("add", "Add", "a new label", "a")]
    if here is not None:
        items += [
            Item("rename", "Rename", f"{plain(here)}; its images follow", "r"),
            Item("move", "Move", f"{plain(here)} to another place", "v"),
            Item("remove", "Remove", f"{plain(here)}, its rules and notes", "d"),
        ]
    todo = await screen.ask(MenuDialog("class", items))
    if todo == "add":
        text = await screen.ask(TextDialog("new class", problem=lambda t: name_problem(t, classes, "a class")))
        if text:
            screen.edit([AddClass(text)])
    elif todo == "rename" and here is not None:
        text = await screen.ask(
            TextDialog(f"rename {here}", here, problem=lambda t: name_problem(t, _but(classes, here), "a class"))
        )
        if text and text != here:
            screen.edit([RenameClass(here, text)])
    elif todo == "move" and here is not None:
        place = await _pick_place(screen, f"put {here} where?", classes)
        if place is not None:
            screen.edit([MoveClass(here, place)])
    elif todo == "remove" and here is not None:
        screen.edit([RemoveClass(here)])


async def describe_system(screen: MainScreen) -> None:
    """Name and describe the system."""
    system = screen.review.session.system
    name = await screen.ask(TextDialog("name of the system", system.name, problem=text_problem))
    if name is None:
        return
    description = await screen.ask(TextDialog("what is it about?", system.description))
    edits = [SetName(name)] if name != system.name else []
    if description is not None and description != system.description:
        screen.edit([*edits, SetDescription(description)])
    elif edits:
        screen.edit(edits)


async def _pick_option(
    screen: MainScreen, attribute: str, title: str, chosen: str, among: list[str] | None = None
) -> str | None:
    system = screen.review.session.system
    options = list(system.attribute(attribute).options) if among is None else among
    items = []
    for option in options:
        users = sum(option in row[attribute] for row in system.rules.values())
        items.append(Item(option, option, f"{users} class{'' if users == 1 else 'es'}"))
    return await screen.ask(MenuDialog(title, items, chosen=chosen, searched=True))


async def _pick_place(screen: MainScreen, title: str, names: list[str]) -> int | None:
    items = [Item(str(at), f"{at + 1}. {name}") for at, name in enumerate(names)]
    picked = await screen.ask(MenuDialog(title, items, told="It takes the place of what you pick.", searched=True))
    return None if picked is None else int(picked)


def _but(names: list[str], name: str) -> list[str]:
    return [other for other in names if other != name]
