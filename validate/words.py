"""Texts reduced to what they say: case, articles, plural, spelling, punctuation and word order taken away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

from .vocabulary import (
    ARTICLES,
    COLOURS,
    CONJUNCTIONS,
    DEGREES,
    IRREGULAR_PLURALS,
    NOT_PLURAL,
    NUMBERS,
    ORDER_QUESTIONS,
    PLAIN_ADJECTIVES,
    RELATIONS,
    SPELLINGS,
    SYNONYMS,
)

Words: TypeAlias = tuple[str, ...]

# Letters and digits make words; a point, comma or slash between digits belongs to the number ("1.5", "3/4"). Signs
# that tell options apart ("+", "C#", "50%") are words too; every other punctuation mark only separates.
_WORD = re.compile(r"\d+(?:[.,/:]\d+)+|[^\W_]+|[+#&%°<>=±*$€£@♂♀]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBERING = re.compile(r"^(?:\d+\.\s*|\d{3,}[_-])(?=[^\W\d])")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b|(?<=s)['’](?!\w)")
_BRACKETED = re.compile(r"\s*[(\[][^)\]]*[)\]]")
_PAIR = re.compile(r"\b(?:a\s+)?(?:pair|couple)\s+of\s+")
_COMMA = re.compile(r"[,;/](?!\d)")
_SYNONYM = {other: word for word, other in SYNONYMS}
_JOINABLE = PLAIN_ADJECTIVES | COLOURS


@lru_cache(maxsize=65536)
def words(text: str) -> Words:
    """The words of ``text``: case folded, accents of Latin letters dropped, punctuation and possessive 's gone.

    Numbers are written out, and spelling is American.
    """
    folded = _POSSESSIVE.sub("", _without_accents(unicodedata.normalize("NFKC", text)).casefold())
    counted = _PAIR.sub("two ", folded)
    return tuple(SPELLINGS.get(word, NUMBERS.get(word, word)) for word in _WORD.findall(counted))


def content(text: str) -> Words:
    """The words of ``text`` without articles; all of them if nothing else is left."""
    found = words(text)
    return tuple(word for word in found if word not in ARTICLES) or found


def same_words(text: str, *, ordered: bool = False) -> Words:
    """A key that is equal for texts which differ only in case, articles, punctuation, spelling or word order.

    Word order is ignored where it says nothing: among the parts that "and" or a comma joins (unless these are
    ``ordered``), and among the adjectives before a noun. Around "with", "on", "of" it says a lot ("white with black
    stripes") and is kept.
    """
    return _key(text, _as_is, ordered)


def same_thing(text: str, *, ordered: bool = False) -> Words:
    """Like ``same_words``, with plural and singular taken for the same."""
    return _key(text, singular, ordered)


def same_meaning(text: str, *, ordered: bool = False) -> Words:
    """Like ``same_thing``, with synonyms taken for the same."""
    return _key(text, _common_word, ordered)


def asks_for_order(texts: Iterable[str]) -> bool:
    """Whether an attribute's name and prompts speak of order or sides, so that "red, white" is not "white, red"."""
    return any(word in ORDER_QUESTIONS for text in texts for word in words(text.replace("_", " ")))


@lru_cache(maxsize=65536)
def singular(word: str) -> str:
    """The singular of an English plural, and every other word as it is. Cautious: what might not be one stays."""
    if word in NOT_PLURAL or len(word) < 4 or not word.isascii():
        return word
    if word in IRREGULAR_PLURALS:
        return IRREGULAR_PLURALS[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """What is behind an English plural or "-ed" form: "striped", "stripes" -> "stripe".

    Not behind "-ing", which mostly makes another thing: rowing and a row, painting and paint.
    """
    base = singular(word)
    root = base.removesuffix("ed")
    return _undouble(root) if root != base and len(root) >= 3 and re.search("[aeiouy]", root) else base


def same_name(class_name: str) -> str:
    """A key that is equal for class names which differ only in numbering, case, articles, plural or joining."""
    return "".join(singular(word) for word in content(_spaced(class_name))) or class_name


def name_forms(class_name: str) -> set[Words]:
    """The stemmed word sequences that name a class: as written, joined words apart, without what stands in brackets."""
    spaced = _spaced(class_name)
    texts = (class_name, spaced, _BRACKETED.sub("", spaced))
    return {tuple(stem(word) for word in content(text)) for text in texts} - {()}


def _spaced(class_name: str) -> str:
    return _CAMEL.sub(" ", _NUMBERING.sub("", class_name)).replace("_", " ")


def _as_is(word: str) -> str:
    return word


def _common_word(word: str) -> str:
    base = singular(word)
    return _SYNONYM.get(base, base)


def _key(text: str, fold: Callable[[str], str], ordered: bool) -> Words:
    found = tuple(map(fold, content(text)))
    if not found:
        return (text.strip().casefold(),)
    if any(word in RELATIONS for word in found):
        return _segments(found)
    parts = [_phrase(part) for part in _parts(text, fold)]
    if not ordered:
        parts.sort()
    joint = "or" if "or" in found else ","
    return tuple(word for part in parts for word in (joint, *part))[1:]


def _parts(text: str, fold: Callable[[str], str]) -> list[Words]:
    """What "and", "or" and commas join. In "black and white stripes" they join adjectives, so that is one part."""
    parts: list[list[str]] = [[]]
    for piece in _COMMA.split(text):
        for word in (*map(fold, content(piece)), "and"):
            if word not in CONJUNCTIONS:
                parts[-1].append(word)
            elif parts[-1]:
                parts.append([])
    *first, last = [tuple(part) for part in parts if part]
    if first and len(last) == 2 and all(len(part) == 1 and part[0] in _JOINABLE for part in first):
        return [(*(part[0] for part in first), *last)]
    return [*first, last]


def _segments(found: Words) -> Words:
    """The phrases between relations, the words of each in one order; the relations stay where they are."""
    result: list[str] = []
    phrase: list[str] = []
    for word in found:
        if word in RELATIONS:
            result += [*_phrase(tuple(phrase)), word]
            phrase = []
        else:
            phrase.append(word)
    return (*result, *_phrase(tuple(phrase)))


def _phrase(found: Words) -> Words:
    """A noun phrase in an order of its own: "large white wings", "white wings, large".

    Two words stay as they are unless one is an adjective and nothing else: "blue sky" and "sky blue" are two things.
    A word that grades the next one stays before it.
    """
    if len(found) < 2 or (len(found) == 2 and sum(word in PLAIN_ADJECTIVES for word in found) != 1):
        return found
    units: list[Words] = []
    graded: list[str] = []
    for word in found:
        graded.append(word)
        if word not in DEGREES:
            units.append(tuple(graded))
            graded = []
    units += [(word,) for word in graded]
    return tuple(word for unit in sorted(units) for word in unit)


def _undouble(root: str) -> str:
    if root[-1] == root[-2] and root[-1] not in "lsz":
        return root[:-1]
    one_vowel_before = re.search(r"(?:^|[^aeiou])[aeiouy][^aeiouwxy]$", root)
    return root + "e" if one_vowel_before or re.search(r"[^aeiourlwy][lr]$|[vczsu]$|[^aeiou]g$", root) else root


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.category(char) == "Mn" and kept and kept[-1].isascii():
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))
