"""A line to type into, without the keys that terminals and multiplexers want for themselves."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.widgets import Input

from ..systems.text import is_control
from .actions import TAKEN

_SIGN = "\N{REPLACEMENT CHARACTER}"


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
    """One line of text. What a terminal would obey is shown as a sign in its place; pasted lines become one line."""

    BINDINGS: ClassVar[list[BindingType]] = _own(list(Input.BINDINGS))

    @property
    def _value(self) -> Text:
        """What Textual draws for the value, and measures: one sign for each character, so that the cursor fits."""
        return Text(_shown(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(_shown(self.value[:position]))

    def _on_paste(self, event: Paste) -> None:
        """All lines of a paste count, not only the first."""
        event.prevent_default()
        event.stop()
        text = " ".join(line.strip() for line in event.text.splitlines()) if "\n" in event.text else event.text
        self.replace(text, *self.selection)


def _shown(text: str) -> str:
    return "".join(_SIGN if is_control(char) else char for char in text)
