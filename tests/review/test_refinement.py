"""Refining from within the review, with an LLM that follows a script: sending, judging, taking, failing."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

from cotsmith.authoring.llm import Request
from cotsmith.authoring.testing import Said, ScriptedLLM
from cotsmith.errors import LLMError
from cotsmith.review.line_list import LineList
from cotsmith.review.proposals_screen import ProposalsScreen
from cotsmith.review.refine_screen import RefineScreen
from cotsmith.review.refining import LLMSource
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from tests.review.conftest import Ready
from tests.review.driving import Driver, driven, source_of


def rule(class_name: str, attribute: str, *options: str) -> dict[str, Any]:
    return {"edit": "set-rule", "class": class_name, "attribute": attribute, "rule": list(options)}


PROPOSALS = {
    "proposals": [
        {"rationale": "Mivvin lives in the snow", "edit": rule("Mivvin", "scene", "snow and ice")},
        {"rationale": "Rundu is spotted", "edit": rule("Rundu", "markings", "dark spots")},
        {"rationale": "just because", "edit": rule("Yabbo", "scene", "tall trees")},
    ]
}


async def asked(driver: Driver, words: str = "the scenes are off") -> None:
    await driver.press("r")
    await driver.type(words)
    await driver.press("enter")
    await driver.settle()


def test_proposals_are_measured_judged_and_saved_as_the_llm_s(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await driver.press("r")
            assert "accuracy 81.2%" in driver.text()
            await driver.press("escape")
            await asked(driver)
            assert "the scenes are off" in llm.requests[0].messages[-1].text
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen)
            shown = driver.text()
            assert "Rundu is spotted" in shown
            assert "+6.2" in shown
            await driver.press("home")
            await take(driver, "Rundu")
            await refuse(driver, "Yabbo", "it lives near lava")
            assert "1 taken" in driver.text()
            await driver.press("s", "enter")
            assert driver.review.session.system.rules["Rundu"]["markings"] == ("dark spots",)
            assert driver.review.session.unsaved == 0

    asyncio.run(session())
    assert load(draft).rules["Rundu"]["markings"] == ("dark spots",)
    history = History.read(draft)
    assert history is not None
    with history:
        last = history.revisions()[-1]
        assert (last.kind, last.author) == ("llm", "scripted/test")
        assert history.exchanges(last)


async def _find(driver: Driver, name: str) -> ProposalsScreen:
    screen = driver.app.screen
    assert isinstance(screen, ProposalsScreen)
    lines = screen.query_one("#proposals")
    texts = [item.plain for item in lines.items]  # type: ignore[attr-defined]
    lines.highlight(next(at for at, text in enumerate(texts) if name in text))  # type: ignore[attr-defined]
    await driver.settle()
    return screen


async def take(driver: Driver, name: str) -> None:
    await _find(driver, name)
    await driver.press("a")


async def refuse(driver: Driver, name: str, reason: str) -> None:
    await _find(driver, name)
    await driver.press("r")
    await driver.type(reason)
    await driver.press("enter")


def test_a_locked_cell_is_a_conflict_and_asks(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await driver.press("x")
            assert ("Mivvin", "scene") in driver.review.insight.locked
            await asked(driver)
            await driver.press("A")
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen)
            assert [one.status for one in screen.proposals] == ["conflict", "accepted", "accepted"]
            await take(driver, "Mivvin")
            assert "a person set" in driver.text()
            await driver.press("enter")
            assert [one.status for one in screen.proposals] == ["accepted"] * 3
            await driver.press("escape")
            assert "wait" in driver.text()
            await driver.press("r")
            again = driver.app.screen
            assert isinstance(again, ProposalsScreen)
            assert [one.status for one in again.proposals] == ["accepted"] * 3
            await driver.press("u", "escape")

    asyncio.run(session())


def test_a_proposal_is_edited_before_it_is_taken(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await asked(driver)
            await _find(driver, "Rundu")
            await driver.press("e")
            assert "dark spots" in driver.text()
            await driver.type("bold")
            assert "+ adds" not in driver.text()
            await driver.press("tab", "enter")
            assert "changed by you" in driver.text()
            await take(driver, "Rundu")
            await driver.press("s", "enter")
            assert driver.review.session.system.rules["Rundu"]["markings"] == ("dark spots", "bold stripes")

    asyncio.run(session())
    history = History.read(draft)
    assert history is not None
    with history:
        assert history.revisions()[-1].kind == "person"


def test_an_llm_that_fails_is_told_and_everything_goes_on(draft: Path, ready: Ready) -> None:
    failures = [LLMError("the [red]provider[/ is down", hint="Try later."), ValueError("odd")]
    llm = ScriptedLLM([*failures, PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await asked(driver)
            assert "the refinement failed, r asks again: the [red]provider[/ is down" in driver.text()
            await driver.press("r")
            assert "It failed: the [red]provider[/ is down. Try later. scripted/test gets" in driver.text()
            await driver.press("enter")
            assert "provider" not in driver.text()
            assert "odd" in driver.text()
            await driver.press("enter", "enter")
            assert driver.review.session.system.rules["Mivvin"]["scene"] == ("snow and ice",)
            assert "odd" in driver.text(), "an edit does not hide it"
            await driver.press("r")
            assert "It failed: ValueError: odd. scripted" in driver.text()
            await driver.press("enter")
            assert isinstance(driver.app.screen, ProposalsScreen)
            await driver.press("q")
            assert "failed" not in driver.text()

    asyncio.run(session())


def test_all_of_what_will_be_sent_is_shown_with_what_is_typed(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm), size=(100, 40)) as driver:
            await driver.press("r")
            await driver.type("the scenes are off")
            screen = driver.app.screen
            assert isinstance(screen, RefineScreen)
            lines = [item.plain for item in screen.query_one(LineList).items]
            assert "tokens in and" in lines[0]
            assert "tokens in and" in driver.text()
            await driver.press("pagedown", "pagedown", "down")
            assert "tokens in and" not in driver.text()
            await driver.press("escape", "r")
            assert "the scenes are off" in driver.text()  # what was typed is there again
            await driver.press("enter")
            (request,) = llm.requests
            shown = "".join("".join(lines).split())
            for part in (request.instructions, *(message.text for message in request.messages)):
                assert "".join(part.split()) in shown

    asyncio.run(session())


def test_code_of_the_user_s_own_that_raises_ends_nothing(draft: Path, ready: Ready) -> None:
    def load() -> Any:
        raise KeyError("no such model here")

    async def session() -> None:
        async with driven(draft, ready, llm=LLMSource(load)) as driver:
            await driver.press("r")
            assert "KeyError: 'no such model here'" in driver.text()
            await driver.press("delete")
            assert driver.review.session.unsaved == 1

    asyncio.run(session())


def test_without_a_model_it_says_how_to_have_one(draft: Path) -> None:
    async def session() -> None:
        async with driven(draft) as driver:
            await driver.press("r")
            assert "--model" in driver.text()

    asyncio.run(session())


def test_editing_goes_on_while_the_reply_streams_and_proposals_follow(draft: Path, ready: Ready) -> None:
    answer = threading.Event()

    def script(_: Request) -> Said:
        assert answer.wait(60)
        return Said(PROPOSALS)

    llm = ScriptedLLM(script)

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await driver.pilot.press("r")
            while len(driver.app.screen_stack) == 1:
                await driver.pilot.pause()
            await driver.pilot.press("enter")
            while not driver.main.refining.running:
                await driver.pilot.pause()
            await driver.pilot.press("enter")
            while len(driver.app.screen_stack) == 1:
                await driver.pilot.pause()
            await driver.pilot.press("enter")
            await driver.pilot.pause()
            session = driver.review.session
            assert session.system.rules["Mivvin"]["scene"] == ("snow and ice",)
            assert session.evaluation is not None
            assert session.evaluation.share.hits == 210
            assert "+6.2" in driver.text()  # the effect of the edit, and how far the reply is, at once
            assert "sent to scripted/test; r cancels" in driver.text()
            answer.set()
            await driver.settle()
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen)
            assert [one.status for one in screen.proposals] == ["invalid", "open", "open"]
            await driver.press("A", "s", "enter")
            rules = driver.review.session.system.rules
            assert rules["Mivvin"]["scene"] == ("snow and ice",)
            assert rules["Rundu"]["markings"] == ("dark spots",)

    asyncio.run(session())
    history = History.read(draft)
    assert history is not None
    with history:
        assert [revision.kind for revision in history.revisions()][-2:] == ["person", "llm"]


def test_a_refinement_is_cancelled(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([Said(PROPOSALS, delay=600)])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await driver.pilot.press("r")
            while len(driver.app.screen_stack) == 1:
                await driver.pilot.pause()
            await driver.pilot.press("enter")
            while not driver.main.refining.running:
                await driver.pilot.pause()
            await driver.pilot.press("r")
            while len(driver.app.screen_stack) == 1:
                await driver.pilot.pause()
            await driver.pilot.press("enter")
            await driver.settle()
            assert "cancelled" in driver.text()
            assert driver.review.session.system == load(draft)

    asyncio.run(session())
