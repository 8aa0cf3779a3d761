"""Proposals on disk from when they arrive until they are judged: a killed review loses no answer and no decision."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from ..authoring.llm import Usage
from ..authoring.proposal import Proposal, Status
from ..authoring.proposals import Origin, Proposals
from ..errors import CotsmithError
from ..systems.canonical import render
from ..systems.edit_json import from_json, to_json
from ..systems.file import parse
from ..systems.history import History, from_history
from ..systems.json_form import Json
from ..systems.waiting_proposals import keep_waiting, waiting
from .deciding import decided


class WaitingProposals:
    """Those of one file; ``warning`` says why they cannot be kept. None are kept without a ``path``."""

    def __init__(self, path: Path | None) -> None:
        self.warning = ""
        self._path = path

    def keep(self, proposals: Proposals | None) -> None:
        """Keep ``proposals`` as they are decided so far, on disk when this returns; None: all are judged."""
        if self._path is None:
            return
        try:
            with History.open(self._path) as history:
                keep_waiting(history, None if proposals is None else proposals_to_json(proposals))
            self.warning = ""
        except CotsmithError as error:
            self.warning = f"proposals are not kept: {error.message}"

    def load(self) -> Proposals | None:
        """What was kept, not measured; None for nothing, and for what this version cannot read."""
        try:
            body = from_history(self._path, waiting, None)
            return None if body is None else proposals_from_json(body)
        except (CotsmithError, KeyError, TypeError, ValueError) as error:
            self.warning = f"the proposals of an earlier session cannot be read: {error}"
            return None


def proposals_to_json(proposals: Proposals) -> Json:
    """All of ``proposals`` but what is measured."""
    items: list[Json] = [
        {
            "edit": to_json(one.edit),
            "rationale": one.rationale,
            "status": one.status,
            "reason": one.reason,
            "edited": one.edited,
        }
        for one in proposals
    ]
    return {
        "system": render(proposals.system),
        "items": items,
        "taken": list(proposals.taken),
        "locked": [list(cell) for cell in sorted(proposals.locked)],
        "unusable": list(proposals.unusable),
        "origin": {
            "model": proposals.origin.model,
            "prompt_version": proposals.origin.prompt_version,
            "usage": asdict(proposals.origin.usage),
            "calls": proposals.origin.calls,
            "seconds": proposals.origin.seconds,
            "exchanges": list(proposals.origin.exchanges),
        },
    }


def proposals_from_json(body: Json) -> Proposals:
    """The proposals that ``proposals_to_json`` wrote; raises what a dict of another shape does."""
    if not isinstance(body, dict):
        raise TypeError("not an object")
    found: dict[str, Any] = dict(body)
    source = found["origin"]
    origin = Origin(
        source["model"],
        source["prompt_version"],
        Usage(**source["usage"]),
        source["calls"],
        source["seconds"],
        tuple(source["exchanges"]),
    )
    system = parse(found["system"])
    locked = frozenset((class_name, attribute) for class_name, attribute in found["locked"])
    like = Proposals(system, (), locked, unusable=tuple(found["unusable"]), origin=origin)
    return decided(system, [_item(one) for one in found["items"]], found["taken"], like)


def _item(one: dict[str, Any]) -> Proposal:
    status: Status = one["status"]
    if status not in get_args(Status):
        raise ValueError(f"unknown status {status}")
    return Proposal(from_json(one["edit"]), one["rationale"], status, one["reason"], edited=one["edited"])
