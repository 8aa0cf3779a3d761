"""What the program of an optimisation is told for a group of classes: the system, and what came of it so far."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from ..systems.edit_json import to_json
from ..systems.edits import Edit
from ..validate.engine import check
from ..validate.finding import Finding
from .climb import Climb, Tried
from .compact import json_line, names_text, notes_text, system_text
from .evidence import evidence_text
from .groups import Group
from .plan import MOST_FINDINGS, finding_text, locked_text

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation

MOST_TRIED = 30

FIELDS = {
    "system": "its attributes, then for each class a row of its rules in their order",
    "notes": "what people noted about it",
    "group": "the classes to improve",
    "evidence": "what labelled images say",
    "findings": "what checks find wrong with the system",
    "tried": "edits that were tried, the latest last: what helped and was taken, what did not and why",
    "locked": "rules that a person set, by class and attribute (* means all): leave them as they are",
}
"""The inputs of the program, and what each holds."""


class Feedback:
    """Writes the inputs for one climb, all of them from train, where the climb stands."""

    def __init__(self, climb: Climb) -> None:
        self._climb = climb
        self._checked: tuple[Evaluation, tuple[Finding, ...]] | None = None

    def inputs(self, group: Group) -> dict[str, str]:
        """A text for each of ``FIELDS``; what there is nothing to say of is ``none``."""
        climb, train = self._climb, self._climb.train
        texts = {
            "system": system_text(train.system),
            "notes": notes_text(train.system, group),
            "group": names_text(group),
            "evidence": evidence_text(train, group),
            "findings": "\n".join(finding_text(one) for one in self._findings(group)[:MOST_FINDINGS]),
            "tried": tried_text(climb.tried, group),
            "locked": locked_text(train.system, climb.locked, group),
        }
        return {name: texts[name] or "none" for name in FIELDS}

    def _findings(self, group: Group) -> list[Finding]:
        """Those about the group, and those about no class: checks are run once for each system on the climb."""
        train = self._climb.train
        if self._checked is None or self._checked[0] is not train:
            self._checked = train, check(train.system, evaluation=train)
        return [one for one in self._checked[1] if one.severity != "note" and _concerns(one, group)]


def tried_text(tried: Collection[Tried], group: Group) -> str:
    """A line for each of the last moves that touch ``group`` or no class at all: the edits and what they brought."""
    lines = {_tried_line(one): None for one in tried if all(_touches(edit, group) for edit in one.move.edits)}
    return "\n".join(list(lines)[-MOST_TRIED:])


def _tried_line(one: Tried) -> str:
    edits = json_line([to_json(edit) for edit in one.move.edits])
    counted = f"{one.gained} images became right, {one.lost} wrong" if one.gained or one.lost else ""
    return f"{edits}: {'; '.join(filter(None, ('taken' if one.taken else f'not taken: {one.reason}', counted)))}"


def _touches(edit: Edit, group: Group) -> bool:
    return getattr(edit, "class_name", None) in (None, *group)


def _concerns(finding: Finding, group: Group) -> bool:
    paths = [place.path for place in (finding.place, *finding.also)]
    rules = [path for path in paths if path[:1] == ("rules",) and len(path) > 1]
    return not rules or any(path[1] in group for path in rules)
