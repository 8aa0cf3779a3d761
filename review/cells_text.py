"""Text in a given number of terminal cells: shown literally, cut with an ellipsis, wide characters counted as two."""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size

from ..systems.text import plain

ELLIPSIS = "…"


@lru_cache(maxsize=8192)
def fit(text: str, width: int) -> str:
    """``text`` without control characters in exactly ``width`` cells."""
    shown = plain(text)
    if width <= 0:
        return ""
    if cell_len(shown) <= width:
        return shown + " " * (width - cell_len(shown))
    return set_cell_size(shown, width - 1) + ELLIPSIS


@lru_cache(maxsize=8192)
def cut(text: str, width: int) -> str:
    """``text`` without control characters in at most ``width`` cells."""
    return fit(text, width).rstrip() if cell_len(plain(text)) > width else plain(text)


def width_of(text: str) -> int:
    """How many cells ``text`` takes when it is shown."""
    return cell_len(plain(text))


def bar(share: float, width: int) -> str:
    """A bar of ``width`` cells, filled by eighths."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (" ▏▎▍▌▋▊▉"[rest] if rest else "")).ljust(width)


def wrap(text: str, width: int) -> list[str]:
    """``text`` without control characters in lines of at most ``width`` cells, broken at spaces where there are any."""
    rest, lines = plain(text), list[str]()
    while len(rest) > width or cell_len(rest) > width:
        head = chop_cells(rest[: width + 1], width)[0]
        space = head.rfind(" ")
        at = space if space > 0 and rest[len(head) : len(head) + 1] != " " else len(head)
        lines.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*lines, rest]
