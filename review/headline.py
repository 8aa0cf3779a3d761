"""The first line: which system, how good it is, what it was when the session began, and how much was looked at."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from ..systems.text import plain
from .cells_text import cut
from .effect_text import accuracy, interval, points
from .review import Review
from .themes import Inks, inks


class Headline(Static):
    """One line, shortened to what fits."""

    DEFAULT_CSS = "Headline { height: 1; background: $panel; padding: 0 1; text-wrap: nowrap; }"

    def __init__(self, review: Review) -> None:
        super().__init__("", markup=False)
        self.review = review
        self.waiting = ""

    def on_resize(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Write the line again."""
        self.update(self._line(max(20, self.size.width)), layout=False)

    def _line(self, width: int) -> Text:
        colors, session = inks(self.app.theme), self.review.session
        left = Text().append(cut(session.system.name, 24), f"bold {colors.text}")
        if session.read_only:
            left.append(" read-only", colors.loss)
        elif session.unsaved:
            left.append(f" {session.unsaved} unsaved", colors.soft)
        figures = session.figures
        if figures is not None and session.start is not None:
            e = figures.evaluation
            left.append(f"   {accuracy(e.share)}", f"bold {colors.text}")
            left.append(f" {interval(e.share)}", colors.soft)
            change = points(e.accuracy - session.start.evaluation.accuracy)
            tone = colors.gain if change.startswith("+") else colors.loss if change.startswith("-") else colors.soft
            left.append(f"  {change} since start", f"bold {tone}" if change != "±0" else tone)
            if width > 110:
                s = e.setting
                split = "" if s.split == "all" else f" {plain(s.split)}"
                left.append(f"   {e.n}{split} images, {cut(s.encoder, 28)}", colors.faint)
        elif self.waiting:
            left.append(f"   {self.waiting}", colors.soft)
        else:
            left.append("   no images: structure only", colors.soft)
        right = self._progress(colors, short=False)
        if width - left.cell_len - right.cell_len < 2:
            right = self._progress(colors, short=True)
        return left + Text(" " * max(1, width - left.cell_len - right.cell_len)) + right

    def _progress(self, colors: Inks, *, short: bool) -> Text:
        """How many classes the filter leaves, and how many cells were seen."""
        review, text = self.review, Text()
        if review.view.filtered:
            shown, classes = len(review.rows), len(review.session.system.rules)
            text.append(f"{shown}/{classes} shown" if short else f"{shown} of {classes} classes shown   ", colors.loss)
            if short:
                return text
        seen, cells = review.progress
        return text.append(f"{seen}/{cells} seen" if short else f"{seen} of {cells} cells seen", colors.soft)
