"""The positions of a JSON text agree with what json reads at them."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.systems.positions import Path, scan

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def paths_of(value: object, path: Path = ()) -> list[tuple[Path, object]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for key, member in value.items():
            found += paths_of(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            found += paths_of(member, (*path, index))
    return found


@given(VALUES, st.sampled_from([None, 0, 1, "\t"]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_every_value_and_key_stands_where_the_scan_says(value: object, indent: int | str | None, ascii_: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_)
    positions = scan(text)
    decoder = json.JSONDecoder()
    expected = paths_of(value)
    assert set(positions.values) == {path for path, _ in expected}
    for path, member in expected:
        found, _ = decoder.raw_decode(text, positions.values[path])
        assert repr(found) == repr(member)  # repr: NaN equals itself
        if path and isinstance(path[-1], str):
            assert decoder.raw_decode(text, positions.keys[path])[0] == path[-1]


def test_lines_and_columns_count_from_one_and_in_characters() -> None:
    positions = scan('{"π": 1,\n  "a": ["é", 2]}')
    assert positions.locate(()) == (1, 1)
    assert positions.locate(("π",)) == (1, 7)
    assert positions.locate(("a",), key=True) == (2, 3)
    assert positions.locate(("a", 1)) == (2, 14)


def test_what_is_not_there_is_located_at_its_nearest_ancestor() -> None:
    positions = scan('{"a": {"b": 1}}')
    assert positions.locate(("a", "missing", 3)) == positions.locate(("a",)) == (1, 7)
    assert positions.locate(("missing",), key=True) == (1, 1)


def test_keys_that_stand_twice_in_one_object_are_found_and_only_those() -> None:
    text = '{"a": {"x": 1}, "b": {"x": 1},\n "\\u0061": {"x": 2}}'
    positions = scan(text)
    assert [(path, text[first], text[second]) for path, first, second in positions.duplicates] == [(("a",), '"', '"')]
    _, first, second = positions.duplicates[0]
    assert (positions.line_column(first), positions.line_column(second)) == ((1, 2), (2, 2))
    assert positions.locate(("a", "x")) == (2, 18)  # the last one counts, as for json


def test_it_goes_as_deep_as_json_does() -> None:
    depth = 900
    assert len(scan("[" * depth + "]" * depth).values) == depth
