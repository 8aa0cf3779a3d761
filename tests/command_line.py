"""Calling cotsmith as from the command line, in this process: what it writes where, and its exit code."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from cotsmith.cli import run


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


class Command(Protocol):
    def __call__(self, *arguments: str, stdin: str = "") -> Result: ...


def command_in(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """``cotsmith`` as typed in ``folder``."""
    monkeypatch.chdir(folder)

    def call(*arguments: str, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        code = run(list(arguments))
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call
