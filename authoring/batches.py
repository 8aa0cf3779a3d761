"""Classes in batches, similar names together: what tells look-alikes apart is seen where they stand side by side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_WORD = re.compile(r"\w{2,}")
_RARE = 0.25


def alike_together(names: Sequence[str]) -> list[str]:
    """``names`` in an order in which those that share a word stand together; linear, and the same every time.

    Each name belongs to the family of the commonest word that it shares with others, except for words in more than a
    quarter of all names, which tell nothing; of words as common the last, for English puts the head there ("snowy
    owl"). Names without a family stand under their first word.
    """
    words = {name: _WORD.findall(name.casefold()) for name in names}
    counts = Counter(word for found in words.values() for word in set(found))
    common = max(2, _RARE * len(names))

    def family(name: str) -> str:
        shared = [word for word in reversed(words[name]) if 1 < counts[word] <= common]
        return max(shared, key=lambda word: counts[word], default=words[name][0] if words[name] else name)

    return sorted(names, key=lambda name: (family(name), name.casefold(), name))


def batches(names: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """``names``, in the order of ``alike_together``, cut into as few batches of at most ``size`` as even as can be."""
    ordered = alike_together(names)
    count = -(-len(ordered) // size)
    edges = [round(index * len(ordered) / count) for index in range(count + 1)]
    return [tuple(ordered[start:end]) for start, end in pairwise(edges)]


def halves(names: Sequence[str]) -> list[tuple[str, ...]]:
    """A batch that was too large, in two."""
    middle = (len(names) + 1) // 2
    return [tuple(names[:middle]), tuple(names[middle:])]
