"""What a refinement sends: what the images are, what they show, nothing twice, what helped before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cotsmith.authoring.plan import outline, plan_refinement, request_of
from cotsmith.authoring.taken import taken_before
from cotsmith.scoring.evaluation import Evaluation
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.model import System
from cotsmith.systems.saving import save_revision
from cotsmith.validate.engine import check
from cotsmith.validate.example_images import Shown, images

from .planted import measured, truth

WRONG = SetRule("class 0", "a0", ("o03",))
RIGHT = SetRule("class 0", "a0", ("o00",))


@pytest.fixture
def system() -> System:
    return replace(apply(truth(), [WRONG]), description="drawings of nine kinds")


@pytest.fixture
def evaluation(system: System) -> Evaluation:
    return measured(system, truth())


def sent(system: System, evaluation: Evaluation | None = None, path: Path | None = None) -> str:
    return request_of(plan_refinement(system, path=path, evaluation=evaluation)).messages[0].text


def test_what_the_images_are(system: System) -> None:
    assert sent(system).startswith("The images: drawings of nine kinds\n")
    assert sent(replace(system, description="")).startswith("The images: not described")


def test_a_contradicted_rule_is_told_once(system: System, evaluation: Evaluation) -> None:
    text = sent(system, evaluation)
    assert '["class 0", "a0"]: rule "o03", but 20 of 20 images show "o00"' in text
    assert "contradicted-rule" not in text
    assert "contradicted-rule" in {one.name for one in check(system, evaluation=evaluation)}


def test_one_image_of_many_is_not_rounded_away() -> None:
    system = truth()
    other = {name: rule[0] for name, rule in system.rules["class 1"].items()}
    shown: Shown = {**{name: [(400, {})] for name in system.classes}, "class 0": [(400, {}), (1, other)]}
    evaluation = images(shown)(system)
    assert '"a0": 99.97%, chance 25%' in sent(system, evaluation)
    assert outline(plan_refinement(system, evaluation=evaluation))[1].startswith("accuracy 99.97% on 3601 images")


def test_no_change_has_no_sign(system: System, evaluation: Evaluation) -> None:
    text = sent(system, evaluation)
    assert "-0.0%" not in text
    assert "+0.0%" not in text


def test_a_hint_is_given_once(system: System) -> None:
    many = replace(
        system,
        attributes=tuple(replace(a, options=(*a.options, "never", f"never {a.name}")) for a in system.attributes),
    )
    text = sent(many)
    assert text.count("unused-option") > 1
    assert text.count("Name it in a rule, or remove it.") == 1


def test_what_was_taken_before_and_what_it_brought(system: System, tmp_path: Path) -> None:
    path = tmp_path / "s.json"
    how = {"encoder_key": "k", "data": "d", "split": "dev", "crop": None, "n": 180}
    save_revision(system, path, kind="person", author="x", evaluation={**how, "accuracy": 0.9})
    mended = apply(system, [RIGHT])
    save_revision(mended, path, kind="llm", author="m", edits=[RIGHT], evaluation={**how, "accuracy": 0.9998})
    assert taken_before(path) == ('class 0 › a0: "o03" -> "o00" (with its round, accuracy went from 90.0% to 99.98%)',)
    assert "Suggestions that were taken before" in sent(mended, path=path)
    assert taken_before(tmp_path / "other.json") == ()
