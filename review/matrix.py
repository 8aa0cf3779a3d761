"""The matrix: classes by attributes, drawn only where it is in view, with headers that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.segment import Segment
from textual.binding import BindingType
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ..authoring.locks import Cell
from ..scoring.statistics import Share
from ..systems.model import System
from .actions import moves
from .cells_text import fit, width_of
from .effect_text import percent, points
from .nowhere import nowhere
from .review import Review
from .themes import Inks, ink, inks

HEADER = 2
_ACCURACY = 6
_NARROWEST, _SMALLEST, _WIDEST = 12, 10, 24
_LABEL_NARROWEST, _LABEL_WIDEST = 8, 22
_GAP = 1


class Matrix(ScrollView, can_focus=True):
    """The cells of a review; the cursor is the review's own selected cell."""

    DEFAULT_CSS = """
    Matrix { width: 1fr; height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; overflow-x: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *moves(
            {
                "up": "move(-1,0)",
                "down": "move(1,0)",
                "left": "move(0,-1)",
                "right": "move(0,1)",
                "page-up": "page(-1)",
                "page-down": "page(1)",
                "first-column": "column(-1)",
                "last-column": "column(1)",
                "first": "row(-1)",
                "last": "row(1)",
            }
        )
    ]

    class Moved(Message):
        """Another cell was selected."""

    class Entered(Message):
        """A cell was chosen with the mouse."""

    def __init__(
        self,
        review: Review,
        key_of: Callable[[str], str],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name
    ) -> None:
        super().__init__(id=id)
        self.review = review
        self._key_of = key_of
        self._widths: list[int] = []
        self._starts: list[int] = []
        self._label = _LABEL_NARROWEST
        self._places: dict[str, int] = {}
        self._room_for: tuple[object, ...] = ()
        self._drawn: list[tuple[object, ...]] = []

    # What is shown

    def renew(self) -> None:
        """After anything changed: lay out the columns again, and draw."""
        self._lay_out()
        self._reveal()
        self.draw()

    def draw(self, lines: Iterable[int] = ()) -> None:
        """Draw what looks otherwise than when it was last drawn; of ``lines`` alone, where nothing else can."""
        before = self._drawn
        known = {y: self._looks(y) for y in lines if 0 <= y < len(before)}
        self._drawn = (
            [known.get(y, look) for y, look in enumerate(before)]
            if known
            else [self._looks(y) for y in range(self.size.height)]
        )
        if len(before) != len(self._drawn):
            self.refresh()
            return
        changed = [y for y, look in enumerate(self._drawn) if look != before[y]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def on_mount(self) -> None:
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        self._drawn = []
        self.renew()

    def _looks(self, y: int) -> tuple[object, ...]:
        """All that line ``y`` is drawn from, so that two that are equal need be drawn once."""
        review = self.review
        layout = self.app.theme, self.size, self._label, self._room_for, self.scroll_offset
        figures, at = review.session.figures, y - HEADER + self.scroll_offset.y
        if not review.attributes or y < HEADER:
            shares = [None if figures is None else figures.attribute(name) for name, _ in self._visible()]
            return layout, review.cell and review.cell[1], review.view, [m and m.share for m in shares]
        if at >= len(review.rows):
            return layout, bool(review.rows)
        name = review.rows[at]
        cells = [(name, attribute) for attribute, _ in self._visible()]
        here = (review.cell[1], self.has_focus) if review.cell is not None and review.cell[0] == name else None
        share = None if figures is None else figures.class_share(name)
        return layout, name, here, share, review.session.system.rules[name], [review.marked(cell) for cell in cells]

    def render_line(self, y: int) -> Strip:
        """A line of the header, or of a class."""
        colors, width = inks(self.app.theme), self.size.width
        if not self.review.attributes or not self.review.session.system.rules:
            text = nowhere(self.review, self._key_of) if y == 0 else ""
            return Strip([Segment(fit(text, width), ink(colors.soft, colors.paper))])
        if y == 0:
            return self._header(colors, width, names=True)
        if y == 1:
            return self._header(colors, width, names=False)
        at = y - HEADER + self.scroll_offset.y
        rows = self.review.rows
        if at >= len(rows):
            text = nowhere(self.review, self._key_of) if not rows and y == HEADER else ""
            return Strip([Segment(fit(text, width), ink(colors.soft, colors.paper))])
        return self._row(rows[at], colors, width)

    def _header(self, colors: Inks, width: int, *, names: bool) -> Strip:
        review = self.review
        base = ink(colors.soft, colors.head)
        selected = review.cell[1] if review.cell else ""
        start, figures = review.session.start, review.session.figures
        left = fit(_order_words(review), self._label) + " right" if names else self._columns_in_view()
        segments = [Segment(fit(left, self._label + _ACCURACY) + " ", base)]
        for name, room in self._visible():
            style = ink(colors.text, colors.head, bold=True) if name == selected else base
            if names:
                segments.append(Segment(fit(name, room), style))
            else:
                measure = figures.attribute(name) if figures is not None else None
                before = start.attribute(name) if start is not None else None
                segments += _accuracy(
                    measure.share if measure else None, before.share if before else None, room, colors
                )
            segments.append(Segment(" " * _GAP, base))
        return Strip(segments).crop(0, width).extend_cell_length(width, base)

    def _columns_in_view(self) -> str:
        """Which attributes are in view, where they are not all."""
        count, whole = len(self.review.attributes), len(self._visible(whole=True))
        first = self._first() + 1
        last = first + max(0, whole - 1)
        return "" if whole == count else f"‹ {first}{f'–{last}' if last > first else ''} of {count} ›"

    def _row(self, name: str, colors: Inks, width: int) -> Strip:
        review = self.review
        system, figures = review.session.system, review.session.figures
        here = review.cell is not None and review.cell[0] == name
        share = figures.class_share(name) if figures is not None else None
        value = None if share is None else share.value
        label = ink(colors.text, colors.row if here else colors.paper, bold=here)
        segments = [
            Segment(fit(name, self._label), label),
            Segment(
                percent(share).rjust(_ACCURACY) if share is not None else " " * _ACCURACY,
                ink(_judged(value, colors), colors.row if here else colors.paper, bold=here),
            ),
            Segment(" ", ink(colors.text, colors.row if here else colors.paper)),
        ]
        row = system.rules[name]
        for attribute, room in self._visible():
            rule = row[attribute]
            mark = review.marked((name, attribute))
            text = fit("|".join(rule) if rule else "·", room - 2)
            if here and review.cell is not None and review.cell[1] == attribute:
                style = ink(colors.on_cursor, colors.cursor, bold=True)
                if not self.has_focus:
                    style = ink(colors.text, colors.row, bold=True, underline=True)
                segments.append(Segment(f"{mark.before}{text}{mark.after}", style))
            else:
                paper = colors.tint(mark.share)
                tone = colors.faint if mark.level == "silent" else colors.text
                strong = mark.level == "bad"
                segments += [
                    Segment(mark.before, ink(colors.gain if mark.before == "▲" else colors.loss, paper, bold=True)),
                    Segment(text, ink(tone, paper, bold=strong)),
                    Segment(mark.after, ink(colors.soft, paper)),
                ]
            segments.append(Segment(" " * _GAP, ink(colors.text, colors.paper)))
        return Strip(segments).crop(0, width).extend_cell_length(width, ink(colors.text, colors.paper))

    def _visible(self, *, whole: bool = False) -> list[tuple[str, int]]:
        """The columns in view and the room for each; the first one in view is never cut on its left."""
        names = self.review.attributes
        first = self._first()
        room = self.size.width - self._label - _ACCURACY - 1
        found = []
        for name, width in zip(names[first:], self._widths[first:], strict=False):
            if room < (width if whole else _SMALLEST // 2):
                break
            found.append((name, min(width, room)))
            room -= width + _GAP
        return found

    def _first(self) -> int:
        """The first column in view: scrolling goes by whole columns."""
        x = self.scroll_offset.x
        for index, start in enumerate(self._starts):
            if start >= x:
                return index
        return max(0, len(self._starts) - 1)

    # Where things are

    def _lay_out(self) -> None:
        system = self.review.session.system
        self._places = {name: at for at, name in enumerate(self.review.rows)}
        self._lay_out_columns(system)
        room = self.size.width - self._label - _ACCURACY - 1
        x = self._starts[-1] + self._widths[-1] + _GAP if self._widths else 0
        fixed = self._label + _ACCURACY + 1
        # Room behind the last column, so that scrolling by whole columns can bring it into view.
        extra = max(0, room - self._widths[-1]) if self._widths and x > room else 0
        self.virtual_size = Size(fixed + x + extra, HEADER + len(self.review.rows))

    def _lay_out_columns(self, system: System) -> None:
        """The widths, where classes, options or the room for them changed."""
        room_for = self.size.width, system.classes, tuple((a.name, a.options) for a in system.attributes)
        if room_for == self._room_for:
            return
        self._room_for = room_for
        names = [width_of(name) for name in system.classes[:2000]]
        most = max(_LABEL_NARROWEST, min(_LABEL_WIDEST, self.size.width // 4))
        self._label = min(most, max([*names, _LABEL_NARROWEST]) + 1)
        wanted = [
            max(_SMALLEST, min(_WIDEST, max([width_of(a.name), *(width_of(o) + 2 for o in a.options)])))
            for a in system.attributes
        ]
        room = self.size.width - self._label - _ACCURACY - 1
        least = _NARROWEST if self.size.width >= 56 else _SMALLEST
        self._widths = _squeezed(wanted, room - _GAP * len(wanted), least)
        self._starts, x = [], 0
        for width in self._widths:
            self._starts.append(x)
            x += width + _GAP

    def _reveal(self) -> None:
        """Scroll so that the selected cell is in view."""
        cell = self.review.cell
        if cell is None or not self.size.height:
            return
        row, column = self._places.get(cell[0]), self._column(cell[1])
        if row is None or column is None:
            return
        height = max(1, self.size.height - HEADER)
        top = self.scroll_offset.y
        top = min(max(top, row - height + 1), row)
        room = self.size.width - self._label - _ACCURACY - 1
        first = min(self._first(), column)
        while first < column and self._starts[column] + self._widths[column] - self._starts[first] > room:
            first += 1
        x = self._starts[first]
        if (x, top) != (self.scroll_offset.x, self.scroll_offset.y):
            self.scroll_to(x=x, y=top, animate=False, force=True, immediate=True)

    def _column(self, attribute: str) -> int | None:
        names = self.review.attributes
        return names.index(attribute) if attribute in names else None

    # Moving

    def action_move(self, down: int, right: int) -> None:
        """Select the cell beside, below or above."""
        cell = self.review.cell
        if cell is None:
            return
        rows, names = self.review.rows, self.review.attributes
        row = max(0, min(len(rows) - 1, self._places[cell[0]] + down))
        column = max(0, min(len(names) - 1, names.index(cell[1]) + right))
        self.go((rows[row], names[column]))

    def action_page(self, step: int) -> None:
        """Select a cell a page further."""
        self.action_move(step * max(1, self.size.height - HEADER - 1), 0)

    def action_column(self, step: int) -> None:
        """Select the first or the last attribute."""
        self.action_move(0, step * len(self.review.attributes))

    def action_row(self, step: int) -> None:
        """Select the first or the last class."""
        self.action_move(step * len(self.review.rows), 0)

    def go(self, cell: Cell) -> None:
        """Select a cell, draw the lines that change, and tell."""
        before = self.review.cell
        if cell == before:
            return
        self.review.cell = cell
        scrolled = self.scroll_offset
        self._reveal()
        still = before is not None and scrolled == self.scroll_offset
        self.draw({0, 1, self._line_of(before[0]), self._line_of(cell[0])} if before is not None and still else ())
        self.post_message(self.Moved())

    def on_click(self, event: Click) -> None:
        """Select the cell under the mouse; a double click changes it."""
        row = event.y - HEADER + self.scroll_offset.y
        if event.y < HEADER or row >= len(self.review.rows):
            return
        x = event.x - self._label - _ACCURACY - 1
        names = [name for name, _ in self._visible()]
        attribute = self.review.cell[1] if self.review.cell else names[0]
        for name, room in self._visible():
            if 0 <= x < room:
                attribute = name
            x -= room + _GAP
        self.go((self.review.rows[row], attribute))
        if event.chain > 1:
            self.post_message(self.Entered())

    def _line_of(self, class_name: str) -> int:
        at = self._places.get(class_name)
        return -1 if at is None else at - self.scroll_offset.y + HEADER


def _squeezed(wanted: list[int], room: int, least: int) -> list[int]:
    """Widths that fit into ``room`` where they can, the widest giving first, down to ``least``."""
    widths = list(wanted)
    while sum(widths) > room and max(widths, default=0) > least:
        most = max(widths)
        widths = [width - 1 if width == most else width for width in widths]
    return widths


def _order_words(review: Review) -> str:
    order = {"file": "class", "accuracy": "class ↑", "gain": "class ▲", "name": "class a–z"}
    return order[review.view.sort]


def _judged(value: float | None, colors: Inks) -> str:
    return colors.faint if value is None else colors.text if value >= 0.8 else colors.loss


def _accuracy(share: Share | None, before: Share | None, room: int, colors: Inks) -> list[Segment]:
    """An attribute's accuracy, and how it changed since the session began."""
    base = ink(colors.soft, colors.head)
    if share is None:
        return [Segment(fit("", room), base)]
    shown = percent(share)
    change = "" if before is None or before.value is None else points((share.value or 0) - before.value)
    if change in ("", "±0"):
        return [Segment(fit(shown, room), ink(_judged(share.value, colors), colors.head))]
    tone = colors.gain if change.startswith("+") else colors.loss
    return [
        Segment(shown + " ", ink(_judged(share.value, colors), colors.head)),
        Segment(fit(change, room - len(shown) - 1), ink(tone, colors.head, bold=True)),
    ]
