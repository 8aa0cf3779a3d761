"""The page on the format says what is so: its example, its faults, its foreign forms and its tables of keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cotsmith.errors import InvalidSystemError
from cotsmith.systems.file import gallery_names, parse, render
from cotsmith.systems.import_index import GROUPS
from cotsmith.systems.importing import import_text
from cotsmith.systems.schema import system_schema

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "format.md").read_text("utf-8")
FENCES: list[tuple[str, str]] = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
(EXAMPLE,) = [text for language, text in FENCES if language == "json"]
FRAGMENTS = [text for language, text in FENCES if language == "text"]


def fragment(beginning: str) -> str:
    (found,) = [text for text in FRAGMENTS if text.startswith(beginning)]
    return found


def test_the_example_is_canonical() -> None:
    assert render(parse(EXAMPLE)) == EXAMPLE


def test_the_faults_are_told_as_the_page_says() -> None:
    (line,) = [line for line in EXAMPLE.splitlines() if '"Robin":' in line]
    broken = EXAMPLE.replace(line, fragment('    "Robin":').rstrip())
    with pytest.raises(InvalidSystemError) as caught:
        parse(broken, "birds.json")
    assert f"error: {caught.value}\n" == fragment("error: birds.json")


@pytest.mark.parametrize(
    ("beginning", "form"),
    [("classification_cot", "index form"), ('{"Robin"', "descriptors"), ("class,", "CSV table")],
)
def test_the_foreign_forms_are_read(beginning: str, form: str) -> None:
    text = fragment(beginning)
    for reply in (text, f"Here you are:\n\n```\n{text}```\n\nIs it what you wanted?"):
        assert import_text(reply).form == form


def test_the_index_out_of_range_is_told_as_the_page_says() -> None:
    text = fragment("classification_cot").replace("'head': 1", "'head': 2")
    with pytest.raises(InvalidSystemError) as caught:
        import_text(text, "reply.txt")
    assert f"error: {str(caught.value).splitlines()[0]}\n" == fragment("error: reply.txt")


def test_every_key_every_group_name_and_every_example_is_named() -> None:
    schema: dict[str, Any] = system_schema()
    keys = [*schema["properties"], *schema["properties"]["notes"]["properties"]]
    keys += [*schema["properties"]["allow"]["items"]["properties"], *schema["$defs"]["attribute"]["properties"]]
    for word in (*keys, *GROUPS, *(f"gallery:{name}" for name in gallery_names())):
        assert f"`{word}`" in PAGE, word
