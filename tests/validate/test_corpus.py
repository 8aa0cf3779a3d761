"""Good systems have no findings; with one fault planted, exactly that fault is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cotsmith.systems.document import parse_document
from cotsmith.systems.file import read, render
from cotsmith.validate.codes import CHECKS
from cotsmith.validate.engine import check
from tests.validate.plants import CORPUS, PLANTS, corpus, planted

# What else a planted fault brings with it, of necessity.
BESIDES = {
    "A103": {"O103"},
    "A104": {"O104"},
    "C101": {"C104"},
    "C105": {"C102", "C103", "C104", "C101"},
    "O104": {"C101", "C102", "C104"},
}

BROKEN: dict[str, Callable[[str], str]] = {
    "S101": lambda text: text[: len(text) // 2],
    "S102": lambda text: text.replace('"rules": {\n', '"rules": {\n' + _first_row(text), 1),
    "S103": lambda text: text.replace('"name":', '"nome":', 1),
    "S104": lambda text: text.replace('"options": [\n        "', '"options": [\n        " ', 1),
    "S105": lambda text: text.replace("{}.", ".", 2),
    "S106": lambda text: text.replace('"options": [\n', '"options": [\n        "twice",\n        "twice",\n', 1),
    "S107": lambda text: text.replace('"attributes":', '"temperature": -1,\n  "attributes":', 1),
    "S108": lambda text: text.replace('"options": [\n        "', '"options": [\n        "re', 1),
    "S109": lambda text: text.replace('": {"', '": {"un', 1),
    "S110": lambda text: text.replace('"rules":', '"notes": {"classes": {"nobody": "hm"}},\n  "rules":', 1),
    "S111": lambda text: _without_a_rule(text),
}


def _first_row(text: str) -> str:
    return text.split('"rules": {\n')[1].split("\n")[0] + "\n"


def _without_a_rule(text: str) -> str:
    row = _first_row(text)
    return text.replace(row, row[: row.rindex(', "')] + "},\n", 1)


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 20
    assert all(len(system.classes) >= 7 for system in corpus())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_good_system_has_no_finding(path: Path) -> None:
    assert check(path) == ()
    assert read(path).text == render(read(path).system), "the corpus stands in canonical form"


@pytest.mark.parametrize("code", PLANTS)
def test_a_planted_fault_is_found(code: str) -> None:
    for system in corpus():
        codes = {finding.code for finding in check(planted(system, code))}
        assert code in codes, system.name
        assert codes <= {code, *BESIDES.get(code, set())}, system.name


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_structure_is_found(code: str) -> None:
    for path in CORPUS:
        broken = BROKEN[code](path.read_text("utf-8"))
        codes = [finding.code for finding in check(parse_document(broken, path.name))]
        assert code in codes, path.name


def test_every_check_without_images_has_a_fault_to_find() -> None:
    assert {*PLANTS, *BROKEN} == {code for code in CHECKS if not code.startswith("E")}
