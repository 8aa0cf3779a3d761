"""Twenty questions: Bayes' rule, the question that tells most, and a person who may not know."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.cli import run
from cotsmith.errors import UsageError
from cotsmith.scoring.quiz import Quiz, quiz, verdict_lines
from cotsmith.scoring.statistics import entropy, mutual_information
from cotsmith.scoring.twenty_questions import assumed, cross_played, expected_gain, measured, play, updated
from cotsmith.systems.model import Attribute, System
from tests.scoring.test_fitting import two_attributes
from tests.scoring.test_score_command import Workplace, work
from tests.scoring.worlds import evaluated, systems

__all__ = ["work"]

ANIMALS = System(
    name="animals",
    attributes=(
        Attribute("[/red] legs", ("it has {} legs",), ("two", "four", "no")),
        Attribute("skin", ("its skin is {}",), ("fur", "feathers", "scales")),
    ),
    rules={
        "dog": {"[/red] legs": ("four",), "skin": ("fur",)},
        "hen": {"[/red] legs": ("two",), "skin": ("feathers",)},
        "newt": {"[/red] legs": ("four",)},
        "snake": {"[/red] legs": ("no",), "skin": ("scales",)},
    },
)


@given(systems(), st.integers(0, 30))
@settings(max_examples=40, deadline=None)
def test_what_is_believed_are_probabilities(system: System, seed: int) -> None:
    evaluation = evaluated(system, seed=seed)
    for reliability in (assumed(system), measured(evaluation)):
        for attribute, table in zip(system.attributes, reliability.tables, strict=True):
            assert table.shape == (len(system.classes), len(attribute.options))
            assert np.allclose(table.sum(axis=1), 1)
            assert (table > 0).all()


@given(st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_the_expected_gain_is_what_answers_tell_on_average(seed: int) -> None:
    generator = np.random.default_rng(seed)
    posterior = generator.dirichlet(np.ones(4), size=1)
    table = generator.dirichlet(np.ones(3), size=4)
    gain = float(expected_gain(posterior, table)[0])
    joint = posterior[0][:, None] * table
    assert gain == pytest.approx(mutual_information(joint), abs=1e-9)
    after = [entropy(updated(posterior, table, np.array([answer]))[0]) for answer in range(3)]
    assert gain == pytest.approx(entropy(posterior[0]) - float(joint.sum(axis=0) @ after), abs=1e-9)


def test_smoothing_is_laplace_where_rules_say_nothing() -> None:
    system = System(attributes=(Attribute("a", ("{}",), ("x", "y")),), rules={"A": {}, "B": {"a": ("x",)}})
    evaluation = evaluated(system, n=40)
    counts, table = evaluation.answer_tables[0], measured(evaluation).tables[0]
    assert table[0] == pytest.approx((counts[0] + 1) / (counts[0].sum() + 2))
    assert table[1] == pytest.approx((counts[1] + [1.6, 0.4]) / (counts[1].sum() + 2))


def test_a_reliable_attribute_is_asked_first_and_noise_need_not_be() -> None:
    dev, test = two_attributes(1), two_attributes(2)
    game = play(test, measured(dev), source="dev", stop=0.5)
    assert game.first == "good"
    assert game.budgets[0].asked == 0
    assert game.budgets[-1].asked == 1
    assert game.budgets[-1].share.hits > game.full.hits
    crossed = cross_played(test, stop=1.0)
    assert crossed.budgets[-1].share.hits > game.full.hits
    assert crossed.budgets[-1].share.n == test.n


def test_more_questions_are_asked_the_surer_one_must_be() -> None:
    evaluation = two_attributes(3)
    asked = [play(evaluation, assumed(evaluation.system), stop=stop).budgets[-1].asked for stop in (0.3, 0.9, 1.0)]
    assert asked == sorted(asked)
    assert asked[0] == 0
    with pytest.raises(UsageError):
        play(evaluation, assumed(evaluation.system), stop=0)
    with pytest.raises(UsageError):
        assumed(evaluation.system, 1.0)


@given(systems(), st.integers(0, 30))
@settings(max_examples=30, deadline=None)
def test_any_system_can_be_played(system: System, seed: int) -> None:
    game = cross_played(evaluated(system, n=11, seed=seed))
    assert len(game.budgets) == len(system.attributes) + 1
    assert [b.asked for b in game.budgets] == sorted(b.asked for b in game.budgets)
    assert all(b.asked <= b.questions for b in game.budgets)


def played(*replies: str) -> tuple[Quiz, list[str]]:
    said: list[str] = []
    lines = iter(replies)
    return quiz(Quiz(assumed(ANIMALS)), lambda: next(lines, None), said.append), said


def test_a_person_is_guessed() -> None:
    game, said = played("four", "1")
    assert game.ranking[0][0] == "dog"
    assert any("[/red] legs" in line for line in said)
    assert sum(p for _, p in game.ranking) == pytest.approx(1)


def test_a_person_may_not_know_go_back_and_leave() -> None:
    assert played("?", "?")[0].posterior == pytest.approx([0.25] * 4)
    back, _ = played("two", "b", "no", "scales")
    assert back.ranking[0][0] == "snake"
    assert [option for _, option in back.given] == [2, 2]
    assert played("b", "q")[0].given == ()
    assert played()[0].given == ()
    confused, said = played("9", "f")
    assert len(confused.given) == 1
    assert any('"9" is none of the answers' in line for line in said)
    assert any("nothing to go back to" in line for line in played("b", "q")[1])
    assert sum(line.startswith("1. ") for line in played("9", "99", "nonsense", "q")[1]) == 1  # not asked again


def test_what_is_guessed_is_no_more_than_is_known() -> None:
    assert list(verdict_lines(played()[0])) == ["After 0 answers every class is as likely as any other."]
    sure = replace(played("four", "1")[0], stop=0.5)
    assert next(verdict_lines(sure)) == "After 2 answers it is dog:"
    assert next(verdict_lines(replace(sure, stop=1.0))) == "After 2 answers it may be dog:"
    lines = list(verdict_lines(played("?", "1")[0]))
    assert lines[0].startswith("After 1 answer it may be")
    assert sum(int(line.split()[0]) for line in lines[1:]) == pytest.approx(100, abs=2)


def test_the_quiz_reads_what_is_piped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ANIMALS.save(tmp_path / "animals.json")
    for arguments in ([], ["--json"]):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"?\n\xff\nb\nno\nscales\n")))
        assert run(["questions", str(tmp_path / "animals.json"), "--quiz", *arguments]) == 0
        shown = capsys.readouterr().out
    document = json.loads(shown)
    assert document["classes"][0] == {"class": "snake", "probability": pytest.approx(12 / 13)}
    assert [answer["option"] for answer in document["answers"]] == ["no", "scales"]


def test_images_are_asked_on_the_command_line(work: Workplace) -> None:
    arguments = ("questions", work.system, "--data", work.cards)
    code, out, _ = work.run(*arguments, "--json")
    assert code == 0
    game = json.loads(out)["game"]
    assert game["first"] == "hue"
    assert game["budgets"][-1]["accuracy"] == 1.0
    assert game["system"]["vectors"] == 5
    code, out, _ = work.run(*arguments)
    assert code == 0
    table = out[out.index("questions    asked") :]
    assert max(map(len, table.splitlines())) <= 80
    assert "all at once" in table


def test_what_cannot_go_together_is_refused(work: Workplace, capsys: pytest.CaptureFixture[str]) -> None:
    for option in ("--stop", "--reliability"):
        assert run(["questions", str(work.system), option, "nan"]) == 2
        assert "not a number between 0 and 1" in capsys.readouterr().err
    assert work.run("questions", work.system, "--data", work.cards, "--quiz")[0] == 2
    assert run(["questions", str(work.system), "--data", str(work.cards)]) == 2
    assert "needs an encoder" in capsys.readouterr().err
