"""Reads descriptor files, as LLMs make them: class → attribute → descriptors, or class → descriptors."""

from __future__ import annotations

from typing import TypeAlias

from .import_texts import FaultPlace, Faults, clean, made_up_prompt, nowhere
from .json_form import Json, shape
from .model import SLOT, Attribute, Rule, System, text_problem
from .problem import format_place, quote

SINGLE_ATTRIBUTE = "descriptor"
"""The name of the one attribute that a plain list of descriptors makes."""

_SINGLE_PROMPT = f"A photo of something with {SLOT}."
_Cells: TypeAlias = dict[str, Json]


def is_descriptors(value: Json) -> bool:
    """Whether ``value`` looks like classes with texts, or with texts by attribute."""
    return isinstance(value, dict) and bool(value) and all(_is_row(row) for row in value.values())


def read_descriptors(value: Json, source: str, name: str, place: FaultPlace = nowhere) -> tuple[System, list[str]]:
    """The system that ``value`` writes, called ``name``, and what a person should know of the reading.

    Every descriptor becomes an option, in order of first appearance, and a class's rule is any of its descriptors.

    Raises:
        InvalidSystemError: a value that is neither a text nor a list of texts, or a text that no option can be.
    """
    assert isinstance(value, dict)
    faults = Faults(source, place)
    options: dict[str, dict[str, None]] = {}
    rules: dict[str, dict[str, Rule]] = {}
    repeated: list[str] = []
    for class_name, row in value.items():
        if clean(class_name) in rules:
            faults.add((class_name,), "the class stands twice", on_key=True)
        if problem := text_problem(clean(class_name)):
            faults.add((class_name,), f"class name {quote(class_name)}: {problem}", on_key=True)
        cells = rules[clean(class_name)] = {}
        for attribute, texts in _row(row).items():
            if problem := text_problem(clean(attribute)):
                faults.add((class_name, attribute), f"attribute name {quote(attribute)}: {problem}", on_key=True)
            named = options.setdefault(clean(attribute), {})
            chosen = _texts(texts, (class_name, attribute), faults, repeated)
            named.update(chosen)
            cells[clean(attribute)] = tuple(chosen)
    faults.refuse()
    attributes = tuple(
        Attribute(attribute, (_prompt(attribute),), tuple(texts)) for attribute, texts in options.items()
    )
    return System(name=name, attributes=attributes, rules=rules), _remarks(rules, repeated)


def _remarks(rules: dict[str, dict[str, Rule]], repeated: list[str]) -> list[str]:
    remarks = ["prompts were made up for every attribute: edit them"]
    silent = [class_name for class_name, cells in rules.items() if not any(cells.values())]
    if silent:
        more = f" and {len(silent) - 1} more" if len(silent) > 1 else ""
        remarks.append(f"no descriptors for {format_place((silent[0],))}{more}: their rules are null")
    if repeated:
        more = f" and {len(repeated) - 1} more" if len(repeated) > 1 else ""
        remarks.append(f"a descriptor stands twice in {repeated[0]}{more}; kept once")
    return remarks


def _is_row(row: Json) -> bool:
    if isinstance(row, dict):
        return all(isinstance(texts, str | list | None) for texts in row.values())
    return isinstance(row, list) and all(isinstance(text, str) for text in row)


def _row(row: Json) -> _Cells:
    return row if isinstance(row, dict) else {SINGLE_ATTRIBUTE: row}


def _prompt(attribute: str) -> str:
    return _SINGLE_PROMPT if attribute == SINGLE_ATTRIBUTE else made_up_prompt(attribute)


def _texts(value: Json, path: tuple[str, ...], faults: Faults, repeated: list[str]) -> dict[str, None]:
    texts: dict[str, None] = {}
    for text in value if isinstance(value, list) else [] if value is None else [value]:
        if not isinstance(text, str):
            faults.add(path, f"a descriptor is a text, not {shape(text)}")
        elif clean(text) and (problem := text_problem(clean(text))):
            faults.add(path, f"descriptor {quote(text)}: {problem}")
        elif clean(text) in texts:
            repeated.append(format_place((*path, clean(text))))
        elif clean(text):
            texts[clean(text)] = None
    return texts
