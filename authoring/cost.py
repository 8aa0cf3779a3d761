"""What asking an LLM took: tokens, calls, seconds, for people and for programs."""

from __future__ import annotations

from ..systems.json_form import Json
from ..systems.text import counted
from .llm import Usage


def cost_json(usage: Usage, calls: int, seconds: float) -> dict[str, Json]:
    """The keys ``tokens``, ``calls`` and ``seconds``."""
    tokens = {"input": usage.input, "cached": usage.cached, "output": usage.output}
    return {"tokens": tokens, "calls": calls, "seconds": round(seconds, 3)}


def cost_text(usage: Usage, calls: int, seconds: float) -> str:
    """``12 calls, 34,000 tokens in (1,200 of them cached), 5,600 out, 41 s``; no tokens where nobody counted."""
    made = counted(calls, "call")
    if usage == Usage():
        return f"{made}, {seconds:.0f} s"
    cached = f" ({usage.cached:,} of them cached)" if usage.cached else ""
    return f"{made}, {usage.input:,} tokens in{cached}, {usage.output:,} out, {seconds:.0f} s"
