"""Keys are answered first: work that can wait does, what is out of date ends, and only what changed is drawn."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from cotsmith.review import background, session
from cotsmith.review.background import Attention
from cotsmith.review.key_option import KeyOption
from cotsmith.review.line_list import Lines
from cotsmith.review.matrix import Matrix
from cotsmith.systems.edits import SetRule
from tests.review.conftest import Ready
from tests.review.driving import driven
from tests.review.test_screen import played


def test_a_key_makes_work_rest_for_a_moment() -> None:
    attention = Attention()
    assert attention.rest <= 0
    attention.pressed()
    assert 0 < attention.rest < 1


def test_checks_of_a_large_system_rest_while_keys_are_pressed_and_come_in_the_end(
    draft: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_MANY_CELLS", 1)
    monkeypatch.setattr(background, "_REST_S", 0.02)

    async def play(driver: Any) -> None:
        await driver.pilot.press("delete", "j", "delete")
        await driver.settle()
        assert driver.review.insight.generation == driver.review.session.generation

    played(draft, play, ready)


def test_what_takes_long_is_measured_in_a_thread(draft: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_SCORES_AT_ONCE", 100)

    async def play(driver: Any) -> None:
        driver.main.edit([SetRule("Mivvin", "scene", ("snow and ice",))])
        assert driver.review.session.measuring
        await driver.settle()
        assert not driver.review.session.measuring
        assert "87.5 %" in driver.text()
        assert "15 more right" in driver.text()

    played(draft, play, ready)


def test_only_the_lines_that_changed_are_drawn(draft: Path, ready: Ready, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    refresh = Matrix.refresh

    def noted(self: Matrix, *regions: Any, **options: Any) -> Any:
        drawn.append(len(regions))
        return refresh(self, *regions, **options)

    async def play(driver: Any) -> None:
        monkeypatch.setattr(Matrix, "refresh", noted)
        await driver.press("delete")
        assert drawn
        assert all(0 < count < 8 for count in drawn), drawn

    played(draft, play, ready)


def test_lines_are_made_when_they_are_seen(draft: Path) -> None:
    async def show() -> None:
        async with driven(draft) as driver:
            made: list[int] = []
            findings = driver.main.query_one("#findings")

            def line(index: int) -> Any:
                from rich.text import Text

                made.append(index)
                return Text(str(index))

            findings.show(Lines(10_000, line), 0)  # type: ignore[attr-defined]
            await driver.settle()
            assert 0 < len(set(made)) < 60

    asyncio.run(show())


@pytest.mark.parametrize(
    ("configured", "arguments", "told"),
    [
        ({"save": "S", "sort": ["t", "f5"]}, [], ["save=S", "sort=t,f5"]),
        (["save=S"], [], ["save=S"]),
        ({"save": "S"}, ["--key", "undo=z"], ["save=S", "undo=z"]),
        (None, ["--key", "undo=z"], ["undo=z"]),
    ],
)
def test_keys_stand_in_the_configuration(configured: Any, arguments: list[str], told: list[str]) -> None:
    @click.command()
    @click.option("--key", "keys", cls=KeyOption, multiple=True)
    def show(keys: tuple[str, ...]) -> None:
        click.echo("\n".join(keys))

    default_map = None if configured is None else {"keys": configured}
    assert CliRunner().invoke(show, arguments, default_map=default_map).output.split() == told


def test_undo_stays_where_the_person_is_when_that_changes(draft: Path, ready: Ready) -> None:
    async def play(driver: Any) -> None:
        review = driver.review
        review.edit([SetRule(name, "scene", ()) for name in ("Mivvin", "Rundu", "Yabbo")])
        review.select(("Rundu", "scene"))
        await driver.press("u")
        assert review.cell == ("Rundu", "scene")

    played(draft, play, ready)


def test_each_way_to_filter_has_a_key_of_its_own(draft: Path, ready: Ready) -> None:
    from cotsmith.review.view import ONLY, ONLY_KEYS

    assert len(set(ONLY_KEYS.values())) == len(ONLY)

    async def play(driver: Any) -> None:
        await driver.press("v", "l")
        assert driver.review.view.only == "locked"
        await driver.press("v", "g")
        assert "classes shown" in driver.text()

    played(draft, play, ready, size=(120, 30))
