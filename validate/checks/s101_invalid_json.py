"""S101: the file is no JSON."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck


class InvalidJson(ProblemCheck):
    """The text breaks JSON's grammar."""

    code = "S101"
    name = "invalid-json"
    kind = "not-json"
    summary = "The file is not JSON."
    fault = "The file cannot be read as JSON. The finding names the first place where the grammar breaks."
    harm = "Nothing else in the file can be read. `cotsmith check` returns 2, as for a file that is not there."
    instead = (
        "Mend the place that the finding names. Trailing commas, comments and single quotes are not JSON; "
        "`cotsmith import` reads a file that has them, and writes a proper one."
    )
    valid = (
        Example('{"cotsmith": 1, "attributes": {"size": {"prompt": "It is {}.", "options": ["big"]}}, "rules": {}}'),
    )
    invalid = (
        Example(
            '{"cotsmith": 1,\n "attributes": {"size": {"prompt": "It is {}.", "options": ["big",]}},\n "rules": {}}',
            places=("",),
        ),
    )
