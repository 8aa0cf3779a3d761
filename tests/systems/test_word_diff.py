"""Which words of a text changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotsmith.systems.word_diff import alike, word_diff


def marked(old: str, new: str) -> str:
    marks = {"same": "{}", "old": "[{}]", "new": "<{}>"}
    return "".join(marks[piece.mark].replace("{}", piece.text) for piece in word_diff(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a large wing", "a small wing", "a [large]<small> wing"),
        ("a big red wing", "a small blue wing", "a [big red]<small blue> wing"),
        ("It is mainly {} in color.", "It is mainly {}.", "It is mainly {}[ in color]."),
        ("two words", "two short words", "two <short >words"),
        ("red", "blue", "[red]<blue>"),
        ("same", "same", "same"),
        ("", "new", "<new>"),
        ("color-blind", "colour-blind", "[color]<colour>-blind"),
        ("大きな翼", "小さな翼", "[大き]<小さ>な翼"),
        ("its {} tail", "the {} head", "[its]<the> {} [tail]<head>"),
    ],
)
def test_the_words_that_changed_are_marked(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


@given(st.text("ab {}.,", max_size=12), st.text("ab {}.,", max_size=12))
def test_the_pieces_make_up_both_texts(old: str, new: str) -> None:
    pieces = word_diff(old, new)
    assert "".join(piece.text for piece in pieces if piece.mark != "new") == old
    assert "".join(piece.text for piece in pieces if piece.mark != "old") == new


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a very light blue", "a very pale blue", True),
        ("This Pokémon is mainly {} in color.", "This Pokémon is mostly {} in color.", True),
        ("gray", "grey", False),
        ("light blue", "pale blue", False),
        ("a wolf in the snow", "the crown of a king", False),
    ],
)
def test_texts_that_have_little_in_common_are_shown_side_by_side(old: str, new: str, expected: bool) -> None:
    assert alike(word_diff(old, new)) == expected
