"""Reads the index form: groups of options, and rules that name options by their position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import InvalidSystemError
from .import_texts import FaultPlace, Faults, clean, made_up_prompt, nowhere, slotted
from .json_form import Json, shape
from .model import Attribute, Rule, System, text_problem
from .positions import Path
from .problem import format_place, quote, quoted, suggest
from .text import counted

GROUPS = ("classification_cot", "classification_groups")
_PROMPT_KEYS = ("prompt", "prompts", "template", "templates", "text", "question")
_COUNTS = "An index counts the attribute's options from 0."
_OPTION_KEYS = ("options", "classes", "labels", "choices", "values", "answers")


@dataclass(slots=True)
class _Group:
    """One attribute as read: its options as the indexes count them, which may hold one text twice."""

    name: str
    prompts: tuple[str, ...]
    options: list[str]
    weight: float = 1.0
    note: str = ""
    ignored: list[str] = field(default_factory=list)


def find_index_form(value: Json) -> tuple[Json, Json] | None:
    """The groups and the rules that ``value`` holds, at whatever depth; ``None`` when it holds no groups.

    The rules stand beside the groups, under ``rules`` or a key that ends in ``_rules``; they are ``None`` when there
    are none.
    """
    for table in _tables(value):
        for key in table:
            if key in GROUPS:
                inner = table[key]
                if isinstance(inner, dict) and _rules_beside(inner) is not None:
                    groups = [inner[k] for k in inner if not _is_rules(k)]
                    if len(groups) == 1:
                        return groups[0], _rules_beside(inner)
                return inner, _rules_beside(table)
    return None


def names_indexes(rules: Json) -> bool:
    """Whether a class's rules among ``rules`` name options by number."""
    rows = rules.values() if isinstance(rules, dict) else []
    cells = [cell for row in rows if isinstance(row, dict) for cell in row.values()]
    entries = [entry for cell in cells for entry in (cell if isinstance(cell, list) else [cell])]
    return any(isinstance(entry, int) and not isinstance(entry, bool) for entry in entries)


def read_index_form(
    groups: Json, rules: Json, source: str, name: str, place: FaultPlace = nowhere
) -> tuple[System, list[str]]:
    """The system that ``groups`` and ``rules`` write, called ``name``, and what a person should know of the reading.

    A group is ``{"prompt": TEMPLATE, "options": [...]}`` (``classes``, ``labels`` ... are understood as well) or just
    the list of options. A class's rules are indexes by group name, or a list of them in the groups' order; an index
    counts from 0, a list of indexes means any of them, ``None`` says nothing, and an option's text is understood too.
    ``place`` tells where things stand, for paths that begin with a group's name or with ``rules``.

    Raises:
        InvalidSystemError: all faults; an index out of range with its class, attribute and the number of options.
    """
    faults = Faults(source, place)
    read = list(_groups(groups, faults))
    faults.refuse()
    if rules is None:
        faults.add((), 'there are no rules: they should stand beside the groups, as "rules" or "..._rules"')
        faults.refuse()
    table = _rows(rules, read, faults)
    attributes = tuple(attribute for group in read if (attribute := _attribute(group, faults)) is not None)
    faults.refuse()
    return System(name=name, attributes=attributes, rules=table), _remarks(groups, read)


def _attribute(group: _Group, faults: Faults) -> Attribute | None:
    try:
        return Attribute(group.name, group.prompts, tuple(dict.fromkeys(group.options)), group.weight, group.note)
    except InvalidSystemError as error:
        faults.add((group.name,), error.message, error.hint, on_key=True)
        return None


def _remarks(groups: Json, read: list[_Group]) -> list[str]:
    remarks = []
    for group in read:
        repeated = sorted({option for option in group.options if group.options.count(option) > 1})
        if repeated:
            remarks.append(f"{format_place((group.name,))} has {quote(repeated[0])} twice; kept once")
        if group.ignored:
            keys = ", ".join(map(quote, group.ignored))
            remarks.append(f"{format_place((group.name,))}: ignored {keys}")
    without = [group.name for group, form in zip(read, _named(groups), strict=True) if not _has_prompt(form[1])]
    if without:
        remarks.append(f"prompts were made up for {', '.join(map(quote, without))}: edit them")
    return remarks


def _tables(value: Json) -> Iterator[dict[str, Json]]:
    waiting = [value]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, dict):
            yield node
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node


def _is_rules(key: str) -> bool:
    return key == "rules" or key.endswith("_rules")


def _rules_beside(table: dict[str, Json]) -> Json:
    found = [key for key in table if _is_rules(key) and isinstance(table[key], dict | list)]
    return table["rules" if "rules" in found else found[0]] if found else None


def _named(groups: Json) -> list[tuple[str, Json]]:
    """The groups with their names, from a dict or from a list of dicts that have a ``name``."""
    if isinstance(groups, dict):
        return list(groups.items())
    if isinstance(groups, list) and all(isinstance(g, dict) and isinstance(g.get("name"), str) for g in groups):
        return [(g["name"], {k: v for k, v in g.items() if k != "name"}) for g in groups]
    return []


def _has_prompt(form: Json) -> bool:
    return isinstance(form, dict) and any(key in form for key in _PROMPT_KEYS)


def _groups(groups: Json, faults: Faults) -> Iterator[_Group]:
    named = _named(groups)
    if not named and groups not in ({}, []):
        faults.add((), f"the groups are an object of groups by name, not {shape(groups)}")
    seen = set()
    for name, form in named:
        path: Path = (name,)
        if clean(name) in seen:
            faults.add(path, "the group stands twice", on_key=True)
        seen.add(clean(name))
        if isinstance(form, list):
            form = {"options": form}
        if not isinstance(form, dict):
            faults.add(path, f"a group is an object with a prompt and options, not {shape(form)}")
            continue
        keys = [key for key in _OPTION_KEYS if key in form]
        if not keys:
            faults.add(path, 'the group has no "options"')
            continue
        prompt_key = next((key for key in _PROMPT_KEYS if key in form), "")
        group = _Group(clean(name), _prompts(form.get(prompt_key), name), _options(form[keys[0]], path, faults))
        for key, value in form.items():
            if key == "weight" and isinstance(value, int | float) and not isinstance(value, bool):
                group.weight = float(value) if abs(value) < 1e300 else float("inf")
            elif key in {"note", "description"} and isinstance(value, str):
                group.note = value
            elif key not in {keys[0], prompt_key}:
                group.ignored.append(key)
        yield group


def _prompts(value: Json, name: str) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    prompts = tuple(dict.fromkeys(slotted(clean(text)) for text in texts if isinstance(text, str)))
    return prompts or (made_up_prompt(name),)


def _options(value: Json, path: Path, faults: Faults) -> list[str]:
    if isinstance(value, dict) and all(key.isdecimal() and len(key) < 10 for key in value):  # {0: "white", 1: "gray"}
        numbers = sorted(value, key=int)
        if [int(number) for number in numbers] != list(range(len(numbers))):
            faults.add(path, "the options are numbered with gaps")
        value = [value[number] for number in numbers]
    if not isinstance(value, list):
        faults.add(path, f"the options are a list of texts, not {shape(value)}")
        return []
    for index, option in enumerate(value):
        if not isinstance(option, str):
            faults.add((*path, index), f"an option is a text, not {shape(option)}")
    return [clean(option) for option in value if isinstance(option, str)]


def _rows(rules: Json, groups: list[_Group], faults: Faults) -> dict[str, dict[str, Rule]]:
    table: dict[str, dict[str, Rule]] = {}
    if not isinstance(rules, dict):
        faults.add(("rules",), f"the rules are an object of classes, not {shape(rules)}")
        return table
    by_name = {group.name: group for group in groups}
    for class_name, row in rules.items():
        path: Path = ("rules", class_name)
        if clean(class_name) in table:
            faults.add(path, "the class stands twice", on_key=True)
        if problem := text_problem(clean(class_name)):
            faults.add(path, f"class name {quote(class_name)}: {problem}", on_key=True)
        cells = table[clean(class_name)] = {}
        if isinstance(row, list) and len(row) == len(groups):
            row = dict(zip(by_name, row, strict=True))
        if not isinstance(row, dict):
            wrong = (
                f"{counted(len(row), 'index', 'indexes')} for {counted(len(groups), 'attribute')}"
                if isinstance(row, list)
                else shape(row)
            )
            faults.add(path, f"a class has an index for every attribute, not {wrong}")
            continue
        for name, cell in row.items():
            group = by_name.get(clean(name))
            if group is None:
                message = f"{quote(name)} is not an attribute{suggest(name, by_name)}"
                faults.add((*path, name), message, f"The attributes are {quoted(list(by_name))}.", on_key=True)
            else:
                cells[group.name] = tuple(_cell(cell, group.options, (*path, name), faults))
    return table


def _cell(cell: Json, options: list[str], path: Path, faults: Faults) -> Iterator[str]:
    if cell is None:
        return
    for entry in cell if isinstance(cell, list) else [cell]:
        if isinstance(entry, str) and clean(entry) in options:
            yield clean(entry)
            continue
        index = int(entry) if isinstance(entry, str) and entry.strip().isdecimal() and len(entry) < 10 else entry
        if isinstance(index, str):
            faults.add(path, f"{quote(index)} is not an option{suggest(index, options)}")
        elif isinstance(index, bool) or not isinstance(index, int):
            shown = repr(index) if isinstance(index, float) else shape(index)
            faults.add(path, f"an index is a whole number, not {shown}")
        elif 0 <= index < len(options):
            yield options[index]
        else:
            shown = str(index) if abs(index) < 10**12 else "that number"
            known = (
                f"the attribute has {counted(len(options), 'option')}, 0 to {len(options) - 1}"
                if options
                else "it has no options"
            )
            faults.add(path, f"the index {shown} is out of range: {known}", _COUNTS)
