"""The diff: right for any two systems, and short where a person would be short."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.systems.diff import diff
from cotsmith.systems.edits import AddOption, SetRule, apply
from cotsmith.systems.model import Attribute, System
from cotsmith.tests.systems.situations import SITUATIONS, ZOO, Situation
from cotsmith.tests.systems.strategies import edited, edits_for, systems


@given(systems(), systems())
@settings(max_examples=100, deadline=None)
def test_the_diff_of_unrelated_systems_leads_from_one_to_the_other(a: System, b: System) -> None:
    assert apply(a, diff(a, b)) == b


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_the_diff_of_related_systems_leads_from_one_to_the_other_and_each_edit_changes_something(
    data: st.DataObject,
) -> None:
    a = data.draw(systems())
    _, b = data.draw(edited(a, max_edits=8))
    now = a
    for edit in diff(a, b):
        after = apply(now, [edit])
        assert after != now
        now = after
    assert now == b


@given(systems())
@settings(max_examples=50, deadline=None)
def test_equal_systems_have_no_difference(a: System) -> None:
    assert diff(a, a) == ()


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_names_that_everything_shares_do_not_lead_the_diff_astray(one: int, other: int) -> None:
    """Both systems draw from the same few words, so that names are traded, reused and taken all the time."""
    a, b = _from_few_words(one), _from_few_words(other)
    assert apply(a, diff(a, b)) == b


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_permuted_names_do_not_lead_the_diff_astray(seed: int) -> None:
    a = _from_few_words(seed)
    b = _permuted(a, random.Random(seed))
    assert apply(a, diff(a, b)) == b


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_one_edit_is_found_as_one_edit_at_most(data: st.DataObject) -> None:
    edit = data.draw(edits_for(ZOO))
    found = diff(ZOO, apply(ZOO, [edit]))
    assert len(found) <= 1, found


@pytest.mark.parametrize("situation", SITUATIONS, ids=[situation.title for situation in SITUATIONS])
def test_a_situation_is_told_in_the_fewest_edits(situation: Situation) -> None:
    assert diff(situation.before, situation.after) == situation.found
    assert apply(situation.before, situation.found) == situation.after


def test_the_situations_are_all_different() -> None:
    assert len({situation.title for situation in SITUATIONS}) == len(SITUATIONS) >= 25


def _from_few_words(seed: int) -> System:
    """Up to 12 classes and 4 attributes named by single letters, whose options are the same letters."""
    rng = random.Random(seed)
    attributes = [
        Attribute(name, (f"{rng.choice('uvw')} {{}}",), tuple(rng.sample("abcdef", rng.randint(0, 4))))
        for name in rng.sample("abcdef", rng.randint(0, 4))
    ]
    return System(
        attributes=tuple(attributes),
        rules={
            name: {
                a.name: tuple(rng.sample(a.options, min(len(a.options), rng.choice((0, 1, 1, 1, 2)))))
                for a in attributes
            }
            for name in rng.sample("abcdefghijkl", rng.randint(0, 12))
        },
    )


def _permuted(system: System, rng: random.Random) -> System:
    """The same system in which classes, attributes and options have exchanged names among themselves."""

    def shuffled(names: list[str]) -> dict[str, str]:
        return dict(zip(names, rng.sample(names, len(names)), strict=True))

    classes = shuffled(list(system.rules))
    names = shuffled([a.name for a in system.attributes])
    words = {a.name: shuffled(list(a.options)) for a in system.attributes}
    return System(
        attributes=tuple(
            Attribute(names[a.name], a.prompts, tuple(words[a.name][o] for o in a.options)) for a in system.attributes
        ),
        rules={
            classes[who]: {names[a]: tuple(words[a][o] for o in rule) for a, rule in row.items()}
            for who, row in system.rules.items()
        },
    )


def test_a_large_system_is_compared_by_name_first() -> None:
    """A thousand classes with equal rows, where comparing each with each would pair at random."""
    attribute = Attribute("size", ("{}",), ("s", "m"))
    a = System(attributes=(attribute,), rules={f"class {n}": {"size": ("s",)} for n in range(1000)})
    made = (AddOption("size", "l"), SetRule("class 7", "size", ("m",)), SetRule("class 500", "size", ("l",)))
    assert diff(a, apply(a, made)) == made
