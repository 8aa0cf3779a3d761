"""An edited evaluation is the evaluation of the edited system; an effect, a what-if and a suggestion say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cotsmith.errors import CotsmithError, DataError, EncoderError, UsageError
from cotsmith.scoring import reasking, restanding, scheme
from cotsmith.scoring.encoder import Vectors, normalise
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.scoring.scores import Combine, shown_scores
from cotsmith.scoring.statistics import mcnemar
from cotsmith.scoring.suggestions import adjusted
from cotsmith.scoring.texts import attribute_texts, class_texts
from cotsmith.systems.edit_kinds import (
    EDIT_KINDS,
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    MoveClass,
    MoveOption,
    RemoveAllowance,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetClassPrompts,
    SetDescription,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetTemperature,
    SetWeight,
)
from cotsmith.systems.edits import apply
from cotsmith.systems.model import Allowance, Attribute, System
from tests.scoring.worlds import HashEncoder, evaluated, systems
from tests.systems.strategies import edits_for

COMBINES = st.sampled_from(["sum", "product"])
SEEDS = st.integers(0, 2**32 - 1)
costly = settings(max_examples=60, deadline=None)
ENCODER = HashEncoder()


def encode(texts: list[str]) -> Vectors:
    """HashEncoder's vectors, whatever the text holds."""
    return ENCODER.encode_texts(texts)


def fresh(before: Evaluation, edits: Sequence[Edit]) -> Evaluation:
    """The edited system evaluated from nothing, on the same images, whose labels follow renamed classes."""
    system = apply(before.system, edits)
    labels = [before.system.classes[index] for index in before.labels]
    for edit in edits:
        if isinstance(edit, RenameClass):
            labels = [edit.new_name if label == edit.class_name else label for label in labels]
    names = list(dict.fromkeys(attribute_texts(system) + class_texts(system)))
    texts = dict(zip(names, normalise(encode(names)), strict=True)) if names else {}
    return evaluate_vectors(
        system, before.images, labels, texts, logit_scale=before.logit_scale, combine=before.combine, seed=before.seed
    )


def same(found: Evaluation, expected: Evaluation) -> None:
    """Scores to 1e-5; winners the same, unless two classes score the same to 1e-6."""
    assert found.system == expected.system
    assert (found.labels == expected.labels).all()
    shown = shown_scores(expected.scores, expected.combine)
    assert shown_scores(found.scores, found.combine) == pytest.approx(shown, abs=1e-5)
    for a, b in zip(found.answers, expected.answers, strict=True):
        assert a.attribute == b.attribute
        assert a.probabilities == pytest.approx(b.probabilities, abs=1e-5)
    everyone = np.arange(found.n)
    gap = shown[expected.predicted, everyone] - shown[found.predicted, everyone]
    assert gap.max() <= 1e-6
    # Whatever the rounding, the winners are those of the scores that the evaluation itself holds.
    scores, standing = found.scores, found.standing
    assert (found.predicted == scores.argmax(axis=0)).all()
    assert (standing.best == scores.max(axis=0)).all()
    scores[found.predicted, everyone] = -np.inf
    second = scores.max(axis=0)
    assert (standing.lead >= 0).all()
    assert (second <= standing.best).all()
    assert ((second <= standing.best - standing.lead + 1e-5) | (second == standing.best)).all()
    assert (standing.lead[second == standing.best] == 0).all()


@st.composite
def sequences(draw: st.DrawFn, system: System) -> list[list[Edit]]:
    """Up to five lists of one to three edits, one list after the other."""
    found = []
    for _ in range(draw(st.integers(1, 5))):
        edits: list[Edit] = []
        for _ in range(draw(st.integers(1, 3))):
            edit = draw(edits_for(system))
            # A softmax a million times sharper tells no more than the rounding of the dot product.
            if isinstance(edit, SetTemperature):
                edit = SetTemperature(min(max(edit.temperature, 0.5), 10.0))
            edits.append(edit)
            system = apply(system, [edit])
        found.append(edits)
    return found


@pytest.fixture(params=[(0, 0), (0, 1000), (1000, 0)], ids=["in part, added up", "in part, looked up", "as a whole"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the ways that are chosen by size, whatever the size."""
    monkeypatch.setattr(restanding, "_FEW", request.param[0])
    monkeypatch.setattr(scheme, "_FEW", request.param[1])


@pytest.mark.usefixtures("ways")
@given(st.data(), systems(), SEEDS, COMBINES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_edits_gives_what_a_fresh_evaluation_gives(
    data: st.DataObject, system: System, seed: int, combine: Combine
) -> None:
    now = evaluated(system, n=25, seed=seed, combine=combine)
    for edits in data.draw(sequences(system)):
        held = now.scores, now.predicted.copy(), now.labels.copy(), [a.probabilities.copy() for a in now.answers]
        try:
            expected = fresh(now, edits)
        except CotsmithError as error:
            with pytest.raises(type(error)):
                now.with_edits(edits, encode)
            with pytest.raises(type(error)):
                now.effect(edits, encode)
            break
        after = now.with_edits(edits, encode)
        same(after, expected)
        effect = now.effect(edits, encode)
        assert (effect.gained == np.flatnonzero(after.correct & ~now.correct)).all()
        assert (effect.lost == np.flatnonzero(now.correct & ~after.correct)).all()
        assert (effect.before, effect.after) == (now.share, after.share)
        assert effect.change == pytest.approx(after.accuracy - now.accuracy)
        assert effect.mcnemar_p == mcnemar(effect.gained.size, effect.lost.size)
        touched = {c.name: c.after for c in effect.classes}
        assert touched == {c.name: c.share for c in after.classes if c.name in touched}
        assert set(touched) == {after.system.classes[after.labels[i]] for i in (*effect.gained, *effect.lost)}
        assert (now.scores == held[0]).all()
        assert (now.predicted == held[1]).all()
        assert (now.labels == held[2]).all()
        assert all((a.probabilities == b).all() for a, b in zip(now.answers, held[3], strict=True))
        now = after


THREE = System(
    name="three",
    attributes=(
        Attribute("color", ("a {} thing", "{} in color"), ("red", "green", "blue")),
        Attribute("form", ("a {}",), ("ball", "cube"), weight=2.0),
    ),
    rules={
        "apple": {"color": ("red", "green"), "form": ("ball",)},
        "sky": {"color": ("blue",)},
        "brick": {"color": ("red",), "form": ("cube",)},
    },
)
ALLOWED = Allowance("O103", "", "not used yet")
EVERY_KIND: tuple[Edit, ...] = (
    SetName("four"),
    SetDescription("things"),
    SetClassPrompts(("a picture of {}", "{}")),
    SetTemperature(2.0),
    AddAttribute(Attribute("taste", ("it tastes {}",), ("sweet", "sour")), 1, {"apple": ("sweet",)}),
    RemoveAttribute("color"),
    RenameAttribute("color", "hue"),
    MoveAttribute("form", 0),
    SetPrompts("form", ("shaped like a {}",)),
    SetWeight("color", 0.25),
    AddOption("color", "white", 0),
    RemoveOption("color", "red"),
    RewordOption("color", "red", "crimson"),
    MoveOption("color", "blue", 0),
    MergeOptions("color", "green", "blue"),
    SetRule("sky", "form", ("ball", "cube")),
    AddClass("snow", 1, {"form": ("ball",)}),
    RemoveClass("spare"),
    RenameClass("sky", "heaven"),
    MoveClass("brick", 0),
    SetNote("is it?", "sky", "form"),
    AddAllowance(ALLOWED),
    RemoveAllowance(ALLOWED),
)


def test_every_kind_of_edit_is_tried() -> None:
    assert sorted(type(edit).__name__ for edit in EVERY_KIND) == sorted(kind.__name__ for kind in EDIT_KINDS)


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize("combine", ["sum", "product"])
@pytest.mark.parametrize("edit", EVERY_KIND, ids=lambda edit: type(edit).__name__)
def test_each_kind_of_edit_gives_what_a_fresh_evaluation_gives(edit: Edit, combine: Combine) -> None:
    spare = AddClass("spare", None, {"color": ("green",)})  # a class without images, so that it can be removed
    before = evaluated(THREE, n=60, combine=combine).with_edits([spare, AddAllowance(ALLOWED)], encode)
    after = before.with_edits([edit], encode)
    same(after, fresh(before, [edit]))
    effect = before.effect([edit], encode)
    assert (effect.before, effect.after) == (before.share, after.share)
    assert (effect.gained == np.flatnonzero(after.correct & ~before.correct)).all()
    assert (effect.lost == np.flatnonzero(before.correct & ~after.correct)).all()
    assert {c.name: (c.before.n, c.after) for c in effect.classes}.items() <= {
        c.name: (c.share.n, c.share) for c in after.classes
    }.items()


@pytest.mark.usefixtures("ways")
@given(st.data(), systems(min_classes=2), SEEDS, COMBINES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rule_edits_are_exact_whatever_their_number(
    data: st.DataObject, system: System, seed: int, combine: Combine
) -> None:
    """Not only close: the same bits, so that equal rules still tie."""
    now = evaluated(system, seed=seed, combine=combine)
    for _ in range(data.draw(st.integers(1, 8))):
        attribute = data.draw(st.sampled_from(now.system.attributes))
        rule = tuple(data.draw(st.lists(st.sampled_from(attribute.options), max_size=2, unique=True)))
        now = now.with_edits([SetRule(data.draw(st.sampled_from(now.system.classes)), attribute.name, rule)])
    expected = fresh(now, [])
    assert (now.scores == expected.scores).all()
    assert (now.predicted == expected.predicted).all()
    assert now.ties == expected.ties
    assert now.cells == expected.cells
    assert now.attributes == expected.attributes
    assert now.classes == expected.classes


@given(st.data(), systems(), SEEDS)
@costly
def test_what_was_asked_before_an_edit_is_right_after_it(data: st.DataObject, system: System, seed: int) -> None:
    now = evaluated(system, seed=seed)
    edits = [data.draw(edits_for(system).filter(lambda e: not isinstance(e, SetTemperature)))]
    assert now.majority
    assert now.mcnemar_p <= 1
    assert now.answer_tables
    try:
        expected = fresh(now, edits)
    except CotsmithError:
        return
    after = now.with_edits(edits, encode)
    assert after.majority == expected.majority
    assert (after.baseline_predicted == expected.baseline_predicted).all()
    for found, table in zip(after.answer_tables, expected.answer_tables, strict=True):
        assert (found == table).all()


@given(st.data(), systems(), SEEDS, COMBINES)
@costly
def test_what_if_tells_the_effect_of_every_rule_of_a_cell(
    data: st.DataObject, system: System, seed: int, combine: Combine
) -> None:
    now = evaluated(system, seed=seed, combine=combine)
    class_name = data.draw(st.sampled_from(system.classes))
    attribute = data.draw(st.sampled_from(system.attributes))
    found = now.what_if(class_name, attribute.name)
    assert [one.rule for one in found] == [*((option,) for option in attribute.options), ()]
    for one in found:
        effect = now.effect([one.edit])
        assert one.current == (one.rule == system.rules[class_name][attribute.name])
        assert (one.effect.gained == effect.gained).all()
        assert (one.effect.lost == effect.lost).all()
        assert one.effect.classes == effect.classes


@given(systems(), SEEDS, COMBINES)
@costly
def test_suggestions_are_the_best_switch_of_each_cell(system: System, seed: int, combine: Combine) -> None:
    now = evaluated(system, n=40, seed=seed, combine=combine)
    expected: dict[tuple[str, str], float] = {}
    for class_name, attribute, _ in system.cells():
        best = max(one.effect.change for one in now.what_if(class_name, attribute))
        if best > 0:
            expected[class_name, attribute] = best
    found = now.suggestions(None, false_discoveries=1)
    assert {(s.edit.class_name, s.edit.attribute): s.change for s in found} == pytest.approx(expected)
    assert [s.change for s in found] == sorted((s.change for s in found), reverse=True)
    for one in found:
        effect = now.effect([one.edit])
        assert (effect.gained.size, effect.lost.size, effect.mcnemar_p) == (one.gained, one.lost, one.p)
        assert one.p <= one.q <= 1
        assert one.before == system.rules[one.edit.class_name][one.edit.attribute]
        alike = [w for w in now.what_if(one.edit.class_name, one.edit.attribute) if w.effect.change == effect.change]
        surest = [w.rule for w in alike if w.effect.mcnemar_p == one.p]
        assert shown(now, one.edit) == max(
            shown(now, SetRule(one.edit.class_name, one.edit.attribute, r)) for r in surest
        )
    assert now.suggestions(2, false_discoveries=1) == found[:2]
    assert now.suggestions(None) == tuple(s for s in found if s.q <= 0.05) or any(s.q <= 0.05 for s in found)


def shown(evaluation: Evaluation, edit: SetRule) -> int:
    """How many images of the class show what the edit would say."""
    at = [a.name for a in evaluation.system.attributes].index(edit.attribute)
    own = evaluation.labels == evaluation.system.classes.index(edit.class_name)
    wanted = [evaluation.system.attributes[at].options.index(option) for option in edit.rule]
    return int(np.isin(evaluation.answers[at].chosen[own], wanted).sum())


def test_of_switches_that_gain_alike_the_one_that_images_show_is_suggested() -> None:
    options = ("red", "green", "blue")
    attributes = (Attribute("color", ("{}",), options),)
    # Both classes say red, so the first takes all images; every other rule for the second parts them.
    system = System(attributes=attributes, rules={"one": {"color": ("red",)}, "two": {"color": ("red",)}})
    texts = dict(zip(("red", "green", "blue", "one", "two"), np.eye(5, dtype=np.float32), strict=True))
    images = normalise(np.array([texts["red"]] * 10 + [texts["blue"] + 0.5 * texts["green"]] * 10, np.float32))
    found = evaluate_vectors(system, images, ["one"] * 10 + ["two"] * 10, texts, logit_scale=5.0)
    gains = {one.rule: one.effect.change for one in found.what_if("two", "color")}
    assert gains["green",] == gains["blue",] == 0.5
    assert [one.edit for one in found.suggestions() if one.edit.class_name == "two"] == [
        SetRule("two", "color", ("blue",))
    ]


def test_noise_gives_hardly_a_suggestion_and_a_wrong_rule_gives_one() -> None:
    options = ("red", "green", "blue", "grey")
    attributes = tuple(Attribute(f"a{index}", (f"{index} {{}}",), options) for index in range(4))
    rules = {f"class {i}": {a.name: (options[i * (at + 1) % 4],) for at, a in enumerate(attributes)} for i in range(4)}
    system = System(attributes=attributes, rules=rules)
    noisy = [evaluated(system, n=300, seed=seed) for seed in range(20)]
    assert all(e.suggestions(None, false_discoveries=1) for e in noisy)
    assert sum(bool(e.suggestions()) for e in noisy) <= 4
    # Images made of what their class's rules say; then one rule is made wrong.
    texts = dict(zip(noisy[0].texts, np.eye(len(noisy[0].texts), dtype=np.float32), strict=True))
    parts = [[texts[f"{at} {row[a.name][0]}"] for at, a in enumerate(attributes)] for row in rules.values()]
    clean = normalise(np.array([np.sum(parts[index % 4], axis=0) for index in range(300)], np.float32))
    images = normalise(clean + np.random.default_rng(0).normal(0, 0.25, clean.shape).astype(np.float32))
    names = [system.classes[index % 4] for index in range(300)]
    good = evaluate_vectors(system, images, names, texts, logit_scale=5.0)
    wrong = SetRule("class 1", "a0", ("grey",))
    worse = good.with_edits([wrong])
    assert worse.accuracy < good.accuracy
    suggested = {s.edit for s in worse.suggestions()}
    assert SetRule("class 1", "a0", ("green",)) in suggested


def test_adjusted_p_values_are_benjamini_and_hochbergs() -> None:
    # Their example (1995, section 3.2): the first four of fifteen hypotheses are rejected at 0.05.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    assert [value <= 0.05 for value in adjusted(p)] == [True] * 4 + [False] * 11
    assert adjusted(p[::-1]) == adjusted(p)[::-1]
    assert adjusted([]) == []


def test_only_what_an_edit_touches_is_made_anew() -> None:
    colours = Attribute("colour", ("{} thing",), ("red", "blue"))
    sizes = Attribute("size", ("a {} thing",), ("small", "big"))
    rules = {f"c{i}": {"colour": (colours.options[i % 2],), "size": (sizes.options[i // 2 % 2],)} for i in range(20)}
    before = evaluated(System(attributes=(colours, sizes), rules=rules))
    noted = before.with_edits([SetNote("look again", class_name="c1")])
    assert noted.standing is before.standing
    ruled = before.with_edits([SetRule("c3", "size", ())])
    assert ruled.answers is before.answers
    reworded = before.with_edits([RewordOption("colour", "red", "crimson")], encode)
    assert reworded.answers[1] is before.answers[1]
    assert reworded.answers[0] is not before.answers[0]
    renamed = before.with_edits([RenameClass("c0", "zero")], encode)
    assert renamed.answers is before.answers
    assert renamed.standing.first is before.standing.first


def test_an_option_reworded_over_and_over_keeps_its_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    options = tuple(f"option {index}" for index in range(5))
    attribute = Attribute("a", ("{}",), options)
    now = evaluated(System(attributes=(attribute,), rules={option: {"a": (option,)} for option in options}), n=200)
    products: list[int] = []
    asked = reasking.answers

    def counted(*given: Any) -> Any:
        products.append(len(given[1]))
        return asked(*given)

    monkeypatch.setattr(reasking, "answers", counted)
    for number in range(30):
        before, old = now, now.system.attributes[0].options[number % 5]
        now = now.with_edits([RewordOption("a", old, f"word {number}")], encode)
        same(now, fresh(before, [RewordOption("a", old, f"word {number}")]))
        assert now.answers[0].reused <= 8
    # Images whose likeliest option went were asked afresh, and only they.
    assert products
    assert all(0 < count < 200 for count in products)


def test_what_cannot_be_is_refused() -> None:
    system = System(
        attributes=(Attribute("a", ("{}",), ("x", "y")),), rules={"A": {"a": ("x",)}, "B": {"a": ("y",)}, "C": {}}
    )
    before = evaluate_vectors(
        system, evaluated(system, n=2).images, ["A", "B"], evaluated(system).texts, logit_scale=1.0
    )
    with pytest.raises(UsageError, match='"z" was not encoded'):
        before.with_edits([RewordOption("a", "x", "z")])
    with pytest.raises(UsageError, match='"D" was not encoded'):
        before.effect([AddClass("D")])
    with pytest.raises(EncoderError, match="3 dimensions"):
        before.with_edits([RewordOption("a", "x", "z")], lambda texts: np.ones((len(texts), 3), np.float32))
    with pytest.raises(DataError, match='1 image is of the class "A"'):
        before.with_edits([RemoveClass("A")])
    assert before.with_edits([RemoveClass("C")]).system.classes == ("A", "B")
    with pytest.raises(UsageError, match="not a class"):
        before.what_if("Z", "a")
    with pytest.raises(UsageError, match="not an attribute"):
        before.what_if("A", "z")
    with pytest.raises(UsageError, match="false discoveries"):
        before.suggestions(false_discoveries=2)
    with pytest.raises(UsageError, match="limit"):
        before.suggestions(-1)
