"""Where class names leak into options: whole words, inflected or not, but no everyday words and no colours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..systems.model import Attribute
from .vocabulary import ARTICLES, COLOUR_QUESTIONS, COLOURS, DEGREES, GENERIC_CLASSES, NUMERALS, RESEMBLING
from .words import Words, content, singular, stem, words

if TYPE_CHECKING:
    from .context import Context


def named_classes(context: Context, attribute: Attribute, option: str) -> list[str]:
    """The classes whose name stands in ``option``, in the system's order; see ``_counts`` for what does not count."""
    found = tuple(stem(word) for word in content(option))
    colour = asks_for_colour(attribute) or not _ends_in_a_thing(option)
    leaked: list[str] = []
    for start, end in _spans(len(found), context.longest_name):
        for class_name in context.class_names.get(found[start:end], ()):
            own = option in context.valid.rules[class_name][attribute.name]
            if class_name not in leaked and _counts(found, start, end, own=own, colour=colour):
                leaked.append(class_name)
    return leaked


def names_itself(context: Context, attribute: Attribute) -> list[str]:
    """The classes that show an option with their own name, if they are several, and most of those with a rule here."""
    rows = [(name, row[attribute.name]) for name, row in context.valid.rules.items() if row[attribute.name]]
    leaks = context.leaks[attribute.name]
    naming = [name for name, rule in rows if any(name in leaks[option] for option in rule)]
    return naming if len(naming) > 1 and 2 * len(naming) > len(rows) else []


def asks_for_colour(attribute: Attribute) -> bool:
    """Whether the attribute asks for a colour: its name or prompt says so, or its options are mostly colours."""
    asked = {word for text in (attribute.name.replace("_", " "), *attribute.prompts) for word in words(text)}
    if asked & COLOUR_QUESTIONS:
        return True
    return sum(words(option)[-1:] != () and words(option)[-1] in COLOURS for option in attribute.options) * 2 > len(
        attribute.options
    )


def _spans(length: int, longest: int) -> Iterator[tuple[int, int]]:
    for start in range(length):
        for end in range(start + 1, min(length, start + longest) + 1):
            yield start, end


def _ends_in_a_thing(option: str) -> bool:
    """Whether a colour that ends an option is a thing there: "a peeled orange", "oranges", but not "bright orange"."""
    *before, last = words(option) or ("",)
    if last not in COLOURS:
        return singular(last) in COLOURS
    return bool(before) and before[-1] not in DEGREES and (before[0] in ARTICLES or before[-1] == "of")


def _counts(found: Words, start: int, end: int, *, own: bool, colour: bool) -> bool:
    """Whether these words of an option leak the name that they spell.

    A single everyday word does so only as the whole option, a number or a word of one or two letters likewise. A
    colour is no leak where it is meant as one, and "wolf-like" is none unless the class is the wolf's own.
    """
    name = found[start:end]
    if len(name) == 1:
        word = name[0]
        if word in COLOURS and (colour or end < len(found)):
            return False
        slight = word in GENERIC_CLASSES | NUMERALS or not word.isalpha() or (word.isascii() and len(word) < 3)
        if slight and len(found) > 1:
            return False
    return own or not (end < len(found) and found[end] in RESEMBLING)
