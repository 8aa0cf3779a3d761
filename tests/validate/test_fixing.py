"""Fixes: they come to an end, can be undone, and change predictions only where they say so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.scoring.encoder import Vectors, normalise
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.scoring.texts import attribute_texts, class_texts
from cotsmith.systems.edits import AddAllowance, AddOption, Edit, MergeOptions, SetRule, SetWeight, apply, invert
from cotsmith.systems.file import load
from cotsmith.systems.model import Allowance, Attribute, System
from cotsmith.validate.engine import check
from cotsmith.validate.fixing import fix_all
from tests.systems.strategies import systems
from tests.validate.plants import PLANTS, corpus, planted

CORPUS = corpus()
FIXABLE = ("O101", "O102", "O103", "A101", "S113")


@st.composite
def faulty_systems(draw: st.DrawFn) -> System:
    """Good systems with several fixable faults, and rules that say nothing here and there."""
    system = draw(st.sampled_from(CORPUS))
    for code in draw(st.lists(st.sampled_from(FIXABLE), min_size=1, unique=True)):
        system = planted(system, code)
    for _ in range(draw(st.integers(0, 3))):
        class_name, attribute = draw(st.sampled_from(system.classes)), draw(st.sampled_from(system.attributes))
        system = apply(system, [SetRule(class_name, attribute.name, ())])
    if draw(st.booleans()):
        system = apply(system, [SetWeight(draw(st.sampled_from(system.attributes)).name, 0.5)])
    return system


def undone(system: System, edits: Sequence[Edit]) -> System:
    """``system`` after ``edits`` and then their inverses, last first."""
    steps = []
    for edit in edits:
        steps.append(invert(system, edit))
        system = apply(system, [edit])
    for inverse in reversed(steps):
        system = apply(system, inverse)
    return system


def measured(system: System) -> Evaluation:
    """The system on 200 random images, with a random vector for each text."""
    texts = {text: _vector(text) for text in (*attribute_texts(system), *class_texts(system))}
    images = normalise(np.random.default_rng(1).normal(size=(200, 16)).astype(np.float32))
    labels = [system.classes[i % len(system.classes)] for i in range(200)]
    return evaluate_vectors(system, images, labels, texts, logit_scale=10)


def _vector(text: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
    vector: Vectors = normalise(np.random.default_rng(seed).normal(size=(1, 16)).astype(np.float32))[0]
    return vector


@settings(max_examples=60, deadline=None)
@given(st.one_of(faulty_systems(), systems()), st.booleans())
def test_fixing_twice_is_fixing_once(system: System, unsafe: bool) -> None:
    once = fix_all(system, unsafe=unsafe)
    assert apply(system, once.edits) == once.system
    again = fix_all(once.system, unsafe=unsafe)
    assert again.applied == ()
    assert again.system == once.system


@settings(max_examples=60, deadline=None)
@given(st.one_of(faulty_systems(), systems()))
def test_every_fix_is_undone_by_its_inverse(system: System) -> None:
    for finding in check(system):
        if finding.fix:
            assert undone(system, finding.fix.edits) == system
    assert undone(system, fix_all(system, unsafe=True).edits) == system


@settings(max_examples=60, deadline=None)
@given(faulty_systems())
def test_a_fix_without_an_effect_keeps_every_answer(system: System) -> None:
    before = measured(system)
    for finding in check(system):
        if finding.fix and not finding.fix.effect:
            after = measured(apply(system, finding.fix.edits))
            np.testing.assert_array_equal(after.predicted, before.predicted)


def test_the_fix_of_a_constant_attribute_keeps_answers_that_a_summand_could_change() -> None:
    system = planted(CORPUS[0], "A101")
    assert [f.fix.effect for f in check(system) if f.fix] == [""]
    silent = apply(system, [SetRule(system.classes[0], system.attributes[0].name, ())])
    assert [(f.fix.safe, bool(f.fix.effect)) for f in check(silent, select=["A101"]) if f.fix] == [(False, True)]


def test_a_duplicate_that_is_used_does_not_lose_its_rules_to_the_unused_first() -> None:
    attribute = Attribute("fur", ("Its fur is {}.",), ("gray", "black", "Gray"))
    system = System(attributes=(attribute,), rules={"wolf": {"fur": ("Gray",)}, "mole": {"fur": ("black",)}})
    assert {f.code for f in check(system)} == {"O101", "O103"}
    fixed = fix_all(system)
    (shown,) = fixed.system.rules["wolf"]["fur"]
    assert shown.lower() == "gray"
    assert set(fixed.system.attributes[0].options) == {shown, "black"}
    assert check(fixed.system) == ()


def test_three_of_a_kind_become_one() -> None:
    system = CORPUS[0]
    name, option = system.attributes[0].name, system.attributes[0].options[0]
    many = apply(system, [AddOption(name, option.upper()), AddOption(name, f"{option}!")])
    assert fix_all(many).system == system


def test_plural_is_merged_only_when_unsafe_fixes_are_wanted() -> None:
    attribute = Attribute("head", ("It has {}.",), ("a horn", "horns"))
    system = System(attributes=(attribute,), rules={"rhino": {"head": ("a horn",)}, "goat": {"head": ("horns",)}})
    assert fix_all(system, select=["O101"]).applied == ()
    assert fix_all(system, select=["O101"], unsafe=True).edits == (MergeOptions("head", "horns", "a horn"),)


def test_an_allowed_finding_is_not_fixed() -> None:
    system = planted(CORPUS[0], "O103")
    name = system.attributes[0].name
    allowance = Allowance("unused-option", f"attributes › {name}", "it draws off other birds")
    assert fix_all(apply(system, [AddAllowance(allowance)])).applied == ()


def test_only_selected_checks_are_fixed() -> None:
    system = planted(planted(CORPUS[0], "O103"), "O101")
    assert {a.finding.code for a in fix_all(system, select=["O103"]).applied} == {"O103"}
    assert {a.finding.code for a in fix_all(system, ignore=["O103"]).applied} == {"O101"}


def test_what_was_done_is_said_in_words() -> None:
    applied = fix_all(load("gallery:demo-draft")).applied
    assert any('merge option "a pair of long ears" into "two long ears"' in step for a in applied for step in a.steps)


@pytest.mark.parametrize("code", FIXABLE)
def test_every_fixable_fault_of_the_corpus_is_mended(code: str) -> None:
    for system in CORPUS:
        fixed = fix_all(planted(system, code), unsafe=True).system
        assert check(fixed, select=[code]) == (), system.name
    assert code in PLANTS
