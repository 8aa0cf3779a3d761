"""The JSON Schema refuses what the loader refuses of texts, as far as a portable pattern can say it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cotsmith.systems.document import parse_document
from cotsmith.systems.schema import system_schema
from cotsmith.systems.text import is_control

SCHEMA = Draft202012Validator(system_schema())
CHARS = [chr(code) for code in range(0x10000) if not 0xD800 <= code <= 0xDFFF]


def system(name: str = "a", option: str = "x", prompt: str = "A {} thing") -> dict[str, Any]:
    attribute = {"prompt": prompt, "options": [option]}
    return {"cotsmith": 1, "name": name, "attributes": {name: attribute}, "rules": {name: {name: option}}}


def loads(data: dict[str, Any]) -> bool:
    return parse_document(json.dumps(data)).built is not None


@given(st.sampled_from(CHARS), st.sampled_from(["{}b", "a{}b", "a{}", "{}"]))
def test_names_and_options(char: str, form: str) -> None:
    text = form.replace("{}", char)
    for data in (system(name=text), system(option=text)):
        assert SCHEMA.is_valid(data) == loads(data)


@given(st.text(st.sampled_from("{} ab\n\u200b\u202e\u200d😀"), max_size=6))
@example("{}\n")  # which Python's `$` would let pass
def test_prompts(text: str) -> None:
    data = system(prompt=text)
    assert SCHEMA.is_valid(data) == loads(data)


def test_every_character_that_a_terminal_might_obey() -> None:
    pattern = re.compile(system_schema()["$defs"]["name"]["pattern"])
    assert [char for char in CHARS if is_control(char) == bool(pattern.search(f"a{char}b"))] == []


@pytest.mark.parametrize("pattern", [system_schema()["$defs"][name]["pattern"] for name in ("name", "template")])
def test_the_patterns_are_portable(pattern: str) -> None:
    """Only what the schema language recommends of regular expressions, which every engine reads alike."""
    assert pattern.isascii()
    assert not re.search(r"\(\?[^:]|\\[pPxAzZ]|\\d|\\w", pattern)
