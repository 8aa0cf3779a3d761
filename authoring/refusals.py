"""Proposals that were refused, and why: remembered with the history, and told to the LLM the next time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ..errors import CotsmithError
from ..systems.decisions import refusals, remember_refusals
from ..systems.edit_json import from_json, to_json
from ..systems.edits import Edit, apply
from ..systems.history import History, from_history
from ..systems.json_form import Json
from ..systems.model import System
from ..systems.saving import record_outside_change
from .proposals import Proposals

Judge: TypeAlias = Literal["person", "images"]

MOST = 50
"""The latest so many are sent."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that was refused, by a person or because of what the images say."""

    edit: Edit
    rationale: str
    reason: str
    by: Judge


def remember(path: str | Path, proposals: Proposals, *, by: Judge) -> None:
    """Keep the refused ones of ``proposals`` with the history of ``path``, which begins where there is none.

    Raises:
        HistoryError: the history cannot be written.
    """
    refused: list[Json] = [
        {"edit": to_json(one.edit), "rationale": one.rationale, "reason": one.reason, "by": by}
        for one in proposals
        if one.status == "refused"
    ]
    if refused:
        record_outside_change(path)
        with History.open(path) as history:
            remember_refusals(history, refused)


def recalled(path: str | Path | None, system: System) -> tuple[Refused, ...]:
    """What was refused before and would still change ``system``, oldest first, each edit once, with its last reason.

    Raises:
        HistoryError: the history cannot be read.
    """
    stored: list[Json] = from_history(path, refusals, [])
    found: dict[str, Refused] = {}
    for one in map(_read, stored):
        if one is not None:
            found.pop(repr(one.edit), None)
            found[repr(one.edit)] = one
    return tuple(one for one in found.values() if _changes(system, one.edit))[-MOST:]


def refused_before(refused: Sequence[Refused], edit: Edit) -> Refused | None:
    """The refusal of ``edit`` by a person, if there is one: a person need not say it twice."""
    return next((one for one in refused if one.by == "person" and one.edit == edit), None)


def _read(body: Json) -> Refused | None:
    if not isinstance(body, dict):
        return None
    try:
        edit = from_json(body.get("edit"))
    except CotsmithError:  # written by another version
        return None
    by: Judge = "images" if body.get("by") == "images" else "person"
    return Refused(edit, str(body.get("rationale", "")), str(body.get("reason", "")), by)


def _changes(system: System, edit: Edit) -> bool:
    try:
        return apply(system, [edit]) != system
    except CotsmithError:
        return False
