"""A list of one-line items that draws only what is in view, so that thousands cost no more than ten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, overload

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from .actions import moves
from .themes import inks


class Lines(Sequence[Text]):
    """``count`` lines, each made by ``line`` from its index when it is first seen: of thousands, ten may be in view."""

    def __init__(self, count: int, line: Callable[[int], Text]) -> None:
        self._count = count
        self._line = line
        self._known: dict[int, Text] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Text: ...
    @overload
    def __getitem__(self, index: slice) -> list[Text]: ...
    def __getitem__(self, index: int | slice) -> Text | list[Text]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if index not in self._known:
            self._known[index] = self._line(index)
        return self._known[index]


class LineList(ScrollView, can_focus=True):
    """Items, one of them highlighted. Texts are taken as they are: make them safe before."""

    DEFAULT_CSS = """
    LineList { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moves(
            {
                "up": "move(-1)",
                "down": "move(1)",
                "page-up": "page(-1)",
                "page-down": "page(1)",
                "first-column": "end(-1)",
                "last-column": "end(1)",
                "last": "end(1)",
            }
        ),
        Binding("enter", "choose", "Choose", show=False, id="choose"),
    ]

    class Highlighted(Message):
        """The highlight moved to another item."""

        def __init__(self, lines: LineList, index: int) -> None:
            super().__init__()
            self.lines = lines
            self.index = index

        @property
        def control(self) -> LineList:
            return self.lines

    class Chosen(Highlighted):
        """An item was chosen, with Enter or a click on the highlighted one."""

    def __init__(self, items: Sequence[Text] = (), *, id: str | None = None, always: bool = False) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._always = always  # highlighted as if it had the focus, where something else takes the keys
        self.items: Sequence[Text] = items
        self.index = 0

    def show(self, items: Sequence[Text], index: int | None = None) -> None:
        """Show other items; the highlight stays where it is unless ``index`` says otherwise."""
        before, at, scrolled = self.items, self.index, self.scroll_offset
        self.items = items
        self.index = max(0, min(len(items) - 1, self.index if index is None else index))
        self._measure()
        self._reveal()
        if scrolled != self.scroll_offset or len(before) != len(items):
            self.refresh()
            return
        top = self.scroll_offset.y
        changed = [
            line
            for line in range(top, min(top + self.size.height, len(items)))
            if (line in (at, self.index) and at != self.index) or before[line] != items[line]
        ]
        if changed:
            self.refresh(*(Region(0, line - top, self.size.width, 1) for line in changed))

    def on_mount(self) -> None:
        self._measure()

    def on_resize(self, event: Resize) -> None:
        self._measure()
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """One item, padded to the width, highlighted where it is."""
        at = y + self.scroll_offset.y
        colors = inks(self.app.theme)
        width = self.scrollable_content_region.width
        base = self.rich_style
        if not 0 <= at < len(self.items):
            return Strip.blank(width, base)
        line = self.items[at].copy()
        line.truncate(width, overflow="ellipsis")
        line.no_wrap = True
        segments = list(line.render(self.app.console))
        strip = Strip(segments).crop(0, width).extend_cell_length(width).apply_style(base)
        if at != self.index:
            return strip
        if self.has_focus or self._always:
            over = Style(color=colors.on_cursor, bgcolor=colors.cursor, bold=True)
            return Strip([Segment(segment.text, over) for segment in strip])
        return Strip([Segment(s.text, (s.style or base) + Style(bgcolor=colors.row)) for s in strip])

    def action_move(self, step: int) -> None:
        """Highlight the item ``step`` further."""
        self.highlight(self.index + step)

    def action_page(self, step: int) -> None:
        """Highlight the item a page further."""
        self.highlight(self.index + step * max(1, self.size.height - 1))

    def action_end(self, step: int) -> None:
        """Highlight the first or the last item."""
        self.highlight(0 if step < 0 else len(self.items) - 1)

    def action_choose(self) -> None:
        """Choose the highlighted item."""
        if self.items:
            self.post_message(self.Chosen(self, self.index))

    def on_click(self, event: Click) -> None:
        """Highlight the item under the mouse; a second click chooses it."""
        at = event.y + self.scroll_offset.y
        if 0 <= at < len(self.items):
            if at == self.index and self.has_focus and event.chain > 1:
                self.action_choose()
            else:
                self.highlight(at)

    def highlight(self, index: int) -> None:
        """Highlight an item, and tell."""
        index = max(0, min(len(self.items) - 1, index))
        if index != self.index and self.items:
            self.index = index
            self._reveal()
            self.refresh()
            self.post_message(self.Highlighted(self, index))

    def _measure(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.items))

    def _reveal(self) -> None:
        if self.size.height:
            self.scroll_to_region(Region(0, self.index, 1, 1), animate=False, force=True, immediate=True)
