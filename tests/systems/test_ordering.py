from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from cotsmith.systems.ordering import additions, moves, renames


def test_the_fewest_moves_lead_to_any_order() -> None:
    for target in permutations("abcde"):
        order = list("abcde")
        steps = list(moves(order, target))
        for name, place in steps:
            order.remove(name)
            order.insert(place, name)
        assert tuple(order) == target
        assert len(steps) == 5 - max(len(run) for run in _runs(target))


def _runs(names: tuple[str, ...]) -> list[str]:
    """Every increasing subsequence, by trying all."""
    runs = [""]
    for name in names:
        runs += [run + name for run in runs if not run or run[-1] < name]
    return runs


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.sets(st.sampled_from("abcdefgh")))
def test_additions_fill_what_is_missing(target: list[str], present: set[str]) -> None:
    order = [name for name in target if name in present]
    for name, place in additions(tuple(order), target):
        order.insert(len(order) if place is None else place, name)
    assert order == target


@given(st.permutations("abcdef"), st.sets(st.sampled_from("abcdef")))
def test_renames_never_take_a_name_in_use(new: list[str], stay: set[str]) -> None:
    wanted = {old: old if old in stay else fresh for old, fresh in zip("abcdef", new, strict=True)}
    if len(set(wanted.values())) < len(wanted):
        wanted = dict(zip("abcdef", new, strict=True))
    names = {old: old for old in wanted}
    for old, fresh in renames(wanted, tuple(wanted)):
        assert fresh not in names.values()
        owner = next(key for key, name in names.items() if name == old)
        names[owner] = fresh
    assert names == wanted


def test_a_chain_of_renames_takes_no_detour() -> None:
    assert list(renames({"a": "b", "b": "c"}, ("a", "b"))) == [("b", "c"), ("a", "b")]


def test_a_detour_is_a_name_that_nobody_has() -> None:
    steps = list(renames({"a": "b", "b": "a"}, ("a", "b", "a (2)")))
    assert steps == [("a", "a (3)"), ("b", "a"), ("a (3)", "b")]
