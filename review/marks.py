"""How a cell is marked and tinted: by how far the images agree, so that it can be read with and without colour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..scoring.statistics import Share

Level: TypeAlias = Literal["unknown", "silent", "good", "mixed", "bad"]
"""``unknown``: no image tells; ``silent``: the rule says nothing; else by the share of images that agree."""

GOOD, MIXED = 0.8, 0.5
"""From this share of agreeing images on a rule is good, or mixed."""

GAIN, BAD, HALF, FAULT, LOCKED, SEEN = "▲", "✗", "~", "!", "◆", "✓"

LEGEND = (
    (GAIN, "another rule would name more images right"),
    (BAD, "fewer than half of the class's images agree with the rule"),
    (HALF, "fewer than four in five agree"),
    (FAULT, "a check found something here"),
    (LOCKED, "locked: set by a person, an LLM may not change it without asking"),
    (SEEN, "seen: looked at since the rule was last changed"),
)
"""What each mark of the matrix means."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What the matrix shows of a cell beside its rule. ``share`` tints: 1 where all images agree, None for no tint."""

    level: Level
    share: float | None
    before: str
    after: str


def level_of(agreement: Share | None, *, silent: bool) -> Level:
    """How far the images of a class agree with its rule."""
    if silent:
        return "silent"
    if agreement is None or agreement.value is None:
        return "unknown"
    return "good" if agreement.value >= GOOD else "mixed" if agreement.value >= MIXED else "bad"


def marked(agreement: Share | None, *, silent: bool, gain: bool, fault: bool, locked: bool, seen: bool) -> Marked:
    """The marks of a cell: before its text what is wrong, worst first; behind it what a person did."""
    level = level_of(agreement, silent=silent)
    before = GAIN if gain else BAD if level == "bad" else HALF if level == "mixed" else FAULT if fault else " "
    after = LOCKED if locked else SEEN if seen else " "
    return Marked(level, None if agreement is None or silent else agreement.value, before, after)
