"""A world with a known truth: every image shows the options that its class should get, and some noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cotsmith.scoring.encoder import normalise
from cotsmith.scoring.evaluation import Evaluation, evaluate_vectors
from cotsmith.scoring.texts import attribute_texts, class_texts
from cotsmith.systems.model import Attribute, System

DIMENSIONS = 64
OPTIONS = 4


def truth(classes: int = 9, attributes: int = 3) -> System:
    """A system whose classes have rows of their own."""
    made = tuple(
        Attribute(f"a{index}", (f"asks {index}: {{}}",), tuple(f"o{index}{at}" for at in range(OPTIONS)))
        for index in range(attributes)
    )
    rules = {
        f"class {number}": {
            attribute.name: (attribute.options[number // OPTIONS**index % OPTIONS],)
            for index, attribute in enumerate(made)
        }
        for number in range(classes)
    }
    return System(attributes=made, rules=rules)


def measured(
    system: System,
    shown: System,
    *,
    n: int = 180,
    seed: int = 0,
    noise: float = 0.6,
    labels: NDArray[np.intp] | None = None,
) -> Evaluation:
    """``system`` on images that show, for each attribute, one of the options that ``shown`` names for their class.

    ``labels`` are what the images are said to be; left out, the truth.
    """
    generator = np.random.default_rng(seed)
    names = [*attribute_texts(shown), *class_texts(shown), *attribute_texts(system)]
    vector = {name: _direction(name) for name in names}
    classes = generator.permutation(np.arange(n) % len(shown.classes))
    images = []
    for index in classes:
        row = shown.rules[shown.classes[index]]
        image = generator.normal(size=DIMENSIONS) * noise / np.sqrt(DIMENSIONS)
        for attribute in shown.attributes:
            option = generator.choice(row[attribute.name] or attribute.options)
            image += vector[attribute.prompts[0].replace("{}", option)]
        images.append(image)
    said = classes if labels is None else labels
    return evaluate_vectors(
        system,
        normalise(np.array(images, np.float32)),
        [shown.classes[index] for index in said],
        {name: value.astype(np.float32) for name, value in vector.items()},
        logit_scale=10.0,
    )


def _direction(name: str) -> NDArray[np.float64]:
    generator = np.random.default_rng(list(name.encode()))
    vector = generator.normal(size=DIMENSIONS)
    return np.asarray(vector / np.linalg.norm(vector))
