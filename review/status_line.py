"""The lines above the keys: what was done last and what it changed; below it, what could be done next."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from ..authoring.locks import Cell
from ..systems.text import counted, percentage, plain
from .cells_text import cut
from .review import Review
from .themes import inks

_WEAKEST = 4


class StatusLine(Static):
    """Two lines."""

    DEFAULT_CSS = "StatusLine { height: 2; padding: 0 1; background: $surface; text-wrap: nowrap; }"

    def __init__(self, review: Review) -> None:
        super().__init__("", markup=False)
        self.review = review
        self._told: tuple[str, bool] | None = None
        self._of: Cell | None = None

    def on_resize(self) -> None:
        self.renew()

    def tell(self, message: str, *, trouble: bool = False) -> None:
        """Say something in the first line until something else is done."""
        self._told, self._of = (message, trouble), None
        self.renew()

    def remark(self, message: str) -> None:
        """Say something about the selected cell, for as long as it is selected."""
        self.tell(message)
        self._of = self.review.cell

    def moved(self) -> None:
        """After another cell was selected."""
        if self._of is not None and self._of != self.review.cell:
            self.forget()
            self.renew()

    def forget(self) -> None:
        """Back to what was done last, with the next ``renew``."""
        self._told = self._of = None

    def renew(self) -> None:
        """Write both lines again."""
        colors, width = inks(self.app.theme), max(20, self.size.width)
        session = self.review.session
        text = Text(no_wrap=True, overflow="crop")
        if self._told is not None:
            message, trouble = self._told
            text.append(cut(message, width), colors.loss if trouble else colors.text)
        elif session.made is not None:
            self._made(text, width)
        else:
            notices = session.notices[:1]
            text.append(cut(notices[0] if notices else self._summary(), width), colors.loss if notices else colors.text)
        text.append("\n")
        text.append(cut(self._hint(), width), colors.soft)
        self.update(text, layout=False)

    def _made(self, text: Text, width: int) -> None:
        colors, made = inks(self.app.theme), self.review.session.made
        assert made is not None
        if made.effect is None:
            waiting = "  …" if self.review.session.measuring else ""
            text.append(cut(made.title, width - len(waiting)) + waiting, colors.text)
            return
        told = made.told
        tone = colors.gain if made.effect.change > 0 else colors.loss if made.effect.change < 0 else colors.soft
        room = max(width // 3, width - len(told) - 3)
        title = cut(made.title, room)
        text.append(title + "   ", colors.text)
        text.append(cut(told, max(0, width - len(title) - 3)), f"bold {tone}")

    def _summary(self) -> str:
        """What is wrong, in a sentence: for who has just opened the review."""
        session, insight = self.review.session, self.review.insight
        system, figures = session.system, session.figures
        found = "" if insight.generation < 0 else f" Checks: {counted(insight.faults, 'finding')}."
        if figures is None:
            parts = f"{counted(len(system.rules), 'class', 'classes')}, {counted(len(system.attributes), 'attribute')}."
            if session.expects_images:
                return f"{parts}{found} The images are being looked at …"
            return f"{parts}{found} With --data and --encoder it is measured on images."
        right = f"{figures.evaluation.share.hits} of {figures.evaluation.n} images are named right."
        shares = [(name, figures.class_share(name)) for name in system.rules]
        weak = sorted((s.value, name) for name, s in shares if s is not None and s.value is not None and s.value < 0.5)
        told = ", ".join(f"{plain(name)} {percentage(value)} %" for value, name in weak[:_WEAKEST])
        more = f" and {len(weak) - _WEAKEST} more" if len(weak) > _WEAKEST else ""
        return right + (f" Weakest: {told}{more}." if weak else "") + found

    def _hint(self) -> str:
        """The next step worth taking."""
        review = self.review
        found = review.insight
        if review.session.read_only:
            return "read-only: look around; nothing can be changed here"
        waiting = len(review.queue)
        cells = counted(waiting, "cell")
        if found.suggestions:
            best = f"{100 * found.suggestions[0].change:+.1f}"
            return f"n: to the next of {cells} worth a look; the best change brings {best} points"
        if waiting:
            return f"n: to the next of {cells} worth a look"
        fixable = sum(finding.fix is not None for finding in found.findings)
        if fixable:
            return f"f: fix; {counted(fixable, 'finding')} can be mended"
        if found.faults:
            return f"{counted(found.faults, 'finding')} left: ] goes to the next"
        if found.generation >= 0 and review.session.unsaved:
            return "nothing left to mend: s saves this as a revision"
        if found.generation >= 0:
            return "⏎ changes the rule, ? tells all keys"
        return "looking …"
