"""The palette: every action of a screen by its words, found by typing, with its keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .actions import Action, keys_of
from .dialogs import Item, MenuDialog

_KEYS = 8


def palette(actions: Iterable[Action], keys: Mapping[str, str]) -> MenuDialog:
    """A menu of ``actions`` that answers the id of one; ``keys`` are those given to others."""
    items = [
        Item(
            action.id,
            action.title,
            f"{' '.join(keys_of(action, keys)):<{_KEYS}} {action.help}",
            also=f"{action.group} {action.help}",
        )
        for action in actions
        if action.id != "palette"
    ]
    return MenuDialog("palette", items, searched=True)
