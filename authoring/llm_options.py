"""The options of every verb that asks an LLM: which one, where, how long, at what cost, and whether to record it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..systems.text import plain
from ..terminal import warn

if TYPE_CHECKING:
    from .budget import Budget
    from .llm import LLM

TIMEOUT_S = 900.0
"""How long a reply may take as a whole: a reasoning model thinks for minutes before it writes."""


@dataclass(frozen=True, slots=True)
class LLMChoice:
    """The LLM that a person chose."""

    spec: str
    base_url: str | None
    timeout: float
    max_tokens: int | None
    record: Path | None

    def load(self) -> LLM:
        """The client; no connection is made yet. Warnings of it go to standard error."""
        from .models import load_llm

        llm = load_llm(self.spec, base_url=self.base_url, timeout=self.timeout, record=self.record)
        for warning in getattr(llm, "warnings", ()):
            warn(plain(str(warning)))
        return llm

    def budget(self) -> Budget:
        """The tokens that may be spent."""
        from .budget import Budget

        return Budget(self.max_tokens)


def llm_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--model`` and its kin; the command gets an ``LLMChoice`` as ``llm``."""
    options = (
        click.option(
            "--model",
            metavar="MODEL",
            default="",
            help="openai/NAME, anthropic/NAME, replay:FILE, or paste for a chat window of your own.",
        ),
        click.option("--base-url", metavar="URL", help="Of a server that speaks the provider's protocol."),
        click.option(
            "--timeout",
            metavar="SECONDS",
            type=click.FloatRange(min=0, min_open=True),
            default=TIMEOUT_S,
            show_default=True,
            help="How long one reply may take.",
        ),
        click.option("--max-tokens", metavar="N", type=click.IntRange(min=1), help="Stop when so many are spent."),
        click.option(
            "--record",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Add every exchange to FILE, for replay:FILE.",
        ),
    )

    @wraps(command)
    def gathered(
        *args: Any,
        model: str,
        base_url: str | None,
        timeout: float,
        max_tokens: int | None,
        record: Path | None,
        **rest: Any,
    ) -> Any:
        return command(*args, llm=LLMChoice(model, base_url, timeout, max_tokens, record), **rest)

    decorated: Callable[..., Any] = gathered
    for option in reversed(options):
        decorated = option(decorated)
    return decorated
