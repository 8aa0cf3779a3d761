"""All keys and marks, by what they are for."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from .actions import MOVES, Action, keys_of, shown
from .dimmed import Over
from .themes import inks

_KEYS = 12


class HelpScreen(Over[None]):
    """A page to scroll: what ``told`` says, what ``panes`` show, the keys of ``actions``, what the ``marks`` mean."""

    DEFAULT_CSS = """
    HelpScreen { align: center middle; background: $background 60%; }
    HelpScreen > VerticalScroll {
        width: 92; max-width: 98%; height: auto; max-height: 94%; background: $surface; border: round $primary;
        padding: 0 1; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "close", "Close", show=False, id="close"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="up"),
    ]

    def __init__(
        self,
        keys: Mapping[str, str],
        actions: Iterable[Action],
        told: str,
        marks: Iterable[tuple[str, str]],
        panes: Iterable[tuple[str, str]] = (),
    ) -> None:
        super().__init__()
        self._keys = keys
        self._actions = tuple(actions)
        self._told = told
        self._marks = tuple(marks)
        self._panes = tuple(panes)

    def compose(self) -> ComposeResult:
        with VerticalScroll() as page:
            page.border_title = Text("help")
            page.border_subtitle = "esc closes"
            yield Static(self._text(), markup=False)

    def action_close(self) -> None:
        """Back to the review."""
        self.dismiss(None)

    def action_scroll(self, step: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)

    def _text(self) -> Text:
        colors = inks(self.app.theme)
        text = Text()
        text.append(f"{self._told}\n", colors.soft)
        groups: dict[str, list[tuple[str, str]]] = {}
        for action in self._actions:
            keys = " ".join(keys_of(action, self._keys))
            groups.setdefault(action.group, []).append((keys, action.help))
        moves = [
            (" ".join(shown(k) for k in self._keys.get(name, keys).split(",")), what)
            for name, (keys, what) in MOVES.items()
        ]
        groups["Move"] = moves
        width = max(30, min(88, self.app.size.width - 8) - _KEYS - 3)
        if self._panes:
            text.append("\nPanes\n", f"bold {colors.text}")
            for name, what in self._panes:
                _line(text, name, what, width, colors.loss, colors.text)
        for group, lines in groups.items():
            text.append(f"\n{group}\n", f"bold {colors.text}")
            for keys, what in lines:
                _line(text, keys, what, width, colors.loss, colors.text)
        text.append("\nMarks\n", f"bold {colors.text}")
        for mark, what in self._marks:
            _line(text, mark, what, width, colors.gain, colors.text)
        text.append("\nThe mouse works: a click selects, a double click changes.", colors.soft)
        return text


def _line(text: Text, keys: str, what: str, width: int, tone: str, plain_tone: str) -> None:
    for number, part in enumerate(textwrap.wrap(what, width)):
        text.append(f"  {keys if number == 0 else '':<{_KEYS}} ", f"bold {tone}")
        text.append(f"{part}\n", plain_tone)
