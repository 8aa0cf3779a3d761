"""Images for the examples of checks: each shows chosen options, as clearly as a perfect encoder would see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ..scoring.encoder import Vectors, normalise
from ..scoring.texts import class_texts
from ..systems.model import System, fill

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation

Shown: TypeAlias = Mapping[str, Sequence[tuple[int, Mapping[str, str]]]]
"""For each class, how many of its images show which options; what is not said is as the class's rules have it."""


def images(shown: Shown) -> Callable[[System], Evaluation]:
    """What evaluates a system on such images. For the baseline, class names are like no image."""

    def evaluate(system: System) -> Evaluation:
        from ..scoring.evaluation import evaluate_vectors

        places = [(a.name, option) for a in system.attributes for option in a.options]
        axes = dict(zip(places, np.eye(len(places) + 1, dtype=np.float32), strict=False))
        texts = {fill(p, o): axes[a.name, o] for a in system.attributes for p in a.prompts for o in a.options}
        texts |= dict.fromkeys(class_texts(system), np.eye(len(places) + 1, dtype=np.float32)[-1])
        labels = [name for name, groups in shown.items() for count, _ in groups for _ in range(count)]
        vectors = [
            _seen(system, name, seen, axes) for name, groups in shown.items() for n, seen in groups for _ in range(n)
        ]
        return evaluate_vectors(system, normalise(np.stack(vectors)), labels, texts, logit_scale=100)

    return evaluate


def _seen(system: System, class_name: str, seen: Mapping[str, str], axes: Mapping[tuple[str, str], Vectors]) -> Vectors:
    options = {name: rule[0] for name, rule in system.rules[class_name].items() if rule}
    total: Vectors = np.sum([axes[place] for place in {**options, **seen}.items()], axis=0)
    return total
