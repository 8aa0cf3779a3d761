"""Killed with SIGKILL in the middle of a session on a real terminal: nothing up to the last key press is lost."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cotsmith.review.session import Session
from cotsmith.systems.file import load

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")

PATIENCE_S = 60


class Terminal:
    """The review in a process of its own, on a pseudo terminal."""

    def __init__(self, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cotsmith", "review", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    def wait_for(self, text: str) -> None:
        """Read until ``text`` was written."""
        wanted = text.encode()
        while wanted not in self.seen:
            ready, _, _ = select.select([self.master], [], [], PATIENCE_S)
            assert ready, f"{text!r} did not come"
            self.seen += os.read(self.master, 65536)
        self.seen = self.seen[self.seen.index(wanted) + len(wanted) :]

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait(PATIENCE_S) == -signal.SIGKILL
        os.close(self.master)


def test_a_killed_session_goes_on_where_it_was(draft: Path) -> None:
    terminal = Terminal(str(draft))
    terminal.wait_for("cells seen")
    terminal.press(b"\x7f")
    terminal.wait_for("1 unsaved")
    terminal.press(b"j\x7f")
    terminal.wait_for("2 unsaved")
    terminal.press(b"j\x7f")
    terminal.wait_for("3 unsaved")
    terminal.press(b"u")
    terminal.wait_for("undone: ")
    terminal.kill()
    assert load(draft).rules["Bimbul"]["main_color"] == ("crimson red",)
    session = Session.open(str(draft))
    assert session.recovered == 2
    rules = session.system.rules
    assert (rules["Bimbul"]["main_color"], rules["Gomtu"]["main_color"]) == ((), ())
    assert rules["Jorrik"]["main_color"] == ("royal blue",)
    assert session.redo() is not None
    assert session.system.rules["Jorrik"]["main_color"] == ()
    session.close()


def test_the_verb_leaves_in_order(draft: Path) -> None:
    terminal = Terminal(str(draft), "--read-only", "--theme", "light")
    terminal.wait_for("read-only")
    terminal.press(b"q")
    while True:
        try:
            if not os.read(terminal.master, 65536):
                break
        except OSError:
            break
    assert terminal.process.wait(PATIENCE_S) == 0
    os.close(terminal.master)
