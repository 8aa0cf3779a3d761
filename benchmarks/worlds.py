"""Random systems and embeddings that lie near what their class's rules say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cotsmith.scoring.encoder import Vectors, normalise
from cotsmith.scoring.texts import TextVectors, attribute_texts, class_texts
from cotsmith.systems.model import Attribute, System, fill

LOGIT_SCALE = 30.0
_STEP = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A system, ``(N, D) float32`` images with N labels, the texts' vectors; ``spare`` is a text for an edit."""

    system: System
    images: Vectors
    labels: list[str]
    texts: TextVectors
    option_texts: list[str]
    spare: str


def world(
    n: int, *, dimensions: int, classes: int, attributes: int, options: int, noise: float = 2.0, slips: float = 0.0
) -> World:
    """``n`` images of ``classes`` classes; made in steps, so that making them takes no more memory than they do.

    ``noise`` is the length of what is added to what a class's rules say; ``slips`` the share of rules that are then
    replaced by another option, and so wrong.
    """
    generator = np.random.default_rng(0)
    spare = "another option"
    questions = tuple(
        Attribute(f"a{a}", (f"{a}: {{}}",), tuple(f"option {a}.{o}" for o in range(options))) for a in range(attributes)
    )
    rules = {f"c{c}": {q.name: (q.options[generator.integers(options)],) for q in questions} for c in range(classes)}
    system = System(attributes=questions, rules=rules)
    asked = attribute_texts(system)
    names = asked + class_texts(system) + [fill(question.prompts[0], spare) for question in questions]
    texts = dict(zip(names, normalise(generator.standard_normal((len(names), dimensions), np.float32)), strict=True))
    centres = normalise(
        np.array(
            [sum(texts[fill(q.prompts[0], row[q.name][0])] for q in questions) for row in rules.values()], np.float32
        )
    )
    labels = generator.integers(classes, size=n)
    images = np.empty((n, dimensions), np.float32)
    for start in range(0, n, _STEP):
        part = images[start : start + _STEP]
        generator.standard_normal(dtype=np.float32, out=part)
        part *= np.float32(noise / dimensions**0.5)
        part += centres[labels[start : start + _STEP]]
        part[:] = normalise(part)
    for row in rules.values():
        for question in questions:
            if slips and generator.random() < slips:
                row[question.name] = (question.options[generator.integers(options)],)
    system = System(attributes=questions, rules=rules)
    return World(system, images, [system.classes[label] for label in labels], texts, asked, spare)
