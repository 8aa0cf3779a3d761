"""What a check reports: a fault, its place, what to do about it, and edits that mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..systems.edits import Edit
from ..systems.model import Attribute
from ..systems.text import plain

Severity: TypeAlias = Literal["error", "warning", "note"]
Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a system.

    ``path`` leads to the value in the file, as ``Document.locate`` takes it, and ``on_key`` says that its key is
    meant; ``name`` is how a person and an allowance write the place.
    """

    path: Path
    name: str
    on_key: bool = False


WHOLE = Place((), "")
"""The system as a whole."""


def at_attribute(attribute: str) -> Place:
    """An attribute."""
    return Place(("attributes", attribute), f"attributes › {plain(attribute)}", on_key=True)


def at_prompt(attribute: Attribute, index: int = 0) -> Place:
    """One of an attribute's prompts."""
    path: Path = ("attributes", attribute.name, "prompt")
    if len(attribute.prompts) > 1:
        path = (*path, index)
    return Place(path, f"attributes › {plain(attribute.name)} › prompt")


def at_option(attribute: Attribute, option: str) -> Place:
    """One of an attribute's options; the name says its text, since people do not count."""
    path: Path = ("attributes", attribute.name, "options", attribute.options.index(option))
    return Place(path, f"attributes › {plain(attribute.name)} › {plain(option)}")


def at_class(class_name: str) -> Place:
    """A class."""
    return Place(("rules", class_name), f"rules › {plain(class_name)}", on_key=True)


def at_rule(class_name: str, attribute: str) -> Place:
    """One cell of the table."""
    return Place(("rules", class_name, attribute), f"rules › {plain(class_name)} › {plain(attribute)}")


def at_allowance(index: int) -> Place:
    """One entry of the file's allow list."""
    return Place(("allow", index), f"allow › {index + 1}")


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend a fault.

    ``title`` says what they do. ``effect`` says how they change what the system predicts; ``""`` means that every
    image keeps its answer. A ``safe`` fix keeps what the author meant and is taken by ``--fix``; another needs a look.
    """

    title: str
    edits: tuple[Edit, ...]
    effect: str = ""
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``also`` lists the other places that it concerns; an allowance for any of them covers it.

    ``source`` is the file, ``line`` and ``column`` are 1-based; they are ``""`` and ``None`` where a system was
    checked that no file holds.
    """

    code: str
    name: str
    severity: Severity
    message: str
    place: Place = WHOLE
    hint: str = ""
    fix: Fix | None = None
    also: tuple[Place, ...] = ()
    source: str = ""
    line: int | None = None
    column: int | None = None
