"""Asking a person, one dialog after the other: what was half typed comes back, and Escape goes one question back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar

from .dialogs import Dialog, TextDialog

T = TypeVar("T")

Step: TypeAlias = Callable[[Sequence[str], str], TextDialog]
"""Makes a question from the answers before it and the one that it has already, or ``""``."""


class Ask(Protocol):
    """Shows a dialog and waits for its answer; None where the person gave it up."""

    async def __call__(self, dialog: Dialog[T]) -> T | None: ...


class Aside(Protocol):
    """Works something out in a thread while the screen goes on."""

    async def __call__(self, work: Callable[[], T]) -> T: ...


class Memory:
    """What was typed into questions that were given up, by their titles, for as long as the review is open."""

    def __init__(self) -> None:
        self._typed: dict[str, str] = {}

    def remind(self, dialog: object) -> None:
        """Before ``dialog`` is shown: let it offer what was typed when it was last given up."""
        if isinstance(dialog, TextDialog):
            dialog.earlier = self._typed.get(dialog.asks, "")

    def note(self, dialog: object, *, answered: bool) -> None:
        """After ``dialog`` was shown: remember what it was left with, or forget what was answered at last."""
        if not isinstance(dialog, TextDialog):
            return
        if answered:
            self._typed.pop(dialog.asks, None)
        elif dialog.typed:
            self._typed[dialog.asks] = dialog.typed


async def in_turn(ask: Ask, steps: Sequence[Step]) -> tuple[str, ...] | None:
    """The answers to all questions; Escape goes back to the one before, and from the first one out, with None."""
    answers = [""] * len(steps)
    at = 0
    while at < len(steps):
        answer = await ask(steps[at](tuple(answers[:at]), answers[at]))
        if answer is None:
            if at == 0:
                return None
            at -= 1
        else:
            answers[at] = answer
            at += 1
    return tuple(answers)
