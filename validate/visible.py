"""Whether a picture can show what an option says."""

from __future__ import annotations

from .vocabulary import (
    CATCH_ALL,
    NOT_SEEN,
    NOT_SEEN_ALONE,
    NOT_SEEN_PHRASES,
    SEEN_AFTER_ALL,
    YES_NO,
)
from .words import content, singular, words


def unseen(option: str) -> tuple[str, str]:
    """``(sense, word)``: what one would need in place of eyes, and the word that says so; ``("", "")`` if nothing.

    ``sense`` is a key of the vocabulary's tables, or "answer" for a yes or no.
    """
    found = content(option)
    if len(found) == 1 and found[0] in YES_NO:
        return "answer", found[0]
    meaning = [word for word in found if word not in {"and", "or", "very"}]
    for sense, alone in NOT_SEEN_ALONE.items():
        if meaning and all(word in alone for word in meaning):
            return sense, meaning[0]
    if any(word in SEEN_AFTER_ALL for word in found):
        return "", ""
    for sense, listed in NOT_SEEN.items():
        for word in found:
            if word in listed:
                return sense, word
    spaced = f" {' '.join(found)} "
    for sense, phrases in NOT_SEEN_PHRASES.items():
        for phrase in phrases:
            if f" {phrase} " in spaced:
                return sense, phrase
    return "", ""


def is_catch_all(option: str) -> bool:
    """Whether the option stands for everything that the others leave: "other", "none of the above", "other colours"."""
    found = tuple(singular(word) for word in content(option))
    if " ".join(found) in CATCH_ALL or " ".join(words(option)) in CATCH_ALL:
        return True
    return len(found) == 2 and found[0] in {"other", "another"}
