"""The queue: walked both ways, round its end, past what was seen, and as long as it says it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cotsmith.authoring.locks import Cell
from cotsmith.review.insight import Insight
from cotsmith.review.queue import Queue
from cotsmith.review.seen_marks import SeenMarks
from cotsmith.systems.edits import RemoveClass, RenameAttribute, SetRule, apply
from cotsmith.systems.file import load

DEMO = load("gallery:demo")
CELLS: tuple[Cell, ...] = (("Mivvin", "scene"), ("Gomtu", "markings"), ("Rundu", "main_color"), ("Yabbo", "scene"))
FOUND = Insight(generation=1, queue=CELLS)


@pytest.fixture
def marks() -> SeenMarks:
    return SeenMarks()


def test_it_goes_on_from_the_selected_cell_and_round_the_end(marks: SeenMarks) -> None:
    queue = Queue(marks).follow(FOUND, DEMO)
    assert queue.beside(CELLS[0], 1) == CELLS[1]
    assert queue.beside(CELLS[3], 1) == CELLS[0]
    assert queue.beside(CELLS[0], -1) == CELLS[3]
    assert (queue.beside(("Bimbul", "scene"), 1), queue.beside(None, 1)) == (CELLS[0], CELLS[0])
    assert queue.beside(("Bimbul", "scene"), -1) == CELLS[3]


def test_what_was_seen_is_passed_over_and_starts_it_again(marks: SeenMarks) -> None:
    queue = Queue(marks).follow(FOUND, DEMO)
    marks.mark(DEMO, [CELLS[1], CELLS[2]])
    assert (list(queue), len(queue)) == ([CELLS[0], CELLS[3]], 2)
    assert queue.beside(CELLS[0], 1) == CELLS[3]
    assert queue.beside(CELLS[1], 1) == CELLS[0]
    marks.mark(DEMO, [CELLS[0]])
    assert queue.beside(CELLS[3], 1) == CELLS[3]
    marks.mark(DEMO, [CELLS[3]])
    assert (queue.beside(CELLS[3], 1), queue.beside(None, -1), len(queue)) == (None, None, 0)


def test_only_what_is_still_there_is_in_it(marks: SeenMarks) -> None:
    queue = Queue(marks).follow(FOUND, DEMO)
    assert list(queue.follow(FOUND, apply(DEMO, [RemoveClass("Gomtu")]))) == [CELLS[0], *CELLS[2:]]
    assert list(queue.follow(FOUND, apply(DEMO, [RenameAttribute("scene", "place")]))) == [CELLS[1], CELLS[2]]
    assert list(queue.follow(FOUND, DEMO)) == list(CELLS)
    assert list(queue.follow(Insight(), DEMO)) == []


def test_a_rule_set_after_it_was_seen_brings_the_cell_back(marks: SeenMarks) -> None:
    marks.mark(DEMO, CELLS)
    queue = Queue(marks).follow(FOUND, DEMO)
    assert len(queue) == 0
    assert list(queue.follow(FOUND, apply(DEMO, [SetRule("Mivvin", "scene", ())]))) == [CELLS[0]]


@given(st.sets(st.sampled_from(CELLS)), st.sampled_from([None, *CELLS, ("Bimbul", "scene")]), st.sampled_from([1, -1]))
def test_its_steps_are_those_of_the_list_that_it_stands_for(seen: set[Cell], cell: Cell | None, step: int) -> None:
    marks = SeenMarks()
    marks.mark(DEMO, seen)
    queue = Queue(marks).follow(FOUND, DEMO)
    waiting = list(queue)
    assert len(queue) == len(waiting)
    if not waiting:
        expected = None
    elif cell in waiting:
        expected = waiting[(waiting.index(cell) + step) % len(waiting)]
    else:
        expected = waiting[0 if step > 0 else -1]
    assert queue.beside(cell, step) == expected
