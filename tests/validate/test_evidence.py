"""The checks of the evidence: what is planted in many images is found, and luck in few is not."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotsmith.scoring.evaluation import Evaluation
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.model import Attribute, System
from cotsmith.validate.chance import at_least, believed
from cotsmith.validate.engine import check
from cotsmith.validate.example_images import Shown, images
from cotsmith.validate.fixing import fix_all
from tests.validate.plants import corpus

CORPUS = corpus()


def seen(system: System, per_class: int, clarity: float, seed: int) -> dict[str, list[tuple[int, Mapping[str, str]]]]:
    """Images on which each attribute shows an option of the rule with probability ``clarity``, else any option."""
    draw = random.Random(seed)
    shown: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for class_name, row in system.rules.items():
        shown[class_name] = [
            (
                1,
                {
                    a.name: draw.choice(row[a.name] if row[a.name] and draw.random() < clarity else a.options)
                    for a in system.attributes
                },
            )
            for _ in range(per_class)
        ]
    return shown


def evidence(system: System, per_class: int, clarity: float, seed: int = 0) -> Evaluation:
    return images(seen(system, per_class, clarity, seed))(system)


@pytest.mark.parametrize("per_class", [1, 5, 40])
def test_noise_on_a_good_system_is_no_finding(per_class: int) -> None:
    findings = [
        (system.name, finding.code, finding.message)
        for seed, system in enumerate(CORPUS)
        for finding in check(system, select=["E"], evaluation=evidence(system, per_class, 0.7, seed))
    ]
    assert findings == []


def test_one_image_of_many_is_not_rounded_away() -> None:
    attribute = Attribute("fur", ("It is {}.",), ("gray", "brown", "black"))
    rules = {"wolf": {"fur": ("gray",)}, "bear": {"fur": ("brown",)}, "mole": {"fur": ("black",)}}
    system = System(attributes=(attribute,), rules=rules)
    gray, brown, black = ({"fur": option} for option in attribute.options)
    shown: Shown = {"wolf": [(1, gray), (2999, brown)], "bear": [(3000, black)], "mole": [(3000, gray)]}
    found = {one.code: one.message for one in check(system, evaluation=images(shown)(system))}
    assert found["E101"].startswith("1 of 9000 images get the right answer, 0.01%; ")
    assert found["E107"].startswith("0.01% of 9000 images are right; ")


def test_few_images_of_nothing_are_no_finding() -> None:
    findings = [
        (system.name, finding.code)
        for seed, system in enumerate(CORPUS)
        for finding in check(system, select=["E"], evaluation=images(_five(system, seed))(system))
    ]
    assert findings == []


def _five(system: System, seed: int) -> dict[str, list[tuple[int, Mapping[str, str]]]]:
    """Five images in all, which show anything."""
    shown = seen(system, 1, 0.0, seed)
    return {name: shown[name] for name in list(shown)[:5]}


def test_many_images_of_nothing_say_that_the_rules_carry_nothing() -> None:
    system = CORPUS[0]
    codes = {f.code for f in check(system, select=["E"], evaluation=evidence(system, 100, 0.0))}
    assert {"E101", "E107"} <= codes
    assert "E103" not in codes, "where everything is random, no rule is contradicted in particular"


def test_a_wrong_rule_is_found_among_right_ones_and_mended() -> None:
    mended = 0
    for system in CORPUS[:8]:
        class_name, attribute = system.classes[2], system.attributes[1]
        right = system.rules[class_name][attribute.name]
        wrong = next(option for option in attribute.options if option not in right)
        shown = seen(system, 30, 0.9, seed=3)
        mistaken = apply(system, [SetRule(class_name, attribute.name, (wrong,))])
        (finding,) = check(mistaken, select=["E103"], evaluation=images(shown)(mistaken))
        assert finding.place.path == ("rules", class_name, attribute.name)
        if finding.fix:
            (edit,) = finding.fix.edits
            assert isinstance(edit, SetRule)
            assert set(edit.rule) <= set(right)
            mended += 1
    assert mended > 0, "there is a fix where accuracy rises"


def test_rules_are_mended_until_no_mending_raises_the_accuracy() -> None:
    system = CORPUS[0]
    shown = seen(system, 30, 0.95, seed=4)
    swapped = [SetRule(a, attribute.name, system.rules[b][attribute.name]) for a, b, attribute in _swaps(system)]
    mistaken = apply(system, swapped)
    before = images(shown)(mistaken)
    fixed = fix_all(mistaken, select=["E103"], unsafe=True, evaluation=before)
    assert fixed.evaluation is not None
    assert fixed.evaluation.system == fixed.system
    assert fixed.evaluation.accuracy > before.accuracy
    assert fix_all(mistaken, select=["E103"], evaluation=before).applied == (), "a wrong rule is no safe matter"
    again = fix_all(fixed.system, select=["E103"], unsafe=True, evaluation=fixed.evaluation)
    assert again.applied == ()


def _swaps(system: System) -> list[tuple[str, str, Attribute]]:
    """Three cells, and for each another class whose rule it gets by mistake."""
    first, second, third, fourth = system.classes[:4]
    return [
        (first, third, system.attributes[0]),
        (second, fourth, system.attributes[1]),
        (third, first, system.attributes[2]),
    ]


def test_without_an_evaluation_nothing_is_said_of_images() -> None:
    assert check(CORPUS[0], select=["E"]) == ()


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.0, 0.05, 0.3, 0.5, 0.9, 1.0]))
def test_the_binomial_tail_is_exact(hits: int, n: int, rate: float) -> None:
    p = Fraction(rate)
    exact = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(min(hits, n + 1), n + 1))
    assert at_least(hits, n, rate) == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


def test_the_binomial_tail_keeps_its_small_values() -> None:
    assert at_least(2000, 2000, 0.5) == pytest.approx(0.5**1000 * 0.5**1000, rel=1e-9)
    assert 0 < at_least(900, 1000, 0.5) < 1e-150


def test_believing_follows_benjamini_and_hochberg() -> None:
    # The table of their paper: with a rate of 5 % the four smallest of these fifteen are believed.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p_values += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert believed(p_values, 0.05) == [True] * 4 + [False] * 11
    assert believed(p_values[::-1], 0.05) == [False] * 11 + [True] * 4
    assert believed([]) == []
    assert believed([0.04]) == [True]
    assert believed([0.04, 1.0]) == [False, False]
