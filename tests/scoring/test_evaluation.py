"""The evaluation agrees with the reference, its measures with their definitions, its controls with what they claim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cotsmith.errors import DataError, InvalidSystemError, UsageError
from cotsmith.scoring.controls import derangements, permuted_accuracy
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.scoring.probabilities import answers
from cotsmith.scoring.scores import NEVER, Combine, class_scores, plan, shown_scores
from cotsmith.scoring.statistics import mcnemar
from cotsmith.systems.model import Attribute, System
from tests.scoring.reference import image_scores, option_probabilities, text_vector
from tests.scoring.worlds import evaluated, systems

COMBINES = st.sampled_from(["sum", "product"])
SEEDS = st.integers(0, 2**32 - 1)
costly = settings(max_examples=40, deadline=None)


def reference_scores(e: Evaluation) -> NDArray[np.float64]:
    """The reference's scores of every class for every image, ``(C, N)``."""
    images = e.images.astype(float)
    return np.array([list(image_scores(e.system, x, e.texts, e.logit_scale, e.combine).values()) for x in images]).T


@given(systems(), SEEDS, COMBINES)
@costly
def test_it_agrees_with_the_reference(system: System, seed: int, combine: Combine) -> None:
    evaluation = evaluated(system, n=12, seed=seed, combine=combine)
    expected = reference_scores(evaluation)
    assert shown_scores(evaluation.scores, combine) == pytest.approx(expected, abs=1e-5)
    for answer in evaluation.answers:
        for image, column in zip(evaluation.images, answer.probabilities.T, strict=True):
            scale = evaluation.logit_scale / system.temperature
            one = option_probabilities(answer.attribute, image.astype(float), evaluation.texts, scale)
            assert column == pytest.approx(list(one.values()), abs=1e-5)
    for index, winner in enumerate(evaluation.predicted):
        assert expected[winner, index] >= expected[:, index].max() - 1e-5


@given(systems(), SEEDS)
@costly
def test_the_baseline_is_the_nearest_class_name(system: System, seed: int) -> None:
    evaluation = evaluated(system, n=12, seed=seed)
    names = np.array([text_vector(system.class_prompts, name, evaluation.texts) for name in system.classes])
    similarity = names @ evaluation.images.T.astype(float)
    for index, nearest in enumerate(evaluation.baseline_predicted):
        assert similarity[nearest, index] == pytest.approx(similarity[:, index].max(), abs=1e-6)
    only_system = sum(evaluation.correct & ~evaluation.baseline_correct)
    only_baseline = sum(evaluation.baseline_correct & ~evaluation.correct)
    assert evaluation.mcnemar_p == mcnemar(int(only_system), int(only_baseline))


@given(systems(), SEEDS, COMBINES, st.integers(1, 9))
@costly
def test_the_size_of_a_block_changes_nothing(system: System, seed: int, combine: Combine, block: int) -> None:
    whole = evaluated(system, n=20, seed=seed, combine=combine)
    scale = whole.logit_scale / system.temperature
    found = answers(system.attributes, whole.images, whole.texts, scale, block)
    for part, all_at_once in zip(found, whole.answers, strict=True):
        assert part.probabilities == pytest.approx(all_at_once.probabilities, abs=1e-6)
    plans = [plan(system.attributes, list(row.values())) for row in system.rules.values()]
    assert (class_scores(plans, whole.answers, combine, block) == whole.scores).all()


@given(systems(), SEEDS, COMBINES)
@costly
def test_equal_rules_tie_exactly_and_the_first_class_wins(system: System, seed: int, combine: Combine) -> None:
    twins = replace(system, rules={**system.rules, **{f"{name} twin": row for name, row in system.rules.items()}})
    evaluation = evaluated(twins, seed=seed, combine=combine)
    half = len(system.classes)
    assert (evaluation.scores[:half] == evaluation.scores[half:]).all()
    assert (evaluation.predicted < half).all()
    assert evaluation.ties == evaluation.n


def test_a_class_without_rules_never_wins_and_scores_nothing() -> None:
    system = System(
        attributes=(Attribute("a", ("{}",), ("x", "y")), Attribute("b", ("is {}",), ("x", "y"), weight=0.0)),
        rules={"silent": {"b": ("x",)}, "spoken": {"a": ("y",)}},
    )
    for combine in ("sum", "product"):
        evaluation = evaluated(system, combine=combine)
        assert (evaluation.predicted == 1).all()
        assert (shown_scores(evaluation.scores, combine)[0] == 0).all()
        assert evaluation.ties == 0


def test_where_no_rule_says_anything_the_first_class_is_named() -> None:
    system = System(attributes=(Attribute("a", ("{}",), ("x", "y")),), rules={"A": {}, "B": {}, "C": {}})
    evaluation = evaluated(system)
    assert (evaluation.scores == NEVER).all()
    assert (evaluation.predicted == 0).all()
    assert evaluation.ties == evaluation.n
    assert evaluation.attributes[0].share.value is None
    assert evaluation.attributes[0].worst is None
    assert all(cell.agreement is None for cell in evaluation.cells)


def test_naming_every_option_is_certain_not_almost() -> None:
    options = tuple("abcdefg")
    system = System(attributes=(Attribute("a", ("{}",), options),), rules={"any": {"a": options}, "one": {"a": ("a",)}})
    assert (evaluated(system).scores[0] == 1).all()
    assert (evaluated(system, combine="product").scores[0] == 0).all()


@pytest.mark.parametrize("temperature", [5e-324, 1e-60, 1e-30, 1e30, 1e308])
@pytest.mark.parametrize("combine", ["sum", "product"])
def test_no_temperature_makes_answers_that_are_no_numbers(temperature: float, combine: Combine) -> None:
    attribute = Attribute("a", ("{}",), ("x", "y", "z"))
    rules = {"A": {"a": ("x",)}, "B": {"a": ("y",)}, "C": {"a": ("z",)}}
    evaluation = evaluated(System(attributes=(attribute,), rules=rules, temperature=temperature), combine=combine)
    usual = evaluated(System(attributes=(attribute,), rules=rules), combine=combine)
    answer = evaluation.answers[0]
    assert np.isfinite(answer.probabilities).all()
    assert answer.probabilities.sum(axis=0) == pytest.approx(1)
    if temperature < 1:
        assert (answer.chosen == usual.answers[0].chosen).all()
        assert (evaluation.predicted == usual.predicted).all()


def test_a_hopeless_option_is_no_veto_under_product() -> None:
    system = System(attributes=(Attribute("a", ("{}",), ("x", "y")),), rules={"A": {"a": ("x",)}, "B": {"a": ("y",)}})
    images = np.array([[1, 0]], np.float32)
    texts = {name: np.array(v, np.float32) for name, v in {"x": (1, 0), "y": (-1, 0), "A": (0, 1), "B": (1, 0)}.items()}
    evaluation = evaluate_vectors(system, images, ["A"], texts, logit_scale=1000.0, combine="product")
    assert np.isfinite(evaluation.scores).all()
    assert evaluation.accuracy == 1


@given(systems(), SEEDS)
@costly
def test_attribute_measures_are_what_they_say(system: System, seed: int) -> None:
    evaluation = evaluated(system, seed=seed)
    names = [system.classes[label] for label in evaluation.labels]
    for attribute, answer, measure in zip(system.attributes, evaluation.answers, evaluation.attributes, strict=True):
        seen = [attribute.options[index] for index in answer.chosen]
        rules = [system.rules[name][attribute.name] for name in names]
        asked = [(option, rule) for option, rule in zip(seen, rules, strict=True) if rule]
        wrong = [(rule, option) for option, rule in asked if option not in rule]
        assert measure.share.n == len(asked)
        assert measure.share.hits == len(asked) - len(wrong)
        if asked:
            guess = sum(len(rule) / len(attribute.options) for _, rule in asked) / len(asked)
            assert measure.chance == pytest.approx(guess)
        assert (measure.worst is None) == (not wrong)
        if measure.worst:
            assert measure.worst.count == max(wrong.count(pair) for pair in wrong)
            assert measure.worst.count == wrong.count((measure.worst.expected, measure.worst.predicted))
            assert system.rules[measure.worst.class_name][attribute.name] == measure.worst.expected


@given(systems(), SEEDS, COMBINES)
@costly
def test_contribution_is_what_is_lost_without_the_attribute(system: System, seed: int, combine: Combine) -> None:
    assume(len(system.attributes) > 1)
    evaluation = evaluated(system, seed=seed, combine=combine)
    for index, measure in enumerate(evaluation.attributes):
        rest = system.attributes[:index] + system.attributes[index + 1 :]
        rows = {name: {a.name: row[a.name] for a in rest} for name, row in system.rules.items()}
        without = evaluated(replace(system, attributes=rest, rules=rows), seed=seed, combine=combine)
        assert measure.contribution == pytest.approx(evaluation.accuracy - without.accuracy, abs=1e-12)


def test_the_only_attribute_contributes_what_it_has_over_guessing() -> None:
    system = System(attributes=(Attribute("a", ("{}",), ("x", "y")),), rules={"A": {"a": ("x",)}, "B": {"a": ("y",)}})
    evaluation = evaluated(system)
    assert evaluation.attributes[0].contribution == pytest.approx(evaluation.accuracy - 0.5)


@given(systems(), SEEDS, COMBINES)
@costly
def test_cells_say_what_a_fresh_evaluation_says(system: System, seed: int, combine: Combine) -> None:
    evaluation = evaluated(system, n=20, seed=seed, combine=combine)
    cells = iter(evaluation.cells)
    for index, class_name in enumerate(system.classes):
        for answer in evaluation.answers:
            cell, attribute = next(cells), answer.attribute
            rule = system.rules[class_name][attribute.name]
            seen = [attribute.options[option] for option in answer.chosen[evaluation.labels == index]]
            assert (cell.class_name, cell.attribute) == (class_name, attribute.name)
            assert (cell.agreement is None) == (not rule)
            if cell.agreement:
                assert (cell.agreement.hits, cell.agreement.n) == (sum(o in rule for o in seen), len(seen))
            if not seen:
                assert cell.preferred is None
                assert cell.delta_if_switched is None
                continue
            assert seen.count(cell.preferred or "") == max(map(seen.count, attribute.options))
            rows = {name: dict(row) for name, row in system.rules.items()}
            rows[class_name][attribute.name] = (cell.preferred or "",)
            switched = evaluated(replace(system, rules=rows), n=20, seed=seed, combine=combine)
            assert cell.delta_if_switched == pytest.approx(switched.accuracy - evaluation.accuracy, abs=1e-12)


@given(systems(), SEEDS, COMBINES)
@costly
def test_classes_confusion_and_top_k_follow_from_the_predictions(system: System, seed: int, combine: Combine) -> None:
    evaluation = evaluated(system, seed=seed, combine=combine)
    pairs = list(zip(evaluation.labels.tolist(), evaluation.predicted.tolist(), strict=True))
    for index, measure in enumerate(evaluation.classes):
        own = [predicted for label, predicted in pairs if label == index]
        others = [predicted for predicted in own if predicted != index]
        assert (measure.share.hits, measure.share.n) == (own.count(index), len(own))
        assert measure.confused_count == max(map(others.count, others), default=0)
        if measure.confused_with:
            assert others.count(system.classes.index(measure.confused_with)) == measure.confused_count
    accuracies = [m.share.value for m in evaluation.classes if m.share.value is not None]
    assert evaluation.balanced_accuracy == pytest.approx(sum(accuracies) / len(accuracies))
    order = np.argsort(-evaluation.scores, axis=0, kind="stable")
    for k in range(1, len(system.classes) + 1):
        assert evaluation.top(k) == pytest.approx(np.mean((order[:k] == evaluation.labels).any(axis=0)))
    assert evaluation.top(1) == evaluation.accuracy
    assert evaluation.top(len(system.classes)) == 1


@given(systems(min_classes=2), SEEDS, COMBINES)
@costly
def test_the_permuted_control_is_the_system_with_rows_exchanged(system: System, seed: int, combine: Combine) -> None:
    evaluation = evaluated(system, seed=seed, combine=combine)
    assume(evaluation.ties == 0)
    rows, found = list(system.rules.values()), []
    for permutation in derangements(len(rows), 20, evaluation.seed):
        exchanged = {name: rows[other] for name, other in zip(system.classes, permutation, strict=True)}
        found.append(evaluated(replace(system, rules=exchanged), seed=seed, combine=combine).accuracy)
    assert evaluation.permuted is not None
    assert evaluation.permuted.accuracy == pytest.approx(np.mean(found))
    assert (evaluation.permuted.lowest, evaluation.permuted.highest) == pytest.approx((min(found), max(found)))


@given(st.integers(2, 30), SEEDS)
@settings(max_examples=50, deadline=None)
def test_derangements_leave_nothing_in_place_and_repeat(size: int, seed: int) -> None:
    found = derangements(size, 20, seed)
    assert (np.sort(found, axis=1) == np.arange(size)).all()
    assert not (found == np.arange(size)).any()
    assert (found == derangements(size, 20, seed)).all()


def test_rules_that_carry_nothing_score_like_their_control() -> None:
    chance = permuted_accuracy(np.full((10, 10), 7), seed=0)
    assert chance is not None
    assert chance.accuracy == pytest.approx(0.1)
    perfect = permuted_accuracy(np.eye(10, dtype=int) * 7, seed=0)
    assert perfect is not None
    assert perfect.accuracy == 0
    assert permuted_accuracy(np.array([[3]]), seed=0) is None


def test_texts_are_counted_once_each() -> None:
    system = System(
        class_prompts=("{}", "a {}"),
        attributes=(
            Attribute("a", ("{} thing", "a {}"), ("red", "blue")),
            Attribute("b", ("{} thing",), ("red", "green")),
        ),
        rules={"A": {"a": ("red",)}, "B": {"b": ("green",)}},
    )
    evaluation = evaluated(system)
    assert evaluation.system_texts == 5  # two prompts of two options, and one more thing
    assert evaluation.baseline_texts == 4


def test_a_majority_is_told_apart_from_chance() -> None:
    system = System(attributes=(Attribute("a", ("{}",), ("x", "y")),), rules={"A": {"a": ("x",)}, "B": {"a": ("y",)}})
    base = evaluated(system)
    labels = ["A", "B", "B", "B"]
    evaluation = evaluate_vectors(system, base.images[:4], labels, base.texts, logit_scale=1.0)
    assert evaluation.chance == 0.5
    assert evaluation.majority == ("B", 0.75)


def test_what_cannot_be_evaluated_is_refused() -> None:
    attribute = Attribute("a", ("{}",), ("x",))
    whole = System(attributes=(attribute,), rules={"A": {}})
    base = evaluated(whole)

    def attempt(system: System, labels: list[str], n: int = 1, **options: str) -> None:
        evaluate_vectors(system, base.images[:n], labels, base.texts, logit_scale=1.0, **options)  # type: ignore[arg-type]

    with pytest.raises(InvalidSystemError, match="no classes"):
        attempt(System(attributes=(attribute,)), ["A"])
    with pytest.raises(InvalidSystemError, match="no attributes"):
        attempt(System(rules={"A": {}}), ["A"])
    with pytest.raises(InvalidSystemError, match="no options"):
        attempt(System(attributes=(Attribute("a", ("{}",)),), rules={"A": {}}), ["A"])
    with pytest.raises(InvalidSystemError, match='the system "new" cannot be asked yet: no options in "a", "b"'):
        attempt(System("new", attributes=(Attribute("a", ("{}",)), Attribute("b", ("{}",))), rules={"A": {}}), ["A"])
    with pytest.raises(DataError, match="no images"):
        attempt(whole, [], 0)
    with pytest.raises(DataError, match="not a class"):
        attempt(whole, ["a\x1b"])
    with pytest.raises(DataError, match="2 embeddings but 1 labels"):
        attempt(whole, ["A"], 2)
    with pytest.raises(UsageError, match="not a way to combine"):
        attempt(whole, ["A"], combine="mean")


def test_an_evaluation_shows_itself_in_a_line() -> None:
    system = System(name="two", attributes=(Attribute("a", ("{}",), ("x",)),), rules={"A": {"a": ("x",)}, "B": {}})
    evaluation = evaluated(system, n=8)
    right = int((evaluation.labels == 0).sum())
    assert repr(evaluation).startswith(f"<Evaluation of two: {right} of 8 images right")
