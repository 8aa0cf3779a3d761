"""How alike two texts or sets are, and who is whose partner: by likeness, or by having changed places."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")

# The time to compare grows with the product of the lengths.
_ENOUGH_LETTERS = 200


def text_similarity(a: str, b: str) -> float:
    """0 to 1: the share of common characters in order, or 0.8 where one says all words of the other, case aside.

    So "gray" is close to "grey" by its letters and to "metallic gray" by its word.
    """
    a, b = a.casefold(), b.casefold()
    if a == b:
        return 1.0
    a, b = a[:_ENOUGH_LETTERS], b[:_ENOUGH_LETTERS]
    words_a, words_b = set(a.split()), set(b.split())
    contained = words_a <= words_b or words_b <= words_a
    return max(0.8 if contained else 0.0, difflib.SequenceMatcher(None, a, b, autojunk=False).ratio())


def word_similarity(a: str, b: str) -> float:
    """0 to 1: the Dice coefficient of the two texts' words, case aside (2 × common / all)."""
    words_a, words_b = (set(text.casefold().replace("{}", " ").split()) for text in (a, b))
    if not words_a and not words_b:
        return 1.0
    return 2 * len(words_a & words_b) / (len(words_a) + len(words_b))


def overlap(a: set[T], b: set[T]) -> float:
    """0 to 1: the Jaccard coefficient, common / all; 0 when both are empty."""
    return len(a & b) / len(a | b) if a or b else 0.0


def best_pairs(scored: Iterable[tuple[float, T, T]]) -> dict[T, T]:
    """Partners by falling score, each taken once; among equals the earlier in ``scored`` wins."""
    pairs: dict[T, T] = {}
    taken: set[T] = set()
    for _, old, new in sorted(scored, key=lambda item: -item[0]):
        if old not in pairs and new not in taken:
            pairs[old] = new
            taken.add(new)
    return pairs


def traded(before: Mapping[str, Hashable], after: Mapping[str, Hashable]) -> dict[str, str]:
    """The names that changed places two by two: what ``before`` gives to one, ``after`` gives to the other.

    What ``after`` gives to several names is nobody's mark.
    """
    owners: dict[Hashable, str | None] = {}
    for name, mark in after.items():
        owners[mark] = None if mark in owners else name
    partners = {name: owners.get(mark) for name, mark in before.items()}
    return {
        name: partner
        for name, partner in partners.items()
        if partner is not None and partner != name and partners.get(partner) == name
    }
