"""Odd texts, work that is still going on, and work that fails: all is shown, and a person goes on."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.errors import EncoderError
from cotsmith.review.proposals_screen import ProposalsScreen
from cotsmith.scoring.evaluation import Evaluation
from cotsmith.systems.edits import AddOption, SetRule, apply
from cotsmith.systems.file import load, save
from cotsmith.systems.model import System
from cotsmith.terminal import Progress
from tests.review.conftest import Ready
from tests.review.driving import driven, source_of

ODD = ("[/red] [b", "{0} {x.__class__}", "🦊 fox [a", "広い 文字", "שלום עולם", "$n %s \\[x]")
NEW = {"edit": "add-option", "attribute": "scene", "option": "a windy [b] cliff", "position": None}


def test_options_and_classes_of_odd_characters_are_shown_literally(tmp_path: Path) -> None:
    system = load("gallery:demo-draft")
    edits = [AddOption("scene", text) for text in ODD]
    rules = [SetRule(name, "scene", (text,)) for name, text in zip(system.classes, ODD, strict=False)]
    path = tmp_path / "odd.json"
    save(apply(system, [*edits, *rules]), path)

    async def session() -> None:
        async with driven(path, size=(160, 48)) as driver:
            driver.review.select((system.classes[0], "scene"))
            driver.main.arrived()
            await driver.settle()
            for text in ODD:
                assert text in driver.text()
            for key in ("enter", "o", "p", "c", "A", "C", "g", "B", "question_mark"):
                await driver.press(key, "escape", "escape")
            await driver.press("C", "r", "ctrl+u")
            await driver.type("[/b] {0} 広")
            await driver.press("enter")
            assert "[/b] {0} 広" in driver.text()

    asyncio.run(session())


def test_a_rationale_of_markup_and_control_characters_is_shown_literally(draft: Path, ready: Ready) -> None:
    rationale = "[/red] {0} 広い \x1b[31mred \u202eabc"
    edit = {"edit": "set-rule", "class": "Rundu", "attribute": "markings", "rule": ["dark spots"]}
    llm = ScriptedLLM([{"proposals": [{"rationale": rationale, "edit": edit}]}])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await driver.press("r", "enter")
            assert isinstance(driver.app.screen, ProposalsScreen)
            shown = driver.text()
            assert "[/red] {0} 広い" in shown
            assert "\x1b" not in shown
            assert "\u202e" not in shown

    asyncio.run(session())


class Slow(Ready):
    """A workshop whose images are ready when ``there`` is set."""

    there: threading.Event

    def evaluate(self, system: System, progress: Progress | None = None) -> Evaluation | None:
        assert self.there.wait(60)
        return super().evaluate(system, progress)


def test_editing_goes_on_while_the_encoder_works(draft: Path, ready: Ready) -> None:
    slow = Slow(ready._evaluation, ready._encoder or ready._load(), ready.data)  # type: ignore[misc,arg-type]
    slow.there = threading.Event()

    async def session() -> None:
        async with driven(draft, slow, settled=False) as driver:
            await driver.pilot.press("delete", "j", "delete", "u")
            rules = driver.review.session.system.rules
            assert rules["Bimbul"]["main_color"] == ()
            assert rules["Gomtu"]["main_color"] != ()
            assert driver.review.session.evaluation is None
            slow.there.set()
            await driver.settle()
            evaluation = driver.review.session.evaluation
            assert evaluation is not None
            assert evaluation.system == driver.review.session.system

    asyncio.run(session())


def test_an_encoder_that_breaks_on_a_proposal_leaves_the_proposals(draft: Path, ready: Ready, monkeypatch: Any) -> None:
    llm = ScriptedLLM([{"proposals": [{"rationale": "seen often", "edit": NEW}]}])

    def broken(_: list[str]) -> Any:
        raise EncoderError("out of memory")

    monkeypatch.setattr(ready, "encode", broken)

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await driver.press("r", "enter")
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen), driver.text()
            assert "a windy [b] cliff" in driver.text()
            assert screen.proposals.items[0].effect is None
            await driver.press("escape")
            assert len(driver.app.screen_stack) == 1

    asyncio.run(session())
