"""Which checks are asked for: by code, by the beginning of a code, or by name."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import UsageError
from ..systems.text import did_you_mean, plain
from .check import FAMILIES
from .codes import CHECKS, all_checks, names


def selected(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> frozenset[str]:
    """The codes that ``select`` names (all, if it names none) without those that ``ignore`` names.

    Each entry is a code (``O101``), its beginning (``O``, ``O1``), a family (``options``) or a name
    (``duplicate-option``); several may stand in one entry, with commas between.

    Raises:
        UsageError: an entry names no check; the message suggests the nearest.
    """
    wanted = _codes(select)
    return (wanted or frozenset(CHECKS)) - _codes(ignore)


def codes_of(entry: str) -> frozenset[str]:
    """The codes that one entry names, none if it names no check."""
    by_name = {check.name: check.code for check in all_checks()}
    families = {family: letter for letter, family in FAMILIES.items()}
    if entry.lower() in by_name:
        return frozenset({by_name[entry.lower()]})
    prefix = families.get(entry.lower(), entry.upper())
    return frozenset(code for code in CHECKS if prefix and code.startswith(prefix))


def _codes(entries: Iterable[str]) -> frozenset[str]:
    found: set[str] = set()
    for entry in (part.strip() for text in entries for part in text.split(",")):
        codes = codes_of(entry)
        if not codes:
            close = did_you_mean(entry, [*names(), *FAMILIES.values()])
            raise UsageError(
                f'"{plain(entry)}" is not a check{close}',
                hint="`cotsmith explain` lists all checks. A family's letter or name stands for all of its checks.",
            )
        found |= codes
    return frozenset(found)
