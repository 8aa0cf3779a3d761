"""A new attribute that somebody suggested, as a list of its parts, each changed by the question that fits it."""

from __future__ import annotations

from dataclasses import replace

from ..systems.describe import describe_rule
from ..systems.edits import AddAttribute
from ..systems.model import NO_RULE, Attribute, System
from .asking import Ask
from .building import options_of
from .dialogs import Item, MenuDialog
from .evidence import choices_of
from .questions import ask_name, ask_prompts, ask_weight, options_question, options_text
from .rule_dialog import RuleDialog

_RULE = "rule "


async def ask_attribute(ask: Ask, system: System, edit: AddAttribute) -> AddAttribute | None:
    """The attribute as the person changed it; None where they give it up."""
    while (part := await ask(_parts(system, edit))) != "take":
        if part is None:
            return None
        edit = await _changed(ask, system, edit, part)
    return edit


def with_options(edit: AddAttribute, options: tuple[str, ...]) -> AddAttribute:
    """The attribute with other options; rules follow those that were reworded in their places, and drop those gone."""
    old = edit.attribute.options
    pairs = zip(old, options, strict=True) if len(old) == len(options) else ()
    new = {before: after for before, after in pairs if before not in options and after not in old}
    rules = {
        name: tuple(option for option in options if option in {new.get(one, one) for one in rule})
        for name, rule in edit.rules.items()
    }
    return replace(edit, attribute=replace(edit.attribute, options=options), rules=rules)


def _parts(system: System, edit: AddAttribute) -> MenuDialog:
    one = edit.attribute
    rules = [
        Item(_RULE + name, name, describe_rule(edit.rules.get(name, NO_RULE)), also="rule") for name in system.classes
    ]
    items = [
        Item("take", "Take it as it stands"),
        Item("name", "Name", one.name),
        Item("prompt", "Prompts", " / ".join(one.prompts)),
        Item("options", "Options", options_text(one.options)),
        Item("weight", "Weight", f"{one.weight:g}"),
    ]
    return MenuDialog(f"new attribute {one.name}", [*items, *rules], searched=True)


async def _changed(ask: Ask, system: System, edit: AddAttribute, part: str) -> AddAttribute:
    """With one part asked for; as it was where the person gives that up."""
    one, changed = edit.attribute, edit.attribute
    if part == "name":
        name = await ask_name(ask, "its name", one.name, [a.name for a in system.attributes], "an attribute")
        changed = replace(one, name=name or one.name)
    elif part == "prompt":
        changed = replace(one, prompts=await ask_prompts(ask, one.name, one.prompts) or one.prompts)
    elif part == "options":
        text = await ask(options_question("its options", options_text(one.options)))
        return edit if text is None else with_options(edit, tuple(options_of(text)))
    elif part == "weight":
        weight = await ask_weight(ask, "its weight", one.weight)
        changed = one if weight is None else replace(one, weight=weight)
    else:
        return await _rule_changed(ask, edit, part.removeprefix(_RULE))
    return replace(edit, attribute=changed)


async def _rule_changed(ask: Ask, edit: AddAttribute, class_name: str) -> AddAttribute:
    attribute: Attribute = edit.attribute
    evidence = choices_of(attribute, class_name, edit.rules.get(class_name, NO_RULE))
    picked = await ask(RuleDialog(evidence, lambda rule: None, fixed=True))
    return edit if picked is None else replace(edit, rules={**edit.rules, class_name: picked.rule})
