"""The questions of a system for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..systems.problem import quoted
from ..systems.text import plain
from .questions import Blur, Questions, Twins

if TYPE_CHECKING:
    from rich.table import Table

_LISTED = 4
_CHANGES = 5
_GROUPS = 10


def questions_json(found: Questions) -> dict[str, Any]:
    """Everything that was found, as a JSON object; powers are in bits."""
    return {
        "possible": found.possible,
        "attributes": [
            {
                "attribute": step.attribute,
                "separating_power": step.power,
                "together": step.together,
                "confused": list(step.confused),
            }
            for step in found.steps
        ],
        "smallest": {"attributes": list(found.smallest), "proven": found.proven},
        "indistinguishable": [
            {
                "classes": list(twins.classes),
                "changes": [{"attribute": c.attribute, "options": list(c.options)} for c in twins.changes],
            }
            for twins in found.twins
        ],
        "overlapping": [
            {"classes": list(blur.classes), "silent": list(blur.silent), "shared": list(blur.shared)}
            for blur in found.blurs
        ],
        "overlapping_pairs": found.blurred,
    }


def questions_table(found: Questions) -> Table:
    """The attributes in the order in which to ask them."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    table.add_column("#", justify="right")
    table.add_column("attribute", overflow="fold")
    table.add_column("bits alone", justify="right")
    table.add_column("bits together", justify="right")
    table.add_column("classes still confused")
    for number, step in enumerate(found.steps, 1):
        table.add_row(
            str(number),
            Text(plain(step.attribute)),
            f"{step.power:.2f}",
            f"{step.together:.2f}",
            Text(_confused(step.confused)),
        )
    return table


def questions_lines(found: Questions) -> Iterator[str]:
    """What follows the table: the smallest set, and what would have to change where classes stay confused."""
    number = len(found.smallest)
    proof = "no fewer do" if found.proven else "fewer might: the system is too large to try all"
    if number:
        who = "attribute separates" if number == 1 else "attributes separate"
        yield f"{number} {who} all that can be separated ({proof}): {quoted(found.smallest, number)}."
    yield f"Telling all classes apart takes {found.possible:.2f} bits; the rules give {found.steps[-1].together:.2f}."
    for twins in found.twins[:_GROUPS]:
        yield ""
        yield from _twins(twins)
    if len(found.twins) > _GROUPS:
        yield f"... and {len(found.twins) - _GROUPS} more groups with the same rules; --json lists them all."
    if found.blurs:
        yield ""
    for blur in found.blurs[:_LISTED]:
        yield from _blur(blur)
    if found.blurred > _LISTED:
        yield f"... and {found.blurred - _LISTED} more pairs."


def _confused(classes: Sequence[str]) -> str:
    if not classes:
        return "none"
    return f"{len(classes)}: {quoted(classes, _LISTED)}" if len(classes) <= 2 * _LISTED else str(len(classes))


def _twins(twins: Twins) -> Iterator[str]:
    needed = len(twins.classes) - 1
    yield f"{quoted(twins.classes)} have the same rules."
    who = "one of them needs" if needed == 1 else f"{needed} of them need"
    yield f"  To be told apart, {who} another option in some attribute, or a new attribute that asks what differs."
    for change in twins.changes[:_CHANGES]:
        yield f"  {plain(change.attribute)}: {quoted(change.options, _LISTED)}"
    if len(twins.changes) > _CHANGES:
        yield f"  ... or one in {len(twins.changes) - _CHANGES} more attributes"


def _blur(blur: Blur) -> Iterator[str]:
    yield f"One image could fit both {quoted(blur.classes[:1])} and {quoted(blur.classes[1:])}."
    if blur.silent:
        yield f"  Write the missing rule in: {quoted(blur.silent, _LISTED)}"
    if blur.shared:
        yield f"  Narrow the rules, which share an option, in: {quoted(blur.shared, _LISTED)}"
