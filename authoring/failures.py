"""What can be wrong with a reply of an LLM; each error carries the text that came, so that nothing paid for is lost."""

from __future__ import annotations

from ..errors import LLMError


class ReplyError(LLMError):
    """A reply that cannot be used. ``text`` is what came of it, exactly as received."""

    def __init__(self, message: str, *, text: str = "", where: str = "", hint: str = "") -> None:
        super().__init__(message, where=where, hint=hint)
        self.text = text


class Truncated(ReplyError):
    """A reply that reached ``max_output_tokens`` before it was complete: ask for less at once, or allow more."""


class Declined(ReplyError):
    """A reply in which the model refuses; ``text`` is what it said instead."""


class BudgetSpent(LLMError):
    """The tokens that ``--max-tokens`` allows are spent."""
