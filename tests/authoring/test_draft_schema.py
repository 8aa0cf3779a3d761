"""The schemas of a draft: strict, within what providers take, and read with what models may add."""

from __future__ import annotations

from typing import Any

import pytest

from cotsmith.authoring.draft_schema import attributes_check, attributes_schema, read_attributes, rules_schema
from cotsmith.authoring.schema_faults import faults_of
from cotsmith.authoring.strict_schema import strict_schema
from cotsmith.systems.model import Attribute


def attribute(name: str, count: int, length: int) -> Attribute:
    return Attribute(name, ("It is {}.",), tuple(f"{number:05d}".ljust(length, "x") for number in range(count)))


def row(*attributes: Attribute, classes: tuple[str, ...] = ("Owl", "Crow")) -> dict[str, Any]:
    schema: Any = rules_schema(attributes, classes)
    properties: dict[str, Any] = schema["properties"]["rules"]["items"]["properties"]
    return properties


@pytest.mark.parametrize(
    ("count", "length", "closed"),
    [
        (12, 20, True),
        (250, 100, True),  # OpenAI limits the characters of an enum from 251 values on
        (251, 50, True),
        (251, 100, False),
        (400, 200, False),  # and those of all
        (900, 10, False),  # and the values of all
    ],
)
def test_enums_are_within_what_providers_take(count: int, length: int, closed: bool) -> None:
    assert ("enum" in row(attribute("look", count, length))["look"]["items"]) is closed


def test_the_longest_lists_are_left_open_first() -> None:
    found = row(attribute("few", 10, 10), attribute("many", 600, 10), attribute("some", 300, 10))
    assert ["enum" in found[name]["items"] for name in ("few", "some", "many")] == [True, True, False]


def test_a_class_may_be_described_first() -> None:
    assert list(row(attribute("size", 2, 5)))[:2] == ["class", "looks"]
    schema: Any = rules_schema([attribute("size", 2, 5)], ("Owl",))
    assert not faults_of({"rules": [{"class": "Owl", "size": []}], "new_options": []}, schema)
    assert strict_schema(schema) is not None


def test_an_attribute_may_be_called_looks() -> None:
    schema: Any = rules_schema([attribute("looks", 2, 5)], ("Owl",))
    assert row(attribute("looks", 2, 5))["looks"]["type"] == "array"
    assert faults_of({"rules": [{"class": "Owl"}], "new_options": []}, schema)


@pytest.mark.parametrize("prompt", ["It is {}.", ["It is {}.", "A bird that is {}.", "It is {}."]])
def test_a_question_may_be_asked_in_several_sentences(prompt: str | list[str]) -> None:
    value: Any = {"attributes": [{"name": "color", "prompt": prompt, "options": ["red", "blue"]}]}
    assert not faults_of(value, attributes_schema())
    assert not attributes_check()(value)
    (found,) = read_attributes(value)
    assert found.prompts == (("It is {}.",) if isinstance(prompt, str) else ("It is {}.", "A bird that is {}."))


@pytest.mark.parametrize("prompt", [[], ["It is {}.", "It is."]])
def test_each_of_its_sentences_is_checked(prompt: list[str]) -> None:
    value: Any = {"attributes": [{"name": "color", "prompt": prompt, "options": ["red", "blue"]}]}
    (fault,) = attributes_check()(value)
    assert 'attribute "color"' in fault
