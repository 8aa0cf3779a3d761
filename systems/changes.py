"""A list of edits as people read it: sentences, gathered under the system, the attribute or the class they change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .describe import describe
from .edits import Edit, RenameAttribute, RenameClass, apply, touches
from .markdown import escape
from .model import System
from .text import plain

Kind: TypeAlias = Literal["system", "attribute", "class"]
_ORDER: tuple[Kind, ...] = ("system", "attribute", "class")


@dataclass(frozen=True, slots=True)
class Changes:
    """What was changed about one attribute, one class (its rules and notes included), or the system as a whole.

    ``name`` is the attribute's or class's name after the edits, ``""`` for the system.
    """

    kind: Kind
    name: str
    sentences: tuple[str, ...]

    @property
    def title(self) -> str:
        """``system``, ``attribute color`` or ``class Absol``; safe to show."""
        return f"{self.kind} {plain(self.name)}" if self.name else self.kind


def gather(system: System, edits: Iterable[Edit]) -> list[Changes]:
    """The changes that ``edits``, which must apply to ``system``, make: the system's, then by attribute, then by class.

    Attributes and classes stand in the order in which they are first changed.

    Raises:
        EditError: an edit does not apply.
    """
    names: list[tuple[Kind, str]] = []
    sentences: list[list[str]] = []
    places: dict[tuple[Kind, str], int] = {}
    for edit in edits:
        key = _key(edit)
        place = places.setdefault(key, len(names))
        if place == len(names):
            names.append(key)
            sentences.append([])
        sentences[place].append(describe(edit, system))
        if isinstance(edit, RenameAttribute | RenameClass):
            # What follows calls it by its new name; a new one may take the old name.
            del places[key]
            names[place] = (key[0], edit.new_name)
            places[names[place]] = place
        system = apply(system, [edit])
    found = [Changes(kind, name, tuple(said)) for (kind, name), said in zip(names, sentences, strict=True)]
    return sorted(found, key=lambda changes: _ORDER.index(changes.kind))


def _key(edit: Edit) -> tuple[Kind, str]:
    class_name, attribute = touches(edit)
    if class_name is not None:
        return "class", class_name
    return ("system", "") if attribute is None else ("attribute", attribute)


def changes_text(changes: Iterable[Changes]) -> str:
    """The changes as plain text: a title, then its sentences, indented."""
    blocks = ["\n".join([change.title, *(f"  {sentence}" for sentence in change.sentences)]) for change in changes]
    return "\n\n".join(blocks)


def changes_markdown(changes: Iterable[Changes]) -> str:
    """The changes as Markdown: a heading, then its sentences as a list."""
    blocks = []
    for change in changes:
        items = [f"- {escape(sentence)}" for sentence in change.sentences]
        blocks.append("\n".join([f"### {escape(change.title)}", "", *items]))
    return "\n\n".join(blocks)
