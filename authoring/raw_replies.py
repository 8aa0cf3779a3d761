"""Where replies that could not be used are kept, so that nothing that was paid for is lost."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from ..systems.secrets import without_secrets

MOST_KEPT = 200
"""So many replies stay in the folder: the newest."""

_NAME = re.compile(r"\d{8}T\d{6}-.*\.txt")


def replies_folder() -> Path:
    """The folder: ``$COTSMITH_REPLIES_DIR``, or ``replies`` in the user's folder for the state of programs."""
    import platformdirs

    chosen = os.environ.get("COTSMITH_REPLIES_DIR")
    if chosen:
        return Path(chosen).expanduser()
    return platformdirs.user_state_path("cotsmith", appauthor=False) / "replies"


def keep_reply(task: str, text: str, folder: Path | None = None) -> str:
    """Write ``text`` to a new file that only its owner can read; returns the sentence that says where it is.

    Never raises: a reply that cannot be kept must not hide why it could not be used.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", task) or "reply"
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    place = folder if folder is not None else replies_folder()
    content = str(without_secrets(text)).encode("utf-8", "backslashreplace")
    try:
        place.mkdir(parents=True, exist_ok=True)
        for number in range(1000):
            path = place / f"{stamp}-{name}{f'-{number}' if number else ''}.txt"
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            _make_room(place)
            return f"The reply is kept in {path}."
    except OSError as error:
        return f"The reply could not be kept in {place}: {error.strerror}."
    return f"The reply could not be kept: {place} is full of others."


def _make_room(folder: Path) -> None:
    ours = sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    for path in ours[:-MOST_KEPT]:
        path.unlink(missing_ok=True)
