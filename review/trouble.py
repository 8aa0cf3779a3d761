"""What went wrong, in a line: also where code of the user's own raised what no part of cotsmith does."""

from __future__ import annotations

from ..errors import CotsmithError


def told(error: Exception) -> str:
    """The message and what to do next; the kind of error and its message for one that is none of ours."""
    if isinstance(error, CotsmithError):
        stop = "." if error.hint and not error.message.endswith((".", "!", "?")) else ""
        return f"{error.message}{stop} {error.hint}".strip()
    return f"{type(error).__name__}: {error}"
