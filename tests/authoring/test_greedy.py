"""Coordinate ascent finds what is wrong, stops where nothing more is to be had, and sees nothing in noise."""

from __future__ import annotations

import numpy as np
import pytest

from cotsmith.authoring.climb import Candidate, Climb, Move
from cotsmith.authoring.greedy import climb_greedily
from cotsmith.scoring.likelihood import cross_entropy
from cotsmith.scoring.statistics import mcnemar
from cotsmith.systems.edits import AddOption, Edit, RemoveClass, SetRule, SetWeight, apply
from cotsmith.systems.model import System
from tests.authoring.planted import measured, truth

WRONG = (
    SetRule("class 1", "a0", ("o03",)),
    SetRule("class 4", "a1", ("o13",)),
    SetRule("class 7", "a0", ("o01",)),
)


def begun(start: System, shown: System, *, patience: int = 3, most: int = 100) -> Climb:
    train, dev = (measured(start, shown, seed=seed) for seed in (1, 2))
    return Climb(train, dev, patience=patience, most=most)


def test_wrong_rules_are_found_and_mended() -> None:
    right = truth()
    climb = begun(apply(right, WRONG), right)
    climb_greedily(climb)
    assert climb.best_dev.accuracy > climb.start.accuracy + 0.1
    for edit in WRONG:
        expected = right.rules[edit.class_name][edit.attribute]
        assert set(climb.best_dev.system.rules[edit.class_name][edit.attribute]) >= set(expected)


def test_moves_lead_from_the_start_to_the_best_on_dev() -> None:
    right = truth()
    start = apply(right, WRONG)
    climb = begun(start, right)
    climb_greedily(climb)
    system = start
    for move in climb.moves:
        system = apply(system, move.edits)
    assert system == climb.best_dev.system
    best = max(climb.candidates, key=lambda one: (one.dev_accuracy, -one.dev_loss))
    assert climb.candidates[climb.best - 1] is best


def test_several_looks_of_a_class_become_any_of() -> None:
    shown = apply(truth(), (SetRule("class 2", "a0", ("o02", "o03")), SetRule("class 3", "a1", ("o11",))))
    start = apply(shown, (SetRule("class 2", "a0", ("o02",)),))
    climb = begun(start, shown)
    climb_greedily(climb)
    assert set(climb.best_dev.system.rules["class 2"]["a0"]) == {"o02", "o03"}


def test_an_attribute_that_misleads_loses_weight() -> None:
    shown = truth(attributes=4)
    blind = System(attributes=shown.attributes, rules={n: {**r, "a3": ()} for n, r in shown.rules.items()})
    wrong = (SetRule(name, "a3", (f"o3{index % 4}",)) for index, name in enumerate(shown.classes))
    climb = begun(apply(blind, (*wrong, SetWeight("a3", 4.0))), blind)
    climb_greedily(climb, kinds=["weights"])
    assert climb.best_dev.accuracy > climb.start.accuracy
    assert climb.best_dev.system.attributes[3].weight < 4.0


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_labels_give_no_improvement(seed: int) -> None:
    right = truth()
    n = 180
    shuffled = [np.random.default_rng(100 * seed + k).integers(0, len(right.classes), n) for k in range(3)]
    train, dev, test = (measured(right, right, n=n, seed=10 * seed + k, labels=shuffled[k]) for k in range(3))
    climb = Climb(train, dev, patience=3, most=100)
    climb_greedily(climb)
    after = test.with_edits([edit for move in climb.moves for edit in move.edits])
    gained, lost = int((after.correct & ~test.correct).sum()), int((test.correct & ~after.correct).sum())
    assert gained <= lost or mcnemar(gained, lost) > 0.05


def test_what_is_refused_says_why() -> None:
    right = truth()
    climb = begun(right, right)
    cases: dict[str, Edit] = {
        "it gains nothing on train": SetRule("class 1", "a0", ("o03",)),
        "nothing": RemoveClass("nobody"),
    }
    tried = {words: climb.consider(Move((edit,), "")) for words, edit in cases.items()}
    assert not any(one.taken for one in tried.values())
    assert tried["it gains nothing on train"].reason == "it gains nothing on train"
    assert "nobody" in tried["nothing"].reason
    assert climb.candidates == []
    assert climb.train.system == right


def test_a_gain_that_may_be_chance_is_refused() -> None:
    right = truth()
    wrong = SetRule("class 1", "a0", ("o03",))
    train = measured(apply(right, (wrong,)), right, n=18, seed=1)
    climb = Climb(train, train, patience=3, most=9)
    tried = climb.consider(Move((SetRule("class 1", "a0", ("o01",)),), ""))
    assert tried.gained > tried.lost
    assert not tried.taken
    assert "chance" in tried.reason


def test_the_budget_and_patience_end_the_climb() -> None:
    right = truth()
    short = begun(apply(right, WRONG), right, most=1)
    climb_greedily(short)
    assert len(short.candidates) == 1
    assert "budget" in short.stopped
    # dev knows other truths than train, so nothing that train teaches helps there
    other = measured(apply(right, WRONG), right, seed=2, labels=np.arange(180) % 9)
    told: list[Candidate] = []
    blind = Climb(
        measured(apply(right, WRONG), right, seed=1),
        other,
        patience=1,
        most=100,
        record=lambda one, _: told.append(one),
    )
    climb_greedily(blind)
    assert told == blind.candidates
    if blind.stopped:
        assert "dev" in blind.stopped
        assert len(blind.candidates) == blind.best + 1


def test_cancelling_keeps_what_was_found() -> None:
    right = truth()
    climb = begun(apply(right, WRONG), right)
    climb_greedily(climb, cancelled=lambda: len(climb.candidates) == 2)
    assert len(climb.candidates) == 2
    assert climb.moves


def test_a_move_may_add_the_option_that_it_names() -> None:
    right = truth()
    start = apply(right, (SetRule("class 1", "a0", ("o03",)),))
    train = measured(start, right, seed=1)
    climb = Climb(train, train, patience=3, most=9, encode=lambda texts: np.stack([train.images[0]] * len(texts)))
    move = Move((AddOption("a0", "new"), SetRule("class 1", "a0", ("o01",))), "")
    assert climb.consider(move).taken
    assert "new" in climb.dev.system.attributes[0].options


def test_cross_entropy_is_that_of_the_normalised_scores() -> None:
    evaluation = measured(truth(), truth(), n=40)
    shares = evaluation.scores / evaluation.scores.sum(axis=0)
    expected = -np.log(shares[evaluation.labels, np.arange(40)]).mean()
    assert cross_entropy(evaluation) == pytest.approx(float(expected), abs=1e-6)


def test_cross_entropy_of_silence_is_that_of_a_guess() -> None:
    system = truth()
    silent = System(
        attributes=system.attributes, rules={name: dict.fromkeys(row, ()) for name, row in system.rules.items()}
    )
    assert cross_entropy(measured(silent, system)) == pytest.approx(np.log(9))
