"""Edits as JSON: exact forms, the round trip, the schema, and errors instead of crashes for any value."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cotsmith.errors import CotsmithError, EditError
from cotsmith.systems.edit_json import (
    EDIT_SCHEMA,
    edit_schema,
    edits_from_json,
    edits_to_json,
    from_json,
    kind_of,
    to_json,
)
from cotsmith.systems.edits import (
    EDIT_KINDS,
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    RemoveClass,
    RewordOption,
    SetClassPrompts,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetWeight,
    apply,
)
from cotsmith.systems.model import Allowance, Attribute
from cotsmith.tests.systems.strategies import edited, edits_for, systems

TAIL = Attribute("tail", ("Its tail is {}.",), ("short", "long"), 0.5, "look twice")

FORMS: list[tuple[Edit, dict[str, Any]]] = [
    (SetName("cards"), {"edit": "set-name", "name": "cards"}),
    (SetClassPrompts(("{}",)), {"edit": "set-class-prompts", "prompt": "{}"}),
    (
        SetRule("Absol", "color", ("white",)),
        {"edit": "set-rule", "class": "Absol", "attribute": "color", "rule": "white"},
    ),
    (
        SetRule("Absol", "color", ("white", "gray")),
        {"edit": "set-rule", "class": "Absol", "attribute": "color", "rule": ["white", "gray"]},
    ),
    (SetRule("Absol", "color", ()), {"edit": "set-rule", "class": "Absol", "attribute": "color", "rule": None}),
    (
        SetPrompts("tail", ("a {}", "the {}")),
        {"edit": "set-prompts", "attribute": "tail", "prompt": ["a {}", "the {}"]},
    ),
    (SetWeight("tail", 2.0), {"edit": "set-weight", "attribute": "tail", "weight": 2.0}),
    (MoveAttribute("tail", 0), {"edit": "move-attribute", "attribute": "tail", "position": 0}),
    (AddOption("tail", "bushy"), {"edit": "add-option", "attribute": "tail", "option": "bushy"}),
    (AddOption("tail", "bushy", 1), {"edit": "add-option", "attribute": "tail", "option": "bushy", "position": 1}),
    (
        RewordOption("tail", "long", "very long"),
        {"edit": "reword-option", "attribute": "tail", "option": "long", "text": "very long"},
    ),
    (
        MergeOptions("tail", "long", "short"),
        {"edit": "merge-options", "attribute": "tail", "option": "long", "into": "short"},
    ),
    (
        AddAttribute(TAIL, 0, {"Absol": ("short",)}),
        {
            "edit": "add-attribute",
            "attribute": {
                "name": "tail",
                "prompt": "Its tail is {}.",
                "options": ["short", "long"],
                "weight": 0.5,
                "note": "look twice",
            },
            "position": 0,
            "rules": {"Absol": "short"},
        },
    ),
    (AddClass("Absol", rules={"tail": ("long",)}), {"edit": "add-class", "class": "Absol", "rules": {"tail": "long"}}),
    (RemoveClass("Absol"), {"edit": "remove-class", "class": "Absol"}),
    (SetNote("odd", attribute="tail"), {"edit": "set-note", "attribute": "tail", "note": "odd"}),
    (SetNote("odd", "Absol"), {"edit": "set-note", "class": "Absol", "note": "odd"}),
    (
        AddAllowance(Allowance("O101", "tail", "meant")),
        {"edit": "add-allowance", "allowance": {"check": "O101", "place": "tail", "reason": "meant"}},
    ),
]

PLAIN = Draft202012Validator(EDIT_SCHEMA)
STRICT = Draft202012Validator(edit_schema(strict=True))


@pytest.mark.parametrize(("edit", "form"), FORMS, ids=[kind_of(edit) for edit, _ in FORMS])
def test_the_form_is_as_a_person_would_write_it(edit: Edit, form: dict[str, Any]) -> None:
    assert to_json(edit) == form
    assert from_json(form) == edit
    assert PLAIN.is_valid(form)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_round_trip_through_text_and_schema(data: st.DataObject) -> None:
    before = data.draw(systems())
    edits, after = data.draw(edited(before))
    text = json.dumps({"edits": edits_to_json(edits)})
    read = edits_from_json(json.loads(text))
    assert read == edits
    assert apply(before, read) == after
    for form in json.loads(text)["edits"]:
        PLAIN.validate(form)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_schema_rejects_mutations(data: st.DataObject) -> None:
    form = to_json(data.draw(edits_for(data.draw(systems()))))
    schema = next(kind for kind in EDIT_SCHEMA["anyOf"] if kind["properties"]["edit"]["const"] == form["edit"])
    assert not PLAIN.is_valid(form | {"edit": f"{form['edit']}s"})
    assert not PLAIN.is_valid(form | {"surprise": 1})
    for key in schema["required"]:
        assert not PLAIN.is_valid({name: value for name, value in form.items() if name != key})
    for key in form:
        mutated = form | {key: {"a": {"b": 1}}}
        assert not PLAIN.is_valid(mutated)
        with pytest.raises(EditError):
            from_json(mutated)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_the_strict_form_means_the_same(data: st.DataObject) -> None:
    edit = data.draw(edits_for(data.draw(systems())))
    form = as_strict(to_json(edit))
    STRICT.validate(form)
    PLAIN.validate(form)
    assert from_json(form) == edit


def test_the_strict_schema_requires_every_key_and_closes_every_object() -> None:
    def visit(schema: object) -> int:
        if isinstance(schema, list):
            return sum(visit(item) for item in schema)
        if not isinstance(schema, dict):
            return 0
        found = 0
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
            found = 1
        return found + sum(visit(value) for value in schema.values())

    assert visit(edit_schema(strict=True)) >= len(EDIT_KINDS)


def test_a_schema_of_some_kinds_accepts_no_other() -> None:
    some = Draft202012Validator(edit_schema(kinds=[SetRule, AddOption]))
    assert some.is_valid(to_json(AddOption("tail", "bushy")))
    assert not some.is_valid(to_json(RemoveClass("Absol")))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KNOWN_KEYS = sorted({key for kind in EDIT_SCHEMA["anyOf"] for key in kind["properties"]} | {"surprise"})


@given(JSON_VALUES)
@settings(max_examples=100, deadline=None)
def test_any_json_value_is_an_edit_or_an_edit_error(value: object) -> None:
    for read in (from_json, edits_from_json):
        with suppress(EditError):
            read(value)


@given(
    st.sampled_from([kind_of(kind) for kind in EDIT_KINDS]),
    st.dictionaries(st.sampled_from(KNOWN_KEYS), JSON_VALUES | st.sampled_from(["a", "{}", 1]), max_size=5),
)
@settings(max_examples=300, deadline=None)
def test_what_is_read_is_within_the_schema(kind: str, rest: dict[str, object]) -> None:
    form = {**rest, "edit": kind}
    try:
        edit = from_json(form)
    except EditError:
        return
    assert PLAIN.is_valid(form)
    assert PLAIN.is_valid(to_json(edit))


BAD: list[tuple[object, str, str]] = [
    ([], "edit", "not a list"),
    ({}, "edit", '"edit", the kind, is missing'),
    ({"edit": 3}, "edit", "not a number"),
    ({"edit": "set-rul"}, "edit", 'did you mean "set-rule"?'),
    ({"edit": "remove-class", "clas": "A"}, "edit (remove-class)", 'did you mean "class"?'),
    ({"edit": "remove-class"}, "edit (remove-class)", '"class" is missing'),
    ({"edit": "remove-class", "class": None}, "edit (remove-class) › class", "not null"),
    ({"edit": "remove-class", "class": "a\x1b"}, "edit (remove-class) › class", "control character U+001B"),
    ({"edit": "set-note", "note": "x"}, "edit (set-note)", "about a class, an attribute, or a cell"),
    ({"edit": "set-temperature", "temperature": 0}, "edit (set-temperature) › temperature", "> 0"),
    ({"edit": "set-temperature", "temperature": True}, "edit (set-temperature) › temperature", "not true"),
    ({"edit": "set-prompts", "attribute": "a", "prompt": "no slot"}, "edit (set-prompts) › prompt", "exactly one {}"),
    ({"edit": "set-prompts", "attribute": "a", "prompt": []}, "edit (set-prompts) › prompt", "at least one"),
    ({"edit": "set-rule", "class": "a", "attribute": "b", "rule": [1]}, "edit (set-rule) › rule", "a number stands"),
    ({"edit": "set-rule", "class": "a", "attribute": "b", "rule": ""}, "edit (set-rule) › rule", "empty"),
    ({"edit": "move-class", "class": "a", "position": -1}, "edit (move-class) › position", "counted from 0"),
    ({"edit": "move-class", "class": "a", "position": 10**400}, "edit (move-class) › position", "too large"),
    (
        {"edit": "add-attribute", "attribute": {"name": "a", "prompt": "{}", "option": []}},
        "edit (add-attribute) › attribute",
        'did you mean "options"?',
    ),
    (
        {"edit": "add-attribute", "attribute": {"name": "a", "prompt": "{}", "options": ["x", "x"]}},
        "edit (add-attribute) › attribute",
        "stands twice",
    ),
    (
        {"edit": "add-class", "class": "a", "rules": [{"attribute": "b", "rule": 1}]},
        "edit (add-class) › rules › 1 › rule",
        "not a number",
    ),
    (
        {"edit": "add-class", "class": "a", "rules": [{"attribute": "b", "rule": None}] * 2},
        "edit (add-class) › rules",
        "stands twice",
    ),
    (
        {"edit": "add-allowance", "allowance": {"check": "O1", "place": "", "reason": 1}},
        "edit (add-allowance) › allowance › reason",
        "not a number",
    ),
]


@pytest.mark.parametrize(("value", "where", "reason"), BAD)
def test_an_error_says_where_and_why(value: object, where: str, reason: str) -> None:
    with pytest.raises(EditError) as caught:
        from_json(value)
    assert caught.value.where == where
    assert reason in caught.value.message


def test_an_error_in_a_list_counts_the_edits_from_one() -> None:
    with pytest.raises(CotsmithError) as caught:
        edits_from_json([to_json(RemoveClass("Absol")), {"edit": "remove-class", "class": 1}])
    assert caught.value.where == "edit 2 (remove-class) › class"


def as_strict(form: dict[str, Any]) -> dict[str, Any]:
    """``form`` as a strict LLM would send it: every key there, null where nothing is meant, rules as pairs."""
    kind = next(k for k in edit_schema(strict=True)["anyOf"] if k["properties"]["edit"]["const"] == form["edit"])
    full = {key: form.get(key) for key in kind["required"]}
    if isinstance(full.get("rules"), dict):
        key = "class" if form["edit"] == "add-attribute" else "attribute"
        full["rules"] = [{key: name, "rule": rule} for name, rule in form["rules"].items()]
    if isinstance(full.get("attribute"), dict):
        full["attribute"] = {"weight": None, "note": None} | form["attribute"]
    return full
