"""Finding what an edit names: an attribute, an option or a class, or the error that says what was meant."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import EditError
from .model import Allowance, Attribute, Rule, System
from .text import did_you_mean, plain


def attribute_index(system: System, name: str) -> int:
    """Where the attribute ``name`` stands; ``EditError`` when there is none."""
    for index, attribute in enumerate(system.attributes):
        if attribute.name == name:
            return index
    raise EditError(f'"{plain(name)}" is not an attribute{did_you_mean(name, (a.name for a in system.attributes))}')


def find_attribute(system: System, name: str) -> Attribute:
    """The attribute ``name``; ``EditError`` when there is none."""
    return system.attributes[attribute_index(system, name)]


def option_index(attribute: Attribute, option: str) -> int:
    """Where ``option`` stands in ``attribute``; ``EditError`` when it is none of its options."""
    if option not in attribute.options:
        close = did_you_mean(option, attribute.options)
        raise EditError(f'"{plain(option)}" is not an option of {plain(attribute.name)}{close}')
    return attribute.options.index(option)


def find_row(system: System, class_name: str) -> Mapping[str, Rule]:
    """The rules of the class ``class_name``; ``EditError`` when there is none."""
    row = system.rules.get(class_name)
    if row is None:
        raise EditError(f'"{plain(class_name)}" is not a class{did_you_mean(class_name, system.rules)}')
    return row


def allowance_index(system: System, allowance: Allowance) -> int:
    """Where ``allowance`` stands first; ``EditError`` when it does not."""
    if allowance not in system.allow:
        raise EditError("there is no such allowance")
    return system.allow.index(allowance)
