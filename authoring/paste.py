"""An LLM without a client: a person carries each prompt to a chat window, and the reply back."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Protocol

from ..errors import LLMError
from .describing import example, in_words
from .llm import Reply, Request, Streaming, Usage
from .prompt import load_prompt


class Desk(Protocol):
    """Where prompts and replies change hands."""

    def show(self, prompt: str, pictures: int) -> None:
        """Give out ``prompt``, with which so many pictures belong that the person must attach."""

    def read(self) -> str | None:
        """The next reply, exactly as it was given; ``None`` when no more can come."""


class PasteLLM:
    """An ``LLM`` that gives each prompt to ``desk`` and takes the reply from it, one at a time.

    The chat window remembers what was said: of a request that continues a conversation only the last turn is shown.
    What tokens it took nobody knows, so they count as 0.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """``paste``."""
        return "paste"

    def complete(
        self,
        request: Request,
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reply:
        """Show the prompt and wait for the reply. Raises ``LLMError`` when none comes."""
        with self._lock:
            began = time.perf_counter()
            self._desk.show(prompt_of(request), sum(len(message.pictures) for message in request.messages))
            text = self._desk.read()
            if text is None:
                raise LLMError(
                    "no reply came",
                    where=request.task,
                    hint="Paste the prompt into a chat window, save what it answers, and run this again with "
                    "--reply FILE; or paste the answer here.",
                )
            return Reply(text, "done", Usage(), self.name, time.perf_counter() - began)


def prompt_of(request: Request) -> str:
    """What is to be pasted for ``request``: everything for a new question, the last turn within a conversation."""
    last = request.messages[-1].text.strip()
    if len(request.messages) > 1:
        return last
    parts = [request.instructions.strip(), last]
    words = in_words(request.schema)
    if words:
        prompt = load_prompt("paste-format")
        shown = json.dumps(example(request.schema), ensure_ascii=False, indent=2)
        parts.append(prompt.fill(prompt.message, {"words": words, "example": shown}))
    return "\n\n".join(filter(None, parts))
