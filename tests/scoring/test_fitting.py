"""The fit: a convex objective with a right gradient, its one minimum, and weights that help where they can."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.cli import run
from cotsmith.errors import DataError
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.scoring.fitting import Objective, fit, minimise
from cotsmith.systems.edits import SetTemperature, apply
from cotsmith.systems.model import Attribute, System
from tests.scoring.test_score_command import COLORS, SYSTEM, Workplace, work
from tests.scoring.worlds import evaluated, systems

__all__ = ["work"]


def objective(seed: int, n: int = 25, classes: int = 4, attributes: int = 3) -> Objective:
    generator = np.random.default_rng(seed)
    return Objective(generator.random((n, classes, attributes)), generator.integers(0, classes, n), 4.0)


@given(st.integers(0, 1000), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_gradient_and_curvature_are_those_of_the_loss(seed: int, at: int) -> None:
    target, v = objective(seed), np.random.default_rng(at).random(3) * 10
    gradient, hessian = target.slope(v)
    h = 1e-5
    for g in range(3):
        step = np.eye(3)[g] * h
        assert gradient[g] == pytest.approx((target.value(v + step) - target.value(v - step)) / (2 * h), abs=1e-4)
        bend = (target.slope(v + step)[0] - target.slope(v - step)[0]) / (2 * h)
        assert hessian[g] == pytest.approx(bend, abs=1e-4)
    assert np.linalg.eigvalsh(hessian).min() > -1e-9


@given(st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_the_minimum_is_one_wherever_the_search_begins(seed: int) -> None:
    target = objective(seed)
    found = [minimise(target, start) for start in (np.zeros(3), np.ones(3) * 8, np.array([0.0, 30.0, 1.0]))]
    for one in found[1:]:
        assert target.value(one) == pytest.approx(target.value(found[0]), rel=1e-6)
    gradient = target.slope(found[0])[0]
    assert (found[0] >= 0).all()
    scale = 1e-3 * (1 + abs(target.value(found[0])))
    assert (np.abs(gradient[found[0] > 1e-9]) < scale).all()
    assert (gradient[found[0] <= 1e-9] > -scale).all()


def two_attributes(seed: int, n: int = 240) -> Evaluation:
    """One attribute answers rightly, the other at random but with more confidence."""
    generator = np.random.default_rng(seed)
    options = ("a", "b", "c")
    system = System(
        attributes=(Attribute("good", ("good {}",), options), Attribute("noise", ("noise {}",), options)),
        rules={option: {"good": (option,), "noise": (option,)} for option in options},
    )
    labels, noise = generator.integers(0, 3, n), generator.integers(0, 3, n)
    eye = np.eye(9, dtype=np.float32)
    texts = {f"good {o}": eye[i] for i, o in enumerate(options)}
    texts |= {f"noise {o}": eye[3 + i] for i, o in enumerate(options)}
    texts |= {o: eye[6 + i] for i, o in enumerate(options)}
    images = 0.3 * eye[labels] + 0.6 * eye[3 + noise] + 0.05 * generator.normal(size=(n, 9)).astype(np.float32)
    images = (images / np.linalg.norm(images, axis=1, keepdims=True)).astype(np.float32)
    return evaluate_vectors(system, images, [options[i] for i in labels], texts, logit_scale=8.0)


def test_a_noisy_attribute_loses_its_weight_and_unseen_images_gain() -> None:
    dev, test = two_attributes(1), two_attributes(2)
    found = fit(dev, test)
    fitted = apply(dev.system, found.edits)
    good, noise = (attribute.weight for attribute in fitted.attributes)
    assert noise < 0.5 * good
    assert good + noise == pytest.approx(2, abs=0.01)
    assert found.test is not None
    assert found.test.p < 0.01
    assert found.test.difference > 0.1
    assert found.fitted_test is not None
    assert found.fitted_test.system == fitted


@given(systems(min_classes=2), st.integers(0, 20), st.sampled_from(["sum", "product"]))
@settings(max_examples=20, deadline=None)
def test_any_system_can_be_fitted_or_says_why_not(system: System, seed: int, combine: str) -> None:
    dev = evaluated(system, n=15, seed=seed, combine=combine)  # type: ignore[arg-type]
    try:
        found = fit(dev)
    except DataError:
        assert not any(system.rules[system.classes[index]][a.name] for index in dev.labels for a in system.attributes)
        return
    fitted = apply(system, found.edits)
    assert found.test is None
    assert any(a.weight > 0 for a in fitted.attributes)
    silent = [c for c, row in fitted.rules.items() if not any(row[a.name] and a.weight > 0 for a in fitted.attributes)]
    assert all(not any(system.rules[c].values()) for c in silent)
    assert replace(fitted, attributes=system.attributes, temperature=system.temperature) == system


def test_on_the_command_line(work: Workplace) -> None:
    for split in ("dev", "test"):
        for name, color in COLORS.items():
            for index in range(4):
                work.draw(work.folder / "split" / split / name / f"{index}.png", (*color[:2], color[2] - index))
    hue, tone = SYSTEM.attributes
    work.save(replace(SYSTEM, attributes=(replace(hue, weight=5.0), tone)))
    target = work.folder / "fitted.json"
    arguments = ("score", work.system, "--data", work.folder / "split", "--fit")
    code, out, err = work.run(*arguments, "--json")
    result = json.loads(out)
    assert code == 0
    assert (result["fitted_on"]["n"], result["test"]["after"]["n"]) == (12, 12)
    assert result["test"]["change"]["difference"] == 0
    assert "nothing is written" in err
    code, out, err = work.run(*arguments, "-o", target)
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "dev, fitted on it" in out
    assert [edit["edit"] for edit in result["edits"]].count("set-weight") > 0
    weights = [attribute.weight for attribute in System.load(target).attributes]
    assert sum(weights) == pytest.approx(2, abs=0.01)
    assert work.run(*arguments, "-o", target)[0] == 2


def test_what_cannot_be_fitted_is_told_before_the_model_loads(work: Workplace) -> None:
    for name, color in COLORS.items():
        work.draw(work.folder / "split" / "test" / name / "0.png", color)
    for arguments, message in (
        (["--data", work.folder / "split", "--fit"], "needs dev images"),
        (["--data", work.cards, "-o", "x.json"], "Add --fit"),
        (["--data", work.cards, "--fit", "--cells"], "--cells and --fit do not go together"),
        (["--data", work.cards, "--fit", "--split", "test"], "Leave out --split"),
        ([work.system.parent / "copy.json", "--data", work.cards, "--fit"], "one system"),
    ):
        Path(work.folder / "copy.json").write_bytes(work.system.read_bytes())
        code = run(["score", str(work.system), *map(str, arguments), "--encoder", "colors_encoder:Colors"])
        assert code == 2
        assert message in work.capsys.readouterr().err
    assert not work.loaded


@pytest.mark.parametrize("temperature", [5e-324, 1e308])
def test_a_fit_begins_anywhere(temperature: float) -> None:
    dev = two_attributes(0, 30).with_edits([SetTemperature(temperature)])
    assert 0 < apply(dev.system, fit(dev).edits).temperature < float("inf")
