from __future__ import annotations

from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.systems.edits import apply, invert
from cotsmith.systems.model import System
from cotsmith.tests.systems.strategies import edits_for, systems


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_an_edit_keeps_the_invariants_and_its_inverse_restores_everything(data: st.DataObject) -> None:
    before = data.draw(systems())
    edit = data.draw(edits_for(before))
    after = apply(before, [edit])
    checked = System(**{item.name: getattr(after, item.name) for item in fields(System)})
    assert checked == after
    assert apply(after, invert(before, edit)) == before
