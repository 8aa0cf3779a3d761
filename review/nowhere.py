"""Why no cell is selected, and which key leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .main_screen import MainScreen


def nowhere(screen: MainScreen) -> str:
    """What to tell a person whose key is about the selected cell where there is none; ``""`` where there is one."""
    review = screen.review
    if review.cell is not None:
        return ""
    if not review.session.system.rules:
        return f"no class yet: {screen.key_of('class')} adds one"
    if not review.attributes:
        return f"no attribute yet: {screen.key_of('attribute')} adds one"
    return f"no class fits the filter: {screen.key_of('matrix')} shows all again"
