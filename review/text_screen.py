"""A page of styled lines to read: what changed, what was."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from ..systems.spans import Line
from ..systems.text import plain
from .dimmed import Over
from .line_list import LineList
from .themes import Inks, inks


class TextScreen(Over[None]):
    """Lines, scrolled by moving through them."""

    DEFAULT_CSS = """
    TextScreen { align: center middle; background: $background 60%; }
    TextScreen > Vertical {
        width: 96%; height: 92%; background: $surface; border: round $primary; padding: 0 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "Close", show=False, id="close", priority=True)
    ]

    def __init__(self, title: str, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._lines = lines

    def compose(self) -> ComposeResult:
        colors = inks(self.app.theme)
        with Vertical() as box:
            box.border_title = Text(plain(self._title))
            box.border_subtitle = "esc closes"
            yield LineList([styled(line, colors) for line in self._lines])

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)


def styled(line: Line, colors: Inks) -> Text:
    """A line of the command line's, in the colours of the theme."""
    tones = {
        "": colors.text,
        "head": f"bold {colors.text}",
        "old": colors.loss,
        "new": colors.gain,
        "gone": f"strike {colors.loss}",
        "come": f"bold {colors.gain}",
        "dim": colors.faint,
        "note": colors.soft,
    }
    text = Text(no_wrap=True)
    for span in line:
        text.append(plain(span.text), tones[span.style])
    return text
