"""One text as the difference from another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotsmith.systems.canonical import render
from cotsmith.systems.delta import apply_delta, compress, decompress, make_delta
from cotsmith.systems.model import Attribute, System

LINES = (b'"a": 1\n', b'"a": 2\n', b'"b": x y z\n', b"no end", b"\n", b'"c": {"d": 1}\n', b"\r\n", b"\xff\x00\n")


@given(
    st.lists(st.sampled_from(LINES), max_size=12).map(b"".join) | st.binary(max_size=60),
    st.lists(st.sampled_from(LINES), max_size=12).map(b"".join) | st.binary(max_size=60),
)
def test_a_delta_leads_from_any_bytes_to_any_others(old: bytes, new: bytes) -> None:
    assert apply_delta(old, make_delta(old, new)) == new


def large(rule: str) -> bytes:
    colors = Attribute("color", ("{} in color",), ("red", "green", "dark blue"))
    others = [Attribute(f"attribute {i}", (f"{{}} {i}",), ("yes", "no")) for i in range(20)]
    rules = {f"class {i}": {"color": (rule,), **{a.name: ("no",) for a in others}} for i in range(100)}
    return render(System(attributes=(colors, *others), rules=rules)).encode()


def test_a_change_in_every_line_costs_a_few_bytes_of_each() -> None:
    old, new = large("red"), large("green")
    delta = make_delta(old, new)
    assert apply_delta(old, delta) == new
    assert len(delta) < len(old) / 50


def test_a_line_is_found_again_by_its_key_when_others_come_before_it() -> None:
    old = large("red")
    lines = large("green").splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if b'"class 0"' in line)
    new = b"".join([*lines[:first], b'    "new class": {},\n', *lines[first:]])
    assert len(make_delta(old, new)) < 1100


@pytest.mark.parametrize("damaged", [b"", b"nonsense", compress(b"[1]\n")[:-2], compress(b"{no json\n")])
def test_damage_is_a_value_error(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"incomplete|incorrect|Expecting"):
        apply_delta(b"", damaged)


def test_decompress_undoes_compress() -> None:
    assert decompress(compress(b"abc" * 100)) == b"abc" * 100
