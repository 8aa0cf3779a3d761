"""A system measured on labelled images by one encoder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..systems.edits import Edit
from ..systems.model import System
from ..systems.text import plain
from .cells import CellMeasure, cell_measures
from .controls import Permuted, nearest_class, permuted_accuracy
from .dataset import Dataset, check_labels
from .effects import Effect, WhatIf, effect_of, what_if
from .embed import Progress, embed_images, embed_texts, truncated_texts
from .encoder import Encoder, Vectors
from .incremental import Encode, Parts, carried_over, revise
from .labelled import LabelledEmbeddings
from .leave_out import winners_without
from .matching import check_dimensions, check_embeddings, label_indexes
from .measures import (
    AttributeMeasure,
    ClassMeasure,
    Counts,
    answer_table,
    attribute_measure,
    balanced_accuracy,
    class_measures,
    confusion_table,
)
from .probabilities import Answers, Indexes, asking, check_answerable
from .scheme import scheme_of
from .scores import Combine, check_combine, class_scores
from .setting import Setting as Setting
from .splitting import with_split
from .standing import Standing, ranks, stand, ties
from .statistics import Share, mcnemar
from .suggestions import FALSE_DISCOVERIES, Suggestion, suggest
from .texts import TextVectors, attribute_texts, class_texts, class_vectors

Data: TypeAlias = Dataset | LabelledEmbeddings


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation:
    """A system measured on N labelled images. Made by ``evaluate`` or ``evaluate_vectors``.

    What every figure rests on is kept: the image embeddings ``images`` ``(N, D)``, the true classes ``labels``
    ``(N,)`` as indexes into ``system.classes``, each attribute's ``answers``, and the ``standing``: the winners, their
    scores (see ``scores.class_scores``) and their leads. In memory: 4·N·(D + Q) bytes, 8·N for each attribute, and
    12·N for the standing; the scores of all classes are never held at once. The baseline, the controls and the measures
    are computed when first asked for. Evaluations made of one another by ``with_edits`` share what is equal: one more
    costs 16·N bytes, and for each attribute that is asked anew 4·N for each option and 8·N.
    """

    system: System
    images: Vectors
    labels: Indexes
    texts: TextVectors
    logit_scale: float
    combine: Combine
    seed: int
    answers: tuple[Answers, ...]
    standing: Standing
    setting: Setting

    def __repr__(self) -> str:
        name = plain(self.system.name)
        return (
            f"<Evaluation of {name}: {self.share.hits} of {self.n} images right, {self.baseline.hits} by class names>"
        )

    @property
    def scores(self) -> NDArray[np.float32]:
        """The score of every class for every image, ``(C, N)``, worked out each time that it is asked for."""
        return class_scores(self.standing.scheme.plans, self.answers, self.combine)

    @cached_property
    def predicted(self) -> Indexes:
        """The class that the system names for each image, ``(N,)``."""
        return self.standing.first.astype(np.intp)

    @property
    def n(self) -> int:
        """How many images were evaluated."""
        return self.labels.size

    @property
    def chance(self) -> float:
        """The accuracy of a uniform guess among all classes of the system, 1 / C."""
        return 1 / len(self.system.classes)

    @cached_property
    def majority(self) -> tuple[str, float]:
        """The commonest class and its share of the images: what always naming it would score."""
        counts = np.bincount(self.labels, minlength=len(self.system.classes))
        return self.system.classes[int(counts.argmax())], float(counts.max() / self.n)

    @cached_property
    def correct(self) -> NDArray[np.bool_]:
        """Whether the system named each image right, ``(N,)``."""
        return np.equal(self.predicted, self.labels)

    @cached_property
    def baseline_predicted(self) -> Indexes:
        """The class whose name alone is nearest to each image, ``(N,)``."""
        return nearest_class(self.images, class_vectors(self.system, self.texts))

    @cached_property
    def baseline_correct(self) -> NDArray[np.bool_]:
        """Whether the class names alone named each image right, ``(N,)``."""
        return np.equal(self.baseline_predicted, self.labels)

    @property
    def share(self) -> Share:
        """The system's accuracy."""
        return Share(int(self.correct.sum()), self.n)

    @property
    def accuracy(self) -> float:
        """The share of images that the system names right, top-1."""
        return float(self.correct.mean())

    @property
    def baseline(self) -> Share:
        """The accuracy of the class names alone."""
        return Share(int(self.baseline_correct.sum()), self.n)

    @cached_property
    def mcnemar_p(self) -> float:
        """The exact two-sided p-value that system and baseline are equally good, image by image."""
        only_system = int((self.correct & ~self.baseline_correct).sum())
        only_baseline = int((self.baseline_correct & ~self.correct).sum())
        return mcnemar(only_system, only_baseline)

    @cached_property
    def confusion(self) -> Counts:
        """``(C, C)`` counts of images, true class by predicted class."""
        return confusion_table(self.labels, self.predicted, len(self.system.classes))

    @cached_property
    def permuted(self) -> Permuted | None:
        """The control: accuracy with the rules permuted between classes; None with fewer than two classes."""
        return permuted_accuracy(self.confusion, self.seed)

    @cached_property
    def ranks(self) -> Indexes:
        """How many classes score above each image's true class, ``(N,)``."""
        return ranks(self.standing, self.answers, self.combine, self.labels)

    def top(self, k: int) -> float:
        """The share of images whose true class is among the ``k`` best."""
        return float((self.ranks < k).mean())

    @cached_property
    def ties(self) -> int:
        """For how many images the best score is shared, so that the order of classes decided."""
        return ties(self.standing, self.answers, self.combine)

    @cached_property
    def balanced_accuracy(self) -> float:
        """The mean of the accuracies of the classes that have images."""
        return balanced_accuracy(self.classes)

    @cached_property
    def answer_tables(self) -> tuple[Counts, ...]:
        """For each attribute ``(C, options)`` counts of images, true class by likeliest option."""
        return tuple(answer_table(answer, self.labels, len(self.system.classes)) for answer in self.answers)

    @cached_property
    def attributes(self) -> tuple[AttributeMeasure, ...]:
        """Every attribute measured, in the order of the file."""
        rows = self.system.rules.values()
        return tuple(
            attribute_measure(
                attribute, [row[attribute.name] for row in rows], table, self.system.classes, contribution
            )
            for attribute, table, contribution in zip(
                self.system.attributes, self.answer_tables, self.contributions, strict=True
            )
        )

    @cached_property
    def contributions(self) -> tuple[float, ...]:
        """For every attribute the accuracy lost without it. Without the only one, what is left is to guess."""
        if len(self.answers) == 1:
            return (self.accuracy - self.chance,)
        without = winners_without(self._parts)
        return tuple(self.accuracy - float((some == self.labels).mean()) for some in without)

    @cached_property
    def classes(self) -> tuple[ClassMeasure, ...]:
        """Every class measured, in the order of the file."""
        return class_measures(self.system.classes, self.confusion)

    @cached_property
    def cells(self) -> tuple[CellMeasure, ...]:
        """Every cell of the rules measured, row by row."""
        return cell_measures(self._parts, self.answer_tables)

    @property
    def system_texts(self) -> int:
        """How many distinct texts the system's prompts and options make."""
        return len(attribute_texts(self.system))

    @property
    def baseline_texts(self) -> int:
        """How many distinct texts the class prompts and class names make."""
        return len(class_texts(self.system))

    def with_edits(self, edits: Iterable[Edit], encode: Encode | None = None) -> Evaluation:
        """The edited system on the same images: only what the edits touch is computed, the rest is shared.

        It equals a fresh evaluation of the edited system; where a class is renamed, its images follow.

        Args:
            encode: gives ``(M, D) float32`` for texts that were not encoded yet; needed only where edits make some.

        Raises:
            EditError: an edit does not apply.
            InvalidSystemError: what is left cannot be asked: no class, no attribute, or one without options.
            DataError: a class that has images was removed.
            UsageError: a new text and no ``encode``.
            EncoderError: ``encode`` returned something else than vectors of the images' width.
        """
        parts = revise(self._parts, edits, encode)
        child = replace(
            self,
            system=parts.system,
            labels=parts.labels,
            texts=parts.texts,
            answers=parts.answers,
            standing=parts.standing,
        )
        # What was asked for and is the same for both need not be computed twice; see functools.cached_property.
        child.__dict__.update(carried_over(self._parts, parts, self.__dict__))
        return child

    def effect(self, edits: Iterable[Edit], encode: Encode | None = None) -> Effect:
        """What ``edits`` would change, image by image. Arguments and errors are those of ``with_edits``."""
        return effect_of(self._parts, revise(self._parts, edits, encode))

    def effect_to(self, edited: Evaluation) -> Effect:
        """What separates ``edited``, made of this one by ``with_edits``, from it, image by image."""
        return effect_of(self._parts, edited._parts)

    def what_if(self, class_name: str, attribute: str) -> tuple[WhatIf, ...]:
        """The effect of each rule that one cell could have: every single option in order, then none.

        Raises:
            UsageError: no such class or attribute.
        """
        return what_if(self._parts, class_name, attribute)

    def suggestions(
        self,
        limit: int | None = 20,
        *,
        false_discoveries: float = FALSE_DISCOVERIES,
        progress: Progress | None = None,
    ) -> tuple[Suggestion, ...]:
        """The cells where another rule would name more images right, the largest gain first; see ``suggest``."""
        return suggest(self._parts, limit, false_discoveries, progress)

    @property
    def _parts(self) -> Parts:
        kept = self.system, self.images, self.labels, self.texts, self.logit_scale, self.combine
        return Parts(*kept, self.answers, self.standing)


def evaluate(
    system: System,
    dataset: Data,
    encoder: Encoder,
    *,
    split: str = "all",
    combine: Combine = "sum",
    seed: int = 0,
    batch_size: int | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure ``system`` on labelled images, or on embeddings computed elsewhere.

    Everything that can be refused is refused before the first image is encoded. Images that cannot be read are left
    out and listed in ``Evaluation.setting.skipped``.

    Args:
        split: ``train``, ``dev``, ``test`` (made by content where the data names no splits, see ``split_dataset``),
            another name that the data gives, or ``all``.
        combine: ``"sum"`` or ``"product"``, see ``scores.class_scores``.
        seed: of the derangements of the permuted control.
        batch_size: images per batch; the encoder's own choice when None.
        progress: told ``(done, total)`` images as they are encoded.

    Raises:
        InvalidSystemError: no class, no attribute, or an attribute without options.
        DataError: a split that is not there, labels that are no classes, no readable image, or embeddings that are not
            of the encoder's dimensions.
        EncoderError: the encoder failed, or its two towers do not fit each other.
    """
    check_combine(combine)
    chosen = check_evaluable(system, dataset, split)
    names = list(dict.fromkeys(attribute_texts(system) + class_texts(system)))
    texts = dict(zip(names, embed_texts(encoder, names, batch_size=batch_size), strict=True))
    setting = Setting(
        encoder=str(getattr(encoder, "name", encoder.key)),
        encoder_key=encoder.key,
        data=chosen.name,
        split=split,
        truncated=truncated_texts(encoder, names),
    )
    if isinstance(chosen, LabelledEmbeddings):
        images, labels = chosen.vectors, chosen.labels
        check_embeddings(images, texts, chosen.name, setting.encoder)
        setting = replace(setting, items=chosen.items)
    else:
        embedded = embed_images(chosen, encoder, batch_size=batch_size, progress=progress)
        images, labels = embedded.vectors, embedded.labels
        skipped = chosen.problems + embedded.skipped
        setting = replace(setting, crop=chosen.crop, items=embedded.items, skipped=skipped)
    return evaluate_vectors(
        system, images, labels, texts, logit_scale=encoder.logit_scale, combine=combine, seed=seed, setting=setting
    )


def check_evaluable(system: System, dataset: Data, split: str = "all") -> Data:
    """The images of ``split``, once it is sure that ``system`` can be asked about them: before a model is loaded.

    Raises:
        InvalidSystemError: no class, no attribute, or an attribute without options.
        DataError: a split that is not there, or labels that are not classes.
    """
    check_answerable(system)
    if not dataset.splits:  # before files are read, or fetched, to split them
        check_labels(dataset, system)
    chosen: Data = with_split(dataset, split).split(split)
    check_labels(chosen, system)
    return chosen


def evaluate_vectors(
    system: System,
    images: Vectors,
    labels: Sequence[str],
    texts: TextVectors,
    *,
    logit_scale: float,
    combine: Combine = "sum",
    seed: int = 0,
    setting: Setting | None = None,
) -> Evaluation:
    """Measure ``system`` on embeddings.

    Args:
        images: ``(N, D) float32``, rows of length 1; a memory map will do.
        labels: the true class of each row, N names of ``system.classes``.
        texts: the vector ``(D,) float32`` of length 1 of every text in ``attribute_texts`` and ``class_texts``.
        logit_scale: the encoder's, already exponentiated; the system's temperature divides it.
        combine: ``"sum"`` or ``"product"``, see ``scores.class_scores``.
        seed: of the derangements of the permuted control.

    Raises:
        InvalidSystemError: no class, no attribute, or an attribute without options.
        DataError: no image, or a label that is not a class.
        EncoderError: images and texts differ in their dimensions.
    """
    check_answerable(system)
    check_combine(combine)
    indexes = label_indexes(system, labels)
    if len(images) != indexes.size:
        raise DataError(f"{len(images)} embeddings but {indexes.size} labels")
    check_dimensions(images, texts)
    found, ask = asking(system.attributes, images, texts, logit_scale / system.temperature)
    standing = stand(scheme_of(system), found, combine, before=ask)
    return Evaluation(
        system=system,
        images=images,
        labels=indexes,
        texts=texts,
        logit_scale=logit_scale,
        combine=combine,
        seed=seed,
        answers=found,
        standing=standing,
        setting=setting or Setting(),
    )
