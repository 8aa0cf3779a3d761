"""O107: an option that the text tower does not read to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...systems.model import Attribute, fill
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, at_option

SHORTEST = 64
"""The tokens that SigLIP's text tower reads, start and end marks included; CLIP's reads 77."""

_MARKS = 2
_PIECE = re.compile(r"\w+|[^\w\s]+")
_RAMBLING = (
    "a coat that is mostly white, though on the back and along both flanks one finds a number of large patches, "
    "some of them black and others of a warm reddish brown, which run into each other near the tail, while the legs, "
    "the belly and the lower part of the face stay white, except for a small black spot beside the nose"
)


class LongOption(Check):
    """With an encoder its own tokenizer decides; without one, a count that no tokenizer can undercut."""

    code = "O107"
    name = "long-option"
    sharper_with_encoder = True
    summary = "An option, filled into its prompt, is longer than a text tower reads."
    fault = (
        "The prompt with the option in it has more tokens than the text tower reads. With `--encoder` its own limit "
        f"counts. Without one, a text is reported that has more words and punctuation marks than {SHORTEST}, "
        "the shortest common limit, so that no tokenizer can make it fit."
    )
    harm = "The end of the text is cut off without a word, and with it perhaps what tells the option from others."
    instead = "Say one thing in a few words. Several things are several attributes."
    valid = (
        Example(
            {
                "attributes": {"coat": {"prompt": "A dog with {}.", "options": ["a white coat with black patches"]}},
                "rules": {"spaniel": {"coat": "a white coat with black patches"}},
            }
        ),
    )
    invalid = (
        Example(
            {
                "attributes": {"coat": {"prompt": "A dog with {}.", "options": [_RAMBLING, "a black coat"]}},
                "rules": {"spaniel": {"coat": _RAMBLING}, "labrador": {"coat": "a black coat"}},
            },
            places=(f"attributes › coat › {_RAMBLING}",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Every option with a filled prompt that is too long."""
        texts = [fill(p, o) for a in context.valid.attributes for p in a.prompts for o in a.options]
        cut: frozenset[str] = frozenset()
        if context.encoder is not None:
            from ...scoring.embed import truncated_texts

            cut = frozenset(truncated_texts(context.encoder, texts))
        for attribute in context.valid.attributes:
            for option in attribute.options:
                if reason := _reason(attribute, option, cut):
                    yield self.finding(
                        f'"{plain(option[:40])}…" {reason}',
                        at_option(attribute, option),
                        hint="Say one thing in a few words.",
                    )


def _reason(attribute: Attribute, option: str, cut: frozenset[str]) -> str:
    filled = [fill(prompt, option) for prompt in attribute.prompts]
    if any(text in cut for text in filled):
        return "is longer, in its prompt, than this encoder reads"
    least = _MARKS + max(len(_PIECE.findall(text)) for text in filled)
    if least > SHORTEST:
        return f"makes at least {least} tokens in its prompt; the text towers of SigLIP read 64, those of CLIP 77"
    return ""
