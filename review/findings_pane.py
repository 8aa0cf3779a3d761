"""The findings: what checks have against the system, worst first, those about the selected cell in bold."""

from __future__ import annotations

from rich.text import Text

from ..systems.text import plain
from ..validate.finding import Finding
from .line_list import LineList, Lines
from .review import Review
from .themes import Inks, inks

_SIGNS = {"error": "✗", "warning": "!", "note": "·"}


class FindingsPane(LineList):
    """One line for each finding."""

    def __init__(self, review: Review, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.review = review
        self._found: tuple[Finding, ...] = ()

    @property
    def finding(self) -> Finding | None:
        """The highlighted one."""
        return self._found[self.index] if self._found else None

    def renew(self, index: int | None = None) -> None:
        """After anything changed: work the lines out again; the highlighted finding stays where it can."""
        before = self.finding
        self._found = self.review.insight.findings
        if index is None and before is not None:
            same = (at for at, one in enumerate(self._found) if (one.code, one.place) == (before.code, before.place))
            index = next(same, None)
        self.draw(index)

    def draw(self, index: int | None = None) -> None:
        """Draw the lines again: another cell was selected, or another theme."""
        colors = inks(self.app.theme)
        here = set(map(id, self.review.findings_here()))
        if not self._found:
            looked = self.review.insight.generation >= 0
            self.show([Text("nothing found: the checks are content" if looked else "looking …", colors.soft)], 0)
            return
        found = self._found
        self.show(Lines(len(found), lambda at: _line(found[at], id(found[at]) in here, colors)), index)

    def point_at(self, finding: Finding) -> None:
        """Highlight a finding."""
        for at, one in enumerate(self._found):
            if one is finding:
                self.highlight(at)


def _line(finding: Finding, here: bool, colors: Inks) -> Text:
    note = finding.severity == "note"
    text = Text().append(f"{_SIGNS[finding.severity]} ", colors.faint if note else f"bold {colors.loss}")
    text.append(f"{finding.code} ", colors.soft)
    fix = finding.fix
    text.append("f " if fix is not None else "  ", f"bold {colors.gain}")
    place = " › ".join(plain(str(part)) for part in _shown(finding))
    text.append(place, f"bold {colors.text}" if here else colors.faint if note else colors.text)
    text.append("  " + plain(finding.message), colors.faint if note else colors.soft)
    return text


def _shown(finding: Finding) -> tuple[str, ...]:
    """The place without the section that it stands in."""
    name = finding.place.name.split(" › ")
    return tuple(name[1:]) if len(name) > 1 else tuple(name)
