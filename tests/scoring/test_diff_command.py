"""``diff`` on the command line: which two it compares, how it says so, and with images what the difference did."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cotsmith.systems.edit_json import edits_from_json
from cotsmith.systems.edits import (
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    RemoveAttribute,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetName,
    SetRule,
    SetWeight,
    apply,
)
from cotsmith.systems.file import load, render
from cotsmith.systems.file import save as write
from cotsmith.systems.model import Attribute, System
from tests.command_line import Command
from tests.systems.history_worlds import PETS, save

FILE = Path("pets.json")


@pytest.fixture
def cotsmith(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """In a folder with a file of two revisions that was changed by hand since."""
    for name in ("COLUMNS", "NO_COLOR", "GIT_PAGER_IN_USE"):
        monkeypatch.delenv(name, raising=False)
    save(FILE)
    save(FILE, SetRule("Ash", "form", ("a wolf",)))
    write(apply(PETS, [SetRule("Ash", "form", ("a wolf",)), RewordOption("color", "blue", "sky blue")]), FILE)
    return cotsmith


def edits_of(text: str) -> tuple[Edit, ...]:
    return edits_from_json(json.loads(text))


class TestWhichTwo:
    @pytest.mark.parametrize("arguments", [(), ("pets.json",), ("pets.json@2",), ("@~0",), ("@2", "pets.json")])
    def test_the_last_revision_against_the_file(self, cotsmith: Command, arguments: tuple[str, ...]) -> None:
        result = cotsmith("diff", *arguments)
        assert (result.code, result.err) == (0, "")
        title, *rest = result.out.splitlines()
        assert title == f"pets.json@{'~0' if '@~0' in arguments else '2'} → pets.json  (1 edit)"
        assert rest == ["", "attribute color", "  option  blue → sky blue  (3 rules)"]

    def test_any_two(self, cotsmith: Command) -> None:
        digest = json.loads(cotsmith("show", "pets.json@1", "--json").out)["hash"][:8]
        for old in ("pets.json@1", "@~1", f"@{digest}"):
            assert edits_of(cotsmith("diff", old, "pets.json@2", "--json").out) == (
                SetRule("Ash", "form", ("a wolf",)),
            )
        backwards = cotsmith("diff", "pets.json", "-", "--json", stdin=render(PETS))
        assert apply(load(FILE), edits_of(backwards.out)) == PETS

    def test_one_revision_against_the_file(self, cotsmith: Command) -> None:
        assert len(edits_of(cotsmith("diff", "pets.json@1", "--json").out)) == 2

    def test_what_cannot_be_compared(self, cotsmith: Command) -> None:
        write(PETS, "new.json")
        for arguments, message in (
            (("new.json",), "has no history yet to compare with"),
            (("-",), "there is nothing to compare it with"),
            (("-", "-"), "standard input can be read only once"),
            (("a", "b", "c"), "two systems can be compared, not 3"),
            (("pets.json@7",), "there is no revision 7"),
            (("@1", "gallery:demo"), "names no file"),
            (("HEAD:pets.json",), "git has no"),
            (("none.json",), "there is no such file"),
            (("pets.json", "--data", "cards"), "--data needs an encoder"),
        ):
            result = cotsmith("diff", *arguments)
            assert (result.code, result.out) == (2, "")
            assert message in result.err
        save(Path("new.json"))
        assert "This folder has new.json, pets.json." in cotsmith("diff").err

    def test_git(self, cotsmith: Command) -> None:
        def git(*arguments: str) -> None:
            subprocess.run(["git", "-c", "user.name=Kim", "-c", "user.email=k@example.org", *arguments], check=True)

        Path("sub").mkdir()
        write(apply(PETS, [SetName("old")]), "sub/cards.json")
        git("init", "-q")
        git("add", "sub/cards.json")
        git("commit", "-qm", "first")
        write(PETS, "sub/cards.json")
        assert edits_of(cotsmith("diff", "HEAD:sub/cards.json", "--json").out) == (SetName("pets"),)
        assert cotsmith("diff", "HEAD:sub/cards.json", "pets.json@1").err == ""

    def test_git_from_a_folder_within(self, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        self.test_git(cotsmith)
        monkeypatch.chdir("sub")
        for source in ("HEAD:sub/cards.json", "HEAD:cards.json", "HEAD:./cards.json"):
            assert edits_of(cotsmith("diff", source, "--json").out) == (SetName("pets"),)


class TestHowItSaysSo:
    @pytest.mark.parametrize("option", [("--json",), ("--format", "json")])
    def test_json_holds_edits_that_lead_from_one_to_the_other(self, cotsmith: Command, option: tuple[str, ...]) -> None:
        result = cotsmith("diff", "gallery:demo", "gallery:demo-draft", *option)
        assert list(json.loads(result.out)) == ["edits"]
        assert apply(load("gallery:demo"), edits_of(result.out)) == load("gallery:demo-draft")

    def test_markdown_for_a_pull_request(self, cotsmith: Command) -> None:
        assert cotsmith("diff", "pets.json@1", "pets.json", "--format", "markdown").out == (
            "### pets.json@1 → pets.json\n\n"
            "**attribute color**\n\n"
            "|  | before | after |\n| --- | --- | --- |\n| option | blue | sky blue (3 rules) |\n\n"
            "**classes**\n\n"
            "| class |  | before | after |\n| --- | --- | --- | --- |\n| Ash | form | a bird | a wolf |\n"
        )

    def test_no_difference(self, cotsmith: Command) -> None:
        for form in ("text", "markdown"):
            result = cotsmith("diff", "gallery:demo", "gallery:demo", "--format", form, "--exit-code")
            assert (result.code, result.out) == (0, "")
            assert result.err == "No difference between gallery:demo and gallery:demo.\n"
        assert json.loads(cotsmith("diff", "gallery:demo", "gallery:demo", "--json").out) == {"edits": []}

    def test_a_script_can_ask_by_exit_code(self, cotsmith: Command) -> None:
        assert cotsmith("diff", "pets.json", "--exit-code").code == 1
        assert cotsmith("diff", "pets.json", "--exit-code", "--json").code == 1

    def test_colour_is_for_terminals_and_can_be_asked_for(
        self, cotsmith: Command, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "\x1b[31mblue\x1b[0m → \x1b[32msky blue" in cotsmith("diff", "--color", "always").out
        monkeypatch.setenv("GIT_PAGER_IN_USE", "1")
        assert "\x1b[" in cotsmith("diff").out
        assert "\x1b[" not in cotsmith("diff", "--color", "never").out
        monkeypatch.setenv("TERM", "dumb")
        assert "\x1b[" not in cotsmith("diff").out

    def test_lines_fit_eighty_columns(self, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("GIT_PAGER_IN_USE", "1")
        for pair in (("gallery:demo-draft", "gallery:demo"), ("gallery:pokemon-cards", "gallery:demo")):
            lines = cotsmith("diff", *pair, "--color", "never").out.splitlines()
            assert max(map(len, lines)) <= 80
            headings = [line for line in lines if line and not line.startswith(" ")]
            assert len(headings) == len(set(headings)), "none is repeated"

    def test_a_file_with_faults_is_refused_with_all_of_them(self, cotsmith: Command) -> None:
        Path("a.json").write_text(render(PETS).replace('"cotsmith": 1', '"cotsmith": 2, "x": 1'), "utf-8")
        result = cotsmith("diff", "a.json", "gallery:demo")
        assert (result.code, result.out) == (2, "")
        assert result.err.splitlines()[0] == "error: a.json: 2 problems"


ENCODER = '''
import numpy as np

AXES = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}

class Colors:
    """Sees the mean colour of an image, and in a text the colours that it names."""

    key = "colors"
    logit_scale = 30.0

    def encode_images(self, images):
        return np.array([np.asarray(image).reshape(-1, 3).mean(axis=0) + 1 for image in images], np.float32)

    def encode_texts(self, texts):
        words = [[AXES.get(word, (0.1, 0.1, 0.1)) for word in text.split()] for text in texts]
        return np.array([np.sum(axes, axis=0) for axes in words], np.float32)
'''
COLORS = {"Ruby": (200, 20, 30), "Emerald": (10, 180, 40), "Sapphire": (15, 20, 220)}
GEMS = System(
    name="gems",
    attributes=(
        Attribute("hue", ("a {} gem",), ("red", "green", "blue")),
        Attribute("use", ("a {} gem",), ("red", "blue")),
    ),
    rules={
        "Ruby": {"hue": ("red",), "use": ("red",)},
        "Emerald": {"hue": ("blue",)},
        "Sapphire": {"hue": ("green",), "use": ("blue",)},
    },
)


class TestEffect:
    @pytest.fixture
    def gems(self, cotsmith: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
        """With twelve images of each of three gems, two of which the system takes for one another."""
        Path("colors.py").write_text(ENCODER, "utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        rng = np.random.default_rng(0)
        for label, color in COLORS.items():
            folder = Path("cards") / label
            folder.mkdir(parents=True)
            for number in range(12):
                pixels = np.clip(np.array(color) + rng.integers(-9, 9, (4, 4, 3)), 0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(folder / f"{number}.png")
        write(GEMS, "gems.json")
        return cotsmith

    def measured(self, gems: Command, *edits: Edit, form: tuple[str, ...] = ()) -> str:
        write(apply(GEMS, edits), "new.json")
        arguments = ("--data", "cards", "--encoder", "colors:Colors", "--no-cache", *form)
        result = gems("diff", "gems.json", "new.json", *arguments)
        assert result.code == 0, result.err
        return result.out

    def test_accuracy_before_and_after_of_attributes_and_classes_and_whether_it_is_luck(self, gems: Command) -> None:
        edits = (SetRule("Emerald", "hue", ("green",)), SetRule("Sapphire", "hue", ("blue",)))
        out = self.measured(gems, *edits)
        assert [line.rstrip() for line in out[out.index("36 images") :].splitlines()] == [
            "36 images of cards, split all, colors",
            "         before    after  points  95 % after",
            "system   33.3 %  100.0 %   +66.7  90 – 100 %",
            "  hue    33.3 %  100.0 %   +66.7  90 – 100 %",
            "  use   100.0 %  100.0 %    +0.0  86 – 100 %",
            "24 images gained, 0 lost: McNemar p < 0.0001.",
            "gained  Emerald +12 (0 → 12 of 12), Sapphire +12 (0 → 12 of 12)",
        ]
        found = json.loads(self.measured(gems, *edits, form=("--json",)))
        assert edits_from_json(found) == edits
        effect = found["effect"]
        assert (effect["n"], effect["before"]["accuracy"], effect["after"]["accuracy"]) == (
            36,
            pytest.approx(1 / 3),
            1.0,
        )
        assert (effect["gained"], effect["lost"], effect["mcnemar_p"]) == (24, 0, pytest.approx(0.5**23))
        hue, use = effect["attributes"]
        assert (hue["name"], hue["before"], hue["after"]) == ("hue", pytest.approx(1 / 3), 1.0)
        assert (use["name"], use["before"], use["after"]) == ("use", 1.0, 1.0)
        assert {c["name"] for c in effect["gained_classes"]} <= {"Emerald", "Sapphire"}
        assert effect["lost_classes"] == []

    def test_classes_that_lose(self, gems: Command) -> None:
        result = self.measured(gems, SetRule("Ruby", "hue", ("green",)), SetRule("Ruby", "use", ("blue",)))
        assert "0 images gained, 12 lost: McNemar p = 0.00049." in result
        assert "lost  Ruby -12 (12 → 0 of 12)" in result

    def test_no_image_changes_sides(self, gems: Command) -> None:
        assert "No image changes sides." in self.measured(gems, SetWeight("hue", 1.01))

    def test_names_that_changed_are_followed_and_what_came_and_went_is_said(self, gems: Command) -> None:
        edits = (
            RenameAttribute("hue", "colour"),
            RenameClass("Ruby", "Carmine"),
            RemoveOption("use", "blue"),
            AddClass("Opal", None, {"colour": ("red", "green")}),
        )
        effect = json.loads(self.measured(gems, *edits, form=("--json",)))["effect"]
        assert [(a["name"], a["before"], a["after"]) for a in effect["attributes"]] == [
            ("colour", pytest.approx(1 / 3), pytest.approx(1 / 3)),
            ("use", 1.0, 1.0),
        ]
        assert (effect["left_out"], effect["n"]) == (0, 36)

    def test_an_attribute_that_came_or_went(self, gems: Command) -> None:
        out = self.measured(gems, RemoveAttribute("use"), AddAttribute(Attribute("cut", ("{}",), ("red", "blue"))))
        rows = [line.split() for line in out.splitlines()]
        assert ["cut", "new"] in [row[:2] for row in rows]
        assert ["use", "100.0", "%", "gone"] in rows

    def test_images_of_classes_that_only_one_has_are_left_out_and_counted(self, gems: Command) -> None:
        write(apply(GEMS, [AddOption("hue", "gray")]), "gems.json")
        smaller = System("gems", attributes=GEMS.attributes, rules={c: GEMS.rules[c] for c in ("Ruby", "Emerald")})
        write(smaller, "new.json")
        arguments = ("--data", "cards", "--encoder", "colors:Colors", "--no-cache")
        out = gems("diff", "gems.json", "new.json", *arguments).out
        assert "24 images of cards" in out
        assert "12 left out" in " ".join(out.split())

    def test_markdown(self, gems: Command) -> None:
        out = self.measured(gems, SetRule("Ruby", "hue", ("blue",)), form=("--format", "markdown"))
        assert "|  | before | after | points |\n| --- | --- | --- | --- |\n| **system** |" in out

    def test_no_difference_is_still_measured(self, gems: Command) -> None:
        out = self.measured(gems, form=("--json",))
        assert json.loads(out)["effect"]["gained"] == 0

    def test_a_label_that_neither_knows_is_an_error(self, gems: Command) -> None:
        (Path("cards") / "Rubi").mkdir()
        (Path("cards") / "Ruby" / "0.png").rename(Path("cards") / "Rubi" / "0.png")
        result = gems("diff", "gems.json", "gems.json", "--data", "cards", "--encoder", "colors:Colors", "--no-cache")
        assert (result.code, "Rubi" in result.err) == (2, True)
