"""Marks of looked-at cells: what the session counts is what a fresh look at its rules, and reopening it, would say."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cotsmith.review.seen_marks import SeenMarks
from cotsmith.systems.edits import AddClass, Edit, RemoveClass, RenameAttribute, RenameClass, SetRule, apply
from cotsmith.systems.file import load
from cotsmith.systems.history import History
from tests.systems.strategies import edits_for, systems

DEMO = load("gallery:demo")


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_the_marks_that_count_are_those_of_rules_that_stand(data: st.DataObject) -> None:
    system = data.draw(systems())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "system.json"
        system.save(path)
        history = History.open(path)
        marks = SeenMarks(lambda: history)
        for _ in range(data.draw(st.integers(1, 8))):
            cells = [(name, a.name) for name in system.rules for a in system.attributes]
            some = data.draw(st.lists(st.sampled_from(cells), max_size=4)) if cells else []
            if some:
                marks.mark(system, some, seen=data.draw(st.booleans()))
            else:
                edit = data.draw(edits_for(system))
                system = apply(system, [edit])
                if data.draw(st.booleans()):  # what draws the screen may ask first
                    marks.cells(system)
                marks.follow(system, [edit])
            assert marks.cells(system) == SeenMarks(lambda: history).cells(system)
        history.close()


def test_a_rule_that_comes_back_is_seen_again() -> None:
    cell = ("Mivvin", "scene")
    marks = SeenMarks()
    marks.mark(DEMO, [cell])
    other = apply(DEMO, [SetRule("Mivvin", "scene", ("ocean waves",))])
    assert marks.cells(DEMO) == {cell}
    assert marks.cells(other) == set()
    assert marks.cells(DEMO) == {cell}


def test_marks_follow_names_there_and_back() -> None:
    marks = SeenMarks()
    marks.mark(DEMO, [("Mivvin", "scene"), ("Gomtu", "scene")])
    edits: list[Edit] = [RenameClass("Mivvin", "Mavvin"), RenameAttribute("scene", "place")]
    renamed = apply(DEMO, edits)
    marks.follow(renamed, edits)
    assert marks.cells(renamed) == {("Mavvin", "place"), ("Gomtu", "place")}
    assert marks.cells(DEMO) == {("Mivvin", "scene"), ("Gomtu", "scene")}


def test_what_is_set_and_then_renamed_in_one_step_is_seen() -> None:
    marks = SeenMarks()
    edits: list[Edit] = [SetRule("Mivvin", "scene", ()), RenameClass("Mivvin", "Mavvin")]
    system = apply(DEMO, edits)
    marks.follow(system, edits)
    assert marks.cells(system) == {("Mavvin", "scene")}


def test_a_class_that_is_gone_is_not_counted() -> None:
    marks = SeenMarks()
    marks.mark(DEMO, [("Mivvin", "scene")])
    system = apply(DEMO, [RemoveClass("Mivvin")])
    assert marks.cells(system) == set()
    again = apply(system, [AddClass("Mivvin", rules={"scene": ()})])
    marks.follow(again, [AddClass("Mivvin", rules={"scene": ()})])
    assert marks.cells(again) == {("Mivvin", "scene")}
