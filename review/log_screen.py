"""The revisions of the file: pick one, or mark two to compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from ..systems.history_log import Entry, log_text, measured_text
from .dimmed import Over
from .line_list import LineList
from .text_screen import styled
from .themes import inks


class LogScreen(Over[tuple[int, ...] | None]):
    """Answers the numbers of one revision or two."""

    DEFAULT_CSS = """
    LogScreen { align: center middle; background: $background 60%; }
    LogScreen > Vertical { width: 96%; height: 92%; background: $surface; border: round $primary; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", show=False, id="close"),
        Binding("space", "mark", "Mark", show=False, id="mark-revision"),
    ]

    def __init__(self, known: Sequence[Entry]) -> None:
        super().__init__()
        self._known = known
        self._marked: list[int] = []
        self._above = 0

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text("history")
            box.border_subtitle = "⏎ one revision · space marks two to compare · esc closes"
            yield LineList()
            below = Text("\n").join(styled(line, inks(self.app.theme)) for line in measured_text(self._known))
            yield Static(below, markup=False)

    def on_mount(self) -> None:
        self._show()
        self.query_one(LineList).index = self._above
        self.query_one(LineList).focus()

    def on_resize(self) -> None:
        self._show()

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)

    def action_mark(self) -> None:
        """Mark the highlighted revision; with two marked, compare them."""
        number = self._number()
        if number is None:
            return
        self._marked = [n for n in self._marked if n != number] if number in self._marked else [*self._marked, number]
        if len(self._marked) == 2:
            self.dismiss(tuple(self._marked))
        else:
            self._show()

    @on(LineList.Chosen)
    def choose(self) -> None:
        """Answer with the highlighted one."""
        number = self._number()
        if number is not None:
            self.dismiss((number,))

    def _number(self) -> int | None:
        at = self.query_one(LineList).index - self._above
        return self._known[at].revision.number if 0 <= at < len(self._known) else None

    def _show(self) -> None:
        colors = inks(self.app.theme)
        width = max(40, self.query_one(LineList).size.width - 2)
        lines = log_text(self._known, width=width)
        self._above = len(lines) - len(self._known)
        shown = []
        for at, line in enumerate(lines):
            entry = at - self._above
            marked = entry >= 0 and self._known[entry].revision.number in self._marked
            shown.append(Text("◆ " if marked else "  ", colors.loss) + styled(line, colors))
        self.query_one(LineList).show(shown)
