"""Which findings the authors of a system accept, and which of their allowances nothing needs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..systems.model import Allowance
from .finding import Finding
from .selection import codes_of

_SEPARATOR = re.compile(r"\s*[›>]\s*")


def sift(
    findings: Iterable[Finding], allowances: Sequence[Allowance]
) -> tuple[list[Finding], list[tuple[int, Allowance]]]:
    """The findings that no allowance covers, and the allowances, with their positions, that cover none."""
    codes = [codes_of(allowance.check) for allowance in allowances]
    used = [False] * len(allowances)
    kept = []
    for finding in findings:
        covering = [
            index
            for index, allowance in enumerate(allowances)
            if finding.code in codes[index] and _at(allowance.place, finding)
        ]
        for index in covering:
            used[index] = True
        if not covering:
            kept.append(finding)
    return kept, [(index, allowance) for index, allowance in enumerate(allowances) if not used[index]]


def _at(place: str, finding: Finding) -> bool:
    """Whether ``place`` is the finding's, one that it also concerns, or one that contains it.

    The first part of a place ("rules", "attributes") may be left out, and ">" stand for "›".
    """
    wanted = tuple(part for part in _SEPARATOR.split(place.strip()) if part)
    for concerned in (finding.place, *finding.also):
        parts = tuple(_SEPARATOR.split(concerned.name))
        if wanted in (parts[: len(wanted)], parts[1 : 1 + len(wanted)]):
            return True
    return False
