"""Literals are found in modules, in prose and in broken replies, and nothing in them is ever run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import CotsmithError, InputError
from cotsmith.systems.python_literal import PYTHON_LIMIT, find_literals

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=12,
)
DICTS = st.dictionaries(TEXTS, PLAIN, max_size=3)


@given(DICTS, st.sampled_from([repr, json.dumps, lambda value: json.dumps(value, indent=1, ensure_ascii=False)]))
@settings(max_examples=150, deadline=None)
def test_a_dict_in_prose_is_found_with_its_value_name_and_line(value: object, write: object) -> None:
    assert callable(write)
    text = f"Here's what you asked for:\n\nmy_rules = {write(value)}\n\nThat's all, isn't it?"
    literals, broken = find_literals(text)
    assert broken == []
    assert [(x.name, x.value, x.line) for x in literals] == [("my_rules", value, 3)]


def values(text: str) -> list[object]:
    return [literal.value for literal in find_literals(text)[0]]


def test_comments_trailing_commas_tuples_sets_and_number_keys() -> None:
    text = """So:
    {'a': (1, -2,), # it's {not} a "bracket"
     "b": {3, 4},   // nor is }
     /* nor
     { */ 5: None, 'c': null, "d": [true, False],}"""
    assert values(text) == [{"a": [1, -2], "b": [3, 4], "5": None, "c": None, "d": [True, False]}]


def test_strings_are_not_searched_for_brackets_and_comments() -> None:
    assert values("see {'a': '}{ # // /*', \"b\": \"it's\", 'c': '''}\n{'''} above") == [
        {"a": "}{ # // /*", "b": "it's", "c": "}\n{"}
    ]


def test_json_and_python_escapes_mean_the_same_character() -> None:
    text = "x: " + r'{"a": "\ud83e\udd84\/"} and {' + r"'a': '\ud83e\udd84'}"
    assert values(text) == [{"a": "🦄/"}, {"a": "🦄"}]


def test_a_module_gives_what_it_assigns_and_returns_wherever_it_stands() -> None:
    module = '''
"""A module with a { in its docstring."""
import os
HOME = os.environ
size = len({"not": "this"})
groups: dict = {"a": 1}
computed = {"a": size}
def rules():
    it = {"b": 2}
    return {"c": [{"d": 3}]}
'''
    literals, broken = find_literals(module)
    assert [(x.name, x.value, x.line) for x in literals] == [
        ("groups", {"a": 1}, 6),
        ("it", {"b": 2}, 9),
        ("", {"c": [{"d": 3}]}, 10),
    ]
    assert [(x.name, x.reason, x.line, x.column) for x in broken] == [
        ("computed", '"size" is not a plain value', 7, 18)
    ]


@pytest.mark.parametrize(
    ("text", "reason", "line", "column"),
    [
        ("Well:\n{'a': 1,\n 'b': os.getcwd()} ok", '"os.getcwd()" is not a plain value', 3, 7),
        ("Well:\n{'a': 1\n 'b': 2} ok", "invalid syntax. perhaps you forgot a comma?", 2, 7),
        ("Well:\n{'a': f'{x}'} ok", "\"f'{x}'\" is not a plain value", 2, 7),
        ("Well:\n{**a} ok", "** is not a plain value", 2, 4),
        ("Well:\n{'a': b'x'} ok", "\"b'x'\" is not a plain value", 2, 7),
        ("Well:\n{None: 1} ok", "a key is a text or a number", 2, 2),
        ("Well: {'a': {'b': 1}, ", "a bracket that opens here is never closed; the text may have been cut off", 1, 7),
    ],
)
def test_what_is_no_literal_is_told_with_its_place(text: str, reason: str, line: int, column: int) -> None:
    literals, broken = find_literals(text)
    assert literals == []
    assert [(x.reason, x.line, x.column) for x in broken] == [(reason, line, column)]


@pytest.mark.parametrize("text", ['x\n{"a": 1,\n"a": 2} ok', "x\n{'a': 1,\n'a': 2,} ok"])
def test_a_key_that_stands_twice_is_refused_with_both_lines(text: str) -> None:
    with pytest.raises(InputError, match=r'3:1: the key "a" stands twice in one object; first in line 2'):
        find_literals(text)


@pytest.mark.parametrize("text", ["{" * 100_000, "[{" * 3000 + "}]" * 3000, "{1:" + "-" * 100_000 + "1}", "{}" * 3])
def test_depth_and_oddity_do_no_harm(text: str) -> None:
    find_literals(text)


def test_a_text_too_large_for_pythons_parser_is_refused() -> None:
    with pytest.raises(InputError, match="8 MiB"):
        find_literals("x" * (PYTHON_LIMIT + 1))


def test_nothing_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = "__import__('pathlib').Path('ran').touch()"
    for text in (f"x = {{'a': {code}}}", f"Hello,\n{{'a': {code}}}", f"{code}\nx = {{}}", f"{{'a': f'{{{code}}}'}}"):
        find_literals(text)
    assert list(tmp_path.iterdir()) == []


PIECES = st.lists(
    st.sampled_from(
        ["{", "}", "[", "]", "(", ")", "'", '"', "'''", "#", "//", "/*", "*/", "\n", ",", ":", "=", "a", "1"]
    )
    | st.sampled_from(["null", "\\", "{'a': 1}", '{"b": [2]}', "**", "f'", "-", "\ud800", "\0", "é", "\\u1", "x = "]),
    max_size=25,
).map("".join)


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_any_text_gives_plain_values_or_a_cotsmith_error(text: str) -> None:
    try:
        literals, _ = find_literals(text)
    except CotsmithError:
        return
    for literal in literals:
        json.dumps(literal.value)


@pytest.mark.parametrize(
    "before", ["groups = ", "groups: dict[str, int] = ", "groups: ", "**groups**:\n", "`groups` = ", '"groups": ']
)
def test_the_name_before_a_dict_is_known_however_it_is_written(before: str) -> None:
    (literal,) = find_literals(f"Here they are.\n{before}{{'a': 1}}\nDone, I hope.")[0]
    assert (literal.name, literal.value) == ("groups", {"a": 1})
    (literal,) = find_literals(f"{before}{{'a': 1}}")[0]
    assert (literal.name, literal.value) == ("groups", {"a": 1})
