"""S104: a text that cannot be a name, an option or a note."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck


class BadText(ProblemCheck):
    """Empty texts, white space around them, control characters."""

    code = "S104"
    name = "bad-text"
    kind = "bad-text"
    summary = "A name or an option is empty, or has white space around it, or holds a control character."
    fault = "A text is empty, begins or ends with white space, or holds a character that a terminal would obey."
    harm = 'Nobody sees the difference between `"white"` and `"white "`, but a rule must name the option exactly.'
    instead = "Write the visible text and nothing around it."
    valid = (Example({"attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small"]}}, "rules": {}}),)
    invalid = (
        Example(
            {"attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small "]}}, "rules": {}},
            places=("attributes › size › options › #2",),
        ),
    )
