"""One order out of two: what one side alone moved or added stands where that side put it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.systems.merge_order import merge_order
from cotsmith.systems.ordering import moves


def merged(base: str, ours: str, theirs: str, *, prefer_theirs: bool = False) -> tuple[str, str]:
    kept = (set(ours) | set(theirs)) - {i for i in base if i not in ours or i not in theirs}
    order, contested = merge_order(base, ours, theirs, kept, prefer_theirs=prefer_theirs)
    return "".join(order), "".join(contested)


def test_one_moved_to_the_front_and_one_to_the_end() -> None:
    for prefer_theirs in (False, True):
        assert merged("abcdef", "bcdefa", "fabcde", prefer_theirs=prefer_theirs) == ("fbcdea", "")
        assert merged("abcdef", "fabcde", "bcdefa", prefer_theirs=prefer_theirs) == ("fbcdea", "")


def test_an_addition_follows_what_it_was_added_behind() -> None:
    assert merged("abc", "bca", "abxc") == ("bxca", "")
    assert merged("abc", "bca", "axbc") == ("bcax", "")
    assert merged("abc", "abcx", "abcy") == ("abcyx", "")


def test_one_moved_to_two_places_is_contested() -> None:
    assert merged("abcd", "bcda", "bacd") == ("bcda", "a")
    assert merged("abcd", "bcda", "bacd", prefer_theirs=True) == ("bacd", "a")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_each_single_move_of_either_side_is_there(data: st.DataObject) -> None:
    base = list("abcdefgh")
    sides = []
    for _ in range(2):
        side = list(base)
        for _ in range(data.draw(st.integers(0, 3))):
            side.insert(data.draw(st.integers(0, 7)), side.pop(data.draw(st.integers(0, 7))))
        sides.append(side)
    ours, theirs = sides
    here, there = ({name for name, _ in moves(base, side)} for side in sides)
    order, contested = merge_order(base, ours, theirs, set(base), prefer_theirs=data.draw(st.booleans()))
    assert sorted(order) == base
    assert set(contested) <= here & there
    steady = set(base) - here - there

    def before(identity: str, side: list[str]) -> list[str]:
        return [i for i in side[: side.index(identity)] if i in steady]

    for side, mine in ((ours, here - there), (theirs, there - here)):
        for identity in mine if ours != theirs else ():
            assert before(identity, order) == before(identity, side)
