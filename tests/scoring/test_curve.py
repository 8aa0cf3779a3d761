"""The curve ends at the whole system, begins with the best attribute, and is drawn without obeying its words."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cotsmith.scoring.curve import accuracy_curve
from cotsmith.scoring.curve_report import sheet
from cotsmith.scoring.drawing import as_png, as_svg
from cotsmith.systems.model import System
from tests.scoring.test_score_command import COLORS, Workplace, work
from tests.scoring.worlds import evaluated, systems

__all__ = ["work"]


@given(systems(), st.integers(0, 30), st.sampled_from(["sum", "product"]))
@settings(max_examples=40, deadline=None)
def test_it_goes_from_a_guess_to_the_whole_system(system: System, seed: int, combine: str) -> None:
    evaluation = evaluated(system, seed=seed, combine=combine)  # type: ignore[arg-type]
    curve = accuracy_curve(evaluation)
    assert curve.points[-1].share == evaluation.share
    assert curve.points[-1].vectors == system.option_count
    assert sorted(point.attribute for point in curve.points[1:]) == sorted(a.name for a in system.attributes)
    alone = [
        evaluated(
            replace(system, attributes=(a,), rules={name: {a.name: row[a.name]} for name, row in system.rules.items()}),
            seed=seed,
            combine=combine,  # type: ignore[arg-type]
        ).share.hits
        for a in system.attributes
    ]
    assert curve.points[1].share.hits == max(alone)


def test_the_first_attribute_is_the_best_alone() -> None:
    from tests.scoring.test_fitting import two_attributes

    curve = accuracy_curve(two_attributes(2), two_attributes(1))
    assert [point.attribute for point in curve.points] == ["", "good", "noise"]
    assert curve.points[1].share.hits > curve.points[2].share.hits
    assert not curve.same_images


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_any_name_is_drawn_as_text(name: str) -> None:
    curve = accuracy_curve(evaluated(_with_name("x")))
    points = (*curve.points[:-1], replace(curve.points[-1], attribute=f"<script>{name}"))
    drawn = sheet(replace(curve, points=points))
    root = ElementTree.fromstring(as_svg(drawn))
    assert not root.findall(".//{*}script")
    assert any((text.text or "").startswith("<script>") for text in root.findall(".//{*}text"))
    assert Image.open(io.BytesIO(as_png(drawn))).size == (1280, 776)


def _with_name(name: str) -> System:
    from cotsmith.systems.model import Attribute

    attribute = Attribute(name, ("a {}",), ("one", "two"))
    return System(attributes=(attribute,), rules={"A": {name: ("one",)}, "B": {name: ("two",)}})


def test_on_the_command_line(work: Workplace) -> None:
    code, out, _ = work.score("--json", "--curve")
    assert code == 0
    found = json.loads(out)["curve"]
    assert [point["added"] for point in found["points"]] == [None, "hue", "[/bold] tone"]
    assert found["points"][-1]["accuracy"] == 1.0
    assert found["points"][-1]["vectors"] == 5
    code, out, _ = work.score("--curve", "curve.svg")
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    assert "The order was chosen on the same images" in " ".join(out.split())
    assert ElementTree.parse(work.folder / "curve.svg").getroot().tag.endswith("svg")
    assert work.score("--curve", "curve.png")[0] == 0
    assert Image.open(work.folder / "curve.png").format == "PNG"


def test_on_test_images_the_order_comes_from_dev(work: Workplace) -> None:
    for split in ("dev", "test"):
        for name, (red, green, blue) in COLORS.items():
            work.draw(work.folder / "split" / split / name / "0.png", (red, green, blue + len(split)))
    code, out, _ = work.run(
        "score", work.system, "--data", work.folder / "split", "--split", "test", "--curve", "--json"
    )
    assert code == 0
    curve = json.loads(out)["curve"]
    assert (curve["order_from"], curve["measured_on"], curve["points"][0]["n"]) == ("dev", "test", 3)


@pytest.mark.parametrize("picture", ["curve.gif", "gems.json"])
def test_other_pictures_are_refused_before_the_model_loads(work: Workplace, picture: str) -> None:
    code, out, err = work.score("--curve", picture)
    assert (code, out) == (2, "")
    assert ".svg or a .png" in err
    assert not work.loaded
