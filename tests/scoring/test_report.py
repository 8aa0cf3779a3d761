"""The report fits 80 columns whatever the names are, JSON holds for any system, and the sentences say what is so."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from unicodedata import east_asian_width

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from cotsmith.scoring.equal_rows import equal_rows
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.scoring.images import Crop
from cotsmith.scoring.report import evaluation_report
from cotsmith.scoring.reuse import on_images
from cotsmith.scoring.statistics import Share
from cotsmith.scoring.summary import evaluation_json
from cotsmith.scoring.verdict import interval, percent, probability, spread, turned, verdict
from cotsmith.systems.edits import SetRule
from cotsmith.systems.model import Attribute, System
from tests.scoring.worlds import evaluated, systems

CLASSES = tuple(f"class {index}" for index in range(10))
# Each class has an option of its own, along its own axis, so that predictions can be chosen at will.
TEN = System(
    attributes=(Attribute("kind", ("is {}",), CLASSES),),
    rules={name: {"kind": (name,)} for name in CLASSES},
)


def judged(labels: list[int], predicted: list[int], baseline: list[int], system: System = TEN) -> Evaluation:
    """An evaluation whose system and whose class names predict what is given, of images that all differ."""
    axes = np.eye(21, dtype=np.float32)
    texts = {f"is {name}": axes[index] for index, name in enumerate(CLASSES)}
    texts |= {name: axes[10 + index] for index, name in enumerate(CLASSES)}
    images = (axes[predicted] + axes[[10 + index for index in baseline]]) / np.sqrt(2)
    images[:, 20] = np.arange(len(labels)) / 10_000  # no two are the same
    names = [CLASSES[index] for index in labels]
    return evaluate_vectors(system, images.astype(np.float32), names, texts, logit_scale=50.0)


def rendered(evaluation: Evaluation, *, cells: bool = True) -> str:
    target = io.StringIO()
    Console(file=target, width=80, markup=False, emoji=False).print(evaluation_report(evaluation, cells=cells))
    return target.getvalue()


EVERY = [index % 10 for index in range(200)]
NEXT = [(index + 1) % 10 for index in EVERY]


def test_rules_that_matter() -> None:
    said = verdict(judged(EVERY, EVERY, NEXT))
    assert (
        said[0] == "The rules matter: permuted between the classes, accuracy falls from 100.0 % (98 – 100 %) to 0.0 %."
    )
    assert said[1] == "Better than the class names alone by 100.0 points (p < 0.0001, McNemar, paired)."
    assert len(said) == 2


def test_rules_that_carry_nothing() -> None:
    evenly = [index // 10 % 10 for index in range(200)]
    said = verdict(judged(EVERY, evenly, evenly))
    assert said[0] == "The control scores as well as the system: the rules carry nothing that these images show."
    assert said[1] == "The class names alone do exactly as well."
    four_right, two_right = NEXT[:-4] + EVERY[-4:], NEXT[:-2] + EVERY[-2:]
    assert verdict(judged(EVERY, four_right, two_right))[1] == (
        "The class names alone do about as well: the +1.0 points between them may be luck (p = 0.5)."
    )


def test_rules_that_mislead_and_lose_to_the_names() -> None:
    rules, names = verdict(judged(EVERY, NEXT, EVERY))[:2]
    assert rules.startswith("The rules mislead")
    assert names.startswith("Worse than the class names alone by 100.0 points")


def test_a_few_images_prove_little() -> None:
    evaluation = judged([0, 1, 2] * 4, [0, 1, 2] + [5] * 9, [3] * 12)
    assert verdict(evaluation)[0].startswith("Too few images")


def test_one_image_proves_nothing() -> None:
    said = verdict(judged([0], [0], [3]))
    assert said[0] == "1 image: too few to judge the rules by."
    assert "may be luck" in said[1]


def test_cells_say_something_even_of_a_perfect_system() -> None:
    perfect = judged(EVERY, EVERY, NEXT)
    assert "No rule's switch to one other option would raise accuracy" in rendered(perfect)
    assert "switch" not in rendered(perfect, cells=False)


def test_the_control_is_shown_with_its_spread() -> None:
    evenly = judged(EVERY, [index // 10 % 10 for index in range(200)], EVERY)
    assert evenly.permuted is not None
    shown = rendered(evenly)
    assert "of 20 permutations" in shown
    line = next(line for line in shown.splitlines() if "rules permuted" in line)
    assert f"{spread((evenly.permuted.lowest, evenly.permuted.highest))} *" in line


def test_a_crop_that_has_a_name_is_called_by_it() -> None:
    evaluation = judged(EVERY, EVERY, NEXT)
    cropped = replace(evaluation, setting=replace(evaluation.setting, crop=Crop.parse("artwork")))
    assert "crop artwork (" in rendered(cropped)


def test_a_single_class_tells_nothing_apart() -> None:
    one = System(attributes=TEN.attributes, rules={"class 0": {"kind": ("class 0",)}})
    evaluation = judged([0, 0], [0, 0], [0, 0], one)
    assert verdict(evaluation)[0] == "With a single class there is nothing to tell apart."
    assert evaluation_json(evaluation)["permuted"]["accuracy"] is None


def test_what_could_mislead_is_said() -> None:
    twins = replace(TEN, rules={**TEN.rules, "class 1": {"kind": ("class 0",)}})
    labels = [0] * 30 + [1] * 5 + [2]
    said = " ".join(verdict(judged(labels, labels, labels, twins)))
    assert 'naming "class 0" always would score 83.3 %' in said
    assert "For 35 images several classes share the best score" in said
    assert "7 of 10 classes have no image here" in said
    assert "Permuted between the classes the rules score less" in said
    assert "always naming the commonest class would do about as well" in said


def test_what_has_no_say_is_said() -> None:
    idle = Attribute("idle", ("has {}",), ("fur", "scales"), weight=0.0)
    mute = {**TEN.rules, "class 3": {}, "class 4": {"idle": ("fur",)}}
    system = System(attributes=(*TEN.attributes, idle), rules=mute)
    said = " ".join(verdict(weighed(system)))
    assert 'Of weight 0, so without a say: "idle".' in said
    assert 'Never named, for want of a rule that counts: "class 3", "class 4".' in said
    nothing = replace(system, attributes=tuple(replace(a, weight=0.0) for a in system.attributes))
    assert (
        'Nothing is asked of any image: all attributes have weight 0. So the first class is always named, "class 0".'
        in (verdict(weighed(nothing)))
    )
    silent = System(attributes=TEN.attributes, rules={name: {} for name in CLASSES})
    assert any(
        sentence.startswith("Nothing is asked of any image: the rules say nothing.")
        for sentence in verdict(weighed(silent))
    )


def weighed(system: System) -> Evaluation:
    return evaluated(system, n=12)


def test_copies_are_told() -> None:
    whole = judged(EVERY, EVERY, NEXT)
    assert "copies" not in " ".join(verdict(whole))
    assert "copy of another image" in " ".join(verdict(on_images(whole, np.array([*range(20), 3]))))
    doubled = " ".join(verdict(on_images(whole, np.array([*range(100), *range(100)]))))
    assert "100 images of 200 are copies of other images, or look the same to the encoder" in doubled


@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=3), min_size=1, max_size=30))
def test_equal_rows_are_counted(rows: list[list[float]]) -> None:
    for width in (1, 2, 3):
        some = [tuple(row[-width:]) for row in rows]
        assert equal_rows(np.array(some, np.float32)) == len(some) - len(set(some))


def switched(evaluation: Evaluation) -> str:
    """The line of the first rule to switch."""
    lines = rendered(evaluation).splitlines()
    title = next(number for number, line in enumerate(lines) if line.startswith("Rules whose switch"))
    return lines[title + 2]


def test_switches_that_may_be_luck_are_marked() -> None:
    # Class 1 bears class 0's rule, so none of its 20 images is right; of class 2 a single image is none of its own.
    system = replace(TEN, rules={**TEN.rules, "class 1": {"kind": ("class 0",)}})
    some = judged(EVERY, EVERY, NEXT, system)
    cells = {cell.class_name: cell.switch for cell in some.cells}
    sure = cells["class 1"]
    assert sure is not None
    assert (sure.gained, sure.lost, sure.certain) == (20, 0, True)
    assert "luck?" not in switched(some)
    few = on_images(some, np.arange(10))
    lucky = next(cell.switch for cell in few.cells if cell.class_name == "class 1")
    assert lucky is not None
    assert (lucky.gained, lucky.lost, lucky.certain) == (1, 0, False)
    assert "luck?" in switched(few)
    right = [SetRule("class 1", "kind", ("class 1",))]
    told = [turned(one.effect(right)) for one in (some, few)]
    assert told == ["20 images become right, 0 wrong", "1 image becomes right, 0 wrong"]


def test_nothing_but_all_is_all() -> None:
    written = [percent(share) for share in (0, 1, 0.9997, 0.0004, 0.5, 1e-12)]
    assert written == ["0.0 %", "100.0 %", "99.97 %", "0.04 %", "50.0 %", "0.0001 %"]
    few, many = [interval(Share(hits, 400)) for hits in (0, 399, 400)], interval(Share(29_999, 30_000))
    assert [*few, many] == ["0.0 – 1.0 %", "98.6 – 99.96 %", "99.0 – 100.0 %", "99.98 – 99.999 %"]
    assert spread((0.001, 0.997)) == "0.1 – 99.7 %"


@given(systems(), st.integers(0, 100), st.sampled_from(["sum", "product"]))
@settings(max_examples=30, deadline=None)
def test_any_evaluation_can_be_shown_and_stored(system: System, seed: int, combine: str) -> None:
    evaluation = evaluated(system, n=8, seed=seed, combine=combine)  # type: ignore[arg-type]
    assert max(map(len, rendered(evaluation).splitlines())) <= 80
    stored = json.loads(json.dumps(evaluation_json(evaluation, cells=True), allow_nan=False))
    assert stored["system"]["accuracy"] == evaluation.accuracy
    assert len(stored["cells"]) == len(system.classes) * len(system.attributes)


@pytest.mark.parametrize(
    "name",
    [
        "a name so long that no column of any table could ever hold it whole " * 2,
        "[/red]",
        ":smile:",
        "宝可梦" * 20,
        "🦄",
    ],
)
def test_any_name_fits_and_is_shown_literally(name: str) -> None:
    name = name.strip()
    option = f"{name} option"
    system = System(
        name=name,
        attributes=(Attribute(name, ("{}",), (option, "other")),),
        rules={name: {name: (option,)}, "B": {name: ("other",)}, "C": {name: ("other",)}},
    )
    shown = rendered(evaluated(system))
    widths = [sum(2 if east_asian_width(char) in "WF" else 1 for char in line) for line in shown.splitlines()]
    assert max(widths) <= 80
    assert name[:5] in shown


def test_shares_and_p_values_are_written_for_people() -> None:
    assert [percent(0.4657), percent(1.0), percent(None)] == ["46.6 %", "100.0 %", "–"]
    assert [probability(0.03142), probability(1.0), probability(1e-9)] == ["p = 0.031", "p = 1", "p < 0.0001"]
