"""Everything that an LLM would be sent, word for word, before it is: to read, and to add to in your own words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.widgets import Static

from ..authoring.dry_run import Preview, preview_text, refine_preview
from ..authoring.plan import Plan, request_of
from ..systems.text import plain
from .asking import Aside
from .cells_text import wrap
from .dialogs import Dialog
from .field import Field
from .line_list import LineList
from .themes import inks


class RefineScreen(Dialog[str]):
    """Answers the feedback to send; ``feedback`` is what was typed, also where nothing is sent."""

    DEFAULT_CSS = """
    RefineScreen > Vertical { width: 98%; height: 96%; max-height: 96%; }
    RefineScreen LineList { height: 1fr; max-height: 100%; }
    RefineScreen Field { margin-bottom: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False, id="menu-up", priority=True),
        Binding("down", "step(1)", "Down", show=False, id="menu-down", priority=True),
        Binding("pageup", "page(-1)", "Up", show=False, id="menu-page-up", priority=True),
        Binding("pagedown", "page(1)", "Down", show=False, id="menu-page-down", priority=True),
    ]

    def __init__(self, plan: Plan, told: str, feedback: str, aside: Aside) -> None:
        super().__init__()
        self.feedback = feedback
        self._plan = plan
        self._told = told
        self._aside = aside
        self._shown: tuple[str, int] | None = None
        self._writing = False

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "refine: what will be sent"
            box.border_subtitle = "⏎ sends it · ↑ ↓ read it · esc leaves it"
            yield Static(plain(self._told), classes="told", markup=False)
            yield Field(self.feedback, placeholder="what do you want? in your words, or nothing", compact=True)
            yield LineList()

    def on_mount(self) -> None:
        self.query_one(Field).focus()

    def on_resize(self, event: Resize) -> None:
        self._write()

    @on(Field.Changed)
    def take(self, event: Field.Changed) -> None:
        """What is typed stands in what will be sent."""
        self.feedback = event.value
        self._write()

    @on(Field.Submitted)
    def answer(self) -> None:
        """Send it."""
        self.dismiss(self.feedback.strip())

    def action_step(self, step: int) -> None:
        """The next line."""
        self.query_one(LineList).action_move(step)

    def action_page(self, step: int) -> None:
        """The next page."""
        self.query_one(LineList).action_page(step)

    def _write(self) -> None:
        if not self._writing:
            self._writing = True
            self.run_worker(self._rewrite(), group="writing")

    async def _rewrite(self) -> None:
        """The text again in a thread, until it is that of the feedback as it has been typed by then."""
        try:
            while self._shown != (wanted := (self.feedback, self._width())):
                plan, width = replace(self._plan, feedback=wanted[0]), wanted[1]
                lines = await self._aside(lambda plan=plan, width=width: _lines(plan, width))  # type: ignore[misc]
                colors = inks(self.app.theme)
                styled = [Text(line, colors.gain if line.startswith("===") else colors.text) for line in lines]
                self.query_one(LineList).show(styled)
                self._shown = wanted
        finally:
            self._writing = False

    def _width(self) -> int:
        return max(20, int(self.app.size.width * 0.98) - 7)


def _lines(plan: Plan, width: int) -> list[str]:
    """The estimate, then the whole request: instructions, message and the form of the reply, wrapped."""
    preview: Preview = refine_preview(request_of(plan))
    (request,) = preview.requests
    form = json.dumps(request.schema, ensure_ascii=False)
    text = f"{preview_text(preview)}\n\n=== the form of the reply, as a JSON Schema ===\n{form}"
    usage = preview.usage
    head = f"=== about {usage.input:,} tokens in and {usage.output:,} out ({preview.note}) ==="
    return [part for line in [head, "", *text.splitlines()] for part in wrap(line, width)]
