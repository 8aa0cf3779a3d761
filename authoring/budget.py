"""How many tokens may be spent, shared by everything that asks an LLM; and how many a request will take, roughly."""

from __future__ import annotations

import threading

from .failures import BudgetSpent
from .llm import Request, Usage

CHARACTERS_PER_TOKEN = 4
"""The rule of thumb for English and JSON; an estimate, never what is charged."""

TOKENS_PER_PICTURE = 1000
"""About what the providers count for a picture of a thousand pixels a side."""


class Budget:
    """The tokens, in and out, that may be spent; ``None`` for no limit. May be used from several threads at once.

    What is in flight when the limit is reached is not cut off: the calls that run then still end and count.
    """

    def __init__(self, max_tokens: int | None = None) -> None:
        self.max_tokens = max_tokens
        self._spent = Usage()
        self._calls = 0
        self._lock = threading.Lock()

    @property
    def spent(self) -> Usage:
        """What the calls so far took."""
        with self._lock:
            return self._spent

    @property
    def calls(self) -> int:
        """How many calls were counted."""
        with self._lock:
            return self._calls

    @property
    def left(self) -> int | None:
        """The tokens left, not below 0; ``None`` without a limit."""
        if self.max_tokens is None:
            return None
        spent = self.spent
        return max(0, self.max_tokens - spent.input - spent.output)

    def spend(self, usage: Usage) -> None:
        """Count one call."""
        with self._lock:
            self._spent += usage
            self._calls += 1

    def check(self, needed: int = 1) -> None:
        """Raise ``BudgetSpent`` when fewer than ``needed`` tokens are left."""
        left = self.left
        if left is None or left >= needed:
            return
        spent = self.spent
        raise BudgetSpent(
            f"the budget of {self.max_tokens:,} tokens is spent: {spent.input:,} in, {spent.output:,} out",
            hint="What was done so far is kept. Allow more with --max-tokens.",
        )


def estimated_tokens(text: str) -> int:
    """About how many tokens ``text`` is, at ``CHARACTERS_PER_TOKEN``."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def estimated_input(request: Request) -> int:
    """About how many tokens ``request`` sends, its schema and pictures included."""
    import json

    schema = json.dumps(request.schema, ensure_ascii=False, separators=(",", ":"))
    texts = [request.instructions, schema, *(message.text for message in request.messages)]
    pictures = sum(len(message.pictures) for message in request.messages)
    return sum(estimated_tokens(text) for text in texts) + pictures * TOKENS_PER_PICTURE
