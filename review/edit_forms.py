"""A form for an edit that somebody suggested: the questions that a person's own edit would ask, filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from ..errors import CotsmithError
from ..scoring.effects import Effect
from ..scoring.evaluation import Evaluation
from ..systems.edits import (
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
    SetNote,
    SetPrompts,
    SetRule,
    SetWeight,
    touches,
)
from ..systems.model import Rule, System
from .asking import Ask
from .attribute_form import ask_attribute
from .dialogs import TextDialog
from .evidence import Evidence, evidence_of, structure_only
from .questions import ask_name, ask_prompts, ask_weight, pick_one, pick_option, pick_place
from .rule_dialog import RuleDialog

OptionEdit: TypeAlias = RewordOption | RemoveOption | MergeOptions | MoveOption


def has_form(system: System, edit: Edit) -> bool:
    """Whether there is a form for ``edit`` of ``system``: its kind has one, and the class and attribute are there."""
    if isinstance(edit, AddAttribute):
        return True
    if not isinstance(edit, _KINDS):
        return False
    class_name, attribute = touches(edit)
    here = [a.name for a in system.attributes]
    return (class_name is None or class_name in system.rules) and (attribute is None or attribute in here)


async def ask_edit(ask: Ask, system: System, edit: Edit, evaluation: Evaluation | None = None) -> Edit | None:
    """Another edit of the same kind in the place of ``edit``, made for ``system``; None where the person gives it up.

    ``evaluation`` is what images say, and counts only where it is of ``system``.
    """
    match edit:
        case SetRule():
            return await _rule(ask, system, edit, evaluation)
        case AddOption():
            options = system.attribute(edit.attribute).options
            text = await ask_name(ask, f"new option of {edit.attribute}", edit.option, options, "an option")
            return replace(edit, option=text) if text else None
        case RewordOption() | RemoveOption() | MergeOptions() | MoveOption():
            return await _option(ask, system, edit)
        case AddAttribute():
            return await ask_attribute(ask, system, edit)
        case RemoveAttribute() | RenameAttribute() | MoveAttribute() | SetPrompts() | SetWeight():
            return await _attribute(ask, system, edit)
        case RemoveClass() | RenameClass() | MoveClass():
            return await _class(ask, system, edit)
        case SetNote():
            about = " › ".join(name for name in (edit.class_name, edit.attribute) if name is not None)
            text = await ask(TextDialog(f"note on {about}", edit.note))
            return None if text is None else replace(edit, note=text)
        case _:
            return None


async def _rule(ask: Ask, system: System, edit: SetRule, evaluation: Evaluation | None) -> Edit | None:
    measured = evaluation if evaluation is not None and evaluation.system == system else None
    found = _with_rule(_evidence(system, edit, measured), edit.rule)

    def effect(rule: Rule) -> Effect | None:
        known = [choice.effect for choice in found.choices if choice.rule == rule]
        if known or measured is None:
            return known[0] if known else None
        try:
            return measured.effect([replace(edit, rule=rule)])
        except CotsmithError:
            return None

    picked = await ask(RuleDialog(found, effect, fixed=True))
    return None if picked is None else replace(edit, rule=picked.rule)


def _evidence(system: System, edit: SetRule, measured: Evaluation | None) -> Evidence:
    if measured is None:
        return structure_only(system, edit.class_name, edit.attribute)
    return evidence_of(measured, edit.class_name, edit.attribute)


def _with_rule(evidence: Evidence, rule: Rule) -> Evidence:
    """As if the rule were ``rule``: for a dialog that begins with it."""
    known = {choice.rule[0] for choice in evidence.choices if choice.rule}
    kept = tuple(option for option in rule if option in known)
    choices = tuple(
        replace(choice, named=choice.rule[0] in kept if choice.rule else not kept) for choice in evidence.choices
    )
    return replace(evidence, rule=kept, choices=choices)


async def _option(ask: Ask, system: System, edit: OptionEdit) -> Edit | None:
    """The option, where it must be another, then what becomes of it."""
    name, options = edit.attribute, system.attribute(edit.attribute).options
    option: str | None = edit.option
    if option not in options or isinstance(edit, RemoveOption | MergeOptions):
        verb = {RewordOption: "reword", RemoveOption: "remove", MergeOptions: "merge", MoveOption: "move"}[type(edit)]
        option = await pick_option(ask, system, name, f"{verb} which option?", edit.option)
    if option is None:
        return None
    match edit:
        case RewordOption():
            others = [one for one in options if one != option]
            text = await ask_name(ask, f'reword "{option}" of {name}', edit.text, others, "an option")
            return replace(edit, option=option, text=text) if text else None
        case RemoveOption():
            return replace(edit, option=option)
        case MergeOptions():
            into = await pick_option(ask, system, name, f'merge "{option}" into which?', edit.into, without=option)
            return None if into is None else replace(edit, option=option, into=into)
        case MoveOption():
            place = await pick_place(ask, f'put "{option}" where?', options, edit.position)
            return None if place is None else replace(edit, option=option, position=place)


async def _attribute(
    ask: Ask, system: System, edit: RemoveAttribute | RenameAttribute | MoveAttribute | SetPrompts | SetWeight
) -> Edit | None:
    names = [a.name for a in system.attributes]
    match edit:
        case RemoveAttribute():
            name = await pick_one(ask, "remove which attribute?", names, edit.attribute)
            return None if name is None else replace(edit, attribute=name)
        case RenameAttribute():
            text = await ask_name(ask, f"rename {edit.attribute}", edit.new_name, names, "an attribute")
            return replace(edit, new_name=text) if text else None
        case MoveAttribute():
            place = await pick_place(ask, f"put {edit.attribute} where?", names, edit.position)
            return None if place is None else replace(edit, position=place)
        case SetPrompts():
            prompts = await ask_prompts(ask, edit.attribute, tuple(edit.prompts))
            return None if prompts is None else replace(edit, prompts=prompts)
        case SetWeight():
            weight = await ask_weight(ask, f"weight of {edit.attribute}", edit.weight)
            return None if weight is None else replace(edit, weight=weight)


async def _class(ask: Ask, system: System, edit: RemoveClass | RenameClass | MoveClass) -> Edit | None:
    match edit:
        case RemoveClass():
            name = await pick_one(ask, "remove which class?", system.classes, edit.class_name)
            return None if name is None else replace(edit, class_name=name)
        case RenameClass():
            text = await ask_name(ask, f"rename {edit.class_name}", edit.new_name, system.classes, "a class")
            return replace(edit, new_name=text) if text else None
        case MoveClass():
            place = await pick_place(ask, f"put {edit.class_name} where?", system.classes, edit.position)
            return None if place is None else replace(edit, position=place)


_KINDS = (
    SetRule,
    AddOption,
    RewordOption,
    RemoveOption,
    MergeOptions,
    MoveOption,
    RemoveAttribute,
    RenameAttribute,
    MoveAttribute,
    SetPrompts,
    SetWeight,
    RemoveClass,
    RenameClass,
    MoveClass,
    SetNote,
)
