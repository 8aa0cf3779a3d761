"""S108: a rule names what is not an option."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck

_SIZE = {"size": {"prompt": "It is {}.", "options": ["big", "small"]}}


class UnknownOption(ProblemCheck):
    """Mostly a slip of the pen, or an option that was reworded in one place only."""

    code = "S108"
    name = "unknown-option"
    kind = "unknown-option"
    summary = "A rule names something that is not an option of its attribute."
    fault = "The text in a rule is none of the attribute's options, letter by letter."
    harm = "The rule could never come true."
    instead = "Correct the rule, or add the option. `cotsmith` edits that reword an option change its rules with it."
    valid = (Example({"attributes": _SIZE, "rules": {"mouse": {"size": "small"}}}),)
    invalid = (Example({"attributes": _SIZE, "rules": {"mouse": {"size": "smal"}}}, places=("rules › mouse › size",)),)
