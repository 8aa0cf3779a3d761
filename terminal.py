"""What the command line says: data on stdout, everything else on stderr."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, TextIO

import click

from .streams import shows_everything

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

Progress = Callable[[int, int], None]
"""Told ``(done, total)`` as long work goes on."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


def out(text: str = "") -> None:
    """Print a line of data."""
    _print(text, sys.stdout)


def out_file(text: str) -> None:
    """Print what could as well stand in a file: as UTF-8 where no person sees it, whatever the terminal's encoding."""
    if sys.stdout.isatty() or shows_everything(sys.stdout):
        out(text)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(f"{text}\n".encode())
    sys.stdout.flush()


def out_json(value: object) -> None:
    """Print ``value`` as one indented JSON document."""
    out(json.dumps(value, ensure_ascii=not shows_everything(sys.stdout), indent=2, allow_nan=False))


def out_json_line(value: object) -> None:
    """Print ``value`` as one line of JSON, at once, so that a reader can follow a stream."""
    out(json.dumps(value, ensure_ascii=not shows_everything(sys.stdout), allow_nan=False))


def out_markdown(text: str) -> None:
    """Print Markdown of our own: laid out where a person sees it, as it is for a file or another program."""
    if not sys.stdout.isatty():
        out(text)
        return
    from rich.markdown import Heading, Markdown
    from rich.theme import Theme

    class Left(Heading):
        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            self.text.justify = "left"
            yield self.text

    class Page(Markdown):
        elements: ClassVar = {**Markdown.elements, "heading_open": Left}

    looks = {"markdown.h1": "bold", "markdown.h2": "bold", "markdown.code": "bold"}
    screen = console()
    with screen.use_theme(Theme(looks)):
        screen.print(Page(text, code_theme="ansi_dark"))


def note(message: str) -> None:
    """Tell the person at the terminal something that is not data."""
    _print(message, sys.stderr)


def prompt(sign: str) -> None:
    """Show that an answer is waited for, on the line where it is typed."""
    _print(sign, sys.stderr, end="")


def warn(message: str) -> None:
    """Tell of something that may not be what the person wants."""
    note(f"warning: {message}")


def _print(text: str, stream: TextIO, end: str = "\n") -> None:
    print(text, file=stream, end=end, flush=True)


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


class _Trimmed:
    """A stream that is no terminal, without the blanks with which rich fills every line of a table."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(re.sub(r"[ ]+(?=\n)", "", text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _rich(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    file: Any = stream if stream.isatty() else _Trimmed(stream)
    return Console(file=file, markup=False, emoji=False, highlight=False)
