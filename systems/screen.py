"""Where lines for people go: how wide it is, and whether colour helps or harms."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import click

from .spans import Line, line_text

ColorChoice: TypeAlias = Literal["auto", "always", "never"]

color_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour; auto: on a terminal, unless NO_COLOR is set.",
)


@dataclass(frozen=True, slots=True)
class Screen:
    """``width`` in columns, None where lines are not to be wrapped; ``color``: whether to use it."""

    width: int | None
    color: bool


def screen(choice: ColorChoice = "auto") -> Screen:
    """What standard output is. A pager that git has put there counts as a terminal."""
    seen = sys.stdout.isatty() or os.environ.get("GIT_PAGER_IN_USE") not in (None, "", "0", "false")
    width = shutil.get_terminal_size().columns if seen else None
    unwanted = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Screen(width, choice == "always" or (choice == "auto" and seen and not unwanted))


def print_lines(lines: Iterable[Line], where: Screen) -> None:
    """Print lines that have been laid out already; this is data, for standard output."""
    for line in lines:
        click.echo(line_text(line, color=where.color), color=where.color)
