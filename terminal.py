"""What the command line says: data on stdout, everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

Progress = Callable[[int, int], None]
"""Told ``(done, total)`` as long work goes on."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def out(text: str = "") -> None:
    """Print a line of data."""
    click.echo(text)


def out_json(value: object) -> None:
    """Print ``value`` as one indented JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


def out_json_line(value: object) -> None:
    """Print ``value`` as one line of JSON, at once, so that a reader can follow a stream."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))
    sys.stdout.flush()


def note(message: str) -> None:
    """Tell the person at the terminal something that is not data."""
    click.echo(message, err=True)


def warn(message: str) -> None:
    """Tell of something that may not be what the person wants."""
    click.echo(f"warning: {message}", err=True)


@contextmanager
def progress(label: str) -> Iterator[Progress]:
    """A bar on stderr for long work, only where a person sees it; yields the callable to tell ``(done, total)``."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn()]
    with Progress(*columns, TimeRemainingColumn(), console=_rich(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def console() -> Console:
    """A rich console on stdout that shows text as it is: no markup, no emoji codes, no highlighting."""
    return _rich(stderr=False)


def _rich(*, stderr: bool) -> Console:
    from rich.console import Console

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)
