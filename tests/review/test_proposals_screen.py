"""Proposals on their screen: keys, palette and help of the one table, what cannot be taken, what a crash leaves."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.review.actions import PROPOSAL_ACTIONS, keymap
from cotsmith.review.proposals_screen import ProposalsScreen
from cotsmith.review.waiting_proposals import WaitingProposals, proposals_from_json, proposals_to_json
from cotsmith.systems.edits import AddOption, SetRule
from cotsmith.systems.history import History
from cotsmith.systems.waiting_proposals import keep_waiting
from tests.review.conftest import Ready
from tests.review.driving import Driver, driven, source_of
from tests.review.test_refinement import PROPOSALS, asked, refuse, take


def statuses(driver: Driver) -> list[str]:
    screen = driver.app.screen
    assert isinstance(screen, ProposalsScreen)
    return [one.status for one in screen.proposals]


def test_its_keys_are_remapped_listed_in_help_and_found_in_the_palette(draft: Path, ready: Ready) -> None:
    llm = source_of(ScriptedLLM([PROPOSALS]))

    async def session() -> None:
        async with driven(draft, ready, llm=llm, size=(100, 60), keymap=keymap(["accept-all=f6"])) as driver:
            await asked(driver)
            await driver.press("A")
            assert statuses(driver) == ["open"] * 3
            await driver.press("f6")
            assert statuses(driver) == ["accepted"] * 3
            await driver.press("question_mark")
            for action in PROPOSAL_ACTIONS:
                assert action.help.split(";")[0][:40] in driver.text()
            assert "f6" in driver.text()
            await driver.press("escape", "ctrl+p")
            await driver.type("decision back")
            await driver.press("enter")
            assert statuses(driver).count("open") == 1

    asyncio.run(session())


def test_one_that_raises_leaves_the_others_taken(draft: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    new = {"edit": "add-option", "attribute": "scene", "option": "a windy cliff", "position": None}
    llm = ScriptedLLM([{"proposals": [*PROPOSALS["proposals"], {"rationale": "seen", "edit": new}]}])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await asked(driver)
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen)

            def accept(self: Any, index: int, *, override_lock: bool = False) -> Any:
                if "windy" in str(self.items[index].edit):
                    raise RuntimeError("the GPU is on fire")
                return whole(self, index, override_lock=override_lock)

            whole = type(screen.proposals).accept
            monkeypatch.setattr(type(screen.proposals), "accept", accept)
            await driver.press("A")
            assert statuses(driver) == ["accepted"] * 3 + ["open"]
            assert "1 could not be taken: RuntimeError: the GPU is on fire" in driver.text()

    asyncio.run(session())


def test_what_is_decided_is_on_disk_and_offered_again(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def first() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await asked(driver)
            await take(driver, "Rundu")
            await refuse(driver, "Yabbo", "it lives near lava")
            kept = WaitingProposals(draft).load()  # as a process that was killed now would leave it
            assert kept is not None
            assert [one.status for one in kept] == ["open", "accepted", "refused"]

    async def again() -> None:
        async with driven(draft, ready) as driver:
            assert "3 proposals of scripted/test wait, 2 judged so far: r goes on" in driver.text()
            await driver.press("r")
            assert statuses(driver) == ["open", "accepted", "refused"]
            assert "+6.2" in driver.text()
            await driver.press("s", "enter")
            assert driver.review.session.system.rules["Rundu"]["markings"] == ("dark spots",)
        assert WaitingProposals(draft).load() is None

    asyncio.run(first())
    asyncio.run(again())


def test_decisions_follow_a_system_that_was_edited_since(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await asked(driver)
            await take(driver, "Rundu")
            await refuse(driver, "Yabbo", "it lives near lava")
            await driver.press("escape", "delete", "r")
            assert statuses(driver) == ["conflict", "accepted", "refused"]
            await driver.press("s", "enter")
            assert driver.review.session.system.rules["Rundu"]["markings"] == ("dark spots",)

    asyncio.run(session())


def test_what_a_person_set_after_accepting_is_asked_for_again(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await asked(driver)
            await take(driver, "Mivvin")
            await take(driver, "Rundu")
            await driver.press("escape")
            for rule in (("tall trees",), ("sand dunes",)):
                driver.review.select(("Mivvin", "scene"))
                driver.main.edit([SetRule("Mivvin", "scene", rule)])
                await driver.press("r")
                assert statuses(driver) == ["conflict", "accepted", "open"]
                await take(driver, "Mivvin")
                assert "a person set Mivvin › scene" in driver.text()
                await driver.press("enter", "escape", "r")
                assert statuses(driver) == ["accepted", "accepted", "open"], "the word that was given stands"
                await driver.press("escape")

    asyncio.run(session())


def test_an_edited_proposal_is_measured_alone_and_so_is_what_requires_it(draft: Path, ready: Ready) -> None:
    new = {"edit": "add-option", "attribute": "scene", "option": "a windy cliff", "position": None}
    follower = {"edit": "set-rule", "class": "Nardle", "attribute": "scene", "rule": ["a windy cliff"]}
    suggested = [{"rationale": "new", "edit": new}, {"rationale": "there", "edit": follower}]

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(ScriptedLLM([{"proposals": suggested}]))) as driver:
            await asked(driver)
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen)
            added = next(at for at, one in enumerate(screen.proposals) if isinstance(one.edit, AddOption))
            await driver.press("end" if screen._order[-1] == added else "home", "e")
            await driver.type("the open sea")
            await driver.press("enter")
            for one in screen.proposals:
                assert one.edited
                assert one.effect is not None
                assert one.cumulative is not None
                assert one.effect.change == one.cumulative.change, "nothing is taken yet"

    asyncio.run(session())


def test_leaving_counts_all_that_is_dropped_and_names_the_authors(draft: Path, ready: Ready) -> None:
    async def session() -> None:
        async with driven(draft, ready, llm=source_of(ScriptedLLM([PROPOSALS]))) as driver:
            await driver.press("x")
            await asked(driver)
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen)
            await driver.press("home", "e", "down", "tab", "enter", "a", "s")
            assert [one.edited for one in screen.proposals if one.status == "accepted"] == [True]
            assert "1 accepted, 0 refused, 2 left undecided and dropped" in driver.text()
            assert "What you changed of its proposals is saved as yours." in driver.text()
            assert "a revision of the LLM" not in driver.text()
            await driver.press("escape")
            await take(driver, "Yabbo")
            await driver.press("s")
            assert "What you changed of its proposals is saved as yours." in driver.text()
            assert "a revision of the LLM" in driver.text()

    asyncio.run(session())


def test_what_was_kept_is_read_back_whole_and_odd_content_is_told(draft: Path, ready: Ready) -> None:
    llm = ScriptedLLM([PROPOSALS])

    async def session() -> None:
        async with driven(draft, ready, llm=source_of(llm)) as driver:
            await asked(driver)
            screen = driver.app.screen
            assert isinstance(screen, ProposalsScreen)
            body = proposals_to_json(screen.proposals)
            assert proposals_to_json(proposals_from_json(body)) == body

    asyncio.run(session())
    oddities: list[Any] = [[], {"origin": 3}, {"origin": {}, "items": None}]
    for odd in oddities:
        with History.open(draft) as history:
            keep_waiting(history, odd)
        kept = WaitingProposals(draft)
        assert kept.load() is None
        assert "cannot be read" in kept.warning
