"""The standard streams made fit to write to: whatever their encoding, and even where they are closed."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from typing import TextIO

_HANDLER = "cotsmith"
_INSTEAD = dict(zip("█–—−·×›▲“”‘’\u00a0\u202f", "#---.x>^\"\"''  ", strict=True)) | {
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "…": "...",
}
"""What our own tables and sentences are made of, for terminals that know less; letters become escapes."""


def make_usable() -> None:
    """Let any text be written to stdout and stderr: what their encoding lacks is written otherwise, not refused.

    A stream that is closed (``>&-``) swallows what is written to it; a closed stdin holds nothing.
    """
    codecs.register_error(_HANDLER, _written_otherwise)
    if sys.stdin is None or sys.stdout is None or sys.stderr is None:
        _occupy_descriptors()
    sys.stdin = sys.stdin if sys.stdin is not None else _nothing()
    sys.stdout = sys.stdout if sys.stdout is not None else _nowhere()
    sys.stderr = sys.stderr if sys.stderr is not None else _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_HANDLER)


def shows_everything(stream: TextIO) -> bool:
    """Whether every character can be written to ``stream`` as it is."""
    try:
        return codecs.lookup(stream.encoding or "utf-8").name.startswith("utf")
    except LookupError:
        return False


def finish() -> OSError | None:
    """Write out what stdout still holds; returns why that cannot be done, and then lets go of the stream."""
    try:
        sys.stdout.flush()
    except OSError as error:
        abandon(sys.stdout)
        return error
    except ValueError:  # closed in the meantime
        return None
    return None


def abandon(stream: TextIO) -> None:
    """Send what is still to come on ``stream`` nowhere, so that leaving Python does not fail on it again."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _written_otherwise(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    shown = (_INSTEAD.get(char) or char.encode("unicode_escape").decode("ascii") for char in text)
    return "".join(shown), error.end


def _occupy_descriptors() -> None:
    """Keep the numbers of the standard streams from being given to the next file that is opened."""
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= 2:
        descriptor = os.dup(descriptor)
    os.close(descriptor)


def _nothing() -> TextIO:
    return open(os.devnull, encoding="utf-8")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")
