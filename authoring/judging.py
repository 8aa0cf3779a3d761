"""What an LLM's edits are worth on the images of one evaluation: a score, words about each edit, and moves to try."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import CotsmithError
from ..scoring.verdict import turned
from ..systems.describe import describe
from ..systems.edit_json import from_json
from ..systems.edits import Edit
from ..systems.json_form import Json
from ..systems.text import counted, plain
from .climb import Move
from .compact import json_line
from .locks import Cell
from .proposals import Encode, Proposals, measure, proposals_of

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class Verdict:
    """``score`` from 0 to 1, ``feedback`` for whoever wrote the edits, and the ``moves`` that apply."""

    score: float
    feedback: str
    moves: tuple[Move, ...]


def judge(
    evaluation: Evaluation,
    value: Json,
    group: Collection[str],
    *,
    locked: frozenset[Cell] = frozenset(),
    encode: Encode | None = None,
) -> Verdict:
    """Measure the edits in ``value`` (a list of ``{"edit": ..., "rationale": ...}``) on ``evaluation``.

    The score is the share of the images of ``group`` that are right once all edits that apply are taken, less the
    images of other classes that become wrong, in the same unit; never below 0. What applies and what each edit brings
    alone is said in the feedback, an edit a line.
    """
    suggested, faults = _read(value)
    proposals = measure(proposals_of(evaluation.system, suggested, locked=locked), evaluation, encode)
    lines = [_said(proposals, index) for index in range(len(proposals))]
    lines += [f"{json_line(raw)}: {fault}" for raw, fault in faults]
    taken = proposals
    for index in range(len(proposals)):
        if taken.items[index].status == "open":
            taken = taken.accept(index)
    after = taken.current or evaluation
    mine = np.isin(evaluation.labels, [i for i, name in enumerate(evaluation.system.classes) if name in group])
    total = max(1, int(mine.sum()))
    before, right = int((evaluation.correct & mine).sum()), int((after.correct & mine).sum())
    harmed = int((evaluation.correct & ~after.correct & ~mine).sum())
    lines.append(f"Together: of {total} images of these classes {before} were right before, {right} are now.")
    if harmed:
        lines.append(f"{counted(harmed, 'image of other classes becomes', 'images of other classes become')} wrong.")
    if not suggested and not faults:
        lines.append("Nothing was proposed.")
    return Verdict(max(0.0, (right - harmed) / total), "\n".join(lines), _moves(proposals))


def _read(value: Json) -> tuple[list[tuple[Edit, str]], list[tuple[Json, str]]]:
    """The edits with their rationales, and what is none, with what is wrong with it."""
    edits: list[tuple[Edit, str]] = []
    faults: list[tuple[Json, str]] = []
    for item in value if isinstance(value, Sequence) and not isinstance(value, str) else []:
        raw = item.get("edit") if isinstance(item, dict) else item
        try:
            edits.append((from_json(raw), str(item.get("rationale") or "") if isinstance(item, dict) else ""))
        except CotsmithError as error:
            faults.append((raw, str(error)))
    return edits, faults


def _said(proposals: Proposals, index: int) -> str:
    one = proposals.items[index]
    what = plain(describe(one.edit, proposals.before(index)))
    if one.status != "open":
        return f"{what}: {one.reason}"
    if one.effect is None:
        return f"{what}: it cannot be measured"
    return f"{what}: {turned(one.effect)}"


def _moves(proposals: Proposals) -> tuple[Move, ...]:
    """Each edit that can be taken, after those that it rests on."""
    return tuple(
        Move(tuple(proposals.items[step].edit for step in proposals.steps(index)), proposals.items[index].rationale)
        for index in proposals.open
    )
