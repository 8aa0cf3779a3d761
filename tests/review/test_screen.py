"""The main screen by its keys: moving, editing, filtering, fixing, notes, undo, saving, what fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cotsmith.errors import EncoderError
from cotsmith.review.evidence_pane import EvidencePane
from cotsmith.review.workshop import Workshop
from cotsmith.scoring.dataset import Dataset
from cotsmith.scoring.encoder import Encoder
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.file import load, save
from cotsmith.systems.history import History
from cotsmith.systems.model import Attribute, System
from cotsmith.validate.example_images import Shown, images
from tests.review.conftest import Ready
from tests.review.driving import Driver, driven

Play = Callable[[Driver], Coroutine[Any, Any, None]]


def played(source: Path, play: Play, workshop: Workshop | None = None, **options: Any) -> None:
    async def session() -> None:
        async with driven(source, workshop, **options) as driver:
            await play(driver)

    asyncio.run(session())


def test_the_first_screen_says_what_is_wrong_and_leads_there(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        shown = driver.text()
        assert "195 of 240 images are named right. Weakest: Mivvin 0 %, Rundu 0 %, Sorrup 0 %" in shown
        assert "81.2 %" in shown
        assert "0 of 96 cells seen" in shown
        assert "0 of 15 agree with the rule" in shown
        assert "15 taken for Ezzeki" in shown
        assert "scene looks like snow and ice" in shown
        assert driver.review.cell == ("Mivvin", "scene")

    played(draft, play, ready)


def test_one_image_of_many_is_not_rounded_away(tmp_path: Path, demo_encoder: Encoder) -> None:
    rules = {"wolf": {"fur": ("gray",)}, "bear": {"fur": ("brown",)}, "mole": {"fur": ("black",)}}

    def shown(of_mole: Sequence[tuple[int, Mapping[str, str]]], shades: int, *expected: str) -> None:
        async def play(driver: Driver) -> None:
            assert [text for text in expected if text not in driver.text()] == []

        options = ("gray", "brown", "black", *(f"shade {number}" for number in range(shades)))
        path, system = tmp_path / "system.json", System(attributes=(Attribute("fur", ("{}",), options),), rules=rules)
        save(system, path)
        seen: Shown = {"wolf": [(1999, {}), (1, {"fur": "brown"})], "bear": [(2000, {})], "mole": of_mole}
        played(path, play, Ready(images(seen)(system), demo_encoder, Dataset("cards", ())), size=(140, 40))

    matrix = ("wolf       99 %", "bear      100 %")
    shown([(2000, {})], 300, "99.98 % (99.9–99.997)", *matrix, "████ 99 % ● gray", "██████  99 % (99–99)    1  1.6")
    wrong = [(1, {}), (1999, {"fur": "gray"})]
    shown(wrong, 0, *matrix, "Weakest: mole 0.1 %.", "n: to the next of 1 cell worth a look")


def test_arrows_and_letters_move(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("j", "down", "l", "right", "k", "h")
        assert driver.review.cell == ("Gomtu", "body_form")
        await driver.press("G", "end")
        assert driver.review.cell == ("Yabbo", "eyes")
        await driver.press("ctrl+home", "home")
        assert driver.review.cell == ("Bimbul", "main_color")
        await driver.press("pagedown", "up", "up", "up", "up", "up", "up")
        assert driver.review.cell is not None

    played(draft, play)


def test_a_rule_is_changed_by_typing_and_undone(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter")
        await driver.type("lava")
        await driver.press("enter")
        rules = driver.review.session.system.rules
        assert rules["Mivvin"]["scene"] == ("glowing lava",)
        assert "1 unsaved" in driver.text()
        await driver.press("u")
        assert driver.review.session.system == load(draft)
        await driver.press("U")
        assert driver.review.session.system.rules["Mivvin"]["scene"] == ("glowing lava",)

    played(draft, play, ready)


def test_tab_puts_several_options_together(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter", "tab", "down", "tab")
        assert "the moon and stars or" in driver.text()
        await driver.press("enter")
        assert driver.review.session.system.rules["Mivvin"]["scene"] == (
            "the moon and stars",
            "tall trees",
            "snow and ice",
        )

    played(draft, play, ready)


def test_a_new_option_is_typed_encoded_and_measured(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter")
        await driver.type("deep snow")
        assert 'adds the option "deep snow"' in driver.text()
        await driver.press("enter")
        session = driver.review.session
        assert session.system.rules["Mivvin"]["scene"] == ("deep snow",)
        assert session.evaluation is not None
        assert session.evaluation.system == session.system
        assert session.made is not None
        assert session.made.effect is not None

    played(draft, play, ready)


def test_escape_leaves_everything_as_it_was(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        for key in ("enter", "o", "p", "w", "A", "C", "c", "B", "f", "F", "E", "a", "v", "g", "L", "equals_sign"):
            await driver.press(key, "escape", "escape")
            assert len(driver.app.screen_stack) == 1, key
        assert driver.review.session.system == load(draft)
        assert driver.review.session.unsaved == 0

    played(draft, play, ready)


def test_delete_says_nothing_and_bulk_sets_what_is_in_view(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete")
        assert driver.review.session.system.rules["Bimbul"]["main_color"] == ()
        await driver.press("slash")
        await driver.type("snake")
        await driver.press("enter")
        assert driver.review.rows == ("Jorrik", "Nardle", "Hibbet")
        await driver.press("B")
        await driver.type("violet")
        await driver.press("enter", "enter")
        rules = driver.review.session.system.rules
        assert {rules[name]["main_color"] for name in ("Jorrik", "Nardle", "Hibbet")} == {("violet",)}
        await driver.press("escape")
        assert len(driver.review.rows) == 16

    played(draft, play)


@pytest.mark.parametrize(
    ("keys", "typed", "after"),
    [
        (("o", "a"), "silver", lambda s: "silver" in s.attribute("main_color").options),
        (("o", "r", "enter", "ctrl+u"), "scarlet", lambda s: s.rules["Bimbul"]["main_color"] == ("scarlet",)),
        (("o", "d", "enter"), "", lambda s: s.rules["Bimbul"]["main_color"] == ()),
        (("o", "m", "enter", "enter"), "", lambda s: s.rules["Bimbul"]["main_color"] == ("bright orange",)),
        (("o", "s", "enter", "enter"), "ruby", lambda s: s.rules["Gomtu"]["main_color"] == ("crimson red", "ruby")),
        (("p", "ctrl+u"), "A {} thing.", lambda s: s.attribute("main_color").prompts == ("A {} thing.",)),
        (("w", "ctrl+u"), "2,5", lambda s: s.attribute("main_color").weight == 2.5),
        (("c",), "a note", lambda s: s.notes["Bimbul", "main_color"] == "a note"),
        (("A", "r", "ctrl+u"), "colour", lambda s: s.attributes[0].name == "colour"),
        (("A", "d"), "", lambda s: s.attributes[0].name == "body_form"),
        (("C", "r", "ctrl+u"), "Bim", lambda s: s.classes[0] == "Bim"),
        (("C", "d"), "", lambda s: s.classes[0] == "Gomtu"),
        (("C", "a"), "Newt", lambda s: s.classes[-1] == "Newt"),
        (("E", "ctrl+u"), "mine", lambda s: s.name == "mine"),
    ],
)
def test_the_questions_are_changed(
    draft: Path, keys: tuple[str, ...], typed: str, after: Callable[[System], bool]
) -> None:
    async def play(driver: Driver) -> None:
        await driver.press(*keys)
        if typed:
            await driver.type(typed)
            await driver.press("enter")
        while len(driver.app.screen_stack) > 1:
            await driver.press("enter")
        assert after(driver.review.session.system)
        await driver.press("u")
        assert driver.review.session.system == load(draft)

    played(draft, play)


def test_a_prompt_without_a_slot_is_refused_while_it_is_typed(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("p", "ctrl+u")
        await driver.type("no slot")
        assert "exactly one {}" in driver.text()
        await driver.press("enter")
        assert len(driver.app.screen_stack) == 2

    played(draft, play)


def test_findings_are_walked_fixed_and_allowed(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("4", "down", "f")
        assert "Merge" in driver.text()
        await driver.press("enter")
        assert "a pair of long ears" not in driver.review.session.system.attribute("head_feature").options
        await driver.press("4", "home", "a")
        await driver.type("it is meant")
        await driver.press("enter")
        assert [a.check for a in driver.review.session.system.allow] == ["O104"]
        assert "O104" not in {finding.code for finding in driver.review.insight.findings}
        await driver.press("4", "end", "enter")
        assert driver.app.focused is driver.main.query_one("#matrix")

    played(draft, play)


def test_save_asks_for_a_reason_and_the_log_shows_it(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("enter", "enter", "s")
        await driver.type("snow")
        await driver.press("enter")
        assert "saved as revision" in driver.text()
        await driver.press("L")
        assert "snow" in driver.text()
        assert "87.5" in driver.text()
        await driver.press("space", "down", "space")
        assert "the moon and stars → snow and ice" in driver.text()

    played(draft, play, ready)
    history = History.read(draft)
    assert history is not None
    with history:
        assert history.revisions()[-1].reason == "snow"


def test_a_revision_is_restored_as_one_step(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete", "s", "enter", "j", "delete", "s", "enter", "L", "end", "enter", "r")
        assert "restored revision" in driver.text()
        await driver.press("u")
        assert driver.review.session.system == load(draft)

    played(draft, play)


def test_what_changed_is_shown(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete", "equals_sign")
        assert "crimson red" in driver.text()
        assert "1 edit" in driver.text()

    played(draft, play)


def test_seen_marks_count(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("space", "j", "M")
        assert "7 of 96 cells seen" in driver.text()
        await driver.press("v", "n")
        assert "Gomtu" not in driver.review.rows

    played(draft, play)


def test_read_only_changes_nothing(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete", "enter", "o", "u", "s", "F", "n", "slash")
        await driver.type("lava")
        await driver.press("enter")
        assert "read-only" in driver.text()
        assert len(driver.review.rows) == 2
        assert driver.review.session.system == load(draft)

    played(draft, play, ready, read_only=True)
    assert not draft.with_name("draft.history.db").exists()


def test_a_change_outside_is_noticed_and_merged(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("delete")
        save(apply(load(draft), [SetRule("Yabbo", "scene", ("tall trees",))]), draft)
        while len(driver.app.screen_stack) == 1:
            await driver.pilot.pause(0.05)
        await driver.settle()
        assert "changed outside" in driver.text()
        await driver.press("m")
        rules = driver.review.session.system.rules
        assert rules["Yabbo"]["scene"] == ("tall trees",)
        assert rules["Bimbul"]["main_color"] == ()
        assert load(draft).rules["Bimbul"]["main_color"] == ("crimson red",)

    played(draft, play)


def test_what_was_not_saved_is_asked_for_and_offered_again(draft: Path) -> None:
    async def leave(driver: Driver) -> None:
        await driver.press("delete", "q")
        assert "not saved" in driver.text()
        await driver.pilot.press("q")

    async def again(driver: Driver) -> None:
        assert "1 step of an earlier session" in driver.text()
        assert driver.review.session.system.rules["Bimbul"]["main_color"] == ()
        await driver.press("u")
        assert driver.review.session.system == load(draft)

    played(draft, leave)
    played(draft, again)


def test_an_encoder_that_fails_leaves_the_structure_to_work_on(draft: Path, dev: Dataset) -> None:
    def broken() -> Any:
        raise EncoderError("no such model", hint="Try another.")

    async def play(driver: Driver) -> None:
        assert "no such model" in driver.text()
        await driver.press("enter", "down", "enter")
        assert driver.review.session.system.rules["Bimbul"]["main_color"] == ("bright orange",)
        await driver.press("n", "u")

    played(draft, play, Workshop(broken, dev))


def test_an_encoder_that_fails_later_leaves_the_edit(
    draft: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: list[str]) -> Any:
        raise RuntimeError("the GPU is on fire")

    async def play(driver: Driver) -> None:
        monkeypatch.setattr(ready, "encode", broken)
        await driver.press("o", "a")
        await driver.type("teal")
        await driver.press("enter")
        assert "the GPU is on fire" in driver.text()
        assert "teal" in driver.review.session.system.attribute("scene").options
        await driver.press("u")
        assert driver.review.session.problem == ""
        assert driver.review.session.evaluation is not None

    played(draft, play, ready)


def test_an_empty_system_is_filled_from_the_screen(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    save(System(name="empty"), path)

    async def play(driver: Driver) -> None:
        assert "no class yet: C adds one" in driver.text().splitlines()[1]
        await driver.press("enter", "n", "f", "space", "o", "p", "w", "c", "delete", "u", "B", "x", "M", "j")
        await driver.press("escape", "C", "a")
        await driver.type("cat")
        await driver.press("enter", "A", "a")
        await driver.type("fur")
        await driver.press("enter", "enter")
        await driver.type("soft, rough")
        await driver.press("enter")
        assert driver.review.session.system.attributes == (Attribute("fur", ("It shows {}.",), ("soft", "rough")),)
        assert driver.review.cell == ("cat", "fur")

    played(path, play)


def test_panes_themes_and_images_go_round(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("1", "j", "enter")
        assert driver.review.cell is not None
        assert driver.review.cell[1] == "eyes"
        await driver.press("3", "j", "k", "4", "2", "T", "T", "T", "i", "i", "i", "t", "t", "t", "t")
        assert driver.app.theme == "cotsmith-dark"

    played(draft, play, ready, size=(80, 24))


def test_another_cell_is_shown_from_its_top_and_without_the_remark_on_the_one_before(draft: Path, ready: Ready) -> None:
    async def play(driver: Driver) -> None:
        await driver.press("n", "3", "pagedown")
        pane = driver.main.query_one(EvidencePane)
        assert pane.scroll_offset.y > 0
        assert "instead would name 15 more images right" in driver.text()
        await driver.press("2", "down")
        assert pane.scroll_offset.y == 0
        assert "instead would name 15 more images right" not in driver.text()

    played(draft, play, ready, size=(80, 20))


def test_the_mouse_selects_and_changes(draft: Path) -> None:
    async def play(driver: Driver) -> None:
        await driver.pilot.click("#matrix", offset=(20, 4))
        assert driver.review.cell == ("Jorrik", "main_color")
        await driver.pilot.click("#matrix", offset=(20, 4), times=2)
        await driver.settle()
        assert len(driver.app.screen_stack) == 2

    played(draft, play)
