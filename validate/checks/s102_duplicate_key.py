"""S102: a key stands twice in one object."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck

_HEAD = '{"cotsmith": 1, "attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small"]}},\n '


class DuplicateKey(ProblemCheck):
    """JSON readers keep the last of two equal keys, silently."""

    code = "S102"
    name = "duplicate-key"
    kind = "duplicate-key"
    summary = "A key stands twice in one object."
    fault = "Two members of one object have the same key: the same class, the same attribute, or the same setting."
    harm = "JSON readers keep the last one and drop the others without a word, so a class loses its first rules."
    instead = "Keep one of them, or give the other a name of its own."
    valid = (Example(_HEAD + '"rules": {"elephant": {"size": "big"}, "mouse": {"size": "small"}}}'),)
    invalid = (
        Example(
            _HEAD + '"rules": {"elephant": {"size": "big"}, "elephant": {"size": "small"}}}',
            places=("rules › elephant",),
        ),
    )
