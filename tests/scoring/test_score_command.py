"""``score`` and ``classify`` on the command line: what goes to which stream, in which shape, with which exit code."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cotsmith.cli import run
from cotsmith.systems.model import Attribute, System

ENCODER = '''
from pathlib import Path
import numpy as np

AXES = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "dark": (0.3, 0.3, 0.3)}
LOADED = Path(__file__).with_name("loaded")

class Colors:
    """Sees the mean colour of an image, and in a text the colours that it names."""

    key = "colors"
    logit_scale = 30.0
    warnings = ("it knows colours only",)

    def __init__(self):
        LOADED.touch()

    def encode_images(self, images):
        return np.array([np.asarray(image).reshape(-1, 3).mean(axis=0) + 1 for image in images], np.float32)

    def encode_texts(self, texts):
        words = [[AXES.get(word, (0.1, 0.1, 0.1)) for word in text.split()] for text in texts]
        return np.array([np.sum(axes, axis=0) for axes in words], np.float32)

    def truncated(self, texts):
        return [text for text in texts if len(text) > 40]
'''

COLORS = {"Ruby": (200, 20, 30), "Emerald": (10, 180, 40), "Sapphire": (15, 20, 220)}

SYSTEM = System(
    name="gems",
    attributes=(
        Attribute("hue", ("a {} gem", "{}"), ("red", "green", "blue")),
        Attribute("[/bold] tone", ("a {} stone",), ("dark", "bright")),
    ),
    rules={
        "Ruby": {"hue": ("red",), "[/bold] tone": ("dark",)},
        "Emerald": {"hue": ("green",), "[/bold] tone": ("dark", "bright")},
        "Sapphire": {"hue": ("blue",)},
        "Opal": {"[/bold] tone": ("bright",)},
    },
)


class Workplace:
    """A folder with a system, images and an encoder, and the command line run in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.system = folder / "gems.json"
        self.cards = folder / "cards"
        self.save(SYSTEM)
        for name, color in COLORS.items():
            for index in range(4):
                self.draw(self.cards / name / f"{index}.png", color)
        (folder / "colors_encoder.py").write_text(ENCODER)

    def save(self, system: System) -> None:
        system.save(self.system)

    def draw(self, path: Path, color: tuple[int, int, int]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), color).save(path)
        return path

    def run(self, *arguments: str | Path, encoder: str = "colors_encoder:Colors") -> tuple[int, str, str]:
        code = run([*map(str, arguments), "--encoder", encoder])
        streams = self.capsys.readouterr()
        return code, streams.out, streams.err

    def score(self, *arguments: str | Path) -> tuple[int, str, str]:
        return self.run("score", self.system, "--data", self.cards, *arguments)

    def classify(self, *arguments: str | Path) -> tuple[int, str, str]:
        return self.run("classify", self.system, *arguments)

    @property
    def loaded(self) -> bool:
        return (self.folder / "loaded").exists()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Workplace:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "colors_encoder", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return Workplace(tmp_path, capsys)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_json_holds_what_is_promised(work: Workplace) -> None:
    code, out, err = work.score("--split", "all", "--json")
    assert code == 0
    result = json.loads(out)
    assert result["n"] == 12
    assert result["chance"] == 0.25
    assert set(result["baseline"]) >= {"accuracy", "ci95", "texts"}
    assert result["baseline"]["texts"] == 4
    assert 0 <= result["permuted"]["accuracy"] < 0.5
    assert result["system"]["accuracy"] == 1.0
    assert result["system"]["ci95"] == pytest.approx([0.757, 1.0], abs=1e-3)
    assert (result["system"]["texts"], result["system"]["vectors"]) == (8, 5)
    assert 0 < result["mcnemar_p"] < 0.05
    hue, tone = result["attributes"]
    assert (hue["name"], hue["n"], hue["accuracy"]) == ("hue", 12, 1.0)
    assert hue["information_bits"] == pytest.approx(1.585, abs=1e-3)
    assert hue["worst_confusion"] is None
    assert tone["n"] == 8
    assert set(hue) >= {"ci95", "chance", "separating_power_bits", "contribution"}
    assert [(c["name"], c["n"], c["accuracy"]) for c in result["classes"]] == [
        ("Ruby", 4, 1.0),
        ("Emerald", 4, 1.0),
        ("Sapphire", 4, 1.0),
        ("Opal", 0, None),
    ]
    assert "cells" not in result
    assert result["settings"]["encoder"] == "colors"
    assert "warning: it knows colours only" in err


def test_cells_come_when_asked_for(work: Workplace) -> None:
    rules = {**SYSTEM.rules, "Ruby": {"hue": ("blue",)}}
    work.save(System(name="gems", attributes=SYSTEM.attributes, rules=rules))
    _, out, _ = work.score("--cells", "--json")
    cells = {(cell["class"], cell["attribute"]): cell for cell in json.loads(out)["cells"]}
    assert len(cells) == 8
    wrong = cells["Ruby", "hue"]
    assert (wrong["agreement"], wrong["preferred"]) == (0.0, "red")
    # Ruby with Sapphire's rules takes both classes' images as Ruby's, so switching wins them all back.
    assert wrong["delta_if_switched"] == pytest.approx(8 / 12)
    assert (wrong["gained"], wrong["lost"]) == (8, 0)
    assert wrong["q"] == pytest.approx(4 * 2 / 2**8)  # four were tried, and no other gains
    assert cells["Opal", "hue"] == {
        "class": "Opal",
        "attribute": "hue",
        "n": 0,
        "rule": None,
        "agreement": None,
        "preferred": None,
        "preferred_share": None,
        "delta_if_switched": None,
        "gained": None,
        "lost": None,
        "q": None,
    }
    code, out, _ = work.score("--cells")
    assert code == 0
    assert "Rules whose switch to one option would help most" in out


def test_the_table_for_people_fits_and_shows_text_literally(work: Workplace) -> None:
    code, out, _ = work.score()
    assert code == 0
    assert max(map(len, out.splitlines())) <= 80
    for expected in ("this system", "100.0 %", "76 – 100 %", "rules permuted", "The rules matter", "[/bold] tone"):
        assert expected in out
    assert "\x1b" not in out


def test_a_terminal_is_not_obeyed(work: Workplace) -> None:
    work.draw(work.cards / "Ru\x1b[31mby" / "0.png", (1, 2, 3))
    code, out, err = work.score()
    assert code == 2
    assert out == ""
    assert "\x1b" not in err
    assert "\\x1b[31m" in err


def test_unknown_labels_are_told_before_the_model_loads(work: Workplace) -> None:
    work.draw(work.cards / "Rubi" / "0.png", COLORS["Ruby"])
    code, out, err = work.score()
    assert (code, out) == (2, "")
    assert '"Rubi"' in err
    assert '"Opal"' in err
    assert not work.loaded


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--split", "tset"], 'no split "tset"'),
        (["--crop", "1,2"], "crop"),
        (["--combine", "mean"], "mean"),
        (["--batch-size", "0"], "0"),
        (["--min-accuracy", "91"], "91"),
        (["--min-accuracy", "nan"], "nan is not a number between 0 and 1"),
    ],
)
def test_bad_options_are_told_before_the_model_loads(work: Workplace, arguments: Sequence[str], message: str) -> None:
    code, out, err = work.score(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert not work.loaded


def test_a_system_that_asks_nothing_is_refused_before_the_model_loads(work: Workplace) -> None:
    work.save(System(name="empty", attributes=(Attribute("hue", ("{}",)),), rules={"Ruby": {}}))
    for code, _, err in (work.score(), work.classify(work.cards)):
        assert code == 2
        assert "no options" in err
    assert not work.loaded


def test_an_encoder_that_is_not_there_exits_with_3(work: Workplace) -> None:
    code, out, err = work.run("score", work.system, "--data", work.cards, encoder="no_such_module:Nothing")
    assert (code, out) == (3, "")
    assert "no_such_module" in err


def test_a_missed_threshold_exits_with_1_after_the_report(work: Workplace) -> None:
    assert work.score("--min-accuracy", "1.0")[0] == 0
    work.draw(work.cards / "Ruby" / "wrong.png", COLORS["Sapphire"])
    code, out, err = work.score("--min-accuracy", "0.95", "--json")
    assert code == 1
    assert json.loads(out)["system"]["accuracy"] == pytest.approx(12 / 13)
    assert "accuracy 0.9231 is below 0.95" in err
    assert "accuracy 0.923077 is below 0.92308" in work.score("--min-accuracy", "0.92308")[2]


def test_broken_images_are_named_and_left_out(work: Workplace) -> None:
    (work.cards / "Ruby" / "broken.png").write_text("no image")
    code, out, err = work.score("--json")
    result = json.loads(out)
    assert (code, result["n"]) == (0, 12)
    assert [Path(item["image"]).name for item in result["settings"]["skipped"]] == ["broken.png"]
    assert "warning: left out" in err
    assert "broken.png" in err


def test_long_texts_are_told(work: Workplace) -> None:
    long = Attribute("hue", ("a picture that shows clearly and in full a {} gem",), ("red", "green", "blue"))
    work.save(System(name="gems", attributes=(long,), rules={name: {} for name in COLORS}))
    _, _, err = work.score()
    assert "does not see the end of" in err
    assert "a red gem" in err


def test_splits_are_chosen_by_name_and_mixed_only_with_a_note(work: Workplace) -> None:
    cards = work.folder / "split"
    for split in ("train", "test"):
        for name, color in COLORS.items():
            work.draw(cards / split / name / f"{split}.png", color)
    _, out, err = work.run("score", work.system, "--data", cards, "--json")
    assert json.loads(out)["n"] == 6
    assert "test 3, train 3" in err
    _, out, err = work.run("score", work.system, "--data", cards, "--split", "test", "--json")
    assert (json.loads(out)["n"], json.loads(out)["settings"]["split"]) == (3, "test")
    assert "measuring all splits" not in err
    assert 'one image, several splits: "test" and "train"' in err


def test_splits_are_made_where_the_data_names_none(work: Workplace) -> None:
    for name, (red, green, blue) in COLORS.items():
        for index in range(12):
            work.draw(work.cards / name / f"{index}.png", (red + index, green + index, blue + index))
    results = {}
    for split in ("train", "dev", "test"):
        code, out, err = work.score("--split", split, "--json")
        assert code == 0
        assert "the data names no splits; made by content: dev" in err
        results[split] = json.loads(out)
    assert sum(result["n"] for result in results.values()) == 36
    for result in results.values():
        assert all(one["n"] for one in result["classes"] if one["name"] != "Opal")


def test_one_image_with_two_labels_is_told(work: Workplace) -> None:
    work.draw(work.cards / "Emerald" / "red.png", COLORS["Ruby"])
    _, _, err = work.score("--split", "dev")
    assert 'one image, several labels: "Emerald" and "Ruby"' in err
    assert "red.png" in err


def test_classify_says_what_and_why(work: Workplace) -> None:
    code, out, _ = work.classify(work.cards / "Ruby" / "0.png", "--json", "--top", "2")
    assert code == 0
    (answer,) = lines(out)
    assert answer["image"] == str(work.cards / "Ruby" / "0.png")
    assert answer["label"] == "Ruby"
    assert answer["score"] == pytest.approx(answer["scores"]["Ruby"])
    assert len(answer["scores"]) == 2
    hue = answer["why"][0]
    assert (hue["attribute"], hue["seen"], hue["expected"]) == ("hue", "red", ["red"])
    assert hue["probability"] == hue["seen_probability"] > 0.9


def test_classify_shows_people_what_differs(work: Workplace) -> None:
    code, out, _ = work.classify(work.cards / "Ruby" / "0.png")
    assert code == 0
    assert "0.png:Ruby" in "".join(out.split())
    assert "[/bold] tone" in out
    assert max(map(len, out.splitlines())) <= 80


def test_classify_takes_folders_files_and_standard_input(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    one = work.draw(work.folder / "one.png", COLORS["Sapphire"])
    listed = f"{work.cards / 'Emerald' / '0.png'}\n\n{one}\r\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(listed)))
    code, out, _ = work.classify(work.cards / "Ruby", one, "-", "--json", "--batch-size", "2")
    assert code == 0
    labels = [answer["label"] for answer in lines(out)]
    assert labels == ["Ruby"] * 4 + ["Sapphire", "Emerald", "Sapphire"]


def test_classify_goes_on_after_a_broken_image(work: Workplace) -> None:
    broken = work.folder / "broken.png"
    broken.write_text("no image")
    good = work.cards / "Ruby" / "0.png"
    code, out, err = work.classify(broken, good, work.folder / "missing.png", "--json")
    assert code == 2
    assert [set(answer) & {"label", "error"} for answer in lines(out)] == [{"error"}, {"label"}, {"error"}]
    assert "1 image named, 2 left out" in err
    assert "broken.png" in err
    assert "missing.png" in err
    code, out, err = work.classify(broken, "--json")
    assert code == 2
    assert lines(out)[0]["image"] == str(broken)
    assert "broken.png: not an image" in err


def test_classify_goes_on_after_a_folder_without_images(work: Workplace) -> None:
    (work.folder / "empty").mkdir()
    code, out, err = work.classify(work.folder / "empty", work.cards / "Ruby" / "0.png", "--json")
    assert code == 2
    assert [set(answer) & {"label", "error"} for answer in lines(out)] == [{"error"}, {"label"}]
    assert "empty: no image in this folder" in err


@pytest.mark.parametrize("names", [["empty"], ["missing.png"], ["missing.png", "empty"]])
def test_classify_loads_no_model_for_nothing(work: Workplace, names: list[str]) -> None:
    (work.folder / "empty").mkdir()
    code, out, err = work.classify(*(work.folder / name for name in names))
    assert (code, out) == (2, "")
    for name in names:
        assert f"{name}: no" in err
    assert not work.loaded


def test_classify_tells_of_pictures_that_nothing_decodes(work: Workplace) -> None:
    (work.cards / "Ruby" / "phone.heic").write_bytes(b"\0\0\0\x18ftypheic")
    code, out, _ = work.classify(work.cards / "Ruby", "--json")
    assert code == 2
    assert lines(out)[-1]["error"] == "HEIC images cannot be read: convert it to JPEG or PNG"


def test_classify_takes_no_addresses(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://example.org/a.png"
    code, out, err = work.classify(address)
    assert (code, out, err) == (2, "", f"error: {address}: an address, not a file: download it first\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{address}\n".encode())))
    code, out, _ = work.classify("-", "--json")
    assert code == 2
    assert lines(out) == [{"image": address, "error": "an address, not a file: download it first"}]


def test_classify_without_standard_input(work: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    code, _, err = work.classify("-")
    assert code == 2
    assert "no images to classify" in err


def test_all_that_was_left_out_can_be_seen(work: Workplace) -> None:
    for index in range(8):
        (work.cards / "Ruby" / f"broken{index}.png").write_text("no image")
    code, out, err = work.score("--json", "--report", "page.html")
    assert code == 0
    assert len(json.loads(out)["settings"]["skipped"]) == 8
    assert "left out 3 more; --json and --report list all of them" in err
    page = (work.folder / "page.html").read_text("utf-8")
    assert all(f"broken{index}.png" in page for index in range(8))


@pytest.mark.parametrize("place", ["at the top", "in the factory", "in images"])
def test_an_encoder_that_ends_the_program_is_an_encoder_that_fails(work: Workplace, place: str) -> None:
    source = (work.folder / "colors_encoder.py").read_text()
    if place == "at the top":
        source = f"raise SystemExit(7)\n{source}"
    elif place == "in the factory":
        source += "\n\ndef Colors():\n    raise SystemExit(7)\n"
    else:
        source = source.replace(
            "def encode_images(self, images):", "def encode_images(self, images):\n        raise SystemExit(7)"
        )
    (work.folder / "colors_encoder.py").write_text(source)
    code, _, err = work.score()
    assert code == 3
    assert "SystemExit" in err


@pytest.mark.parametrize(
    ("number", "says"), [("0.0", "are zero, and point nowhere"), ("float('nan')", "NaN or infinity")]
)
def test_vectors_that_say_nothing_are_no_scores(work: Workplace, number: str, says: str) -> None:
    source = (work.folder / "colors_encoder.py").read_text()
    source += "\n\nclass Colors(Colors):\n    key = 'says nothing'\n"
    source += f"    def encode_images(self, images):\n        return np.full((len(images), 3), {number}, np.float32)\n"
    (work.folder / "colors_encoder.py").write_text(source)
    for code, _, err in (work.score(), work.classify(work.cards / "Ruby" / "0.png")):
        assert code == 3
        assert says in err


def test_a_path_that_is_no_text_can_still_be_printed(work: Workplace) -> None:
    path = os.fsencode(work.folder) + b"/\xff.png"
    with open(work.cards / "Ruby" / "0.png", "rb") as source, open(path, "wb") as target:
        target.write(source.read())
    code, out, _ = work.classify(os.fsdecode(path), "--json")
    assert code == 0
    assert lines(out)[0]["label"] == "Ruby"
    assert work.classify(os.fsdecode(path))[0] == 0
