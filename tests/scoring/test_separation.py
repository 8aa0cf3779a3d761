"""Separating power: worked cases of the identification-key measure, and the laws it obeys."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotsmith.scoring.separation import separating_power, separating_powers
from cotsmith.systems.model import Attribute, System

RULES = st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("rules", "bits"),
    [
        (["a", "b", "c", "d"], 2.0),  # every class its own option
        (["a", "a", "b", "b"], 1.0),  # two halves
        (["a", "a", "a", "a"], 0.0),  # everyone the same
        (["a", "a", "a", "b"], 2 - 3 / 4 * math.log2(3)),  # the entropy of 3 : 1
        (["ab", "ab"], 0.0),
        (["ab", "a"], 1 - 1.5 / 2),  # f_a = 1.5 of 2 classes, f_b = 0.5 of 1
        (["ab", "b", "c"], math.log2(3) - (0.5 * 0 + 1.5 * 1 + 1 * 0) / 3),
        (["a", "b", ""], math.log2(3) - 1),  # the class without a rule counts half in either
        (["a", ""], 0.0),
        (["", "", ""], 0.0),
        (["a"], 0.0),
        ([], 0.0),
    ],
)
def test_worked_cases(rules: list[str], bits: float) -> None:
    assert separating_power(rules) == pytest.approx(bits, abs=1e-12)


@given(RULES)
def test_it_lies_between_nothing_and_all_there_is(rules: list[set[str]]) -> None:
    assert 0 <= separating_power(rules) <= math.log2(len(rules)) + 1e-12


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12))
def test_with_one_option_each_it_is_the_entropy_of_the_partition(rules: list[str]) -> None:
    shares = [rules.count(option) / len(rules) for option in set(rules)]
    assert separating_power(rules) == pytest.approx(-sum(s * math.log2(s) for s in shares), abs=1e-12)


@given(RULES.flatmap(lambda rules: st.tuples(st.just(rules), st.permutations(rules))))
def test_the_order_of_classes_does_not_matter(pair: tuple[list[set[str]], list[set[str]]]) -> None:
    assert separating_power(pair[0]) == pytest.approx(separating_power(pair[1]), abs=1e-12)


@given(RULES)
def test_a_class_without_a_rule_is_one_that_names_all_options_in_use(rules: list[set[str]]) -> None:
    in_use = set().union(*rules)
    assert separating_power(rules) == pytest.approx(separating_power([rule or in_use for rule in rules]), abs=1e-12)


def test_a_system_lists_its_attributes_and_unused_options_do_not_count() -> None:
    system = System(
        attributes=(
            Attribute("color", ("{} body",), ("red", "blue", "green")),
            Attribute("scene", ("{} behind",), ("sea", "sky")),
        ),
        rules={"A": {"color": ("red",), "scene": ("sea",)}, "B": {"color": ("blue",), "scene": ("sea",)}},
    )
    assert separating_powers(system) == {"color": 1.0, "scene": 0.0}
