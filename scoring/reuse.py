"""What was encoded once, evaluated again: with another system, or on some of the images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..systems.model import System
from .embed import embed_texts, truncated_texts
from .encoder import Encoder
from .evaluation import Evaluation, evaluate_vectors
from .texts import attribute_texts, class_texts


def labels_of(evaluation: Evaluation) -> tuple[str, ...]:
    """The true class of each image, by name."""
    classes = evaluation.system.classes
    return tuple(classes[index] for index in evaluation.labels)


def with_system(evaluation: Evaluation, system: System, encoder: Encoder | None = None) -> Evaluation:
    """``system`` measured on the images of ``evaluation``, which are not encoded again.

    Texts that ``evaluation`` did not need are encoded by ``encoder``, which must be the same one.

    Raises:
        InvalidSystemError: no class, no attribute, or an attribute without options.
        DataError: a label of the images that is not a class of ``system``.
    """
    texts, setting = dict(evaluation.texts), evaluation.setting
    missing = [text for text in (*attribute_texts(system), *class_texts(system)) if text not in texts]
    if encoder is not None and missing:
        missing = list(dict.fromkeys(missing))
        texts.update(zip(missing, embed_texts(encoder, missing), strict=True))
        own = list(dict.fromkeys(attribute_texts(system) + class_texts(system)))
        setting = replace(setting, truncated=truncated_texts(encoder, own))
    return evaluate_vectors(
        system,
        evaluation.images,
        labels_of(evaluation),
        texts,
        logit_scale=evaluation.logit_scale,
        combine=evaluation.combine,
        seed=evaluation.seed,
        setting=setting,
    )


def on_split(evaluation: Evaluation, split: str) -> Evaluation | None:
    """``evaluation`` on those of its images that are in ``split``; None where there are none."""
    items = evaluation.setting.items
    chosen = np.fromiter((item.split == split for item in items), np.bool_, len(items))
    return on_images(evaluation, np.flatnonzero(chosen), split) if chosen.any() else None


def on_images(evaluation: Evaluation, indexes: NDArray[np.intp], split: str | None = None) -> Evaluation:
    """``evaluation`` on the images at ``indexes``, at least one, in that order."""
    labels, items, setting = labels_of(evaluation), evaluation.setting.items, evaluation.setting
    setting = replace(
        setting, items=tuple(items[index] for index in indexes) if items else (), split=split or setting.split
    )
    return evaluate_vectors(
        evaluation.system,
        evaluation.images[indexes],
        [labels[index] for index in indexes],
        evaluation.texts,
        logit_scale=evaluation.logit_scale,
        combine=evaluation.combine,
        seed=evaluation.seed,
        setting=setting,
    )
