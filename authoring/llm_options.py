"""The options of every verb that asks an LLM: which one, where, how long, at what cost, and whether to record it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..systems.text import plain
from ..terminal import warn

if TYPE_CHECKING:
    from .budget import Budget
    from .llm import LLM


@dataclass(frozen=True, slots=True)
class LLMChoice:
    """The LLM that a person chose."""

    spec: str
    base_url: str | None
    timeout: float | None
    max_tokens: int | None
    record: Path | None
    reply: str | None = None
    prompt_to: str | None = None

    @property
    def by_hand(self) -> bool:
        """Whether a person carries prompts and replies."""
        return self.spec.strip() == "paste"

    def check_output(self, *, as_json: bool) -> None:
        """Refuse options that do not go together, before any work. Raises ``UsageError``."""
        if not self.by_hand and (self.reply is not None or self.prompt_to is not None):
            raise UsageError("--reply and --prompt-to are for --model paste")
        if self.by_hand and as_json and self.reply is None and self.prompt_to is None:
            raise UsageError(
                "the prompt and the result would both go to standard output",
                hint="Add --prompt-to FILE, or --reply FILE when you have the reply.",
            )

    def load(self) -> LLM:
        """The client; no connection is made yet. Warnings of it go to standard error."""
        from .models import load_llm

        llm = load_llm(
            self.spec,
            base_url=self.base_url,
            timeout=self.timeout,
            record=self.record,
            reply=self.reply,
            prompt_to=self.prompt_to,
        )
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
            help="How long one call may take.  [default: 15 minutes]",
        ),
        click.option("--max-tokens", metavar="N", type=click.IntRange(min=1), help="Stop when so many are spent."),
        click.option(
            "--record",
            metavar="FILE",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Add every exchange to FILE, for replay:FILE.",
        ),
        click.option("--prompt-to", metavar="FILE", help="With paste: write the prompt to FILE, not to the terminal."),
        click.option("--reply", metavar="FILE", help="With paste: read the reply from FILE."),
    )

    @wraps(command)
    def gathered(
        *args: Any,
        model: str,
        base_url: str | None,
        timeout: float | None,
        max_tokens: int | None,
        record: Path | None,
        reply: str | None,
        prompt_to: str | None,
        **rest: Any,
    ) -> Any:
        return command(*args, llm=LLMChoice(model, base_url, timeout, max_tokens, record, reply, prompt_to), **rest)

    decorated: Callable[..., Any] = gathered
    for option in reversed(options):
        decorated = option(decorated)
    return decorated
