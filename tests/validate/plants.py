"""Faults to plant into good systems: for each, the edits that plant it and the code that must find it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from cotsmith.systems.edits import (
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    SetPrompts,
    SetRule,
    apply,
)
from cotsmith.systems.file import load
from cotsmith.systems.model import Allowance, Attribute, Rule, System
from cotsmith.validate.names import asks_for_colour

Plant: TypeAlias = Callable[[System], Sequence[Edit]]

CORPUS = sorted(Path(__file__).with_name("corpus").glob("*.json"))
NEW = "Qwxz"


def corpus() -> list[System]:
    """Good systems of many domains."""
    return [load(path) for path in CORPUS]


def planted(system: System, code: str) -> System:
    """``system`` with the fault that ``code`` finds."""
    return apply(system, PLANTS[code](system))


def _first(system: System) -> str:
    return system.classes[0]


def _showing(system: System, *options: str, attribute: Attribute | None = None) -> list[Edit]:
    """New options of the first attribute (or another), each shown by a class of its own beside what it showed."""
    attribute = attribute or system.attributes[0]
    edits: list[Edit] = []
    for option, class_name in zip(options, system.classes, strict=False):
        edits.append(AddOption(attribute.name, option))
        edits.append(SetRule(class_name, attribute.name, (*system.rules[class_name][attribute.name], option)))
    return edits


def _duplicate_option(system: System) -> list[Edit]:
    attribute = system.attributes[0]
    class_name = next(name for name in system.classes if system.rules[name][attribute.name])
    option = system.rules[class_name][attribute.name][0]
    again = f"the {option.upper()}!"
    return [AddOption(attribute.name, again), SetRule(class_name, attribute.name, (option, again))]


def _class_name_in_option(system: System) -> list[Edit]:
    name = next((name for name in system.classes if not name.isdigit()), "")
    if not name:
        last = system.rules[system.classes[-1]]
        return [AddClass("Zebra", 0, last), *_showing(system, "a stripe as on two zebras")]
    return _showing(system, f"the well-known look of {name}")


def _everyone(system: System, name: str, options: Sequence[str], rule: Callable[[int], Rule]) -> list[Edit]:
    attribute = Attribute(name, (f"Its {name} is {{}}.",), tuple(options))
    return [AddAttribute(attribute, None, {c: rule(i) for i, c in enumerate(system.classes)})]


def _redundant(system: System) -> list[Edit]:
    groups = len(system.classes) // 2
    firsts, seconds = [f"finish{i}" for i in range(groups)], [f"grain{i}" for i in range(groups)]
    return [
        *_everyone(system, "finish", firsts, lambda i: (firsts[i % groups],)),
        *_everyone(system, "grain", seconds, lambda i: (seconds[i % groups],)),
    ]


def _same_prompt(system: System) -> list[Edit]:
    sheen = _everyone(system, "sheen", ["dull", "shiny"], lambda i: (("dull", "shiny")[i % 2],))
    outline = _everyone(system, "outline2", ["soft", "crisp"], lambda i: (("soft", "crisp")[i // 2 % 2],))
    return [*sheen, *outline, SetPrompts("outline2", ("Its sheen is {}.",))]


def _twin(system: System, **changes: Rule) -> Edit:
    return AddClass(NEW, None, {**system.rules[_first(system)], **changes})


def _other_options(system: System) -> tuple[Attribute, Rule, list[str]]:
    """An attribute in which the first class names one option, that rule, and the options it does not name."""
    row = system.rules[_first(system)]
    attribute = next(a for a in system.attributes if len(row[a.name]) == 1 and len(a.options) > 3)
    return attribute, row[attribute.name], [option for option in attribute.options if option not in row[attribute.name]]


def _overshadowed(system: System) -> list[Edit]:
    attribute, rule, others = _other_options(system)
    return [_twin(system, **{attribute.name: (*rule, others[0])})]


def _overlapping(system: System) -> list[Edit]:
    attribute, rule, others = _other_options(system)
    return [
        SetRule(_first(system), attribute.name, (*rule, others[0])),
        _twin(system, **{attribute.name: (*rule, others[1])}),
    ]


def _one_apart(system: System) -> list[Edit]:
    attribute, _, others = _other_options(system)
    return [_twin(system, **{attribute.name: (others[0],)})]


def _duplicate_name(system: System) -> list[Edit]:
    last = {a.name: (a.options[-1],) for a in system.attributes}
    return [AddClass(f"the {_first(system).upper()}", None, last)]


def _silent(system: System) -> list[Edit]:
    attribute = system.attributes[0]
    return [AddClass(NEW, None, {attribute.name: (attribute.options[0],)})]


def _contained(system: System) -> list[Edit]:
    attribute = next(a for a in system.attributes if not asks_for_colour(a))
    return _showing(system, "a zigzag crest", "a jagged zigzag crest", attribute=attribute)


LONG = "a " + "very " * 70 + "tall crest"

PLANTS: dict[str, Plant] = {
    "S112": lambda system: [AddAttribute(Attribute("later", ("Later: {}",)))],
    "S113": lambda system: [AddAllowance(Allowance("O101", "rules › nobody", "once needed"))],
    "O101": _duplicate_option,
    "O102": lambda system: _showing(system, "a large gray badge", "a big gray badge"),
    "O103": lambda system: [AddOption(system.attributes[0].name, "quilted with sequins")],
    "O104": _class_name_in_option,
    "O105": lambda system: _showing(system, "loud and fragrant"),
    "O106": lambda system: _showing(system, "none of the above"),
    "O107": lambda system: _showing(system, LONG),
    "O108": _contained,
    "A101": lambda system: _everyone(system, "age", ["young", "old"], lambda i: ("old",)),
    "A102": _redundant,
    "A103": lambda system: _everyone(
        system, "stand", ["bare", "draped", "boxed", "hung"], lambda i: (("draped" if i == 0 else "bare"),)
    ),
    "A104": lambda system: _everyone(system, "kind", system.classes, lambda i: (system.classes[i],)),
    "A105": _same_prompt,
    "C101": lambda system: [_twin(system)],
    "C102": _overshadowed,
    "C103": _overlapping,
    "C104": _one_apart,
    "C105": _duplicate_name,
    "C106": lambda system: [AddClass(NEW)],
    "C107": _silent,
}
