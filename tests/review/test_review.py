"""The review without a screen: filters, order, the queue, seen marks, fixes, evidence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cotsmith.errors import EncoderError, Interrupted, UsageError
from cotsmith.review.insight import look
from cotsmith.review.marks import BAD, FAULT, GAIN, HALF, LOCKED, SEEN
from cotsmith.review.review import Review
from cotsmith.review.session import Session
from cotsmith.review.view import View
from cotsmith.scoring.encoder import Encoder, Vectors
from cotsmith.scoring.pace import paced
from cotsmith.systems.edits import RenameClass
from cotsmith.systems.file import save
from cotsmith.systems.model import System


def looked(review: Review, encoder: Encoder | None = None) -> Review:
    session = review.session
    found = look(session.generation, session.system, session.evaluation, encoder, session.path)
    review.insight = found
    review.refresh()
    return review


def test_the_text_filter_finds_names_and_rules(review: Review) -> None:
    review.filter("LAVA")
    assert review.rows == ("Luzzo", "Yabbo")
    assert review.cell == ("Luzzo", "main_color")
    review.filter("mivv")
    assert review.rows == ("Mivvin",)
    review.filter("no such thing")
    assert review.rows == ()
    assert review.cell is None
    review.show(View())
    assert review.cell == ("Mivvin", "main_color"), "the last one that was selected"


def test_sorting(review: Review) -> None:
    looked(review)
    review.sort("accuracy")
    assert set(review.rows[:3]) == {"Mivvin", "Rundu", "Sorrup"}
    review.sort("name")
    assert list(review.rows) == sorted(review.rows)
    review.sort("gain")
    assert set(review.rows[:3]) == {"Mivvin", "Rundu", "Sorrup"}
    review.sort("file")
    assert review.rows == review.session.system.classes


def test_filters_by_what_was_found(review: Review) -> None:
    looked(review)
    review.only("gain")
    assert set(review.rows) == {"Mivvin", "Rundu", "Sorrup"}
    review.only("findings")
    assert "Gomtu" in review.rows
    assert len(review.rows) < 16
    review.only("locked")
    assert review.rows == ()
    review.only("unseen")
    assert len(review.rows) == 16
    review.mark_seen([("Gomtu", name) for name in review.attributes])
    review.refresh()
    assert "Gomtu" not in review.rows


def test_the_selected_cell_stays_where_it_can(review: Review) -> None:
    review.select(("Yabbo", "scene"))
    review.filter("lava")
    assert review.cell == ("Yabbo", "scene")
    review.select(("Mivvin", "eyes"))  # hidden: the filter gives way
    assert (review.cell, len(review.rows)) == (("Mivvin", "eyes"), 16)


def test_the_queue_leads_from_the_largest_gain_to_what_checks_found(review: Review) -> None:
    looked(review)
    queue = list(review.queue)
    assert queue[0] == ("Mivvin", "scene")
    assert len(review.queue) == len(queue)
    gains = review.insight.gains
    assert len(gains) >= 6
    assert set(queue[: len(gains)]) == set(gains)
    assert ("Hibbet", "body_form") in queue
    assert review.next_in_queue() == queue[0]
    assert review.next_in_queue() == queue[1]
    assert review.next_in_queue(-1) == queue[0]
    assert review.next_in_queue(-1) == queue[-1]
    review.mark_seen(queue[:2])
    assert list(review.queue) == queue[2:]
    assert len(review.queue) == len(queue) - 2
    review.mark_seen(queue)
    assert list(review.queue) == []
    assert len(review.queue) == 0
    assert review.next_in_queue() is None


def test_an_edited_cell_is_seen_and_leaves_the_queue(review: Review) -> None:
    looked(review)
    review.next_in_queue()
    made = review.set_rule(("snow and ice",))
    assert made is not None
    assert ("Mivvin", "scene") not in review.queue
    assert review.progress == (1, 96)
    assert review.set_rule(("snow and ice",)) is None


def test_a_seen_mark_outlives_the_session_and_falls_with_its_rule(review: Review) -> None:
    review.select(("Yabbo", "scene"))
    assert review.toggle_seen()
    review.select(("Gomtu", "eyes"))
    assert review.toggle_seen()
    assert not review.toggle_seen()
    review.session.edit([RenameClass("Yabbo", "Yabba")])
    review.seen.follow(review.session.system, [RenameClass("Yabbo", "Yabba")])
    review.session.close()
    again = Review(Session.open(str(review.session.path)))
    assert again.seen.has(again.session.system, ("Yabba", "scene"))
    assert again.progress == (1, 96)
    other = replace(again.session.system, rules={**again.session.system.rules, "Yabba": {"scene": ("tall trees",)}})
    assert not again.seen.has(other, ("Yabba", "scene"))


def test_marks_say_what_is_wrong_and_what_was_done(review: Review) -> None:
    looked(review)
    assert review.marked(("Mivvin", "scene")).before == GAIN
    assert review.marked(("Gomtu", "head_feature")).before == BAD
    assert review.marked(("Bimbul", "scene")).before == " "
    assert review.marked(("Quimbo", "scene")).level == "silent"
    review.select(("Bimbul", "scene"))
    review.toggle_seen()
    assert review.marked(("Bimbul", "scene")).after == SEEN
    review.insight = replace(review.insight, locked=frozenset({("Bimbul", "scene")}))
    assert review.marked(("Bimbul", "scene")).after == LOCKED
    assert {GAIN, BAD, HALF, FAULT, LOCKED, SEEN} == {"▲", "✗", "~", "!", "◆", "✓"}


def test_locks_follow_from_what_a_person_saved(review: Review) -> None:
    review.session.save("as drafted")
    review.select(("Mivvin", "scene"))
    review.set_rule(("snow and ice",))
    review.session.save("snow")
    looked(review)
    assert review.insight.locked == {("Mivvin", "scene")}


def test_evidence_is_ordered_by_what_it_would_bring(review: Review) -> None:
    found = review.evidence(("Mivvin", "scene"))
    best = found.by_evidence[0]
    assert (best.rule, best.change) == (("snow and ice",), pytest.approx(15 / 240))
    assert best.share is not None
    assert (best.share.hits, best.share.n) == (15, 15)
    assert found.agreement is not None
    assert (found.agreement.hits, found.wrong) == (0, 15)
    assert {mistake.predicted for mistake in found.mistakes} == {"Ezzeki"}
    assert found.choices[-1].rule == ()
    assert [choice.rule for choice in found.choices if choice.named] == [("the moon and stars",)]


def test_without_images_evidence_is_the_structure(draft: Path) -> None:
    review = looked(Review(Session.open(str(draft))))
    found = review.evidence(("Luzzo", "main_color"))
    assert [c.rule for c in found.choices if c.named] == [("bright orange",), ("golden yellow",)]
    assert found.choices[0].share is None
    assert found.choices[0].change is None
    assert review.marked(("Luzzo", "main_color")).level == "unknown"
    assert {f.code for f in review.insight.findings} == {"O104", "O101", "O103", "A101", "C101", "C104"}
    assert review.insight.findings[-1].severity == "note"


def test_a_finding_is_fixed_and_told(review: Review) -> None:
    looked(review)
    (finding,) = [f for f in review.insight.findings if f.code == "O101"]
    made = review.fix(finding)
    assert made.title.startswith("fixed O101 duplicate-option: Merge")
    assert made.effect is not None
    (without,) = [f for f in review.insight.findings if f.code == "O104"]
    with pytest.raises(UsageError, match="no fix"):
        review.fix(without)
    review.edit(review.safe_fixes())
    looked(review)
    assert not {"O101", "O103"} & {f.code for f in review.insight.findings}


def test_a_finding_leads_to_a_cell(review: Review) -> None:
    looked(review)
    places = {}
    for finding in review.insight.findings:
        review.goto(finding)
        places[finding.code] = review.cell
    assert places["O104"] == ("Yabbo", "main_color")
    assert places["C101"] is not None
    assert places["C101"][0] == "Ezzeki"


def test_undo_shows_where_it_was(review: Review) -> None:
    review.select(("Mivvin", "scene"))
    review.set_rule(("snow and ice",))
    review.select(("Bimbul", "eyes"))
    review.undo()
    assert review.cell == ("Mivvin", "scene")
    assert review.undo() is None


def test_bulk_sets_only_what_differs(review: Review) -> None:
    review.select(("Bimbul", "eyes"))
    made = review.set_rule((), review.rows)
    assert made is not None
    assert len(made.edits) == 16
    assert len({edit.attribute for edit in made.edits if hasattr(edit, "attribute")}) == 1
    review.undo()
    assert review.session.system.rules["Yabbo"]["eyes"] == ("big round eyes",)


def test_any_of_takes_the_order_of_the_options(review: Review) -> None:
    review.select(("Gomtu", "main_color"))
    review.set_rule(("golden yellow", "crimson red"))
    assert review.session.system.rules["Gomtu"]["main_color"] == ("crimson red", "golden yellow")


def test_an_encoder_that_breaks_leaves_the_checks_of_the_text(review: Review) -> None:
    class Broken:
        key, logit_scale = "broken", 1.0

        def encode_images(self, images: object) -> Vectors:
            raise EncoderError("gone")

        def encode_texts(self, texts: object) -> Vectors:
            raise EncoderError("gone")

    looked(review, Broken())
    assert any("gone" in problem for problem in review.insight.problems)
    assert review.insight.findings


def test_looking_can_be_ended_between_its_steps(review: Review) -> None:
    session, steps = review.session, list[int]()

    def go_on() -> None:
        steps.append(1)
        if len(steps) == 5:
            raise Interrupted("enough")

    with paced(go_on), pytest.raises(Interrupted):
        look(0, session.system, session.evaluation, None, session.path)
    assert len(steps) == 5


def test_an_empty_system_has_no_cell(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    save(System(name="empty"), path)
    review = Review(Session.open(str(path)))
    assert (review.cell, review.rows, list(review.queue), review.progress) == (None, (), [], (0, 0))
    assert review.set_rule(()) is None
    assert review.next_in_queue() is None
