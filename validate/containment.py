"""Options that are special cases of other options: the same noun with something added before it."""

from __future__ import annotations

from collections import defaultdict

from ..systems.model import Attribute
from .names import asks_for_colour
from .vocabulary import COLOURS, CONJUNCTIONS, DEGREES, NUMERALS, PLAIN_ADJECTIVES, RELATIONS
from .words import Words, content, singular, words

_ADJECTIVE_ENDINGS = ("ed", "ish", "like", "ous", "ful", "less", "ic", "ing", "ly")


def special_cases(attribute: Attribute) -> dict[str, list[str]]:
    """For each option that is one, the other options that are special cases of it, in the attribute's order."""
    if asks_for_colour(attribute):
        return {}
    by_noun: dict[str, list[tuple[str, Words]]] = defaultdict(list)
    for option in attribute.options:
        phrase = content(option)
        if _is_noun_phrase(option, phrase):
            by_noun[singular(phrase[-1])].append((option, phrase))
    found = {}
    for phrases in by_noun.values():
        for option, phrase in phrases:
            special = [other for other, longer in phrases if _adds_to(option, phrase, longer)]
            if special:
                found[option] = special
    return {option: found[option] for option in attribute.options if option in found}


def _is_noun_phrase(option: str, phrase: Words) -> bool:
    last = phrase[-1] if phrase else ""
    return (
        bool(phrase)
        and not any(word in RELATIONS or word in CONJUNCTIONS for word in phrase)
        and not any(mark in option for mark in ",;/")
        and last not in COLOURS | PLAIN_ADJECTIVES
        and not last.endswith(_ADJECTIVE_ENDINGS)
    )


def _adds_to(option: str, general: Words, special: Words) -> bool:
    """Whether ``special`` says all that ``general`` says, and more than a degree, or a number against "a"."""
    added = [word for word in special if word not in general]
    if len(special) <= len(general) or not set(map(singular, general)) <= set(map(singular, special)):
        return False
    added = [word for word in added if singular(word) not in map(singular, general)]
    if all(word in DEGREES for word in added):
        return False
    one = words(option)[0] in {"a", "an", "one"}
    return not (one and any(word in NUMERALS - {"one"} for word in added))
