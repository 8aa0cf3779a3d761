"""Screens that lie over another: what is below is dimmed, each of its styles worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen

T = TypeVar("T")


class Over(ModalScreen[T]):
    """A screen over another."""

    def render(self) -> RenderableType:
        """What is below, dimmed."""
        below = super().render()
        return _Dimmed(below.screen, below.color) if isinstance(below, BackgroundScreen) else below


class _Dimmed(BackgroundScreen):
    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterator[Segment]:
        """As Textual does it, with every style worked out once."""
        for text, style, control in segments:
            yield Segment(text, None if style is None else _dimmed(style, color), control)


@lru_cache(maxsize=2048)
def _dimmed(style: Style, color: Color) -> Style:
    (segment,) = BackgroundScreen.process_segments([Segment(" ", style)], color)
    assert segment.style is not None
    return segment.style
