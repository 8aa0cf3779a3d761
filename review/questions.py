"""What edits are made of, asked one by one: an option, a place, prompts, a weight; for edits and for proposals."""

from __future__ import annotations

from collections.abc import Sequence

from ..systems.model import System, text_problem, weight_problem
from ..systems.text import counted
from .asking import Ask
from .building import name_problem, options_of, prompt_fault, prompts_with, weight_of
from .dialogs import Item, MenuDialog, TextDialog


async def ask_name(ask: Ask, title: str, value: str, taken: Sequence[str], kind: str) -> str | None:
    """A name or an option that is not ``taken``; ``kind`` says what it is, with its article."""
    others = [one for one in taken if one != value]
    return await ask(TextDialog(title, value, problem=lambda text: name_problem(text, others, kind)))


async def pick_option(
    ask: Ask, system: System, attribute: str, title: str, chosen: str = "", without: str = ""
) -> str | None:
    """One of the attribute's options, but for ``without``, each with how many classes use it."""
    items = []
    for option in system.attribute(attribute).options:
        users = sum(option in row[attribute] for row in system.rules.values())
        if option != without:
            items.append(Item(option, option, counted(users, "class", "classes")))
    return await ask(MenuDialog(title, items, chosen=chosen, searched=True))


async def pick_one(ask: Ask, title: str, names: Sequence[str], chosen: str = "") -> str | None:
    """One of several names."""
    return await ask(MenuDialog(title, [Item(name, name) for name in names], chosen=chosen, searched=True))


async def pick_place(ask: Ask, title: str, names: Sequence[str], chosen: int = 0) -> int | None:
    """A place in an order."""
    items = [Item(str(at), f"{at + 1}. {name}") for at, name in enumerate(names)]
    told = "It takes the place of what you pick."
    picked = await ask(MenuDialog(title, items, told=told, chosen=str(chosen), searched=True))
    return None if picked is None else int(picked)


async def ask_weight(ask: Ask, title: str, old: float) -> float | None:
    """How much an attribute counts."""

    def problem(text: str) -> str:
        value = weight_of(text)
        return "not a number" if value is None else weight_problem(value)

    told = "1 is as usual, 0 does not count at all."
    text = await ask(TextDialog(title, f"{old:g}", told=told, problem=problem))
    return weight_of(text) if text else None


async def ask_prompts(ask: Ask, name: str, prompts: tuple[str, ...]) -> tuple[str, ...] | None:
    """The prompts of an attribute with one of them changed, added or taken away."""
    at = 0
    if len(prompts) > 1:
        items = [Item(str(index), prompt) for index, prompt in enumerate(prompts)]
        picked = await ask(MenuDialog(f"prompts of {name}", [*items, Item("add", "(one more prompt)")]))
        if picked is None:
            return None
        at = len(prompts) if picked == "add" else int(picked)
    old = prompts[at] if at < len(prompts) else ""
    others = [prompt for prompt in prompts if prompt != old]
    told = "{} stands for the option. Several prompts are averaged: type + before the text to add it as one more."

    def problem(text: str) -> str:
        if not text:
            return "" if len(prompts) > 1 and old else "an attribute needs a prompt"
        return prompt_fault(text.removeprefix("+").strip(), prompts if text.startswith("+") else others)

    text = await ask(TextDialog(f"prompt of {name}", old, told=told, problem=problem))
    if text is None:
        return None
    if text.startswith("+"):
        at, text = len(prompts), text.removeprefix("+").strip()
    return prompts_with(prompts, at, text)


def options_question(title: str, value: str = "", *, leaves: str = "leaves it") -> TextDialog:
    """Asks for all options of an attribute in a line."""

    def problem(text: str) -> str:
        return next((fault for option in options_of(text) if (fault := text_problem(option))), "")

    told = "Separated by commas, or by | where they hold commas."
    return TextDialog(title, value, told=told, problem=problem, leaves=leaves)


def options_text(options: Sequence[str]) -> str:
    """Options in a line, as ``options_of`` reads it."""
    return (" | " if any("," in option for option in options) else ", ").join(options)
