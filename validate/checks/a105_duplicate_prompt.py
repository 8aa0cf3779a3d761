"""A105: the same prompt for two attributes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ...systems.edits import SetPrompts
from ...systems.model import Attribute, fill
from ...systems.text import plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, Fix, at_prompt
from ..vocabulary import ARTICLES, RELATIONS
from ..words import Words, same_thing, stem, words

_BILL = {"prompt": "A bird with {}.", "options": ["a hooked bill", "a conical bill"]}
_TAIL = {"prompt": "A bird with {}.", "options": ["a forked tail", "a round tail"]}
_RULES = {
    "kite": {"bill": "a hooked bill", "tail": "a forked tail"},
    "finch": {"bill": "a conical bill", "tail": "a round tail"},
}
_SHORT_RULES = {"kite": {"bill": "hooked", "tail": "forked"}, "finch": {"bill": "conical", "tail": "round"}}


class DuplicatePrompt(Check):
    """A shared template is fine where the options themselves say what they describe."""

    code = "A105"
    name = "duplicate-prompt"
    summary = "Two attributes ask with the same prompt, or one attribute asks twice."
    fault = (
        "Two attributes have the same prompt, and nothing else says which is asked: their options are bare adjectives, "
        "or the prompt names what only one of them is about, or the options are the same as well. Or an attribute has "
        'two prompts that differ in case or punctuation only. A shared template such as "A bird with {}." is fine '
        'where the options name the part ("a hooked bill").'
    )
    harm = (
        '"The tail is hooked." asks for the tail even in the attribute that is called bill. '
        "A prompt that stands twice counts double in the average."
    )
    instead = 'Name the part or the aspect in each prompt: "The bill is {}.", "The tail is {}.".'
    mending = (
        "Where one attribute has the prompt twice, the fix drops the second; that is not safe, since averaged "
        "embeddings shift a little. What the other attribute should ask only the author knows."
    )
    valid = (Example({"attributes": {"bill": _BILL, "tail": _TAIL}, "rules": _RULES}),)
    invalid = (
        Example(
            {
                "attributes": {
                    "bill": {"prompt": "The tail of the bird is {}.", "options": ["hooked", "conical"]},
                    "tail": {"prompt": "The tail of the bird is {}.", "options": ["forked", "round"]},
                },
                "rules": _SHORT_RULES,
            },
            places=("attributes › tail › prompt",),
        ),
        Example(
            {
                "attributes": {"bill": {**_BILL, "prompt": ["A bird with {}.", "a bird with {}"]}, "tail": _TAIL},
                "rules": _RULES,
            },
            places=("attributes › bill › prompt",),
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """Prompts repeated within an attribute, then attributes with a prompt in common."""
        for attribute in context.valid.attributes:
            yield from self._within(attribute)
        for first, second in combinations(context.valid.attributes, 2):
            shared = {_asked(prompt) for prompt in first.prompts} & {_asked(prompt) for prompt in second.prompts}
            if shared and (why := _ambiguous(first, second, shared)):
                index = next(i for i, prompt in enumerate(second.prompts) if _asked(prompt) in shared)
                yield self.finding(
                    f'"{plain(second.prompts[index])}" is also the prompt of "{plain(first.name)}", and {why}',
                    at_prompt(second, index),
                    hint="Name the part or the aspect in each prompt.",
                    also=(at_prompt(first),),
                )

    def _within(self, attribute: Attribute) -> Iterator[Finding]:
        seen: set[Words] = set()
        for index, prompt in enumerate(attribute.prompts):
            if _asked(prompt) in seen:
                rest = attribute.prompts[:index] + attribute.prompts[index + 1 :]
                edit = SetPrompts(attribute.name, rest)
                effect = "The average of the text embeddings shifts a little."
                yield self.finding(
                    f'the prompt "{plain(prompt)}" stands twice',
                    at_prompt(attribute, index),
                    hint="Keep one of them.",
                    fix=Fix("Drop the second prompt", (edit,), effect=effect, safe=False),
                )
            seen.add(_asked(prompt))


def _asked(prompt: str) -> Words:
    return words(fill(prompt, " * "))


def _ambiguous(first: Attribute, second: Attribute, shared: set[Words]) -> str:
    """Why it matters that the two share a prompt, or "" if their options say what each is about."""
    own = [{same_thing(option) for option in attribute.options} for attribute in (first, second)]
    if 2 * len(own[0] & own[1]) >= min(map(len, own)) > 0:
        return "their options are the same, too"
    topics = [_topic(attribute) for attribute in (first, second)]
    if all(_names_topic(attribute, topic) for attribute, topic in zip((first, second), topics, strict=True)):
        return ""
    for prompt in shared:
        named = [bool({stem(word) for word in prompt} & topic) for topic in topics]
        if named[0] != named[1]:
            silent = second if named[0] else first
            return f'it does not ask for "{plain(silent.name)}"'
    if not all(_speaks_for_itself(attribute, topic) for attribute, topic in zip((first, second), topics, strict=True)):
        return "their options do not say which is meant"
    return ""


def _topic(attribute: Attribute) -> set[str]:
    return {stem(word) for word in words(attribute.name.replace("_", " "))} - ARTICLES - RELATIONS


def _names_topic(attribute: Attribute, topic: set[str]) -> bool:
    """Whether most options name what the attribute is about: "a hooked bill" for "bill"."""
    naming = sum(bool({stem(word) for word in words(option)} & topic) for option in attribute.options)
    return 2 * naming > len(attribute.options)


def _speaks_for_itself(attribute: Attribute, topic: set[str]) -> bool:
    """Whether most options are phrases, or name what the attribute is about, rather than bare adjectives."""
    phrases = sum(len(words(option)) > 1 for option in attribute.options)
    return 2 * phrases > len(attribute.options) or _names_topic(attribute, topic)
