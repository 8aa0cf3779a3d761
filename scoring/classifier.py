"""A system put to use: the class of an image, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ..errors import UsageError
from ..systems.model import Rule, System
from ..systems.text import plain
from .dataset import Skipped
from .embed import embed_files, embed_texts, encode_pictures
from .encoder import Encoder, Vectors
from .images import Crop, CropLike, as_seen, open_image
from .probabilities import Answers, answers, check_answerable
from .scores import Combine, check_combine, class_scores, plan, shown_scores, winners
from .texts import attribute_texts

if TYPE_CHECKING:
    from PIL.Image import Image

Picture: TypeAlias = "str | Path | Image"


@dataclass(frozen=True, slots=True)
class Reason:
    """What an image answered to one attribute, beside what the predicted class's rule expects.

    ``seen`` is the likeliest option and ``seen_probability`` its probability; ``expected`` are the options that the
    rule names and ``probability`` is theirs together, None where the rule says nothing.
    """

    attribute: str
    seen: str
    seen_probability: float
    expected: Rule
    probability: float | None


@dataclass(frozen=True, slots=True)
class Prediction:
    """The class of an image.

    ``scores`` holds every class's score between 0 and 1, best first, equal ones in the system's order; ``score`` is
    that of ``label``. ``tied`` are other classes with exactly the same score: only the order in the file put ``label``
    before them.
    """

    label: str
    score: float
    scores: Mapping[str, float]
    tied: tuple[str, ...]
    why: tuple[Reason, ...]


class Classifier:
    """A system on an encoder, ready to name images. The texts are encoded once, when it is made.

    Args:
        combine: ``"sum"`` or ``"product"``, see ``scores.class_scores``.
        crop: the part of each image that is looked at, of files and of open images alike: a ``Crop``, its four
            numbers, its text (``"0.08,0.11,0.92,0.48"``), or a name that ``Crop.parse`` knows (``"artwork"``).

    Raises:
        UsageError: a crop that cannot be.
        InvalidSystemError: no class, no attribute, or an attribute without options.
        EncoderError: the encoder failed.
    """

    def __init__(
        self, system: System, encoder: Encoder, *, combine: Combine = "sum", crop: CropLike | None = None
    ) -> None:
        check_answerable(system)
        check_combine(combine)
        self.system = system
        self.encoder = encoder
        self.combine = combine
        self.crop = Crop.of(crop)
        names = attribute_texts(system)
        self._texts = dict(zip(names, embed_texts(encoder, names), strict=True))
        self._plans = [plan(system.attributes, list(row.values())) for row in system.rules.values()]

    def predict(self, images: Iterable[Picture], *, batch_size: int = 32) -> list[Prediction]:
        """The prediction for each of ``images``: paths, or open Pillow images, which are treated as files are.

        Raises:
            DataError: an image that cannot be read.
            UsageError: something else than an image, or one image instead of several.
        """
        if isinstance(images, (str, Path)) or hasattr(images, "convert"):
            raise UsageError("one image, where several are expected", hint="Put it into a list: predict([image]).")
        source, found = enumerate(images, 1), list[Prediction]()
        while batch := [self._open(image, number) for number, image in islice(source, batch_size)]:
            found += self._predict(batch)
        return found

    def stream(
        self, paths: Iterable[str | Path], *, batch_size: int = 32
    ) -> Iterator[list[tuple[str | Path, Prediction | Skipped]]]:
        """Classify files batch by batch, as they come; each path with its prediction, or with why there is none."""
        source = iter(paths)
        while batch := list(islice(source, batch_size)):
            vectors, skipped = embed_files(batch, self.encoder, crop=self.crop)
            named = [index for index in range(len(batch)) if index not in skipped]
            predictions = dict(zip(named, self._of_vectors(vectors) if named else [], strict=True))
            results: Mapping[int, Prediction | Skipped] = {**predictions, **skipped}
            yield [(path, results[index]) for index, path in enumerate(batch)]

    def _open(self, image: Picture, number: int) -> Image:
        from PIL.Image import Image as Pillow

        if isinstance(image, (str, Path)):
            return open_image(image, self.crop)
        if isinstance(image, Pillow):
            return as_seen(image, self.crop, name=f"image {number}")
        raise UsageError(
            f"image {number} is {plain(repr(image))[:80]}, not a path and not a Pillow image",
            hint="An array becomes an image by PIL.Image.fromarray.",
        )

    def _predict(self, images: Sequence[Image]) -> list[Prediction]:
        return self._of_vectors(encode_pictures(images, self.encoder))

    def _of_vectors(self, vectors: Vectors) -> list[Prediction]:
        scale = self.encoder.logit_scale / self.system.temperature
        found = answers(self.system.attributes, vectors, self._texts, scale)
        scores = class_scores(self._plans, found, self.combine)
        shown = shown_scores(scores, self.combine)
        best = winners(scores)
        # A stable sort keeps equal classes in the system's order, as the choice of the winner does.
        order = np.argsort(-scores, axis=0, kind="stable")
        ties = scores == scores[best, np.arange(len(vectors))]
        names = self.system.classes
        return [
            Prediction(
                label=names[best[column]],
                score=float(shown[best[column], column]),
                scores={names[index]: float(shown[index, column]) for index in order[:, column]},
                tied=tuple(names[index] for index in np.flatnonzero(ties[:, column]) if index != best[column]),
                why=self._why(found, names[best[column]], column),
            )
            for column in range(len(vectors))
        ]

    def _why(self, found: Sequence[Answers], label: str, column: int) -> tuple[Reason, ...]:
        reasons = []
        for answer in found:
            attribute, probabilities = answer.attribute, answer.probabilities[:, column]
            seen = int(answer.chosen[column])
            rule = self.system.rules[label][attribute.name]
            expected = [attribute.options.index(option) for option in rule]
            reasons.append(
                Reason(
                    attribute=attribute.name,
                    seen=attribute.options[seen],
                    seen_probability=float(probabilities[seen]),
                    expected=rule,
                    probability=min(1.0, float(probabilities[expected].sum())) if rule else None,
                )
            )
        return tuple(reasons)
