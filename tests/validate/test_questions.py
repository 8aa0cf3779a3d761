"""Questions by the rules alone: order, running total, smallest set, and what would tell twins apart."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import InvalidSystemError
from cotsmith.scoring.separation import separating_power
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.file import load
from cotsmith.systems.model import Attribute, Rule, System
from cotsmith.validate.hitting import smallest_hitting_set
from cotsmith.validate.questions import questions
from cotsmith.validate.states import draw_states
from cotsmith.validate.table import rule_table
from tests.validate.plants import corpus


@st.composite
def askable(draw: st.DrawFn, *, several: bool) -> System:
    """Small systems with one option per rule, or with ``several`` and none as well."""
    names = [f"part {k}" for k in range(draw(st.integers(1, 4)))]
    attributes = tuple(Attribute(name, ("{}",), tuple("abc")) for name in names)
    options = st.sampled_from("abc")
    rule = st.lists(options, max_size=3, unique=True) if several else options.map(lambda option: [option])
    rows = draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, rule)), min_size=1, max_size=7))
    rules = {f"class {i}": {name: tuple(r) for name, r in row.items()} for i, row in enumerate(rows)}
    return System(attributes=attributes, rules=rules)


def entropy(system: System, names: tuple[str, ...]) -> float:
    rows = [tuple(row[name] for name in names) for row in system.rules.values()]
    return -sum(rows.count(row) / len(rows) * math.log2(rows.count(row) / len(rows)) for row in set(rows))


@settings(max_examples=60, deadline=None)
@given(askable(several=False))
def test_with_one_option_each_the_total_is_the_entropy_of_the_partition(system: System) -> None:
    steps = questions(system).steps
    for count in range(1, len(steps) + 1):
        asked = tuple(step.attribute for step in steps[:count])
        assert steps[count - 1].together == pytest.approx(entropy(system, asked), abs=1e-9)
        others = {a.name for a in system.attributes} - set(asked[:-1])
        assert steps[count - 1].together >= max(entropy(system, (*asked[:-1], name)) for name in others) - 1e-9


@settings(max_examples=60, deadline=None)
@given(askable(several=True))
def test_the_first_question_has_its_own_separating_power(system: System) -> None:
    first = questions(system).steps[0]
    assert first.together == pytest.approx(first.power, abs=1e-9)
    assert first.power == pytest.approx(
        max(separating_power(row[a.name] for row in system.rules.values()) for a in system.attributes)
    )


@settings(max_examples=60, deadline=None)
@given(askable(several=True))
def test_the_classes_still_confused_are_those_that_nothing_excludes(system: System) -> None:
    found = questions(system)
    asked: list[str] = []
    for step in found.steps:
        asked.append(step.attribute)
        confused = {
            name
            for pair in combinations(system.rules, 2)
            if all(_fits(system.rules[pair[0]][a], system.rules[pair[1]][a]) for a in asked)
            for name in pair
        }
        assert set(step.confused) == confused


def _fits(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return not one or not other or bool(set(one) & set(other))


@settings(max_examples=60, deadline=None)
@given(askable(several=True))
def test_the_smallest_set_is_the_smallest(system: System) -> None:
    found = questions(system)
    assert found.proven
    names = [a.name for a in system.attributes]

    def separated(asked: tuple[str, ...]) -> set[tuple[str, str]]:
        rules = system.rules
        return {(a, b) for a, b in combinations(rules, 2) if any(not _fits(rules[a][n], rules[b][n]) for n in asked)}

    everything = separated(tuple(names))
    assert separated(found.smallest) == everything
    smaller = combinations(names, len(found.smallest) - 1) if found.smallest else []
    assert all(separated(asked) != everything for asked in smaller)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6).filter(any), max_size=12))
def test_a_smallest_hitting_set_against_trying_all(rows: list[list[bool]]) -> None:
    table = np.array(rows, dtype=np.bool_).reshape(-1, 6)
    chosen, proven = smallest_hitting_set(table)
    assert proven
    assert table[:, list(chosen)].any(axis=1).all()
    for fewer in combinations(range(6), len(chosen) - 1) if chosen else []:
        assert not table[:, list(fewer)].any(axis=1).all()


def test_a_change_that_is_proposed_tells_the_twin_apart() -> None:
    system = load("gallery:pokemon-cards")
    (twins,) = questions(system).twins
    assert twins.classes == ("Bulbasaur", "Celebi & Venusaur", "Venusaur")
    for change in twins.changes:
        for option in change.options:
            changed = apply(system, [SetRule(twins.classes[0], change.attribute, (option,))])
            (left,) = questions(changed).twins
            assert left.classes == twins.classes[1:]


def test_the_case_study() -> None:
    found = questions(load("gallery:pokemon-cards"))
    assert found.possible == 4
    assert found.steps[0].power == pytest.approx(separating_power_by_hand([2, 3, 2] + [1] * 9))
    assert set(found.smallest) == {"key_trait", "background_scene"}
    assert found.steps[-1].confused == ("Bulbasaur", "Celebi & Venusaur", "Venusaur")
    assert found.blurs == ()


def separating_power_by_hand(groups: list[int]) -> float:
    return math.log2(sum(groups)) - sum(n * math.log2(n) for n in groups) / sum(groups)


def test_overlaps_name_what_to_write_and_what_to_narrow() -> None:
    attributes = (Attribute("skin", ("{}",), ("red", "green")), Attribute("shape", ("{}",), ("round", "long")))
    rules: dict[str, dict[str, Rule]] = {
        "apple": {"skin": ("red", "green"), "shape": ("round",)},
        "tomato": {"skin": ("red",)},
    }
    (blur,) = questions(System(attributes=attributes, rules=rules)).blurs
    assert (blur.classes, blur.silent, blur.shared) == (("apple", "tomato"), ("shape",), ("skin",))


def test_good_systems_need_no_more_than_they_have_and_confuse_nobody() -> None:
    for system in corpus():
        found = questions(system)
        assert found.steps[-1].confused == ()
        assert found.proven
        assert len(found.smallest) < len(system.attributes)
        assert [step.together for step in found.steps] == sorted(step.together for step in found.steps)


def test_draws_give_every_option_of_a_rule_its_share() -> None:
    attributes = tuple(Attribute(f"part {k}", ("{}",), tuple("abcd")) for k in range(9))
    wide_rule: Rule = ("a", "b", "c", "d")
    narrow_rule: Rule = ("a",)
    rules = {
        "wide": dict.fromkeys((a.name for a in attributes), wide_rule),
        "narrow": dict.fromkeys((a.name for a in attributes), narrow_rule),
    }
    draws = draw_states(rule_table(System(attributes=attributes, rules=rules)))
    wide = draws.states[draws.owner == 0]
    assert len(draws.states[draws.owner == 1]) == 1
    assert all((np.bincount(column) == len(wide) // 4).all() for column in wide.T)


@pytest.mark.parametrize("system", [System(), System(attributes=(Attribute("size", ("{}",), ("big",)),))])
def test_there_must_be_something_to_ask(system: System) -> None:
    with pytest.raises(InvalidSystemError, match="nothing to ask"):
        questions(system)
