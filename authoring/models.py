"""From what a person writes after --model to the LLM that it names."""

from __future__ import annotations

from pathlib import Path

from ..errors import UsageError
from ..systems.text import plain
from .llm import LLM
from .replay import RecordingLLM, ReplayLLM, read_recording

KINDS = "openai/MODEL, anthropic/MODEL, replay:FILE or paste"


def load_llm(
    spec: str,
    *,
    base_url: str | None = None,
    timeout: float = 900.0,
    record: Path | None = None,
) -> LLM:
    """The LLM that ``spec`` names: ``openai/MODEL``, ``anthropic/MODEL``, ``replay:FILE`` or ``paste``.

    Raises:
        UsageError: ``spec`` is empty or of no known kind.
        InputError: the recording cannot be read.
        LLMError: the key that the provider needs is not set.
    """
    llm = _load(spec.strip())
    return RecordingLLM(llm, record) if record is not None else llm


def _load(spec: str) -> LLM:
    if not spec:
        raise UsageError(
            "no model is given, and none is the default",
            hint=f"Set COTSMITH_MODEL or give --model: {KINDS}. openai/MODEL needs OPENAI_API_KEY, anthropic/MODEL "
            "needs ANTHROPIC_API_KEY; paste needs only a chat window.",
        )
    kind, _, rest = spec.partition(":")
    if kind == "replay" and rest:
        path = Path(rest).expanduser()
        return ReplayLLM(path, read_recording(path))
    raise UsageError(f'"{plain(spec)}" is not a model that cotsmith knows', hint=f"Known: {KINDS}.")
