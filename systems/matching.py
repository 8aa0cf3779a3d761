"""What of one system became what of another: attributes, options and classes, each once at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .match_attributes import cells_of, is_another_question, match_attributes
from .match_classes import Column, match_classes
from .match_options import OptionMatch, match_options
from .model import System


@dataclass(frozen=True, slots=True)
class Matching:
    """Old name to new, for everything that stayed under its name or another.

    ``options`` is by old attribute name, and has every attribute that ``attributes`` has. What is not there is gone,
    or new.
    """

    attributes: Mapping[str, str]
    options: Mapping[str, OptionMatch]
    classes: Mapping[str, str]


def match(old: System, new: System) -> Matching:
    """Match by name first, then by likeness; whatever it says, ``diff`` is right, only longer or shorter."""
    classes = [name for name in old.rules if name in new.rules]
    attributes: dict[str, str] = {}
    options: dict[str, OptionMatch] = {}
    columns: list[Column] = []
    after = {attribute.name: attribute for attribute in new.attributes}
    pairs = match_attributes(old, new, classes)
    for attribute in old.attributes:
        if attribute.name not in pairs:
            continue
        successor = after[pairs[attribute.name]]
        cells = cells_of(old, new, attribute.name, successor.name, classes)
        found = match_options(attribute, successor, cells)
        if is_another_question(attribute, successor, found, cells):
            continue
        attributes[attribute.name] = successor.name
        options[attribute.name] = found
        untouched = attribute.options == successor.options and all(o == n for o, n in found.kept.items())
        columns.append(
            Column(attribute.name, successor.name, successor.options, None if untouched else found.successors())
        )
    return Matching(attributes, options, match_classes(old, new, columns))
