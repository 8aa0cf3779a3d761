"""The pane beside the matrix: what the images say of the selected cell, and the images themselves."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from ..systems.model import System
from ..systems.text import plain
from .cells_text import cut
from .evidence import Evidence
from .evidence_text import evidence_text
from .pictures import Mode, thumbnail_widget
from .review import Review
from .themes import inks

_PICTURE = 17


class EvidencePane(VerticalScroll, can_focus=True):
    """Text, and below it the images of the class that are named wrong, the worst first, else some that are right."""

    DEFAULT_CSS = """
    EvidencePane {
        width: 31; height: 1fr; border-left: vkey $panel; padding: 0 0 0 1; scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
    }
    EvidencePane:focus { border-left: vkey $accent; }
    EvidencePane Static { text-wrap: nowrap; }
    EvidencePane .pictures { height: auto; }
    EvidencePane .picture { width: 16; height: auto; margin-right: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False),
        Binding("k", "scroll_up", "Up", show=False),
    ]

    def __init__(self, review: Review, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.review = review
        self._shown: Evidence | None = None
        self._drawn: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static("", markup=False, id="evidence-title")
        yield Static("", markup=False, id="evidence-text")
        yield Horizontal(classes="pictures", id="pictures")

    def show(self, evidence: Evidence | None, mode: Mode) -> None:
        """Show a cell; None for a system without one."""
        before, self._shown = self._shown, evidence
        self._write()
        self._draw(mode)
        if self.scroll_y and _cell(before) != _cell(evidence):
            self.scroll_home(animate=False, force=True, immediate=True)

    def on_resize(self) -> None:
        self._write()

    def _write(self) -> None:
        colors, evidence = inks(self.app.theme), self._shown
        width = max(12, self.scrollable_content_region.width)
        title, body = Text(), Text()
        if evidence is not None:
            session = self.review.session
            head = cut(f"{evidence.class_name} › {evidence.attribute}", width)
            title = Text(head, f"bold {colors.text}")
            body = evidence_text(
                evidence,
                width,
                colors,
                measured=session.evaluation is not None,
                expected=session.expects_images,
                notes=notes_on(session.system, evidence.class_name, evidence.attribute),
            )
            if session.measuring:
                body = Text("measuring the new words …\n", colors.soft) + body
            elif session.problem:
                body = Text(f"not measured: {plain(session.problem)}\n", colors.loss) + body
        self.query_one("#evidence-title", Static).update(title)
        self.query_one("#evidence-text", Static).update(body)

    def _draw(self, mode: Mode) -> None:
        evidence = self._shown
        evaluation = self.review.session.evaluation
        wanted: list[int] = []
        if evidence is not None and evaluation is not None and mode != "off" and evaluation.setting.items:
            room = max(1, self.scrollable_content_region.width // _PICTURE)
            wanted = [m.index for m in evidence.mistakes[:room]]
            if not wanted and evidence.class_name in evaluation.system.rules:
                index = evaluation.system.classes.index(evidence.class_name)
                own = (evaluation.labels == index).nonzero()[0][:room]
                wanted = [int(at) for at in own]
        drawn = (mode, id(evaluation.setting) if evaluation else 0, tuple(wanted))
        if drawn == self._drawn:
            return
        self._drawn = drawn
        row = self.query_one("#pictures", Horizontal)
        row.remove_children()
        if evaluation is not None and wanted:
            widgets: list[Widget] = [
                widget for at in wanted if (widget := thumbnail_widget(evaluation, at, mode)) is not None
            ]
            row.mount_all(widgets)


def _cell(evidence: Evidence | None) -> tuple[str, str] | None:
    return None if evidence is None else (evidence.class_name, evidence.attribute)


def notes_on(system: System, class_name: str, attribute: str) -> list[str]:
    """The notes on a cell, its attribute and its class, each with what it is about; the cell's alone is a ``note``."""
    known = [a.note for a in system.attributes if a.name == attribute]
    found = {
        "note": system.notes.get((class_name, attribute), ""),
        f"note on {attribute}": known[0] if known else "",
        f"note on {class_name}": system.notes.get((class_name, None), ""),
    }
    return [f"{about}: {note}" for about, note in found.items() if note]
