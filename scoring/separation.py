"""How well rules alone tell classes apart, before any image is seen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable

from ..systems.model import System


def separating_power(options_per_class: Iterable[Collection[str]]) -> float:
    """How well one attribute splits the classes, in bits: log2 N − Σ f_i log2 n_i / Σ f_i.

    ``options_per_class`` has one collection for each of the N classes: the options that its rule names, empty when it
    says nothing. n_i classes may show option i; f_i counts the same classes, each with weight 1 / (its number of
    options). With one option per class this is the entropy of the partition. The measure is that of identification
    keys: Dallwitz, "A flexible computer program for generating identification keys", Systematic Zoology 23 (1974).

    A class without a rule matches any answer, so it counts in every option that some class names, with weight
    1 / (number of those options). Options that no class names do not count: an answer that nobody expects separates
    nobody. So 0 ≤ power ≤ log2 N, and an attribute on which no class has a rule has none.
    """
    rules = [frozenset(options) for options in options_per_class]
    named = frozenset().union(*rules)
    if not named:
        return 0.0
    shown: Counter[str] = Counter()
    weighted: dict[str, float] = dict.fromkeys(named, 0.0)
    # Equal rules are counted together: a system has far fewer rules than classes.
    for rule, count in Counter(rules).items():
        options = rule or named
        for option in options:
            shown[option] += count
            weighted[option] += count / len(options)
    left = math.fsum(weighted[option] * math.log2(shown[option]) for option in named) / len(rules)
    return max(0.0, math.log2(len(rules)) - left)


def separating_powers(system: System) -> dict[str, float]:
    """The separating power of every attribute of ``system``, in bits, in its order."""
    return {
        attribute.name: separating_power(row[attribute.name] for row in system.rules.values())
        for attribute in system.attributes
    }
