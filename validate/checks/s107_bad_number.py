"""S107: a weight or temperature that cannot be one."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck


class BadNumber(ProblemCheck):
    """Numbers outside what scoring can use."""

    code = "S107"
    name = "bad-number"
    kind = "bad-number"
    summary = "A weight is negative, a temperature is not above 0, or a number is not finite."
    fault = "A weight below 0, a temperature of 0 or less, or a number that is infinite or not a number."
    harm = "With such a number no score would mean anything."
    instead = "Weights are 0 or more, 1 being the default; the temperature is above 0."
    valid = (Example({"attributes": {}, "rules": {}, "temperature": 0.5}),)
    invalid = (Example({"attributes": {}, "rules": {}, "temperature": 0}, places=("temperature",)),)
