"""The edits behind the menus of options, attributes and classes: what a person means, in one step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..systems.edits import (
    AddAttribute,
    AddOption,
    Edit,
    RewordOption,
    SetRule,
)
from ..systems.model import Attribute, Rule, System, prompt_problem, text_problem


def name_problem(text: str, known: Sequence[str], kind: str) -> str:
    """Why ``text`` cannot be a new name or option beside the ``known`` ones; ``""`` when it can."""
    if problem := text_problem(text):
        return problem
    return f"there is such {kind} already" if text in known else ""


def weight_of(text: str) -> float | None:
    """The number that a person typed, with a point or a comma; None when it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def rules_with(
    system: System, classes: Iterable[str], attribute: str, rule: Rule, new_options: Iterable[str] = ()
) -> list[Edit]:
    """``rule`` for all of ``classes`` that have another; its ``new_options`` are offered first."""
    added = [AddOption(attribute, option) for option in new_options]
    return [*added, *(SetRule(name, attribute, rule) for name in classes if system.rules[name][attribute] != rule)]


def split_option(system: System, attribute: str, option: str, first: str, second: str) -> list[Edit]:
    """One option becomes two; classes that named it may show either, until somebody tells them apart.

    ``first`` takes the place of ``option``, and may be the same text.
    """
    options = system.attribute(attribute).options
    edits: list[Edit] = [] if first == option else [RewordOption(attribute, option, first)]
    at = options.index(option) + 1
    edits.append(AddOption(attribute, second, at if at < len(options) else None))
    for class_name, row in system.rules.items():
        if option in row[attribute]:
            kept = tuple(first if one == option else one for one in row[attribute])
            edits.append(SetRule(class_name, attribute, (*kept, second)))
    return edits


def new_attribute(name: str, prompt: str, options: Sequence[str], position: int | None) -> list[Edit]:
    """A question with its options; no class has a rule for it yet."""
    return [AddAttribute(Attribute(name, (prompt,), tuple(options)), position)]


def options_of(text: str) -> list[str]:
    """The options in a line, separated by commas or bars, each once."""
    parts = text.split("|") if "|" in text else text.split(",")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def prompts_with(prompts: Sequence[str], index: int, text: str) -> tuple[str, ...]:
    """``prompts`` with another text at ``index``; ``""`` takes one away, beyond the end one is added."""
    kept = list(prompts)
    if index < len(kept):
        kept[index : index + 1] = [text] if text else []
    elif text:
        kept.append(text)
    return tuple(kept)


def prompt_fault(text: str, others: Sequence[str]) -> str:
    """Why ``text`` cannot be a prompt beside ``others``; ``""`` when it can."""
    return prompt_problem(text) or ("this prompt stands there already" if text in others else "")
