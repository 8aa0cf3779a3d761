"""S105: a prompt without exactly one {}."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck


class BadPrompt(ProblemCheck):
    """A template must have one place for the option, and no other brace."""

    code = "S105"
    name = "bad-prompt"
    kind = "bad-prompt"
    summary = "A prompt does not hold exactly one {}."
    fault = "A prompt has no `{}`, more than one, or another brace."
    harm = "Without `{}` every option gives the same text, so the encoder could not tell the answers apart."
    instead = "Put one `{}` where the option goes."
    valid = (Example({"attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small"]}}, "rules": {}}),)
    invalid = (
        Example(
            {"attributes": {"size": {"prompt": "How big is it?", "options": ["big", "small"]}}, "rules": {}},
            places=("attributes › size › prompt",),
        ),
    )
