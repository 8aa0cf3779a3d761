"""A proposal: one edit that an LLM or an optimiser suggests, why, what it would change, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..systems.edits import Edit

if TYPE_CHECKING:
    from ..scoring.effects import Effect

Status = Literal["open", "accepted", "refused", "conflict", "invalid"]
"""``conflict``: it touches what a person locked; ``invalid``: it does not apply; ``open``: nobody has decided yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """One suggested edit.

    ``reason`` says why it is a conflict or invalid, or why it was refused. ``effect`` is measured on the system as it
    is with this edit (and those of ``requires``) alone, ``cumulative`` with those accepted before it as well; both are
    ``None`` without images, or when the edit cannot be measured. ``requires`` are the indexes of the proposals that
    must be taken before this one applies, such as the new option that a rule names. ``edited``: a person put another
    edit in the place of the one suggested.
    """

    edit: Edit
    rationale: str
    status: Status = "open"
    reason: str = ""
    effect: Effect | None = None
    cumulative: Effect | None = None
    requires: tuple[int, ...] = ()
    edited: bool = False
