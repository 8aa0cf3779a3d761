"""The Textual application around the review: themes, key map, palette."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from textual.app import App
from textual.binding import BindingType
from textual.events import Event, InputEvent, MouseMove, Paste
from textual.screen import Screen

from .background import Attention
from .garbage import SWEEP_S, sweep
from .main_screen import MainScreen
from .pictures import Mode
from .refining import LLMSource
from .review import Review
from .themes import NAMES, THEMES
from .unbidden import Unbidden
from .workshop import Workshop


class ReviewApp(App[None]):
    """One review on one screen."""

    TITLE = "cotsmith review"
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False  # Textual's takes keys that terminals want; the palette is an action of its own

    def __init__(
        self,
        review: Review,
        workshop: Workshop,
        *,
        llm: LLMSource | None = None,
        keymap: Mapping[str, str] | None = None,
        theme: str = NAMES[0],
        images: Mode | None = None,
    ) -> None:
        super().__init__()
        self.review = review
        self.workshop = workshop
        self.llm = llm
        self.images = images
        self.keys = dict(keymap or {})
        self.attention = Attention()
        self.unbidden = Unbidden()
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme

    def get_default_screen(self) -> Screen[Any]:
        return MainScreen(
            self.review,
            self.workshop,
            llm=self.llm,
            keys=self.keys,
            images=self.images,
            attention=self.attention,
            unbidden=self.unbidden,
        )

    async def on_event(self, event: Event) -> None:
        """Before anything is done about a key: work that can wait leaves the machine to it."""
        if isinstance(event, InputEvent | Paste) and not isinstance(event, MouseMove) and not event.is_forwarded:
            self.attention.pressed()
            if self.unbidden.swallows():
                return
        await super().on_event(event)

    def on_mount(self) -> None:
        self.set_keymap(self.keys)
        self.set_interval(SWEEP_S, lambda: sweep(-self.attention.rest))
