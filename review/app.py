"""The Textual application around the review: themes, key map, palette."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, ClassVar

from textual.app import App, SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from .actions import available
from .main_screen import MainScreen
from .pictures import Mode
from .refining import LLMSource
from .review import Review
from .themes import NAMES, THEMES
from .workshop import Workshop


class ReviewApp(App[None]):
    """One review on one screen."""

    TITLE = "cotsmith review"
    BINDINGS: ClassVar[list[BindingType]] = []
    COMMAND_PALETTE_BINDING = "ctrl+p"

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
        for one in THEMES:
            self.register_theme(one)
        self.theme = theme

    def get_default_screen(self) -> Screen[Any]:
        return MainScreen(self.review, self.workshop, llm=self.llm, keys=self.keys, images=self.images)

    def on_mount(self) -> None:
        self.set_keymap(self.keys)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Every action, for the palette."""
        if not isinstance(screen, MainScreen):
            return
        for action in available(read_only=self.review.session.read_only):
            yield SystemCommand(action.title, action.help, partial(screen.action_do, action.id))
