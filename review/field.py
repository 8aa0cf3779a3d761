"""A line to type into, without the keys that terminals and multiplexers want for themselves."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from .actions import TAKEN


def _own(bindings: list[BindingType]) -> list[BindingType]:
    kept: list[BindingType] = []
    for binding in bindings:
        if isinstance(binding, Binding):
            keys = ",".join(key for key in binding.key.split(",") if key.strip() not in TAKEN)
            if keys:
                kept.append(
                    Binding(keys, binding.action, binding.description, show=False, id=f"field-{binding.action}")
                )
    return kept


class Field(Input, inherit_bindings=False):
    """One line of text."""

    BINDINGS: ClassVar[list[BindingType]] = _own(list(Input.BINDINGS))
