"""O102: two options of an attribute mean the same in other words."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.edits import MergeOptions
from ...systems.model import Attribute
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..example_encoder import BagOfWords
from ..finding import Finding, Fix, at_option
from ..similarity import too_alike
from ..words import Words, asks_for_order, same_meaning, same_thing

_PROMPT = "An animal with {}."


class NearDuplicateOption(Check):
    """By a short list of synonyms, and with an encoder by what the encoder itself holds for the same."""

    code = "O102"
    name = "near-duplicate-option"
    sharper_with_encoder = True
    summary = "Two options of one attribute mean the same in other words."
    fault = (
        "Two options of one attribute differ only by synonyms (large and big, beak and bill). With `--encoder`, also "
        "two whose texts the encoder places nearer to each other than words that differ in meaning. What counts as "
        "near is measured for each encoder, prompt and context, with words that mean the same and words that do not, "
        "since raw cosines differ from model to model."
    )
    harm = "The encoder cannot hold the two answers apart, so each takes half of the other's probability."
    instead = "Keep one, or word both so that what differs stands out."
    mending = "The fix merges the later option into the first. It is not safe: the shade of meaning may be wanted."
    valid = (
        Example(
            {
                "attributes": {"bill": {"prompt": _PROMPT, "options": ["a large bill", "a small bill"]}},
                "rules": {"pelican": {"bill": "a large bill"}, "wren": {"bill": "a small bill"}},
            },
            encoder=BagOfWords,
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"bill": {"prompt": _PROMPT, "options": ["a large bill", "a small bill", "a big beak"]}},
                "rules": {
                    "pelican": {"bill": "a large bill"},
                    "wren": {"bill": "a small bill"},
                    "toucan": {"bill": "a big beak"},
                },
            },
            places=("attributes › bill › a big beak",),
        ),
        Example(
            {
                "attributes": {"tail": {"prompt": _PROMPT, "options": ["a fan tail", "a fanned tail", "no tail"]}},
                "rules": {
                    "peacock": {"tail": "a fan tail"},
                    "turkey": {"tail": "a fanned tail"},
                    "kiwi": {"tail": "no tail"},
                },
            },
            places=("attributes › tail › a fanned tail",),
            encoder=lambda: BagOfWords(alike=(("fanned", "fan"),)),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Pairs equal but for synonyms, then, with an encoder, pairs that it places too near."""
        for attribute in context.valid.attributes:
            seen: set[str] = set()
            first: dict[Words, str] = {}
            ordered = asks_for_order((attribute.name, *attribute.prompts))
            for option in attribute.options:
                kept = first.setdefault(same_meaning(option, ordered=ordered), option)
                if same_thing(kept) != same_thing(option):
                    seen.add(option)
                    yield self._near(attribute, kept, option, "the words are synonyms")
            if context.encoder is not None:
                for pair in too_alike(context.encoder, attribute.prompts, attribute.options):
                    if pair.second not in seen and same_thing(pair.first) != same_thing(pair.second):
                        seen.add(pair.second)
                        yield self._near(
                            attribute,
                            pair.first,
                            pair.second,
                            f"cosine {pair.cosine:.3f}; above {pair.limit:.3f} this encoder holds texts for the same",
                        )

    def _near(self, attribute: Attribute, kept: str, option: str, why: str) -> Finding:
        fix = Fix(
            f'Merge "{plain(option)}" into "{plain(kept)}"',
            (MergeOptions(attribute.name, option, kept),),
            effect="The two no longer share one answer's probability.",
            safe=False,
        )
        return self.finding(
            f'"{plain(option)}" means the same as "{plain(kept)}" ({why})',
            at_option(attribute, option),
            hint="Keep one, or word both so that what differs stands out.",
            fix=fix,
            also=(at_option(attribute, kept),),
        )
