"""How long an LLM is waited for, how often it is asked again, and how long in between."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

RETRIED = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
"""The HTTP statuses that may be other when asked again; 529 is Anthropic's for being overloaded."""


@dataclass(frozen=True, slots=True)
class Patience:
    """All in seconds. ``connect``: until the server is reached; ``first``: from there to the first sign of a reply;
    ``between``: from one piece of it to the next; ``total``: for the whole call, with everything that is tried.

    ``attempts`` requests are sent at most. Between them lies ``wait``, doubled each time, shortened at random by up
    to a half, so that parallel calls do not come back all at once; or what the server asks for, at most ``longest``.
    """

    connect: float = 10.0
    first: float = 180.0
    between: float = 120.0
    total: float = 900.0
    attempts: int = 5
    wait: float = 1.0
    longest: float = 60.0

    def pause(self, attempt: int, asked: float | None) -> float:
        """The seconds to wait after the failure of ``attempt``, which counts from 1; ``asked`` is the server's wish."""
        if asked is not None:
            return min(asked, self.longest)
        return float(min(self.wait * 2 ** (attempt - 1), self.longest) * random.uniform(0.5, 1.0))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds that the headers ``retry-after-ms`` or ``Retry-After`` ask for, which may be a date; not below 0."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or not value:
        return seconds
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return None if value is None or not 0 <= value < float("inf") else value
