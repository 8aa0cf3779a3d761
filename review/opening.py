"""Opens the review on a terminal, and closes it in order."""

from __future__ import annotations

from collections.abc import Mapping

from .app import ReviewApp
from .background import keys_first
from .garbage import collected_at_rest
from .pictures import MODES, Mode, first_mode, prepare
from .refining import LLMSource
from .review import Review
from .session import Session
from .workshop import Workshop


def run(
    source: str,
    workshop: Workshop,
    llm: LLMSource | None,
    *,
    read_only: bool,
    theme: str,
    images: str | None,
    keys: Mapping[str, str],
) -> None:
    """Show the review of ``source`` until the person leaves it.

    Raises:
        InputError: the file cannot be read, or holds no valid system.
        HistoryError: another session edits the file.
    """
    session = Session.open(source, read_only=read_only)
    mode: Mode = next((known for known in MODES if known == images), first_mode())
    if workshop.data is not None and mode != "off" and not prepare():
        mode = "off"
    review = Review(session)
    try:
        app = ReviewApp(review, workshop, llm=llm, keymap=keys, theme=f"cotsmith-{theme}", images=mode)
        with keys_first(), collected_at_rest():
            app.run()
    finally:
        review.seen.keep()
        session.close()
