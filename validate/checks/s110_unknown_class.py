"""S110: a note for a class that does not exist."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck

_SYSTEM = {
    "attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small"]}},
    "rules": {"mouse": {"size": "small"}},
}


class UnknownClass(ProblemCheck):
    """Mostly a class that was renamed in one place only."""

    code = "S110"
    name = "unknown-class"
    kind = "unknown-class"
    summary = "A note is for a class that does not exist."
    fault = "A key in `notes` is none of the classes that have rules, letter by letter."
    harm = "The note would never be shown."
    instead = "Correct the name, or remove the note."
    valid = (Example({**_SYSTEM, "notes": {"classes": {"mouse": "the grey house mouse"}}}),)
    invalid = (
        Example(
            {**_SYSTEM, "notes": {"classes": {"mose": "the grey house mouse"}}}, places=("notes › classes › mose",)
        ),
    )
