"""S103: a key or value that the format does not have."""

from __future__ import annotations

from ..check import Example
from .problem_check import ProblemCheck


class WrongShape(ProblemCheck):
    """The JSON does not have the shape of a system."""

    code = "S103"
    name = "wrong-shape"
    kind = "schema"
    summary = "A key is unknown or missing, or a value has the wrong type."
    fault = (
        "The file does not match the JSON Schema of a system (`cotsmith schema` prints it): a key that does not exist, "
        "one that is missing, or a number where a text should stand."
    )
    harm = "A misspelt key would otherwise be a setting that silently does nothing."
    instead = "Write the key as the finding suggests. A remark belongs into a `note`."
    valid = (Example({"attributes": {}, "rules": {}}),)
    invalid = (
        Example({"attributs": {}, "attributes": {}, "rules": {}}, places=("attributs",)),
        Example(
            {
                "attributes": {"size": {"prompt": "It is {}.", "options": ["big", "small"]}},
                "rules": {"elephant": {"size": 1}},
            },
            places=("rules › elephant › size",),
        ),
    )
