"""The examples that ship: canonical, complete, and what they are meant to show."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cotsmith.errors import UsageError
from cotsmith.systems.file import gallery_names, load, read, render, save
from cotsmith.systems.model import System


@pytest.mark.parametrize("name", gallery_names())
def test_every_example_is_canonical_and_complete(name: str) -> None:
    document = read(f"gallery:{name}")
    assert document.name == f"gallery:{name}"
    assert document.problems == document.omissions == ()
    assert render(document.system) == document.text
    assert document.system.name == name
    assert document.system.description


def test_the_gallery_works_wherever_a_file_does_and_is_read_only(tmp_path: Path) -> None:
    system = System.load("gallery:pokemon-cards")
    with pytest.raises(UsageError, match="read-only"):
        system.save("gallery:pokemon-cards")
    save(system, tmp_path / "mine.json")
    assert load(tmp_path / "mine.json") == system


def test_the_pokemon_system_is_the_published_one() -> None:
    system = load("gallery:pokemon-cards")
    assert (len(system.classes), len(system.attributes), system.option_count) == (16, 5, 51)
    assert all(len(rule) == 1 for _, _, rule in system.cells())
    rows = Counter(tuple(row.values()) for row in system.rules.values())
    assert sorted(rows.values())[-2:] == [1, 3]
    same = {name for name, row in system.rules.items() if rows[tuple(row.values())] == 3}
    assert same == {"Bulbasaur", "Venusaur", "Celebi & Venusaur"}
    used = {(attribute, option) for _, attribute, rule in system.cells() for option in rule}
    assert used == {(attribute.name, option) for attribute in system.attributes for option in attribute.options}
    assert system.rules["Absol G"]["background_scene"] == ("outer space",)
    assert system.rules["Beedrill δ"]["key_trait"] == ("large wings",)
