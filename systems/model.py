"""What a system is: attributes (questions), classes, and the rules between them, as immutable values."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from ..errors import InvalidSystemError
from .text import did_you_mean, is_control, plain

Rule: TypeAlias = tuple[str, ...]
"""The options a class may show: one, any of several (in the attribute's order), or ``()``, which says nothing."""

NO_RULE: Rule = ()
SLOT = "{}"
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e6


def fill(prompt: str, text: str) -> str:
    """``prompt`` with its one ``{}`` replaced by ``text``. Never ``str.format``: both come from outside."""
    return prompt.replace(SLOT, text)


def prompt_problem(prompt: str) -> str:
    """Why ``prompt`` cannot be a template, or ``""`` when it can: it must hold exactly one ``{}``, no other brace."""
    slots = prompt.count(SLOT)
    rest = prompt.replace(SLOT, "")
    filled = re.findall(r"\{[^{}]+\}", rest)
    if slots == 0 and len(filled) == 1:
        return f"a prompt needs exactly one {SLOT}; {plain(filled[0])} must be empty"
    if slots != 1:
        return f"a prompt needs exactly one {SLOT}, this one has {slots}"
    if "{" in rest or "}" in rest:
        return f"a prompt holds no brace besides its one {SLOT}"
    return text_problem(prompt)


def weight_problem(weight: float) -> str:
    """Why ``weight`` cannot be one, or ``""`` when it can.

    A class whose attributes all weigh next to nothing would otherwise be divided by zero in float32.
    """
    if weight == 0 or LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        return ""
    return f"weight {weight:g} is neither 0 nor between {LEAST_WEIGHT:g} and {MOST_WEIGHT:g}"


def text_problem(text: str) -> str:
    """Why ``text`` cannot be a name, an option or a prompt, or ``""`` when it can."""
    if not text.strip():
        return "it is empty"
    if text != text.strip():
        return "it begins or ends with white space"
    for char in text:
        if is_control(char):
            return f"it holds the {_kind(char)} U+{ord(char):04X}"
    return ""


def _kind(char: str) -> str:
    """What a person would call a character that no text may hold."""
    if char in "\u2028\u2029":
        return "line separator"
    if "\ud800" <= char <= "\udfff":
        return "half of a surrogate pair"
    return "control character" if unicodedata.category(char) == "Cc" else "invisible character"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One question: a name, prompt templates with one ``{}`` each, and the options that fill it.

    The text embeddings of several prompts are averaged after normalisation, then normalised again.
    ``weight`` multiplies the attribute's part in a class's score; it is 0 or between 1e-6 and 1e6.
    """

    name: str
    prompts: tuple[str, ...]
    options: tuple[str, ...] = ()
    weight: float = 1.0
    note: str = ""

    def __post_init__(self) -> None:
        where = f"attributes › {plain(self.name)}"
        _refuse(text_problem(self.name), "attribute name", self.name, where)
        if not self.prompts:
            raise InvalidSystemError(
                "an attribute needs a prompt", where=where, hint=f'Add one such as "A photo of a {SLOT} thing.".'
            )
        for prompt in self.prompts:
            _refuse(prompt_problem(prompt), "prompt", prompt, where)
        for option in self.options:
            _refuse(text_problem(option), "option", option, where)
        _refuse_twice("prompt", self.prompts, where)
        _refuse_twice("option", self.options, where)
        if problem := weight_problem(self.weight):
            raise InvalidSystemError(problem, where=where)


@dataclass(frozen=True, slots=True)
class Allowance:
    """A finding that the authors accept: a check's code or name, the place (``""``: everywhere), and why."""

    check: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class System:
    """Attributes and rules for a set of classes; a value, changed only by edits (``cotsmith.apply``).

    ``rules`` maps every class, in order, to a mapping with a rule for every attribute; the constructor fills in
    ``NO_RULE`` where one is missing and puts any-of rules into the attribute's option order, so equal systems
    compare equal. The order of attributes, options and classes is part of the value.

    ``notes`` maps ``(class, attribute)`` to a remark for the next reader, ``(class, None)`` being about the whole
    class; a remark about an attribute is its ``note``. ``temperature`` divides the encoder's logit scale.

    Raises:
        InvalidSystemError: a name, prompt, option or rule that the format does not allow.
    """

    name: str = "untitled"
    description: str = ""
    class_prompts: tuple[str, ...] = (SLOT,)
    attributes: tuple[Attribute, ...] = ()
    rules: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
    temperature: float = 1.0
    notes: Mapping[tuple[str, str | None], str] = field(default_factory=dict)
    allow: tuple[Allowance, ...] = ()

    def __post_init__(self) -> None:
        _refuse(text_problem(self.name), "name", self.name, "name")
        if not self.class_prompts:
            raise InvalidSystemError(
                "a system needs a class prompt", where="class_prompt", hint=f'The plainest is "{SLOT}".'
            )
        for prompt in self.class_prompts:
            _refuse(prompt_problem(prompt), "prompt", prompt, "class_prompt")
        if not (math.isfinite(self.temperature) and self.temperature > 0):
            raise InvalidSystemError(f"temperature {self.temperature} is not a finite number > 0", where="temperature")
        _refuse_twice("attribute", [a.name for a in self.attributes], "attributes")
        rows = {name: self._row(name, row) for name, row in self.rules.items()}
        object.__setattr__(self, "rules", MappingProxyType(rows))
        for (class_name, attribute), note in self.notes.items():
            self._check_note(class_name, attribute, note)
        object.__setattr__(self, "notes", MappingProxyType(dict(self.notes)))

    def _row(self, class_name: str, row: Mapping[str, Rule]) -> Mapping[str, Rule]:
        where = f"rules › {plain(class_name)}"
        _refuse(text_problem(class_name), "class name", class_name, where)
        names = [a.name for a in self.attributes]
        for name in row:
            if name not in names:
                raise InvalidSystemError(f'"{plain(name)}" is not an attribute{did_you_mean(name, names)}', where=where)
        return MappingProxyType(
            {a.name: rule_in_order(class_name, a, row.get(a.name, NO_RULE)) for a in self.attributes}
        )

    def _check_note(self, class_name: str, attribute: str | None, note: str) -> None:
        where = "notes › " + " › ".join(plain(part) for part in (class_name, attribute) if part is not None)
        if class_name not in self.rules:
            raise InvalidSystemError(
                f'"{plain(class_name)}" is not a class{did_you_mean(class_name, self.rules)}', where=where
            )
        if attribute is not None and attribute not in self.rules[class_name]:
            raise InvalidSystemError(f'"{plain(attribute)}" is not an attribute', where=where)
        if not note:
            raise InvalidSystemError("an empty note", where=where, hint="Leave it out instead.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, System):
            return NotImplemented
        mine, theirs = ([getattr(s, f.name) for f in fields(System)] for s in (self, other))
        return mine == theirs and list(self.rules) == list(other.rules)

    def __hash__(self) -> int:
        return hash((self.name, self.attributes, tuple(self.rules)))

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in order."""
        return tuple(self.rules)

    @property
    def option_count(self) -> int:
        """Q: how many text vectors the system needs per prompt, the sum of its attributes' option counts."""
        return sum(len(a.options) for a in self.attributes)

    def attribute(self, name: str) -> Attribute:
        """The attribute called ``name``; ``KeyError`` when there is none."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute
        raise KeyError(name)

    def cells(self) -> Iterator[tuple[str, str, Rule]]:
        """Every ``(class, attribute, rule)``, row by row."""
        for class_name, row in self.rules.items():
            for attribute in self.attributes:
                yield class_name, attribute.name, row[attribute.name]

    @classmethod
    def load(cls, source: str | Path) -> System:
        """Read a system from a file, ``gallery:NAME`` or ``-`` (standard input)."""
        from .file import load

        return load(source)

    def save(self, path: str | Path) -> None:
        """Write the canonical form to ``path``: atomically, synced to disk, all or nothing."""
        from .file import save

        save(self, path)


def evolve(system: System, **changes: Any) -> System:
    """``system`` with some fields replaced, without checking them again: for edits, which uphold the invariants.

    Checking 1,000 classes × 50 attributes takes tens of milliseconds; a key press in the review cannot wait for it.
    """
    copy = object.__new__(System)
    for item in fields(System):
        value = changes.get(item.name, getattr(system, item.name))
        if isinstance(value, dict):
            value = MappingProxyType(value)
        object.__setattr__(copy, item.name, value)
    return copy


def rule_in_order(class_name: str, attribute: Attribute, rule: Sequence[str]) -> Rule:
    """``rule`` checked against the attribute's options and put into their order, each named once."""
    if len(rule) == 1 and rule[0] in attribute.options:
        return tuple(rule)
    for option in rule:
        if option not in attribute.options:
            raise InvalidSystemError(
                f'"{plain(option)}" is not an option{did_you_mean(option, attribute.options)}',
                where=f"rules › {plain(class_name)} › {plain(attribute.name)}",
            )
    return tuple(option for option in attribute.options if option in rule)


def _refuse(problem: str, kind: str, text: str, where: str) -> None:
    if problem:
        raise InvalidSystemError(f'{kind} "{plain(text)}": {problem}', where=where)


def _refuse_twice(kind: str, texts: Sequence[str], where: str) -> None:
    seen: set[str] = set()
    for text in texts:
        if text in seen:
            raise InvalidSystemError(f'{kind} "{plain(text)}" stands twice', where=where)
        seen.add(text)
