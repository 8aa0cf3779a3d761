"""The themes, and the tints of the matrix: blue where images agree, orange where they do not, safe for most eyes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rich.style import Style
from textual.app import App
from textual.theme import Theme

NAMES = ("cotsmith-dark", "cotsmith-light", "cotsmith-contrast")

THEMES = (
    Theme(
        name="cotsmith-dark",
        primary="#5aa9e6",
        secondary="#8fb8de",
        accent="#f2a65a",
        foreground="#d9e0e8",
        background="#12161c",
        surface="#171c24",
        panel="#202732",
        success="#5aa9e6",
        warning="#f2a65a",
        error="#ff8c69",
        dark=True,
        variables={"footer-key-foreground": "#f2a65a", "block-cursor-text-style": "bold"},
    ),
    Theme(
        name="cotsmith-light",
        primary="#0b5c99",
        secondary="#3f6f95",
        accent="#a6480a",
        foreground="#1b2027",
        background="#fbfaf7",
        surface="#f3f1ec",
        panel="#e7e4dc",
        success="#0b5c99",
        warning="#a6480a",
        error="#a32d0e",
        dark=False,
        variables={"footer-key-foreground": "#a6480a", "block-cursor-text-style": "bold"},
    ),
    Theme(
        name="cotsmith-contrast",
        primary="#7fd0ff",
        secondary="#ffffff",
        accent="#ffd24a",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#1c1c1c",
        success="#7fd0ff",
        warning="#ffd24a",
        error="#ff9d6e",
        dark=True,
        variables={"footer-key-foreground": "#ffd24a", "block-cursor-text-style": "bold"},
    ),
)


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a theme that drawing by hand needs: texts, the cursor, and a tint for five shares of agreement."""

    text: str
    soft: str
    faint: str
    gain: str
    loss: str
    paper: str
    head: str
    cursor: str
    on_cursor: str
    row: str
    tints: tuple[str, str, str, str, str]

    def tint(self, share: float | None) -> str:
        """The background for a share of agreement, from nobody to all; the paper's own where nobody can tell."""
        if share is None:
            return self.paper
        return self.tints[0 if share < 0.2 else 1 if share < 0.5 else 2 if share < 0.8 else 3 if share < 0.95 else 4]


_INKS = {
    "cotsmith-dark": Inks(
        text="#dfe6ee",
        soft="#93a1b1",
        faint="#76838f",
        gain="#7cc4ff",
        loss="#ffab6b",
        paper="#12161c",
        head="#202732",
        cursor="#f6d58b",
        on_cursor="#14120c",
        row="#2a3340",
        tints=("#8a3f0c", "#653609", "#413315", "#16303f", "#143a54"),
    ),
    "cotsmith-light": Inks(
        text="#1b2027",
        soft="#5b6570",
        faint="#6f7780",
        gain="#0b5c99",
        loss="#9c3f06",
        paper="#fbfaf7",
        head="#e7e4dc",
        cursor="#1f3a56",
        on_cursor="#ffffff",
        row="#d8dde2",
        tints=("#f3a763", "#f9cf9c", "#fbecca", "#e3eff7", "#cfe4f3"),
    ),
    "cotsmith-contrast": Inks(
        text="#ffffff",
        soft="#d0d0d0",
        faint="#9a9a9a",
        gain="#7fd0ff",
        loss="#ffc38f",
        paper="#000000",
        head="#1c1c1c",
        cursor="#ffe27a",
        on_cursor="#000000",
        row="#3a3a3a",
        tints=("#a34a00", "#6e3500", "#4a3a00", "#00263f", "#003a63"),
    ),
}


def inks(theme: str) -> Inks:
    """The inks of a theme; those of the dark one for a theme that is not of this table."""
    return _INKS.get(theme, _INKS["cotsmith-dark"])


def next_theme(app: App[Any]) -> None:
    """The theme of the table after the one that ``app`` shows."""
    at = NAMES.index(app.theme) if app.theme in NAMES else -1
    app.theme = NAMES[(at + 1) % len(NAMES)]


@lru_cache(maxsize=512)
def ink(color: str, background: str = "", *, bold: bool = False, underline: bool = False) -> Style:
    """A style of given colours."""
    return Style(color=color, bgcolor=background or None, bold=bold or None, underline=underline or None)
