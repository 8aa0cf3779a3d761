"""Two systems that grew out of one, merged: what only one side changed is taken, what both changed is a conflict.

The edits of each side tell what became of every attribute, option and class (``merge_trace``); then each single thing,
a rule, a prompt, a name, is compared three ways. So a rule set here and an option reworded there go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .describe import describe_rule
from .lookup import find_attribute
from .merge_contest import Conflict, Contest, Place, Preference
from .merge_options import MergedOptions, merge_options
from .merge_survivors import called, surviving_attributes, surviving_classes
from .merge_trace import Id, Side, Sides, set_by_hand, trace
from .model import Allowance, Attribute, Rule, System
from .text import plain

__all__ = ["Conflict", "Merged", "Preference", "merge"]


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge: a valid system, and the conflicts, in which the preferred side was taken."""

    system: System
    conflicts: tuple[Conflict, ...]


def merge(base: System, ours: System, theirs: System, *, prefer: Preference = "ours") -> Merged:
    """Merge what ``ours`` and ``theirs`` made of ``base``. Where they conflict, ``prefer`` is taken and it is told.

    A change is in conflict only with another change of the same thing: both set one rule, prompt or name differently,
    or one side removed what the other one changed or newly uses.
    """
    contest = Contest(prefer)
    sides = Sides(trace(base, base), trace(base, ours), trace(base, theirs))
    head = _head(contest, base, ours, theirs)
    attributes = surviving_attributes(contest, sides)
    classes = surviving_classes(contest, sides)
    options = {a: _options(contest, sides, a) for a in attributes}
    system = System(
        name=head.name,
        description=head.description,
        class_prompts=head.class_prompts,
        attributes=tuple(_attribute(contest, sides, a, name, options[a]) for a, name in attributes.items()),
        rules={
            name: {attributes[a]: _rule(contest, sides, c, a, options[a]) for a in attributes}
            for c, name in classes.items()
        },
        temperature=head.temperature,
        notes=_notes(contest, sides, attributes, classes),
        allow=_allowances(contest, base.allow, ours.allow, theirs.allow),
    )
    return Merged(system, tuple(contest.conflicts))


def _head(contest: Contest, base: System, ours: System, theirs: System) -> System:
    """What a system says of itself, in a system without attributes and classes."""
    three, place = (base, ours, theirs), Place()
    return System(
        name=contest.pick(place, "name", (s.name for s in three), _quote),
        description=contest.pick(place, "description", (s.description for s in three), _quote),
        class_prompts=contest.pick(place, "class prompt", (s.class_prompts for s in three), _quoted),
        temperature=contest.pick(place, "temperature", (s.temperature for s in three), str),
    )


def _options(contest: Contest, sides: Sides, attribute: Id) -> MergedOptions:
    if attribute in sides.ours.attributes and attribute in sides.theirs.attributes:
        return merge_options(contest, sides, attribute, Place(attribute=called(attribute)))
    only = sides.ours if attribute in sides.ours.attributes else sides.theirs
    return MergedOptions(dict(only.options[attribute]), {})


def _attribute(contest: Contest, sides: Sides, attribute: Id, name: str, options: MergedOptions) -> Attribute:
    """What an attribute asks and how much it counts, with its merged options."""
    here, there = _find(sides.ours, attribute), _find(sides.theirs, attribute)
    texts = tuple(options.texts.values())
    if here is None or there is None:
        only = here or there
        assert only is not None
        return Attribute(name, only.prompts, texts, only.weight, only.note)
    before = _find(sides.base, attribute)
    prompts = () if before is None else before.prompts  # both added it: neither prompt is what was there before
    three, place = (before or Attribute(name, ("{}",)), here, there), Place(attribute=called(attribute))
    return Attribute(
        name,
        contest.pick(place, "prompt", (prompts, here.prompts, there.prompts), _quoted),
        texts,
        contest.pick(place, "weight", (a.weight for a in three), str),
        contest.pick(place, "note", (a.note for a in three), _quote),
    )


def _rule(contest: Contest, sides: Sides, class_id: Id, attribute: Id, options: MergedOptions) -> Rule:
    """The rule of one cell, by the options that are left."""
    base, ours, theirs = sides.base, sides.ours, sides.theirs
    here = class_id in ours.classes and attribute in ours.attributes
    there = class_id in theirs.classes and attribute in theirs.attributes
    if not (here and there):
        found = (ours if here else theirs).rule(class_id, attribute)
    else:
        set_here, set_there = (set_by_hand(base, side, class_id, attribute) for side in (ours, theirs))
        preferred = contest.preferred(ours, theirs)
        setter = preferred if set_here and set_there else ours if set_here else theirs if set_there else base
        found = setter.rule(class_id, attribute)
        if setter not in (base, preferred) and any(not options.rule(frozenset({o})) for o in found):
            found = preferred.rule(class_id, attribute)  # it names what the preferred side removed: told already
        if set_here and set_there:
            mine, yours = (options.rule(side.rule(class_id, attribute)) for side in (ours, theirs))
            if mine != yours:
                told = (describe_rule(side.rule_text(class_id, attribute)) for side in (base, ours, theirs))
                contest.clash(Place(called(class_id), called(attribute)), "rule", *told)
    left = options.rule(found)
    return tuple(options.texts[option] for option in options.texts if option in left)


def _notes(
    contest: Contest, sides: Sides, attributes: dict[Id, str], classes: dict[Id, str]
) -> dict[tuple[str, str | None], str]:
    """The remarks on classes and cells."""
    found: dict[tuple[str, str | None], str] = {}
    if not any(side.system.notes for side in (sides.base, sides.ours, sides.theirs)):
        return found
    for class_id, class_name in classes.items():
        for attribute in (None, *attributes):
            here, there = sides.ours.note(class_id, attribute), sides.theirs.note(class_id, attribute)
            if here is None or there is None:
                note = here or there or ""
            else:
                before = sides.base.note(class_id, attribute) or ""
                place = Place(called(class_id), None if attribute is None else called(attribute))
                note = contest.pick(place, "note", (before, here, there), _quote)
            if note:
                found[class_name, None if attribute is None else attributes[attribute]] = note
    return found


def _allowances(
    contest: Contest, base: Sequence[Allowance], ours: Sequence[Allowance], theirs: Sequence[Allowance]
) -> tuple[Allowance, ...]:
    """The accepted findings: each check and place is one thing, its reasons are what may differ."""
    if list(ours) in (list(base), list(theirs)):
        return tuple(theirs)
    if list(theirs) == list(base):
        return tuple(ours)
    found: list[Allowance] = []
    for check, place in dict.fromkeys((a.check, a.place) for a in (*ours, *theirs)):
        reasons = ([a.reason for a in side if (a.check, a.place) == (check, place)] for side in (base, ours, theirs))
        what = f"allow {plain(check)}" + (f" at {plain(place)}" if place else "")
        picked = contest.pick(Place(), what, reasons, _quoted)
        found += [Allowance(check, place, reason) for reason in picked]
    return tuple(found)


def _find(side: Side, attribute: Id) -> Attribute | None:
    name = side.attributes.get(attribute)
    return None if name is None else find_attribute(side.system, name)


def _quote(text: str) -> str:
    return f'"{plain(text)}"' if text else "nothing"


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(_quote(text) for text in texts) or "nothing"
