"""Random systems with random embeddings: what the evaluation must get right whatever it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from PIL.Image import Image

from cotsmith.scoring.encoder import Vectors, normalise
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.scoring.scores import Combine
from cotsmith.scoring.texts import attribute_texts, class_texts
from cotsmith.systems.model import Attribute, System

DIMENSIONS = 6


@dataclass(frozen=True)
class HashEncoder:
    """An encoder for tests: each text and each picture gets the random vector that its content seeds."""

    logit_scale: float = 20.0
    key: str = "hash"

    def encode_images(self, images: list[Image]) -> Vectors:
        return _vectors(image.tobytes() for image in images)

    def encode_texts(self, texts: list[str]) -> Vectors:
        return _vectors(text.encode() for text in texts)


def _vectors(contents: Iterable[bytes]) -> Vectors:
    seeds = [int.from_bytes(hashlib.sha256(content).digest()[:8]) for content in contents]
    return np.array([np.random.default_rng(seed).normal(size=DIMENSIONS) for seed in seeds], np.float32)


@st.composite
def systems(draw: st.DrawFn, *, min_classes: int = 1) -> System:
    """Systems that can be evaluated: any-of and null rules, equal rows, weights (0 too), prompts, temperatures."""
    attributes = []
    for index in range(draw(st.integers(1, 4))):
        attributes.append(
            Attribute(
                f"attribute {index}",
                tuple(f"prompt {index}.{number}: {{}}" for number in range(draw(st.integers(1, 3)))),
                tuple(f"option {index}.{number}" for number in range(draw(st.integers(1, 5)))),
                draw(st.sampled_from([1.0, 1.0, 0.25, 3.5, 0.0])),
            )
        )
    rows = draw(
        st.lists(
            st.fixed_dictionaries({a.name: st.lists(st.sampled_from(a.options), max_size=3) for a in attributes}),
            min_size=min_classes,
            max_size=7,
        )
    )
    return System(
        attributes=tuple(attributes),
        rules={f"class {index}": {a: tuple(rule) for a, rule in row.items()} for index, row in enumerate(rows)},
        class_prompts=("{}", "a picture of {}")[: draw(st.integers(1, 2))],
        temperature=draw(st.sampled_from([1.0, 0.5, 4.0])),
    )


def evaluated(system: System, *, n: int = 30, seed: int = 0, combine: Combine = "sum") -> Evaluation:
    """``system`` evaluated on ``n`` random embeddings with random labels."""
    generator = np.random.default_rng(seed)
    encoder = HashEncoder()
    names = attribute_texts(system) + class_texts(system)
    texts = dict(zip(names, normalise(encoder.encode_texts(names)), strict=True))
    images = normalise(generator.normal(size=(n, DIMENSIONS)).astype(np.float32))
    labels = [system.classes[index] for index in generator.integers(0, len(system.classes), n)]
    return evaluate_vectors(system, images, labels, texts, logit_scale=encoder.logit_scale, combine=combine)
