"""The attributes with their figures: how well images answer them, by chance, what they tell apart, what changed."""

from __future__ import annotations

from rich.text import Text

from ..scoring.separation import separating_power
from ..systems.describe import describe_rule
from ..systems.text import percentage, plain
from .cells_text import bar, fit
from .effect_text import interval, percent, points
from .line_list import LineList, Lines
from .review import Review
from .themes import Inks, inks

_BAR = 6


class AttributesPane(LineList):
    """One line for each attribute; the highlighted one is the selected cell's."""

    def __init__(self, review: Review, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.review = review

    def renew(self) -> None:
        """After anything changed: work the lines out again."""
        names = self.review.attributes
        at = names.index(self.review.cell[1]) if self.review.cell else 0
        colors, width = inks(self.app.theme), self.size.width
        self.show(Lines(len(names), lambda index: _line(self.review, names[index], colors, width)), at)

    def follow(self) -> None:
        """After another cell was selected: highlight its attribute."""
        if self.review.cell is not None:
            names = self.review.attributes
            self.show(self.items, names.index(self.review.cell[1]))


def title(width: int) -> str:
    """What the columns are."""
    return f"Attributes: right (95 %), chance, bits{', Δ, worst mistake' if width > 60 else ', Δ'}"


def _line(review: Review, name: str, colors: Inks, width: int) -> Text:
    session = review.session
    attribute = session.system.attribute(name)
    label = 14 if width >= 56 else 11
    text = Text().append(fit(name, label) + " ", colors.text)
    weight = "" if attribute.weight == 1 else f" ×{attribute.weight:g}"
    measure = session.figures.attribute(name) if session.figures is not None else None
    if measure is None:
        bits = separating_power([row[name] for row in session.system.rules.values()])
        waiting = "…" if session.evaluation is not None else ""
        text.append(f"{len(attribute.options):>3} options  {bits:.1f} bits{weight} {waiting}", colors.soft)
        return text
    share = measure.share
    text.append(bar(share.value or 0, _BAR) + " ", colors.gain if (share.value or 0) >= 0.8 else colors.loss)
    text.append(f"{percent(share):>5}", f"bold {colors.text}")
    text.append(f" {interval(share, fixed=True):<9}", colors.soft)
    text.append("" if measure.chance is None else f"{percentage(measure.chance, fixed=True):>3} ", colors.faint)
    text.append(f"{measure.separating_power:>4.1f} ", colors.soft)
    before = session.start.attribute(name) if session.start is not None else None
    change = ""
    if before is not None and before.share.value is not None and share.value is not None:
        change = points(share.value - before.share.value)
    tone = colors.gain if change.startswith("+") else colors.loss if change.startswith("-") else colors.faint
    text.append(f"{'' if change == '±0' else change:>5} ", tone)
    text.append(weight, colors.soft)
    if measure.worst is not None and width > 60:
        worst = measure.worst
        told = f"{worst.count}× {plain(worst.predicted)} for {describe_rule(worst.expected)}"
        text.append(" " + told, colors.faint)
    return text
