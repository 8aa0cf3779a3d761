"""Which texts a system needs encoded, and how the vectors of several prompts become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from ..systems.model import Attribute, System, fill
from .encoder import Vectors, normalise

TextVectors: TypeAlias = Mapping[str, Vectors]
"""The embedding ``(D,) float32`` of each text, of length 1."""


def attribute_texts(system: System) -> list[str]:
    """Every prompt filled with every option, each distinct text once, in the order of the file."""
    return _distinct((a.prompts, a.options) for a in system.attributes)


def class_texts(system: System) -> list[str]:
    """Every class prompt filled with every class name, each distinct text once."""
    return _distinct([(system.class_prompts, system.classes)])


def option_vectors(attribute: Attribute, texts: TextVectors) -> Vectors:
    """One vector per option, ``(options, D) float32`` of length 1, averaged over the attribute's prompts."""
    return averaged(attribute.prompts, attribute.options, texts)


def class_vectors(system: System, texts: TextVectors) -> Vectors:
    """One vector per class name, ``(classes, D) float32`` of length 1, averaged over the class prompts."""
    return averaged(system.class_prompts, system.classes, texts)


def averaged(prompts: Sequence[str], words: Sequence[str], texts: TextVectors) -> Vectors:
    """The mean over ``prompts`` of the normalised vectors of each word, normalised again: ``(words, D) float32``.

    Source: Radford et al., "Learning transferable visual models from natural language supervision" (2021), section
    3.1.4: ensembling in embedding space rather than over probabilities.
    """
    if len(prompts) == 1:
        return np.stack([texts[fill(prompts[0], word)] for word in words])
    by_prompt = np.stack([np.stack([texts[fill(prompt, word)] for word in words]) for prompt in prompts])
    return normalise(by_prompt.mean(axis=0))


def _distinct(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> list[str]:
    return list(dict.fromkeys(fill(p, word) for prompts, words in pairs for p in prompts for word in words))
