"""Ragged replies are read where they mean one thing, and refused with the reason where they do not."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cotsmith.authoring.draft_paste import whole_reply
from cotsmith.authoring.draft_task import Task
from cotsmith.authoring.ragged import read_reply
from cotsmith.errors import InputError
from cotsmith.systems.json_form import Json

SCHEMA: dict[str, Json] = {
    "type": "object",
    "properties": {
        "attributes": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
        "rules": {"type": "object"},
    },
    "required": ["attributes", "rules"],
    "additionalProperties": False,
}
VALUE: dict[str, Json] = {"attributes": {"color": ["white", "light blue"]}, "rules": {"Absol": {"color": "white"}}}
PLAIN = json.dumps(VALUE)
PYTHON = """{
    # what is asked
    'attributes': {'color': ['white', "light blue",],},
    'rules': {
        'Absol': {'color': 'white'},  // the answer
    },
}"""


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"\ufeff\n  {PLAIN}\n\n",
        f"```json\n{PLAIN}\n```",
        f"Here's what you've asked for, it isn't long:\n\n```json\n{PLAIN}\n```\nDon't hesitate to ask {{more}}!",
        f"Sure! {PLAIN} Anything else?",
        PYTHON,
        f"```python\nsystem = {PYTHON}\n```",
        f"~~~\n{PYTHON}\n~~~",
        PLAIN.replace('"]}', '",]}'),
        PLAIN.replace('"', "'"),
        "{attributes: {color: ['white', 'light blue']}, rules: {Absol: {color: 'white'}}}".replace("'", '"'),
        PLAIN.replace('}, "rules"', '} "rules"'),
        "{“attributes”: {“color”: [“white”, “light blue”]}, “rules”: {“Absol”: {“color”: “white”}}}",
        'attributes = {"color": ["white", "light blue"]}\nrules = {"Absol": {"color": "white"}}',
        'First:\n```\n{"attributes": {"color": ["white", "light blue"]}}\n```\nthen\n'
        '```\n{"rules": {"Absol": {"color": "white"}}}\n```',
        f'{{"result": {PLAIN}}}',
        f'The form is {{"attributes": {{}}}}, so:\n{PLAIN}\n\nOnce more:\n```\n{PLAIN}\n```',
        PLAIN.replace('"light blue"]', '"light blue", ...]').replace("}}}", "}, ...}}"),
        PLAIN.replace('"light blue"]', '"light blue", "..."]'),
        PLAIN.replace("}}}", '}, "...": "..."}}'),
    ],
)
def test_what_means_one_thing_is_read(text: str) -> None:
    reading = read_reply(text, SCHEMA)
    assert reading.faults == ()
    assert reading.value == VALUE


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (PLAIN.replace("}}}", "},\n ...\n}}"), "line 2: an ellipsis"),
        (PLAIN.replace("}}}", "},\n # ... 20 more classes\n}}"), '"# ... 20 more classes"'),
        (PLAIN.replace('"light blue"]', '"light blue", "…"]'), "1 entry is only an ellipsis"),
        (PLAIN.replace('}, "rules"', '} "rules"'), "mended"),
        (f'{{"result": {PLAIN}}}', '"result"'),
    ],
)
def test_what_was_left_out_or_mended_is_said(text: str, note: str) -> None:
    reading = read_reply(text, SCHEMA)
    assert reading.value == VALUE
    assert any(note in said for said in reading.notes), reading.notes


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("I would rather not.", "there is no JSON object"),
        (PLAIN[:-4], "never closed"),
        (PLAIN + "\n" + PLAIN.replace("Absol", "Aggron"), "several different objects"),
        ('{"attributes": {}, "attributes": {}, "rules": {}}', "stands twice"),
        ('{"attributes": {"color": __import__("os").system("x")}, "rules": {}}', "is not a plain value"),
        (PLAIN.replace('"white", "light', '"white" "light'), "a comma is missing"),
        ('{"attributes": {"color": ["white"]}, "rules": {"Absol": NaN}}', "nan is not a number"),
        ('{"attributes": {"color": ["white"]}, "rules": {"Absol": "li" "ght"}}', "in one piece"),
        ('Here: {"other": 1, "things": 2}', 'has the properties "attributes", "rules"'),
    ],
)
def test_what_could_mean_anything_is_refused(text: str, fault: str) -> None:
    reading = read_reply(text, SCHEMA)
    assert reading.value is None
    assert fault in reading.faults[0]


@pytest.mark.parametrize("text", ["[" * 5000, '{"a":' * 5000 + "1" + "}" * 5000], ids=["lists", "objects"])
def test_what_is_nested_without_end_is_refused(text: str) -> None:
    assert read_reply(text, SCHEMA).faults == ("the reply is nested too deeply",)


def test_a_list_alone_is_that_of_the_only_property() -> None:
    schema: dict[str, Json] = {"type": "object", "properties": {"names": {"type": "array"}}}
    assert read_reply('["a"]', schema).value == {"names": ["a"]}


def test_what_breaks_the_schema_is_handed_on_for_validation() -> None:
    reading = read_reply('{"attributes": 3, "rules": {}}', SCHEMA)
    assert reading.value == {"attributes": 3, "rules": {}}


_PIECES = [
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    '"',
    "'",
    "...",
    "…",
    "#",
    "//",
    "/*",
    "*/",
    "```",
    "\n",
    "=",
    "“",
    "”",
]
_WORDS = [
    "attributes",
    "rules",
    "color",
    "white",
    "None",
    "true",
    "null",
    "1",
    "-",
    "0x1",
    "1e3",
    "f",
    "b",
    "lambda",
    " ",
]
_soup = st.lists(st.sampled_from([*_PIECES, *_WORDS, '"white"', "'color':", '"rules": {']), max_size=60).map("".join)


@st.composite
def _wounded(draw: st.DrawFn) -> str:
    """A good reply, with some of its characters lost, doubled or replaced."""
    text = list(draw(st.sampled_from([PLAIN, PYTHON, f"Here's:\n```json\n{PLAIN}\n```"])))
    rng = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 6))):
        at = rng.randrange(len(text))
        text[at] = rng.choice(["", text[at] * 2, rng.choice(_PIECES)])
    return "".join(text)


@settings(max_examples=300)
@given(st.one_of(st.text(max_size=200), _soup, _wounded()))
@example('{"attributes": "a" "b", "rules": 1}')
@example("{1e3: 0x10}")
def test_never_a_crash_never_an_invented_text(text: str) -> None:
    reading = read_reply(text, SCHEMA)
    if reading.faults:
        assert reading.value is None
    if "\\" not in text:
        assert all(word in text for word in _texts(reading.value))


@settings(max_examples=100)
@given(st.dictionaries(st.text(), st.recursive(st.text() | st.none() | st.integers(), st.lists, max_leaves=5)))
def test_whatever_is_json_is_read_as_it_is(value: dict[str, Json]) -> None:
    wanted = {"attributes": {}, "rules": {k: v for k, v in value.items() if k not in ("...", "…")}}
    if "..." not in json.dumps(wanted) and "…" not in json.dumps(wanted, ensure_ascii=False):
        assert read_reply(json.dumps(wanted), SCHEMA).value == wanted


def _texts(value: Json) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(word for entry in value.values() for word in _texts(entry))]
    if isinstance(value, list):
        return [word for entry in value for word in _texts(entry)]
    return [value] if isinstance(value, str) else []


TASK = Task(("Absol", "Aggron"))


@settings(max_examples=200)
@given(st.one_of(st.text(max_size=200), _soup, _wounded()))
@example('{"attributes": {"color": {"prompt": "{}", "options": ["white"]}}, "rules": {"Absol": {"color": 0}}}')
@example(
    '{"attributes": {"color": ["white"]}, "rules": {"Absol": {"color": "whit"}, "Aggron": {"color": ["white", 3]}}}'
)
def test_a_whole_system_is_read_or_refused_and_no_rule_invented(text: str) -> None:
    try:
        system, _ = whole_reply(text, TASK)
    except InputError:
        return
    assert system.classes == TASK.classes
    for row in system.rules.values():
        for attribute, rule in row.items():
            assert set(rule) <= set(system.attribute(attribute).options)
            assert "\\" in text or all(option in text for option in rule)
