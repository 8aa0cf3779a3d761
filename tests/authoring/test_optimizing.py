"""Optimising keeps train, dev and test apart, proposes instead of overwriting, and claims only what test shows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from cotsmith.authoring.climb import Candidate, Climb, Move
from cotsmith.authoring.optimizing import Cost, compacted, greedy_engine, run_engine
from cotsmith.errors import DataError, UsageError
from cotsmith.scoring.dataset import Item
from cotsmith.scoring.evaluation import Evaluation
from cotsmith.scoring.reuse import on_images
from cotsmith.scoring.threefold import Threefold, threefold
from cotsmith.systems.edits import AddOption, SetRule, SetWeight, apply
from cotsmith.systems.model import System
from tests.authoring.planted import measured, truth

WRONG = (SetRule("class 1", "a0", ("o03",)), SetRule("class 4", "a1", ("o13",)), SetRule("class 7", "a0", ("o01",)))


def split(start: System, shown: System) -> Threefold:
    train, dev, test = (measured(start, shown, seed=seed) for seed in (1, 2, 3))
    return Threefold(train, dev, test)


def test_a_flawed_system_gets_better_on_images_that_nobody_saw() -> None:
    right = truth()
    found = run_engine(split(apply(right, WRONG), right))
    assert found.improved
    assert found.test.p < 0.01
    assert found.gap == pytest.approx(found.dev.difference - found.test.difference)
    assert found.after.test.accuracy > found.before.test.accuracy


def test_the_result_is_a_proposal_whose_edits_make_the_best_system() -> None:
    right = truth()
    start = apply(right, WRONG)
    found = run_engine(split(start, right))
    proposals = found.proposals
    assert all(one.status == "open" and one.effect is not None and one.rationale for one in proposals)
    for index in range(len(proposals)):
        proposals = proposals.accept(index)
    assert proposals.result == found.after.test.system
    assert start == found.before.test.system


def test_every_candidate_is_told_at_once() -> None:
    right = truth()
    told: list[Candidate] = []
    found = run_engine(split(apply(right, WRONG), right), record=lambda one, _: told.append(one))
    assert tuple(told) == found.candidates
    assert [one.number for one in told] == list(range(1, len(told) + 1))


def test_cells_that_a_person_set_are_left_alone() -> None:
    right = truth()
    start = apply(right, WRONG)
    locked = frozenset({("class 1", "a0")})
    found = run_engine(split(start, right), locked=locked)
    assert found.after.dev.system.rules["class 1"]["a0"] == ("o03",)
    assert found.improved


def test_an_interrupt_keeps_the_best_so_far() -> None:
    def impatient(climb: Climb, *, cancelled: Callable[[], bool] | None = None) -> Cost:
        greedy_engine(climb, cancelled=lambda: len(climb.candidates) == 1 or bool(cancelled and cancelled()))
        raise KeyboardInterrupt

    right = truth()
    found = run_engine(split(apply(right, WRONG), right), impatient, name="impatient")
    assert found.interrupted
    assert len(found.candidates) == 1
    assert len(found.proposals) == 1
    assert found.after.dev.accuracy > found.before.dev.accuracy


def test_a_perfect_system_gets_no_proposal() -> None:
    found = run_engine(split(truth(), truth()))
    assert len(found.proposals) == 0
    assert not found.improved
    assert found.stopped == "nothing more was found"


def test_nothing_to_try_is_refused() -> None:
    start = split(truth(), truth())
    for wrong in ({"budget": 0}, {"patience": 0}):
        with pytest.raises(UsageError):
            run_engine(start, **wrong)  # type: ignore[arg-type]  # the keywords vary


def test_only_the_last_of_several_settings_is_proposed() -> None:
    a, b = SetRule("c", "a", ("x",)), SetRule("c", "a", ("x", "y"))
    moves = [Move((AddOption("a", "y"), a), "first"), Move((SetWeight("a", 2),), "w"), Move((b,), "second")]
    moves.append(Move((SetWeight("a", 4),), "again"))
    assert compacted(moves) == [(AddOption("a", "y"), "first"), (b, "second"), (SetWeight("a", 4), "again")]


def with_splits(evaluation: Evaluation, splits: list[str]) -> Evaluation:
    from pathlib import Path

    items = tuple(Item(Path(f"{index}.png"), "", name) for index, name in enumerate(splits))
    return dataclasses.replace(evaluation, setting=dataclasses.replace(evaluation.setting, items=items))


def test_splits_that_the_data_names_are_taken_as_they_are() -> None:
    names = ["train", "dev", "test"] * 60
    whole = with_splits(measured(truth(), truth()), names)
    found = threefold(whole)
    assert found.note == ""
    for name, part in (("train", found.train), ("dev", found.dev), ("test", found.test)):
        assert np.array_equal(part.images, whole.images[[index for index, one in enumerate(names) if one == name]])


def test_a_missing_train_split_is_half_of_dev() -> None:
    whole = with_splits(measured(truth(), truth()), ["dev", "dev", "test"] * 60)
    found = threefold(whole)
    assert "dev is halved" in found.note
    assert abs(found.train.n - found.dev.n) <= len(truth().classes)
    assert found.train.n + found.dev.n == 120
    seen = {row.tobytes() for row in found.train.images}
    assert not seen & {row.tobytes() for row in found.dev.images}
    assert set(found.train.labels) == set(found.dev.labels) == set(range(9))


def test_copies_of_an_image_stay_in_one_half() -> None:
    evaluation = measured(truth(), truth(), n=90)
    twice = with_splits(on_images(evaluation, np.repeat(np.arange(90), 2)), ["dev"] * 170 + ["test"] * 10)
    found = threefold(twice)
    seen = {row.tobytes() for row in found.train.images}
    assert not seen & {row.tobytes() for row in found.dev.images}


def test_no_test_images_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(DataError, match="no test images") as error:
        threefold(with_splits(measured(truth(), truth()), ["train", "dev"] * 90))
    assert "test" in error.value.hint
    with pytest.raises(DataError, match="only test images"):
        threefold(with_splits(measured(truth(), truth()), ["test"] * 180))
