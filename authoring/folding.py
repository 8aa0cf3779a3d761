"""Lines of prose that end at a word where a person reads them on a terminal, and stay as they are elsewhere."""

from __future__ import annotations

import shutil
import textwrap
from typing import TextIO


def folded(line: str, stream: TextIO, *, hanging: int = 3) -> str:
    """``line`` cut at words to the width of the terminal behind ``stream``; what follows is indented like its start,
    or by ``hanging`` where that begins at the margin."""
    width = shutil.get_terminal_size().columns
    if not stream.isatty() or len(line) < width:
        return line
    start = line[: len(line) - len(line.lstrip())]
    rest = start or " " * hanging
    return textwrap.fill(
        line.strip(),
        max(20, width - 1),
        initial_indent=start,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
