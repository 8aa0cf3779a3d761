"""S109: a rule or a note for an attribute that does not exist."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck

_SIZE = {"size": {"prompt": "It is {}.", "options": ["big", "small"]}}


class UnknownAttribute(ProblemCheck):
    """Mostly a slip of the pen, or an attribute that was renamed in one place only."""

    code = "S109"
    name = "unknown-attribute"
    kind = "unknown-attribute"
    summary = "A rule or a note is for an attribute that does not exist."
    fault = "A key in a class's rules or notes is none of the system's attributes, letter by letter."
    harm = "The rule would never be asked for."
    instead = "Correct the name, or add the attribute."
    valid = (Example({"attributes": _SIZE, "rules": {"mouse": {"size": "small"}}}),)
    invalid = (
        Example(
            {"attributes": _SIZE, "rules": {"mouse": {"size": "small", "sise": "small"}}},
            places=("rules › mouse › sise",),
        ),
    )
