"""Images and texts through an encoder, in batches: normalised vectors, in order, with what had to be left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..errors import CotsmithError, DataError, EncoderError, UsageError
from ..systems.model import fill
from ..systems.text import plain
from .cache import EmbeddingCache, cached_texts, image_identity, is_cacheable
from .caching_encoder import CachingEncoder
from .dataset import Dataset, Item, Skipped
from .decoding import Reading
from .elsewhere import fetched
from .encoder import Encoder, Vectors, image_side, normalise, preparing
from .image_embedding import ImageEmbedding
from .images import Crop, quiet_pillow
from .texts import averaged
from .vectors import checked

if TYPE_CHECKING:
    from PIL.Image import Image

Progress: TypeAlias = Callable[[int, int], None]

_BATCH_SIZE = 32
_BATCHES_AHEAD = 2  # prepared: half a megabyte an image for most encoders


@dataclass(frozen=True, slots=True)
class Embedded:
    """Images as vectors.

    ``vectors`` is ``(N, D) float32`` with rows of length 1; ``items`` are the N images, in the order given;
    ``skipped`` are those that could not be read, each with the reason.
    """

    vectors: Vectors
    items: tuple[Item, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The label of each row."""
        return tuple(item.label for item in self.items)


def embed_images(
    data: Dataset | Sequence[Item],
    encoder: Encoder,
    *,
    crop: Crop | None = None,
    batch_size: int | None = None,
    progress: Progress | None = None,
    cache: EmbeddingCache | None = None,
) -> Embedded:
    """Embed the images of a dataset (``crop`` defaults to the dataset's own) or of single items.

    Files are decoded, and preprocessed where the encoder can do that apart, by a few threads while it computes; at most
    three batches of preprocessed images, else one batch and a few images more, are held in memory. Without
    ``batch_size`` the encoder's own is taken, if it has one. Images of a dataset that are elsewhere are fetched first.
    ``progress`` is told ``(done, total)``, of each of the two in turn.
    With a ``cache``, given or the encoder's own (``CachingEncoder``), only what is not there is encoded, and kept there
    batch by batch; the vectors may then be a memory map, which is read-only.

    Raises:
        DataError: not one image could be read.
        EncoderError: the encoder failed or returned something else than vectors.
    """
    lost: tuple[Skipped, ...] = ()
    if isinstance(data, Dataset):
        ready = fetched(data, progress)
        items, lost = ready.items, ready.problems[len(data.problems) :]
        crop = data.crop if crop is None else crop
    else:
        items = tuple(data)
    cache = _cache_of(encoder, cache)
    vectors, left_out = _embedded(items, encoder, crop, _batch_size(encoder, batch_size), progress, cache)
    skipped = lost + tuple(left_out[number] for number in sorted(left_out))
    if not len(vectors):
        raise _nothing_left(skipped)
    if left_out:
        items = tuple(item for number, item in enumerate(items) if number not in left_out)
    return Embedded(vectors, items, skipped)


def embed_files(
    paths: Sequence[str | Path], encoder: Encoder, *, crop: Crop | None = None
) -> tuple[Vectors, dict[int, Skipped]]:
    """Embed one batch of files: the vectors of those that can be read, and by their number those that cannot.

    Raises:
        EncoderError: the encoder failed or returned something else than vectors.
    """
    items = [Item(Path(path), "") for path in paths]
    return _embedded(items, encoder, crop, max(1, len(items)), None, _cache_of(encoder, None))


def _embedded(
    items: Sequence[Item],
    encoder: Encoder,
    crop: Crop | None,
    size: int,
    progress: Progress | None,
    cache: EmbeddingCache | None,
) -> tuple[Vectors, dict[int, Skipped]]:
    reading, encode = _pipeline(encoder, crop, size)
    work = ImageEmbedding(items, encode, reading=reading, size=size, progress=progress)
    with quiet_pillow():
        vectors = work.run(cache, image_identity(encoder, crop) if cache is not None else "")
    return vectors, work.skipped


def _pipeline(encoder: Encoder, crop: Crop | None, size: int) -> tuple[Reading, Callable[[Sequence[Any]], Vectors]]:
    """What the threads do with each file, and what is done with a batch of that."""
    side = image_side(encoder)
    able = preparing(encoder)
    if able is None:
        return Reading(crop, side), lambda images: encode_pictures(images, encoder)

    def prepare(image: Image) -> Any:
        return _guarded(encoder, lambda: able.prepare_image(image), "an image")

    def encode(prepared: Sequence[Any]) -> Vectors:
        return normalise(_asked(encoder, able.encode_prepared, list(prepared), "images"))

    return Reading(crop, side, prepare, _BATCHES_AHEAD * size), encode


def encode_pictures(images: Sequence[Image], encoder: Encoder) -> Vectors:
    """One batch of opened RGB images as ``(N, D) float32`` with rows of length 1.

    Raises:
        EncoderError: the encoder returned something else than N finite vectors.
    """
    return normalise(_asked(encoder, encoder.encode_images, list(images), "images"))


def _asked(encoder: Encoder, encode: Callable[[list[Any]], Vectors], inputs: list[Any], what: str) -> Vectors:
    """What ``encode`` answers, checked."""
    vectors = _guarded(encoder, lambda: encode(inputs), f"{len(inputs)} {what}")
    return checked(vectors, len(inputs), what, _name(encoder))


def _guarded(encoder: Encoder, ask: Callable[[], Any], about: str) -> Any:
    """What ``ask`` gives. It may be anybody's code: what it raises is the encoder's fault, not ours."""
    try:
        return ask()
    except CotsmithError:
        raise
    except (Exception, SystemExit) as error:
        hint = "Look into the encoder; --debug shows the traceback."
        problem = f"the encoder failed on {about}: {type(error).__name__}: {plain(str(error))}"
        raise EncoderError(problem, where=plain(_name(encoder)), hint=hint) from error


def embed_texts(
    encoder: Encoder,
    texts: Sequence[str],
    *,
    batch_size: int | None = None,
    progress: Progress | None = None,
    cache: EmbeddingCache | None = None,
) -> Vectors:
    """The vectors of ``texts`` in their order, ``(M, D) float32`` with rows of length 1.

    Each distinct text is encoded once, in batches of similar length, so that short texts are not padded to long ones.
    No texts give ``(0, 0)``.

    Raises:
        EncoderError: the encoder failed or returned something else than vectors.
    """
    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    distinct = sorted(set(texts), key=lambda text: (len(text), text))
    size = _batch_size(encoder, batch_size)

    def encode(part: Sequence[str]) -> Vectors:
        blocks = []
        for start in range(0, len(part), size):
            batch = list(part[start : start + size])
            blocks.append(normalise(_asked(encoder, encoder.encode_texts, batch, "texts")))
            if progress is not None:
                progress(start + len(batch), len(part))
        return _stacked(blocks, "texts", encoder)

    cache = _cache_of(encoder, cache)
    vectors = encode(distinct) if cache is None else cached_texts(cache, encoder, distinct, encode)
    row = {text: index for index, text in enumerate(distinct)}
    return vectors[[row[text] for text in texts]]


def embed_prompts(encoder: Encoder, prompts: Sequence[str], texts: Sequence[str]) -> Vectors:
    """One vector per text: the mean over ``prompts`` filled with it, normalised again. ``(M, D) float32``, length 1."""
    filled = list(dict.fromkeys(fill(prompt, text) for prompt in prompts for text in texts))
    return averaged(prompts, texts, dict(zip(filled, embed_texts(encoder, filled), strict=True)))


def truncated_texts(encoder: Encoder, texts: Iterable[str]) -> tuple[str, ...]:
    """Those of ``texts`` whose end the encoder does not see; none where it cannot tell."""
    tell = getattr(encoder, "truncated", None)
    return tuple(tell(list(texts))) if callable(tell) else ()


def _cache_of(encoder: Encoder, given: EmbeddingCache | None) -> EmbeddingCache | None:
    """The cache that was given, else the encoder's own; none for an encoder that does not say who it is."""
    own = encoder.cache if isinstance(encoder, CachingEncoder) else None
    return (given or own) if is_cacheable(encoder) else None


def _name(encoder: Encoder) -> str:
    return plain(str(getattr(encoder, "name", encoder.key)))


def _batch_size(encoder: Encoder, wanted: int | None) -> int:
    size = getattr(encoder, "batch_size", _BATCH_SIZE) if wanted is None else wanted
    if size < 1:
        raise UsageError(f"batch size {size}: at least 1 is needed")
    return int(size)


def _stacked(blocks: Sequence[Vectors], what: str, encoder: Encoder) -> Vectors:
    widths = sorted({block.shape[1] for block in blocks})
    if len(widths) > 1:
        raise EncoderError(f"vectors of {' and '.join(map(str, widths))} dimensions for {what}", where=_name(encoder))
    return np.concatenate(blocks)


def _nothing_left(skipped: Sequence[Skipped]) -> DataError:
    if not skipped:
        return DataError("no images to embed")
    shown = "".join(f"\n  {item}" for item in skipped[:5])
    more = f"\n  and {len(skipped) - 5} more" if len(skipped) > 5 else ""
    return DataError(f"not one of {len(skipped)} images can be read:{shown}{more}")
