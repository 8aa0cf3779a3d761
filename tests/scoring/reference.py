"""The evaluation once more, one image and one class at a time, straight from the formulas and in double precision."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cotsmith.scoring.texts import TextVectors
from cotsmith.systems.model import Attribute, System

Vector = NDArray[np.float64]


def unit(vector: Vector) -> Vector:
    return vector / np.linalg.norm(vector)


def text_vector(prompts: Sequence[str], word: str, texts: TextVectors) -> Vector:
    """Several prompts: each normalised, averaged, normalised again."""
    return unit(np.mean([unit(texts[prompt.replace("{}", word)].astype(np.float64)) for prompt in prompts], axis=0))


def option_probabilities(attribute: Attribute, image: Vector, texts: TextVectors, scale: float) -> dict[str, float]:
    """p_g = softmax(scale · x · T_gᵀ)."""
    logits = [scale * float(image @ text_vector(attribute.prompts, option, texts)) for option in attribute.options]
    powers = [math.exp(logit - max(logits)) for logit in logits]
    return {option: power / sum(powers) for option, power in zip(attribute.options, powers, strict=True)}


def image_scores(
    system: System, image: Vector, texts: TextVectors, logit_scale: float, combine: str
) -> dict[str, float]:
    """Each class's score as people read it: 0 to 1, and 0 where its rules say nothing."""
    scale = logit_scale / system.temperature
    answers = {a.name: option_probabilities(a, image, texts, scale) for a in system.attributes}
    scores = {}
    for class_name, row in system.rules.items():
        total, weights = 0.0, 0.0
        for attribute in system.attributes:
            rule = row[attribute.name]
            if not rule or attribute.weight == 0:
                continue
            probability = sum(answers[attribute.name][option] for option in rule)
            part = probability if combine == "sum" else math.log(max(probability, 1e-12))
            total += attribute.weight * part
            weights += attribute.weight
        if not weights:
            scores[class_name] = 0.0
        else:
            scores[class_name] = total / weights if combine == "sum" else math.exp(total / weights)
    return scores
