"""Lines in columns: widths as a terminal counts them, wrapping, colour."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotsmith.systems.spans import Row, Span, line_text, table, width_of, wrap


@pytest.mark.parametrize(("text", "width"), [("abc", 3), ("翼", 2), ("e\u0301", 1), ("é", 1), ("", 0), ("→", 1)])
def test_the_width_of_a_text(text: str, width: int) -> None:
    assert width_of(text) == width


def test_cells_stand_in_columns_and_a_long_one_moves_only_its_row() -> None:
    rows = [
        Row((Span("a"), Span("bb")), (Span("x"),)),
        Row((Span("翼"), Span("b")), (Span("y"),)),
        Row((Span("much too long"), Span("b")), (Span("z"),)),
    ]
    lines = [line_text(line) for line in table(rows, indent=1, width=None, widest=5)]
    assert lines == [" a   bb  x", " 翼  b   y", " much too long  b   z"]


def test_nothing_is_printed_behind_the_last_word() -> None:
    assert line_text((Span("a "), Span("  ", "old")), color=True) == "a "
    assert line_text((Span("a "), Span("  ", "old"))) == "a"


@given(st.text("ab 翼", max_size=60), st.integers(20, 40))
def test_wrapped_lines_fit_and_keep_every_letter(text: str, width: int) -> None:
    lines = [line_text(line) for line in wrap((Span(text),), width)]
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
