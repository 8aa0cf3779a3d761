"""How the review looks: pictures of its screens in three sizes and three looks, and of texts that would break it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from cotsmith.authoring.testing import ScriptedLLM
from cotsmith.review.app import ReviewApp
from cotsmith.review.field import Field
from cotsmith.review.review import Review
from cotsmith.review.session import Session
from cotsmith.review.workshop import Workshop
from cotsmith.systems.file import save
from cotsmith.systems.model import Attribute, System
from tests.review.conftest import Ready
from tests.review.driving import Driver, source_of
from tests.review.test_refinement import PROPOSALS


@pytest.fixture(autouse=True)
def steady_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cursor that blinks is there in one picture and not in the next."""
    monkeypatch.setattr(Field, "_toggle_cursor", lambda self: None)


SIZES = [(80, 24), (100, 30), (160, 48)]
Compare = Callable[..., bool]


def after(*keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Come to rest, press keys, come to rest again."""

    async def run(pilot: Pilot[None]) -> None:
        app = pilot.app
        assert isinstance(app, ReviewApp)
        driver = Driver(app, pilot)
        await driver.settle()
        await driver.press(*keys)

    return run


@pytest.mark.parametrize("look", ["dark", "light", "monochrome"])
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "100x30", "160x48"])
def test_the_first_screen(
    snap_compare: Compare, draft: Path, ready: Ready, size: tuple[int, int], look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if look == "monochrome":
        monkeypatch.setenv("NO_COLOR", "1")
    theme = "cotsmith-light" if look == "light" else "cotsmith-dark"
    assert pictured(snap_compare, draft, ready, size, theme=theme)


@pytest.mark.parametrize("keys", ["question_mark", "enter", "o", "1"])
def test_what_keys_open_on_the_smallest_screen(snap_compare: Compare, draft: Path, ready: Ready, keys: str) -> None:
    assert pictured(snap_compare, draft, ready, (80, 24), keys)


@pytest.mark.parametrize(
    ("keys", "size", "look"),
    [
        (("enter",), (100, 30), "monochrome"),
        (("enter",), (160, 48), "light"),
        (("F",), (100, 30), "light"),
        (("p",), (80, 24), "light"),
        (("ctrl+p",), (160, 48), "monochrome"),
        (("v",), (80, 24), "monochrome"),
        (("slash", "l", "a", "v"), (80, 24), "dark"),
        (("question_mark",), (160, 48), "light"),
        (("enter", "enter", "F", "enter", "equals_sign"), (100, 30), "dark"),
        (("r", "enter"), (80, 24), "dark"),
        (("r", "enter", "a", "r", "n", "o", "enter"), (160, 48), "light"),
        (("r", "enter", "A"), (100, 30), "monochrome"),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else value,
)
def test_what_keys_open(
    snap_compare: Compare,
    draft: Path,
    ready: Ready,
    keys: tuple[str, ...],
    size: tuple[int, int],
    look: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if look == "monochrome":
        monkeypatch.setenv("NO_COLOR", "1")
    theme = "cotsmith-light" if look == "light" else "cotsmith-dark"
    llm = source_of(ScriptedLLM([PROPOSALS]))
    assert pictured(snap_compare, draft, ready, size, *keys, theme=theme, llm=llm)


def test_without_images(snap_compare: Compare, draft: Path) -> None:
    assert pictured(snap_compare, draft, Workshop(), (80, 24))


@pytest.mark.parametrize("keys", [(), ("enter",), ("o",)], ids=["screen", "rule", "options"])
def test_texts_that_mean_something_elsewhere(snap_compare: Compare, tmp_path: Path, keys: tuple[str, ...]) -> None:
    options = (
        "[red]no[/red",
        "{0.__class__}",
        "🦊👩‍👩‍👧 fox",
        "全角の文字です",
        "עברית ורקע",
        "e\u0301te\u0301",
        r"\[b]",
    )
    classes = ("[/b] x", "{}{", "日本語のクラス名", "🐉🐉", "مرحبا", "ok")
    rules = {name: {"[i]q": (options[at],), "質問": (options[-1 - at],)} for at, name in enumerate(classes)}
    system = System(
        attributes=(Attribute("[i]q", ("Is it {}?",), options), Attribute("質問", ("{}",), options)),
        rules=rules,
        name="[bold]{name}",
    )
    save(system, tmp_path / "odd.json")
    assert pictured(snap_compare, tmp_path / "odd.json", Workshop(), (80, 24), *keys)


def app_of(session: Session, workshop: Workshop, **options: Any) -> ReviewApp:
    app = ReviewApp(Review(session), workshop, images="off", **options)
    app.unbidden.seconds = 0  # keys are pressed as soon as something is shown
    return app


def pictured(
    compare: Compare, draft: Path, workshop: Workshop, size: tuple[int, int], *keys: str, **options: Any
) -> bool:
    session = Session.open(str(draft))
    try:
        return compare(app_of(session, workshop, **options), terminal_size=size, run_before=after(*keys))
    finally:
        session.close()
