"""What is wrong with a file is told completely, in a person's words, with line and column."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import InvalidSystemError
from cotsmith.systems.document import parse_document
from cotsmith.systems.file import format_place, parse, render
from cotsmith.systems.model import Attribute, System
from cotsmith.systems.problem import LISTED, SUGGESTIONS
from tests.systems.strategies import systems

COLOR = Attribute("color", ("A {} thing.",), ("red", "blue"))
SMALL = System("small", "Two things.", attributes=(COLOR,), rules={"A": {"color": ("red",)}, "B": {}})
GOOD = render(SMALL)


def problems(text: str) -> list[str]:
    return [f"{p.line}:{p.column} {p.kind} {p.place}: {p.message}" for p in parse_document(text).problems]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


SYNTAX = [
    (GOOD[:150], "the text that begins here has no end"),
    (GOOD[:-3], "the file ends here, in the middle of the system"),
    (changed('"blue"\n', '"blue",\n'), "12:7 not-json : a comma stands before the closing bracket"),
    (changed('"red",', '"red", # warm'), "10:16 not-json : JSON has no comments"),
    (changed('"red"', "'red'"), "10:9 not-json : JSON has double quotes only"),
    (changed('"red",', '"red"'), "11:9 not-json : a comma or a closing bracket is missing here"),
    (changed('"name": ', '"name" '), "3:10 not-json : a colon is missing here"),
    (changed('"Two things."', '"Two\nthings."'), "a text holds a raw control character, such as a line break"),
    (changed('"Two things."', '"Two \\quiet things."'), "a text holds an unknown escape after \\"),
    (GOOD + "}", "20:1 not-json : there is more text after the end of the system"),
    ("Here you are:\n" + GOOD, "1:1 not-json : a value is missing or malformed here"),
    ("[" * 100_000, "lists and objects are nested too deeply"),
    ('{"a":' * 100_000, "lists and objects are nested too deeply"),
    (changed("1,", "1" * 5000 + ","), "2:15 not-json : a number has thousands of digits"),
]


@pytest.mark.parametrize(("text", "expected"), SYNTAX, ids=[expected for _, expected in SYNTAX])
def test_text_that_is_no_json(text: str, expected: str) -> None:
    (problem,) = problems(text)
    assert expected in problem


# Each: a part of GOOD, what takes its place, and the problems that follow.
CONTENTS = r"""
"color": "red" => "color": "rde"
    16:20 unknown-option rules › A › color: "rde" is not an option; did you mean "red"?
"color": "red" => "colour": "red"
    16:11 unknown-attribute rules › A › colour: "colour" is not an attribute; did you mean "color"?
"color": "red" => "color": ["red", "x", 3, "red"]
    16:28 unknown-option rules › A › color › #2: "x" is not an option
    16:33 schema rules › A › color › #3: a rule's list holds options, not a number
    16:36 duplicate rules › A › color › #4: "red" stands twice in the rule
"color": "red" => "color": []
    16:20 schema rules › A › color: the list of options is empty
"color": "red" => "color": 0
    16:20 schema rules › A › color: a rule is an option, a list of options, or null, not a number
{"color": "red"} => "red"
    16:10 schema rules › A: an object is needed here, not a text
"A": => "B":
    17:5 duplicate-key rules › B: the key "B" stands twice; first in line 16, column 5
"A": => " A":
    16:5 bad-text rules ›  A: class name " A": it begins or ends with white space
"A": => "\u001b[2J":
    16:5 bad-text rules › \x1b[2J: class name "\x1b[2J": it holds the control character U+001B
"prompt": => "promt":
    7:14 schema attributes › color: "prompt" is missing
    8:7 schema attributes › color › promt: "promt" is not a key here; did you mean "prompt"?
{} thing => thing
    8:17 bad-prompt attributes › color › prompt: prompt "A thing.": a prompt needs exactly one {}, this one has 0
{} thing => {} {} thing
    8:17 bad-prompt attributes › color › prompt: prompt "A {} {} thing.": a prompt needs exactly one {}, this one has 2
A {} thing. => {x}
    8:17 bad-prompt attributes › color › prompt: prompt "{x}": a prompt needs exactly one {}; {x} must be empty
"blue" => "red"
    11:9 duplicate attributes › color › options › #2: option "red" stands twice
"blue" => 7
    11:9 schema attributes › color › options › #2: a text is needed here, not a number
"options": [ => "weight": NaN, "options": [
    9:17 bad-number attributes › color › weight: a finite number is needed here
"options": [ => "weight": true, "options": [
    9:17 schema attributes › color › weight: a number is needed here, not true
"options": [ => "weight": -0.5, "options": [
    9:17 bad-number attributes › color › weight: a number 0 or more is needed here, not -0.5
"options": [ => "weight": 2000000, "options": [
    9:17 bad-number attributes › color › weight: a number up to 1000000 is needed here, not 2000000
"options": [ => "weight": 1e999, "options": [
    9:17 bad-number attributes › color › weight: a finite number is needed here
"options": [ => "weight": -1e999, "options": [
    9:17 bad-number attributes › color › weight: a finite number is needed here
"attributes": { => "temperature": 0, "attributes": {
    6:18 bad-number temperature: a number above 0 is needed here, not 0
"attributes": { => "temperature": 1e999, "attributes": {
    6:18 bad-number temperature: a finite number is needed here
"cotsmith": 1 => "cotsmith": 2
    2:15 schema cotsmith: the file has format 2; this cotsmith reads format 1
"cotsmith": 1, =>
    1:1 schema : "cotsmith" is missing
"name" => "nmae"
    3:3 schema nmae: "nmae" is not a key here; did you mean "name"?
"class_prompt": "{}" => "class_prompt": []
    5:19 schema class_prompt: the list is empty
"attributes": { => "notes": {"classes": {"C": ""}, "cells": {"A": {"colr": "n"}}}, "attributes": {
    6:30 bad-text notes › classes › C: it is empty
    6:25 unknown-class notes › classes › C: "C" is not a class
    6:51 unknown-attribute notes › cells › A › colr: "colr" is not an attribute; did you mean "color"?
"attributes": { => "allow": [{"check": "C101"}], "attributes": {
    6:13 schema allow › #1: "reason" is missing
"""


def cases() -> list[tuple[str, str, list[str]]]:
    found: list[tuple[str, str, list[str]]] = []
    for line in CONTENTS.strip().splitlines():
        if line.startswith("    "):
            found[-1][2].append(line.strip())
        else:
            old, _, new = line.partition(" =>")
            found.append((old, new.strip(), []))
    return found


@pytest.mark.parametrize(("old", "new", "expected"), cases())
def test_contents_that_break_the_format(old: str, new: str, expected: list[str]) -> None:
    assert sorted(problems(changed(old, new))) == sorted(expected)


def test_one_problem_is_one_message_with_place_position_and_next_step() -> None:
    with pytest.raises(InvalidSystemError) as caught:
        parse(changed('"color": "red"', '"color": "rde"'), "small.json")
    what, hint = str(caught.value).split("\n")
    assert what == 'small.json:16:20: rules › A › color: "rde" is not an option; did you mean "red"?'
    assert hint == 'The options are "red", "blue".'


def test_many_problems_are_all_found_listed_up_to_a_limit_and_counted() -> None:
    rows = ",".join(f'"C{n}": {{"color": "rde"}}' for n in range(LISTED + 5))
    text = '{"cotsmith": 1, "attributes": {"color": {"prompt": "{}", "options": ["red"]}}, "rules": {' + rows + "}}"
    with pytest.raises(InvalidSystemError) as caught:
        parse(text, "x.json")
    lines = str(caught.value).splitlines()
    assert lines[0] == f"x.json: {LISTED + 5} problems"
    assert lines[1].startswith("x.json:1:106: rules › C0 › color:")
    assert len(lines) == LISTED + 2
    assert lines[-1] == "... and 5 more"


def test_suggestions_stop_after_a_while_but_problems_do_not() -> None:
    count = SUGGESTIONS + 10
    rows = ",".join(f'"C{n}": {{"color": "red{n}"}}' for n in range(count))
    text = '{"cotsmith": 1, "attributes": {"color": {"prompt": "{}", "options": ["red"]}}, "rules": {' + rows + "}}"
    found = parse_document(text).problems
    assert len(found) == count
    assert sum("did you mean" in problem.message for problem in found) == SUGGESTIONS


def test_a_very_long_text_does_not_flood_the_message() -> None:
    (problem,) = problems(changed('"color": "red"', f'"color": "{"r" * 100_000}"'))
    assert len(problem) < 400


def test_another_kind_of_object_is_pointed_to_import() -> None:
    for text in ('{"classification_cot": {}}', "[]", "3", '"text"'):
        with pytest.raises(InvalidSystemError, match="cotsmith import"):
            parse(text)


def test_a_broken_attribute_does_not_drag_its_rules_along() -> None:
    (problem,) = [p for p in problems(changed('"options": [', '"optoins": [')) if "is missing" not in p]
    assert 'did you mean "options"?' in problem


def test_places_are_named_as_a_person_would() -> None:
    assert format_place(("rules", "Absol", "dominant_color")) == "rules › Absol › dominant_color"
    assert format_place(("attributes", "\x1b[2J", "options", 0)) == "attributes › \\x1b[2J › options › #1"


def test_a_document_of_problems_still_locates() -> None:
    document = parse_document(changed('"color": "red"', '"color": "rde"'))
    assert document.locate(("rules", "A", "color")) == (16, 20)
    assert document.omissions == ()
    assert parse_document("{").locate(("rules",)) == (1, 1)


def test_a_missing_rule_reads_as_null_and_is_listed_with_its_place() -> None:
    document = parse_document(
        '{"cotsmith": 1,\n "attributes": {"a": {"prompt": "{}", "options": ["x"]}},\n "rules": {"A": {}}}'
    )
    assert document.system.rules["A"]["a"] == ()
    (omission,) = document.omissions
    assert (omission.kind, omission.path, omission.line, omission.column) == (
        "missing-rule",
        ("rules", "A", "a"),
        3,
        17,
    )


def test_locate_finds_values_and_keys() -> None:
    document = parse_document(GOOD)
    assert document.locate(("attributes", "color", "options", 1)) == (11, 9)
    assert document.locate(("rules", "A"), key=True) == (16, 5)
    assert document.locate(("rules", "A", "color")) == (16, 20)


KEYS = st.sampled_from(
    ["cotsmith", "name", "class_prompt", "temperature", "attributes", "rules", "notes", "allow", "prompt", "options"]
) | st.sampled_from(["weight", "note", "classes", "cells", "check", "reason", "place", "a", "A", "[/red]", "\ud800"])
ODD = st.sampled_from(["", "{}", "x", "{", "{}{}", "\ud800", " x", "\x1b[2J", 1, 2, True, None, 10**400, -1, math.nan])
VALUES = st.recursive(
    ODD | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=25,
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A system file of which one part is replaced by anything."""
    data = json.loads(render(draw(systems(3, 3))))
    node = data
    for _ in range(draw(st.integers(0, 4))):
        inner = [key for key, value in node.items() if isinstance(value, dict) and value]
        if not inner:
            break
        node = node[draw(st.sampled_from(inner))]
    key = draw(st.sampled_from(list(node)) | KEYS) if node else draw(KEYS)
    node[key] = draw(VALUES)
    return json.dumps(data)


@given(VALUES.map(json.dumps) | mangled() | st.text() | st.integers(0, len(GOOD)).map(lambda n: GOOD[:n]))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_system_or_a_list_of_problems(text: str) -> None:
    document = parse_document(text)
    if document.problems:
        with pytest.raises(InvalidSystemError):
            _ = document.system
        # What the checks of the contents miss, the model refuses without a place: that must not happen.
        assert all(problem.path or problem.kind in {"not-json", "schema"} for problem in document.problems)
        assert not any("\n" in problem.message for problem in document.problems)
    else:
        assert parse(render(document.system)) == document.system


def told(text: str) -> list[str]:
    return [f"{problem.kind} {problem.place}" for problem in parse_document(text).problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"cotsmith": 1, "attributes": {"a": {"prompt": "{}", "options": ["x"]}, '
            '"a": {"prompt": "{}", "options": []}}, "rules": {"A": {"a": "x"}}}',
            ["duplicate-key attributes › a"],
        ),
        ('{"cotsmith": 1, "attributes": NaN, "rules": {"A": {"a": "x"}}}', ["schema attributes"]),
        ('{"cotsmith": 1, "rules": {"A": {"a": "x"}}}', ["schema "]),
        (
            '{"cotsmith": 1, "attributes": {}, "rules": NaN, "notes": {"classes": {"A": "x"}}}',
            ["schema rules"],
        ),
        (
            '{"cotsmith": 1, "attributes": {"a": {"prompt": "{}", "options": [NaN]}}, "rules": {"A": {"a": "x"}}}',
            ["schema attributes › a › options › #1"],
        ),
    ],
)
def test_one_fault_draws_no_others(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("char", "kind"), [("\u200b", "invisible character"), ("\x07", "control character"), ("\u2028", "line separator")]
)
def test_a_character_that_nobody_sees_is_called_what_it_is(char: str, kind: str) -> None:
    text = json.dumps({"cotsmith": 1, "attributes": {f"a{char}b": {"prompt": "{}", "options": []}}, "rules": {}})
    assert f"it holds the {kind} U+{ord(char):04X}" in parse_document(text).problems[0].message
