"""What `--json` prints is what docs/json.md says, key by key: nothing undocumented, nothing documented that is not."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cotsmith.cli import run
from cotsmith.scoring.image_store import image_place
from cotsmith.systems.model import System
from tests.scoring.test_score_command import COLORS, SYSTEM, Workplace, work

__all__ = ["work"]

PAGE = Path(__file__).parent.parent.parent / "docs" / "json.md"
KEYS = re.compile(r"`([^`]+)`")


def documented(title: str) -> set[str]:
    """The keys in the first column of the table under a heading."""
    section = re.split(r"^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    (text,) = (part for part in section if part.splitlines()[0] == title)
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return {key for row in rows for key in KEYS.findall(row.split(" | ")[0])}


def keys(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            shown = "CLASS" if path == "scores" else name
            yield from keys(inner, f"{path}.{shown}" if path else shown)
    elif isinstance(value, list) and any(isinstance(inner, dict) for inner in value):
        for inner in value:
            yield from keys(inner, f"{path}[]" if path else "")
    else:
        yield path


def printed(value: Any) -> set[str]:
    """All keys that lead to something; not those of objects that are null elsewhere, nor those inside of edits."""
    found = {re.sub(r"^edits\[\].*", "edits[]", path) for path in keys(value)}
    return {path for path in found if not any(other.startswith((f"{path}.", f"{path}[]")) for other in found)}


def inside(found: set[str], prefix: str) -> set[str]:
    return {path.removeprefix(prefix) for path in found if path.startswith(prefix)}


@pytest.fixture
def said(work: Workplace) -> Any:
    """What a verb prints, of images of which one is mistaken, one is broken, and a text is cut."""
    for split in ("dev", "test"):
        for name, color in COLORS.items():
            for index in range(3):
                work.draw(work.folder / "both" / split / name / f"{index}.png", color)
        work.draw(work.folder / "both" / split / "Ruby" / "wrong.png", COLORS["Sapphire"])
    (work.folder / "both" / "test" / "Ruby" / "broken.png").write_bytes(b"no image")

    def call(verb: str, *arguments: str | Path) -> set[str]:
        own = ["--data", str(work.folder / "both")] if verb in ("score", "questions") else []
        code, out, err = work.run(verb, *arguments, *own, "--json")
        assert code in (0, 2), err
        return printed([json.loads(line) for line in out.splitlines()] if verb == "classify" else json.loads(out))

    return call


def test_evaluations(work: Workplace, said: Any) -> None:
    evaluation = documented("score")
    assert said("score", work.system) == evaluation
    assert said("score", work.system, "--cells", "--curve") == (
        evaluation | documented("score --cells") | documented("score --curve")
    )
    SYSTEM.save(work.folder / "other.json")
    compared = said("score", work.system, work.folder / "other.json")
    assert inside(compared, "compared[].") == evaluation | inside(documented("score A B"), "compared[].")
    fitted = said("score", work.system, "--fit")
    parts = [f"{split}.{when}." for split in ("dev", "test") for when in ("before", "after")]
    for part in parts:
        assert inside(fitted, part) | {"settings.skipped[].image", "settings.skipped[].reason"} >= evaluation
    assert {path for path in fitted if not path.startswith(tuple(parts))} == documented("score --fit")


def test_other_verbs(
    work: Workplace, said: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def called(*arguments: str) -> Any:
        capsys.readouterr()
        assert run([*arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    pictures = work.folder / "both" / "test" / "Ruby"
    assert said("classify", work.system, pictures / "0.png", pictures / "broken.png") == documented("classify")
    twins = System(attributes=SYSTEM.attributes, rules={**SYSTEM.rules, "Beryl": SYSTEM.rules["Emerald"]})
    twins.save(work.folder / "twins.json")
    asked = said("questions", work.folder / "twins.json")
    assert asked == documented("questions") | documented("questions --data")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"1\n?\n")))
    assert printed(called("questions", str(work.system), "--quiz")) == documented("questions --quiz")
    assert printed(called("cache", "verify")) == documented("cache verify")
    place = image_place("downloaded", "an address")
    place.parent.mkdir(parents=True)
    place.write_bytes(b"an image")
    assert printed(called("cache", "info")) == documented("cache info")
