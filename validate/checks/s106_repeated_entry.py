"""S106: the same text twice in one list."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck


class RepeatedEntry(ProblemCheck):
    """An option, a prompt, or an option in a rule stands twice."""

    code = "S106"
    name = "repeated-entry"
    kind = "duplicate"
    summary = "An option or a prompt stands twice in one list."
    fault = "The same text stands twice among an attribute's options or prompts, or in one rule."
    harm = "Two equal options share one answer's probability, and a rule that names the text could mean either."
    instead = "Remove one of them."
    valid = (Example({"attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small"]}}, "rules": {}}),)
    invalid = (
        Example(
            {"attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small", "big"]}}, "rules": {}},
            places=("attributes › size › options › #3",),
        ),
    )
