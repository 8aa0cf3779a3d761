"""The kinds of edit: one frozen dataclass for each atomic change of a system.

Positions are 0-based indexes in the resulting order; ``None`` is the end. An edit says what is to be, never what
was, so the same edit can be written by a person, a check, an LLM or an optimiser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias, get_args

from ..errors import EditError
from .model import Allowance, Attribute, Rule


@dataclass(frozen=True, slots=True)
class SetName:
    """Name the system."""

    name: str


@dataclass(frozen=True, slots=True)
class SetDescription:
    """Say what the system is about; ``""`` says nothing."""

    description: str


@dataclass(frozen=True, slots=True)
class SetClassPrompts:
    """The templates that turn a class name into a text for the baseline."""

    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetTemperature:
    """The number that divides the encoder's logit scale: finite and > 0."""

    temperature: float


@dataclass(frozen=True, slots=True)
class AddAttribute:
    """Add a question, with the rules that answer it; a class without one gets the rule that says nothing."""

    attribute: Attribute
    position: int | None = None
    rules: Mapping[str, Rule] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", MappingProxyType(dict(self.rules)))


@dataclass(frozen=True, slots=True)
class RemoveAttribute:
    """Remove a question, its rules, and the notes on its cells."""

    attribute: str


@dataclass(frozen=True, slots=True)
class RenameAttribute:
    """Give a question another name; rules and notes follow."""

    attribute: str
    new_name: str


@dataclass(frozen=True, slots=True)
class MoveAttribute:
    """Put a question at another place in the order."""

    attribute: str
    position: int


@dataclass(frozen=True, slots=True)
class SetPrompts:
    """Ask an attribute's question in other words: templates with exactly one ``{}`` each."""

    attribute: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetWeight:
    """How much an attribute counts in a class's score: finite and not negative."""

    attribute: str
    weight: float


@dataclass(frozen=True, slots=True)
class AddOption:
    """Offer one more answer; no rule names it yet."""

    attribute: str
    option: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveOption:
    """Withdraw an answer; rules drop it, and a rule left without any option says nothing."""

    attribute: str
    option: str


@dataclass(frozen=True, slots=True)
class RewordOption:
    """Say an answer in other words, in the attribute and in all rules."""

    attribute: str
    option: str
    text: str


@dataclass(frozen=True, slots=True)
class MoveOption:
    """Put an answer at another place in its attribute's order."""

    attribute: str
    option: str
    position: int


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """Withdraw ``option``; the rules that named it name ``into``, another option of the attribute."""

    attribute: str
    option: str
    into: str


@dataclass(frozen=True, slots=True)
class SetRule:
    """What a class shows in one attribute: an option, any of several, or none (null), which says nothing."""

    class_name: str
    attribute: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class AddClass:
    """Add a label, with its rules; an attribute without one gets the rule that says nothing."""

    class_name: str
    position: int | None = None
    rules: Mapping[str, Rule] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rules", MappingProxyType(dict(self.rules)))


@dataclass(frozen=True, slots=True)
class RemoveClass:
    """Remove a label, its rules and its notes."""

    class_name: str


@dataclass(frozen=True, slots=True)
class RenameClass:
    """Give a label another name; rules and notes follow."""

    class_name: str
    new_name: str


@dataclass(frozen=True, slots=True)
class MoveClass:
    """Put a label at another place in the order."""

    class_name: str
    position: int


@dataclass(frozen=True, slots=True)
class SetNote:
    """A remark about a class, an attribute, or (with both) one cell; ``""`` removes it."""

    note: str
    class_name: str | None = None
    attribute: str | None = None

    def __post_init__(self) -> None:
        if self.class_name is None and self.attribute is None:
            raise EditError("a note is about a class, an attribute, or a cell", hint="Name at least one of them.")


@dataclass(frozen=True, slots=True)
class AddAllowance:
    """Accept a finding, with a reason."""

    allowance: Allowance
    position: int | None = None


@dataclass(frozen=True, slots=True)
class RemoveAllowance:
    """No longer accept a finding; where the same allowance stands twice, the first one goes."""

    allowance: Allowance


Edit: TypeAlias = (
    SetName
    | SetDescription
    | SetClassPrompts
    | SetTemperature
    | AddAttribute
    | RemoveAttribute
    | RenameAttribute
    | MoveAttribute
    | SetPrompts
    | SetWeight
    | AddOption
    | RemoveOption
    | RewordOption
    | MoveOption
    | MergeOptions
    | SetRule
    | AddClass
    | RemoveClass
    | RenameClass
    | MoveClass
    | SetNote
    | AddAllowance
    | RemoveAllowance
)
"""One atomic change of a system."""

EDIT_KINDS: tuple[type, ...] = get_args(Edit)


def touches(edit: Edit) -> tuple[str | None, str | None]:
    """The class and the attribute that ``edit`` is about, each ``None`` where it is about no single one.

    Names are those before the edit (a renamed class is touched under its old name). Both are set for a cell only:
    a rule, or a note on a cell.
    """
    match edit:
        case SetRule() | SetNote():
            return edit.class_name, edit.attribute
        case AddAttribute():
            return None, edit.attribute.name
        case AddClass() | RemoveClass() | RenameClass() | MoveClass():
            return edit.class_name, None
        case SetName() | SetDescription() | SetClassPrompts() | SetTemperature() | AddAllowance() | RemoveAllowance():
            return None, None
        case _:
            return None, edit.attribute
