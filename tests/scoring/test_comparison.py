"""Comparing systems and encoders: each as it would be alone, paired image by image, images encoded once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import UsageError
from cotsmith.scoring.comparison import paired
from cotsmith.scoring.reuse import on_images, with_system
from cotsmith.scoring.statistics import mcnemar
from cotsmith.systems.model import System
from tests.scoring.test_score_command import COLORS, ENCODER, SYSTEM, Workplace, work
from tests.scoring.worlds import HashEncoder, evaluated, systems

__all__ = ["work"]

BLIND = ENCODER.replace('key = "colors"', 'key = "blind"').replace(".mean(axis=0) + 1", ".mean(axis=0) * 0 + 1")


@pytest.fixture
def two(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    wrong = {**SYSTEM.rules, "Ruby": {"hue": ("blue",)}}
    System(name="wrong", attributes=SYSTEM.attributes, rules=wrong).save(work.folder / "wrong.json")
    (work.folder / "blind_encoder.py").write_text(BLIND)
    monkeypatch.delitem(__import__("sys").modules, "blind_encoder", raising=False)
    return work


def test_two_systems_are_paired_image_by_image(two: Workplace) -> None:
    code, out, _ = two.score(two.folder / "wrong.json", "--json")
    assert code == 0
    first, second = json.loads(out)["compared"]
    assert (Path(first["file"]).name, Path(second["file"]).name) == ("gems.json", "wrong.json")
    assert first["versus_first"] is None
    assert second["versus_first"]["gained"] == 0
    assert second["versus_first"]["lost"] == 8
    assert second["versus_first"]["mcnemar_p"] == pytest.approx(mcnemar(0, 8))
    alone = json.loads(two.run("score", two.folder / "wrong.json", "--data", two.cards, "--json")[1])
    assert {key: second[key] for key in alone} == alone


def test_one_system_on_two_encoders(two: Workplace) -> None:
    code, out, _ = two.score("--encoder", "blind_encoder:Colors", "--json")
    assert code == 0
    found = json.loads(out)["compared"]
    assert [one["settings"]["encoder"] for one in found] == ["blind", "colors"]
    assert found[1]["versus_first"]["gained"] > 0


def test_the_table_for_people(two: Workplace) -> None:
    code, out, _ = two.score("wrong.json", "--encoder", "blind_encoder:Colors")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "3 comparisons with the first" in out
    code, out, _ = two.score("--encoder", "blind_encoder:Colors")
    assert " ".join(out.split()).startswith(f"system {two.system} ")  # a long path stands in a line of its own
    assert next(line for line in out.splitlines() if "points" in line).startswith("encoder")
    code, out, _ = two.score("wrong.json")
    assert "-66.7" in out
    assert "0.0078" in out


def test_a_threshold_holds_for_all(two: Workplace) -> None:
    code, _, err = two.score("wrong.json", "--encoder", "blind_encoder:Colors", "--min-accuracy", "0.9")
    assert code == 1
    assert err.count("is below 0.9") == 3
    assert "wrong.json with colors: accuracy" in err


def test_the_environment_names_one_encoder(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    from cotsmith.cli import run

    monkeypatch.setenv("COTSMITH_ENCODER", "colors_encoder:Colors")
    assert run(["score", str(work.system), "--data", str(work.cards)]) == 0
    monkeypatch.delenv("COTSMITH_ENCODER")
    (work.folder / "cotsmith.toml").write_text('encoder = "colors_encoder:Colors"\n')
    assert run(["score", str(work.system), "--data", str(work.cards)]) == 0


def test_labels_must_fit_all_systems_before_a_model_loads(two: Workplace) -> None:
    rules = {name: {"hue": ("red",)} for name in list(COLORS)[:2]}
    System(name="small", attributes=SYSTEM.attributes, rules=rules).save(two.folder / "small.json")
    code, out, err = two.score("small.json")
    assert (code, out) == (2, "")
    assert '"Sapphire"' in err
    assert not two.loaded


@given(systems(min_classes=2), st.integers(0, 50), st.sampled_from([0.5, 2.0]))
@settings(max_examples=30, deadline=None)
def test_what_is_reused_equals_what_is_measured_anew(system: System, seed: int, temperature: float) -> None:
    before = evaluated(system, seed=seed)
    again = with_system(before, replace(system, temperature=temperature), HashEncoder())
    anew = evaluated(replace(system, temperature=temperature), seed=seed)
    assert np.array_equal(again.scores, anew.scores)
    indexes = np.arange(0, before.n, 3)
    assert np.array_equal(on_images(before, indexes).predicted, before.predicted[indexes])


def test_pairs_count_what_changed() -> None:
    pair = paired(np.array([True, True, False, False]), np.array([True, False, True, True]))
    assert (pair.gained, pair.lost, pair.n, pair.difference) == (2, 1, 4, 0.25)
    assert pair.p == mcnemar(2, 1)
    with pytest.raises(UsageError):
        paired(np.array([True]), np.array([True, False]))
