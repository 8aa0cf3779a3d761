"""Why no cell is selected, and which key leads to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .review import Review


def nowhere(review: Review, key_of: Callable[[str], str]) -> str:
    """What to tell a person where no cell is selected; ``""`` where one is. ``key_of`` tells the key of an action."""
    if review.cell is not None:
        return ""
    if not review.session.system.rules:
        return f"no class yet: {key_of('class')} adds one"
    if not review.attributes:
        return f"no attribute yet: {key_of('attribute')} adds one"
    return f"no class fits the filter: {key_of('matrix')} shows all again"
