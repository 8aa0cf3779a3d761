"""Lines for a terminal end at words; those for a file stay whole."""

from __future__ import annotations

import io

import pytest

from cotsmith.authoring.folding import folded


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


LONG = "the rationale of a proposal that goes on and on"


@pytest.mark.parametrize(("line", "indent"), [(LONG, "  "), (f"    {LONG}", "    ")])
def test_a_terminal(line: str, indent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    first, *rest = folded(line, Screen(), hanging=2).split("\n")
    assert rest
    assert all(len(one) < 30 for one in (first, *rest))
    assert all(one.startswith(indent) and one[len(indent)] != " " for one in rest)
    assert " ".join([first, *rest]).split() == line.split()


def test_no_terminal_and_short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    assert folded(LONG, io.StringIO()) == LONG
    assert folded("short", Screen()) == "short"
