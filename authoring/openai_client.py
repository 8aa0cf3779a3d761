"""A client of OpenAI's SDK, for OpenAI and for servers that speak its protocols; imported when it is used."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .patience import Patience

if TYPE_CHECKING:
    from openai import AsyncOpenAI

NO_KEY = "none"
"""Sent where no key is set: local servers want none, and the SDK wants one."""


def openai_client(base_url: str, patience: Patience) -> AsyncOpenAI:
    """A client that retries nothing by itself; ``base_url`` is ``""`` for the SDK's own."""
    import openai

    return openai.AsyncOpenAI(
        api_key=os.environ.get("OPENAI_API_KEY", "").strip() or NO_KEY,
        base_url=base_url or None,
        max_retries=0,
        timeout=openai.Timeout(None, connect=patience.connect),
    )
