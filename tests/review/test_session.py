"""A session: edits journalled and measured, undone after a restart, saved, and merged with what others did."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from cotsmith.errors import DataError, EditError, UsageError
from cotsmith.review.session import Session
from cotsmith.scoring.embed import embed_texts
from cotsmith.scoring.encoder import Encoder, Vectors
from cotsmith.scoring.evaluation import Evaluation
from cotsmith.systems.edits import (
    AddAttribute,
    AddOption,
    RemoveClass,
    RewordOption,
    SetName,
    SetNote,
    SetRule,
    apply,
)
from cotsmith.systems.file import load, save
from cotsmith.systems.history import History
from cotsmith.systems.model import Attribute

SNOW = SetRule("Mivvin", "scene", ("snow and ice",))
SPOTS = SetRule("Rundu", "markings", ("dark spots",))


def opened(path: Path, measured: Evaluation | None = None) -> Session:
    session = Session.open(str(path))
    if measured is not None:
        session.begin(measured)
    return session


def test_a_rule_is_measured_at_once_overall_by_attribute_and_by_class(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    made = session.edit([SNOW])
    assert made.effect is not None
    assert (made.effect.before.hits, made.effect.after.hits, made.effect.after.n) == (195, 210, 240)
    assert made.told == "81.2 → 87.5 % (+6.2), 15 more right of 240: scene 80 → 87 %, Mivvin 0 → 100 %"
    assert session.evaluation is not None
    assert session.evaluation.system == session.system
    assert session.start is not None
    assert session.start.evaluation is measured


def test_without_images_edits_work_and_have_no_effect(draft: Path) -> None:
    session = opened(draft)
    made = session.edit([SNOW])
    assert made.effect is None
    assert made.told == ""
    assert session.system.rules["Mivvin"]["scene"] == ("snow and ice",)


def test_what_was_edited_and_undone_is_there_after_a_restart(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    session.edit([SNOW])
    session.edit([SPOTS])
    session.undo()
    session.close()
    again = opened(draft, measured)
    assert again.recovered == 1
    assert again.system == apply(load(draft), [SNOW])
    assert again.evaluation is not None
    assert again.evaluation.share.hits == 210
    assert again.start is not None
    assert again.start.evaluation.share.hits == 195
    redone = again.redo()
    assert redone is not None
    assert redone.effect is not None
    assert redone.effect.after.hits == 225
    again.undo()
    again.undo()
    assert again.system == load(draft)
    assert again.undo() is None


def test_new_words_wait_for_a_thread_and_a_stale_result_is_dropped(
    draft: Path, measured: Evaluation, demo_encoder: Encoder
) -> None:
    session = opened(draft, measured)
    made = session.edit([RewordOption("main_color", "the fiery coat of Yabbo", "magenta")])
    assert made.effect is None
    assert session.measuring
    first = session.work()
    assert first is not None
    assert session.edit([SNOW]).effect is None  # it waits for its turn
    second = session.work()
    assert second is not None
    result = first.run(lambda texts: embed_texts(demo_encoder, texts))
    assert not session.take(first.generation, result)
    assert session.measuring
    assert session.take(second.generation, second.run(lambda texts: embed_texts(demo_encoder, texts)))
    assert not session.measuring
    assert session.evaluation is not None
    assert session.evaluation.system == session.system
    assert session.made is not None
    assert session.made.effect is not None


def test_an_encoder_that_fails_leaves_the_edit_and_says_why(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    session.edit([AddOption("eyes", "no eyes at all")])
    work = session.work()
    assert work is not None

    def broken(_: list[str]) -> Vectors:
        raise DataError("the wire is cut")

    with pytest.raises(DataError) as caught:
        work.run(broken)
    assert session.fail(work.generation, caught.value)
    assert session.problem == "the wire is cut"
    assert not session.measuring
    session.undo()
    assert session.problem == ""
    assert session.evaluation is not None
    assert session.evaluation.system == session.system


def test_what_cannot_be_measured_is_told_and_measured_again_when_it_can(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    session.edit([AddAttribute(Attribute("tail", ("Its tail is {}.",)))])
    assert "no options" in session.problem
    assert session.evaluation is measured
    session.undo()
    assert session.problem == ""
    session.edit([RemoveClass("Yabbo")])
    assert "Yabbo" in session.problem
    session.edit([SNOW])
    session.undo()
    session.undo()
    assert session.evaluation is not None
    assert (session.problem, session.evaluation.share.hits) == ("", 195)


def test_what_does_not_apply_changes_nothing(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    with pytest.raises(EditError):
        session.edit([SNOW, SetRule("Nobody", "scene", ())])
    assert (session.generation, session.system, session.unsaved) == (1, load(draft), 0)


def test_a_save_is_a_revision_with_its_reason_and_accuracy(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    session.edit([SNOW])
    saved = session.save("the moon is not there")
    assert (session.unsaved, session.changed_outside) == (0, False)
    assert load(draft) == session.system
    assert saved.revision is not None
    history = History.read(draft)
    assert history is not None
    with history:
        last = history.revisions()[-1]
        assert (last.reason, last.kind) == ("the moon is not there", "person")
        assert history.evaluations()[last.hash][0]["accuracy"] == pytest.approx(210 / 240)
    assert session.undo() is not None
    assert session.unsaved == 1


def test_read_only_reads(draft: Path, measured: Evaluation) -> None:
    session = Session.open(str(draft), read_only=True)
    session.begin(measured)
    with pytest.raises(UsageError, match="read-only"):
        session.edit([SNOW])
    with pytest.raises(UsageError, match="read-only"):
        session.save("no")
    session.close()
    assert not draft.with_name("draft.history.db").exists()
    gallery = Session.open("gallery:demo")
    assert gallery.read_only
    assert gallery.notices


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_in_a_read_only_folder_edits_live_in_memory(draft: Path) -> None:
    draft.parent.chmod(0o555)
    try:
        session = opened(draft)
        session.edit([SNOW])
        assert "memory" in session.notices[0]
        assert session.undo() is not None
    finally:
        draft.parent.chmod(0o755)


def test_a_change_outside_is_noticed_and_merged(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    session.edit([SNOW])
    assert not session.changed_outside
    save(apply(load(draft), [SPOTS, SetName("theirs")]), draft)
    assert session.changed_outside
    merged = session.merged()
    assert merged.conflicts == ()
    session.settle_outside(merged.system, "merged")
    assert not session.changed_outside
    assert session.system == apply(load("gallery:demo-draft"), [SNOW, SPOTS, SetName("theirs")])
    assert session.evaluation is not None
    assert session.evaluation.share.hits == 225
    session.save("both")
    assert load(draft) == session.system


def test_a_change_outside_can_be_taken_or_left(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    session.edit([SNOW])
    save(apply(load(draft), [SPOTS]), draft)
    session.keep_mine()
    assert not session.changed_outside
    assert session.system.rules["Rundu"]["markings"] == ("bold stripes",)
    save(apply(load(draft), [SetName("again")]), draft)
    assert session.changed_outside
    session.settle_outside(session.outside(), "took theirs")
    assert session.system == load(draft)
    assert session.unsaved == 0
    assert session.evaluation is not None
    assert session.evaluation.share.hits == 210


def test_a_file_changed_while_the_session_was_closed_must_be_decided_first(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    session.edit([SNOW])
    session.close()
    save(apply(load(draft), [SPOTS]), draft)
    again = opened(draft, measured)
    assert again.changed_outside
    with pytest.raises(UsageError, match="outside"):
        again.edit([SetName("x")])
    again.settle_outside(again.merged().system, "merged")
    assert again.system == apply(load("gallery:demo-draft"), [SNOW, SPOTS])


def test_a_touched_file_with_the_same_text_is_no_change(draft: Path) -> None:
    session = opened(draft)
    os.utime(draft, ns=(1, 1))
    assert not session.changed_outside
    draft.unlink()
    assert session.changed_outside


def test_notes_do_not_ask_the_encoder(draft: Path, measured: Evaluation) -> None:
    session = opened(draft, measured)
    made = session.edit([SetNote("look again", "Rundu", "scene")])
    assert made.effect is not None
    assert np.array_equal(made.effect.gained, [])
    assert made.told == "no image changes (81.2 %)"
