"""O105: an option that no picture shows."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_option
from ..visible import unseen

_PROMPT = "An animal that is {}."


class NonVisualOption(Check):
    """Sounds, smells, tastes, behaviour, uses, and yes or no."""

    code = "O105"
    name = "non-visual-option"
    summary = "An option describes what no picture shows."
    fault = (
        "An option speaks of a sound, a smell, a taste, a habit, a use or a fact (loud, fragrant, nocturnal, used for "
        'cutting, poisonous), or it answers "yes" or "no".'
    )
    harm = (
        "An image encoder compares a text with what is seen. Such a text matches everything and nothing, so the "
        "attribute adds noise to every class that names it."
    )
    instead = 'Write what gives the property away in a picture: "large dark eyes" rather than "nocturnal".'
    valid = (
        Example(
            {
                "attributes": {
                    "look": {"prompt": _PROMPT, "options": ["striped", "spotted", "showing a friendly face"]}
                },
                "rules": {
                    "tiger": {"look": "striped"},
                    "leopard": {"look": "spotted"},
                    "dolphin": {"look": "showing a friendly face"},
                },
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"look": {"prompt": _PROMPT, "options": ["striped", "nocturnal"]}},
                "rules": {"tiger": {"look": "striped"}, "owl": {"look": "nocturnal"}},
            },
            places=("attributes › look › nocturnal",),
        ),
        Example(
            {
                "attributes": {"wings": {"prompt": "Does it have wings? {}", "options": ["yes", "no"]}},
                "rules": {"tiger": {"wings": "no"}, "owl": {"wings": "yes"}},
            },
            places=("attributes › wings › yes", "attributes › wings › no"),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every option that no picture shows, with the word that says so."""
        for attribute in context.valid.attributes:
            for option in attribute.options:
                sense, word = unseen(option)
                if sense == "answer":
                    message = (
                        f'"{plain(option)}" answers a question, but an encoder compares pictures with descriptions'
                    )
                elif sense:
                    message = f'"{plain(option)}" is not something a picture shows: "{word}" is about {sense}'
                else:
                    continue
                yield self.finding(message, at_option(attribute, option), hint="Write what can be seen instead.")
