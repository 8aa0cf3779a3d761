"""Which attributes and classes are left after a merge, in which order, and what they are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from .lookup import find_attribute
from .merge_contest import Contest, Place
from .merge_order import merge_order
from .merge_trace import Id, Side, Sides, set_by_hand
from .text import counted, plain

Names: TypeAlias = dict[Id, str]


def called(identity: Id) -> str:
    """The name in the base, or that under which a side added it."""
    return identity[1:]


def surviving_attributes(contest: Contest, sides: Sides) -> Names:
    """The attributes of the merge with their names, in order."""
    names = tuple(side.attributes for side in (sides.base, sides.ours, sides.theirs))
    return _survivors(
        contest, "attribute", names, lambda a, side, new: _attribute_changes(sides.base, side, a, new), sides
    )


def surviving_classes(contest: Contest, sides: Sides) -> Names:
    """The classes of the merge with their names, in order."""
    names = tuple(side.classes for side in (sides.base, sides.ours, sides.theirs))
    return _survivors(contest, "class", names, lambda c, side, new: _class_changes(sides.base, side, c, new), sides)


def _survivors(
    contest: Contest,
    kind: str,
    names: tuple[Names, ...],
    changes: Callable[[Id, Side, bool], str],
    sides: Sides,
) -> Names:
    base, ours, theirs = names

    def place(identity: Id) -> Place:
        return Place(called(identity)) if kind == "class" else Place(attribute=called(identity))

    picked: Names = {}
    for identity in dict.fromkeys((*ours, *theirs)):
        if identity in ours and identity in theirs:
            picked[identity] = contest.pick(place(identity), "name", (side.get(identity, "") for side in names), _quote)
            continue
        here = identity in ours
        if identity in base:  # one side removed it
            # A side that also added one may have renamed this past recognition. Then what the other side says of it in
            # a row or column of its own is about what was renamed, and would go with it.
            replaced = not (theirs if here else ours).keys() <= base.keys()
            changed = changes(identity, sides.ours if here else sides.theirs, replaced)
            if changed:
                told = (changed, "removed") if here else ("removed", changed)
                contest.clash(place(identity), kind, _quote(base[identity]), *told)
            if not (changed and contest.preferred(here, not here)):
                continue
        picked[identity] = (ours if here else theirs)[identity]
    _one_name_each(contest, kind, place, names, picked)
    order, contested = merge_order(
        tuple(base), tuple(ours), tuple(theirs), picked, prefer_theirs=contest.prefer == "theirs"
    )
    for identity in contested:
        contest.clash(place(identity), "order", *(f"#{list(side).index(identity) + 1}" for side in names))
    return {identity: picked[identity] for identity in order}


def _one_name_each(
    contest: Contest, kind: str, place: Callable[[Id], Place], names: tuple[Names, ...], picked: Names
) -> None:
    """Where two things ended under one name, they take the preferred side's; what only the other has is left out."""
    base, ours, theirs = names
    preferred = contest.preferred(ours, theirs)
    while True:
        by_name: dict[str, Id] = {}
        twice = next(((i, by_name[n]) for i, n in picked.items() if by_name.setdefault(n, i) != i), None)
        if twice is None:
            return
        for identity in sorted(twice, reverse=True):  # what the base has before what was added
            told = (_quote(side[identity]) if identity in side else "none" for side in (base, ours, theirs))
            contest.clash(place(identity), f"{kind} name", *told)
            if identity in preferred:
                picked[identity] = preferred[identity]
            else:
                del picked[identity]


def _attribute_changes(base: Side, side: Side, attribute: Id, replaced: bool) -> str:
    """What a side changed about an attribute besides its place, for people; ``""`` when nothing.

    What its new classes say there counts as well if the other side ``replaced`` the attribute.
    """
    before = find_attribute(base.system, base.attributes[attribute])
    after = find_attribute(side.system, side.attributes[attribute])
    fresh = [c for c in side.classes if replaced and c not in base.classes]
    parts = [
        f"renamed {_quote(after.name)}" if after.name != before.name else "",
        "prompt" if after.prompts != before.prompts else "",
        "weight" if after.weight != before.weight else "",
        "note" if after.note != before.note else "",
        "options" if _unordered(base, attribute) != _unordered(side, attribute) else "",
        _count(sum(set_by_hand(base, side, c, attribute) for c in base.classes), "rule"),
        _count(sum(_noted(base, side, c, attribute) for c in base.classes), "note on a class", "notes on classes"),
        _count(sum(_told(side, c, attribute) for c in fresh), "new class uses it", "new classes use it"),
    ]
    return _changed(parts)


def _class_changes(base: Side, side: Side, class_id: Id, replaced: bool) -> str:
    """What a side changed about a class besides its place, for people; ``""`` when nothing.

    What its new attributes say of it counts as well if the other side ``replaced`` the class.
    """
    name = side.classes[class_id]
    fresh = [a for a in side.attributes if replaced and a not in base.attributes]
    parts = [
        f"renamed {_quote(name)}" if name != base.classes[class_id] else "",
        _count(sum(set_by_hand(base, side, class_id, a) for a in base.attributes), "rule"),
        _count(sum(_noted(base, side, class_id, a) for a in (None, *base.attributes)), "note"),
        _count(sum(_told(side, class_id, a) for a in fresh), "new attribute tells of it", "new attributes tell of it"),
    ]
    return _changed(parts)


def _noted(base: Side, side: Side, class_id: Id, attribute: Id | None) -> bool:
    note = side.note(class_id, attribute)
    return note is not None and note != base.note(class_id, attribute)


def _told(side: Side, class_id: Id, attribute: Id) -> bool:
    return bool(side.rule(class_id, attribute) or side.note(class_id, attribute))


def _unordered(side: Side, attribute: Id) -> set[tuple[Id, str]]:
    return set(side.options[attribute].items())


def _changed(parts: list[str]) -> str:
    told = [part for part in parts if part]
    return f"changed: {', '.join(told)}" if told else ""


def _count(number: int, noun: str, plural: str = "") -> str:
    return counted(number, noun, plural) if number else ""


def _quote(text: str) -> str:
    return f'"{plain(text)}"'
