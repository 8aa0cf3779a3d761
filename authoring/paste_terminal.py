"""The desk of `--model paste`: prompts go to stdout or a file, replies come from a file or stdin."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .. import terminal
from ..errors import InputError
from ..systems.atomic import write_atomically
from ..systems.sources import reason
from ..systems.text import counted, plain, plain_lines

END = "."
"""A line that holds nothing else ends a reply."""

_CTRL_D = b"\x04"
_ENDED = f"\n{END}\n".encode()


class TerminalDesk:
    """Prompts go to the file ``prompt_to``, or to stdout; replies come from the file ``reply``, or from stdin.

    A file holds one reply, and the prompt that it answers is not shown again; stdin may hold several, each ended by a
    line with a single ``.``. On a terminal Ctrl-D ends one as well.
    """

    def __init__(self, reply: str | None = None, prompt_to: str | None = None) -> None:
        self._reply = None if reply == "-" else reply
        self._prompt_to = None if prompt_to == "-" else prompt_to
        self._from_file = self._reply
        self._attached = ""

    def show(self, prompt: str, pictures: int) -> None:
        """Give out ``prompt``. Raises ``InputError`` when its file cannot be written."""
        if self._from_file is not None:
            return
        if self._prompt_to is not None:
            write_atomically(self._prompt_to, (prompt + "\n").encode("utf-8", "replace"))
        else:
            terminal.out(plain_lines(prompt) if sys.stdout.isatty() else prompt)
        self._attached = f" with its {counted(pictures, 'picture')}, which you attach there," if pictures else ""

    def read(self) -> str | None:
        """The reply; ``None`` at the end of what there is. Raises ``InputError`` when its file cannot be read."""
        if self._from_file is not None:
            path, self._from_file = self._from_file, None
            try:
                return Path(path).read_bytes().decode("utf-8", "replace")
            except (OSError, ValueError) as error:
                hint = "Save what the chat window answered there first."
                raise InputError(f"cannot be read: {reason(error)}", where=plain(path), hint=hint) from error
        if self._reply is not None:
            chat = f"Paste the prompt {self._where()} into the same chat"
            terminal.note(f"\n{chat}, save the reply in {plain(self._reply)}, and run this again.")
            return None
        text = self._typed() if sys.stdin.isatty() else _from_pipe()
        return text if text.strip() else None

    def _where(self) -> str:
        """Where the prompt is to be found."""
        if self._prompt_to is not None:
            return f"in {plain(self._prompt_to)}"
        return "above" if sys.stdout.isatty() else "in the redirected standard output"

    def _typed(self) -> str:
        """What is typed or pasted until its end."""
        descriptor = sys.stdin.fileno()
        typed = b"\n"  # so that the first line may be the end as well
        with _of_any_length(descriptor):
            wish = f"Paste the prompt {self._where()}{self._attached} into a chat window, then its reply here."
            terminal.note(f'\n{wish}\nEnd it with a line that holds only "{END}", or with Ctrl-D.')
            while _CTRL_D not in typed and not typed.endswith(_ENDED):
                got = os.read(descriptor, 65536)
                if not got:
                    break
                typed += got.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return typed.split(_CTRL_D)[0].removesuffix(_ENDED).removeprefix(b"\n").decode("utf-8", "replace")


def _from_pipe() -> str:
    lines: list[bytes] = []
    for line in sys.stdin.buffer:
        if line.strip() == END.encode():
            break
        lines.append(line)
    return b"".join(lines).decode("utf-8", "replace")


@contextmanager
def _of_any_length(descriptor: int) -> Iterator[None]:
    """A terminal that waits for whole lines would cut them at 4,095 bytes, and JSON may be one line."""
    try:
        import termios
    except ImportError:  # Windows
        yield
        return
    before = termios.tcgetattr(descriptor)
    now = termios.tcgetattr(descriptor)
    now[3] &= ~termios.ICANON
    termios.tcsetattr(descriptor, termios.TCSADRAIN, now)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
