"""The options that several verbs share: which images, and which encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from ..errors import DataError, UsageError
from ..systems.text import plain
from ..terminal import note, progress, warn

if TYPE_CHECKING:
    from ..systems.model import System
    from .dataset import Dataset
    from .encoder import Encoder
    from .evaluation import Data
    from .images import Crop
    from .splitting import Copies

Command: TypeAlias = Callable[..., Any]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class DataChoice:
    """The labelled images that a person chose."""

    source: str
    image_column: str
    label_column: str
    crop: str | None
    split: str
    allow_private_urls: bool = False
    remember: bool = True

    def load(self, *systems: System) -> Data:
        """Find the images of all splits; where one is chosen that the data does not name, the splits are made.

        Before files are read, or images fetched, the labels are held against ``systems``. Images of the chosen split
        that are elsewhere are fetched.
        """
        from .dataset import split_name
        from .splitting import SHARES

        found = self._found()
        make = split_name(self.split) in SHARES and not found.splits
        self._check(found if make else found.split(self.split), systems)
        return self._split(found) if make else self._as_named(found)

    def load_images(self) -> Dataset:
        """``load`` for those who want to look at pictures, which embeddings have none of.

        Raises:
            DataError: the data are embeddings.
        """
        from .dataset import Dataset

        found = self.load()
        if not isinstance(found, Dataset):
            raise DataError("embeddings are no images", where=plain(self.source), hint="Name the images with --data.")
        return found

    def load_split(self, *systems: System) -> Data:
        """Find the images of all splits, each with its own; the data's own splits, or such as are made here."""
        found = self._found()
        self._check(found, systems)
        return self._as_named(found) if found.splits else self._split(found)

    def _found(self) -> Data:
        from .labelled import LabelledEmbeddings
        from .sources import load_data

        found = load_data(
            self.source,
            image_column=self.image_column,
            label_column=self.label_column,
            crop=self.crop,
            allow_private_urls=self.allow_private_urls,
        )
        if isinstance(found, LabelledEmbeddings) and found.rescaled:
            note(f"{found.rescaled} of {len(found)} embeddings were not of length 1; now they are")
        return found

    def _check(self, found: Data, systems: tuple[System, ...]) -> None:
        from .dataset import check_labels
        from .probabilities import check_answerable

        for system in systems:
            check_answerable(system)
            check_labels(found, system)

    def _as_named(self, found: Data) -> Data:
        """The data in its own splits, or in none, with the images of the chosen one fetched."""
        from .dataset import Dataset
        from .elsewhere import fetched, missing
        from .splitting import find_copies

        if isinstance(found, Dataset) and missing(found, self.split):
            with progress("fetching images") as tell:
                found = fetched(found, tell, split=self.split)
        with progress("files") as tell:
            conflicts, leaks = find_copies(found, progress=tell, remember=self.remember)
        warn_of_copies(conflicts, leaks)
        return found

    def _split(self, found: Data) -> Data:
        from .dataset import Dataset
        from .elsewhere import fetched, missing
        from .splitting import split_dataset

        if isinstance(found, Dataset) and missing(found):
            with progress("fetching images") as tell:
                found = fetched(found, tell)
        with progress("files") as tell:
            splitting = split_dataset(found, progress=tell, remember=self.remember)
        sizes = ", ".join(f"{name} {count}" for name, count in splitting.dataset.splits.items())
        note(f"the data names no splits; made by content: {sizes}")
        warn_of_copies(splitting.conflicts, splitting.leaks)
        return splitting.dataset


@dataclass(frozen=True, slots=True)
class EncoderChoice:
    """The encoder that a person chose."""

    spec: str
    revision: str | None
    trust_remote_code: bool
    device: str | None
    dtype: str | None
    batch_size: int | None
    cached: bool = True

    def load(self) -> Encoder:
        """Load the model, which takes seconds, and pass on what it warns of; it remembers unless it shall not."""
        from .encoders import load_encoder

        encoder = load_encoder(
            self.spec,
            revision=self.revision,
            trust_remote_code=self.trust_remote_code,
            device=self.device,
            dtype=self.dtype,
        )
        for warning in getattr(encoder, "warnings", ()):
            warn(plain(str(warning)))
        if not self.cached:
            return encoder
        from .cache import EmbeddingCache
        from .caching_encoder import CachingEncoder

        told = set[str]()

        def tell(message: str) -> None:
            if message not in told:  # texts and images meet with the same trouble
                told.add(message)
                warn(message)

        return CachingEncoder(encoder, EmbeddingCache(tell=tell))


def warn_of_copies(conflicts: Sequence[Copies], leaks: Sequence[Copies]) -> None:
    """Tell of images with one content but several labels, or in several splits."""
    for copies, what in ((conflicts, "labels"), (leaks, "splits")):
        for one in copies[:_SHOWN]:
            marks = " and ".join(f'"{plain(mark)}"' for mark in one.marks)
            warn(f"one image, several {what}: {marks}: {', '.join(map(plain, one.images))}")
        if len(copies) > _SHOWN:
            warn(f"one image, several {what}: {len(copies) - _SHOWN} more")


def data_options(split: str, *, required: bool = True) -> Callable[[Command], Command]:
    """Add ``--data``, its columns, ``--crop`` and ``--split``; the command gets a ``DataChoice`` as ``data``.

    Where it is not ``required``, the command gets None when no data were chosen.
    """
    options = (
        click.option(
            "--data",
            metavar="DIR|FILE|ID",
            required=required,
            help="Labelled images: a folder of class folders; a CSV, JSONL or Parquet file with a row for each image; "
            "owner/name of a data set of the Hugging Face hub; or an .npz file of embeddings.",
        ),
        click.option(
            "--split",
            metavar="NAME",
            default=split,
            show_default=True,
            help="Which images: train, dev, test (made by content where the data names none), another name, or all.",
        ),
        click.option(
            "--image-column",
            metavar="NAME",
            default="image",
            show_default=True,
            help="Column of the image: its path, its address, or itself.",
        ),
        click.option("--label-column", metavar="NAME", default="label", show_default=True, help="Column of the class."),
        click.option(
            "--allow-private-urls",
            is_flag=True,
            help="Fetch images from private addresses too: this machine's and those of your own network.",
        ),
        crop_option,
    )

    def decorate(command: Command) -> Command:
        @wraps(command)
        def gathered(
            *args: Any,
            data: str | None,
            image_column: str,
            label_column: str,
            crop: str | None,
            split: str,
            allow_private_urls: bool,
            **rest: Any,
        ) -> Any:
            # The option belongs to the encoder, but whoever wants nothing kept means this too.
            remember = not click.get_current_context().params.get("no_cache")
            columns = image_column, label_column
            choice = None if data is None else DataChoice(data, *columns, crop, split, allow_private_urls, remember)
            return command(*args, data=choice, **rest)

        return _with(gathered, options)

    return decorate


def encoder_options(command: Command) -> Command:
    """Add ``--encoder`` and how to run it; the command gets an ``EncoderChoice`` as ``encoder``."""
    return _encoder_options(command, required=True)


def optional_encoder_options(command: Command) -> Command:
    """Like ``encoder_options``, but the command gets None when no encoder was chosen."""
    return _encoder_options(command, required=False)


def encoders_options(command: Command) -> Command:
    """Like ``encoder_options``, but ``--encoder`` may be repeated: the command gets a tuple as ``encoders``."""

    @wraps(command)
    def several(*args: Any, encoder: tuple[EncoderChoice, ...], **rest: Any) -> Any:
        return command(*args, encoders=encoder, **rest)

    return _encoder_options(several, required=True, repeated=True)


class _Repeated(click.Option):
    """An option that may be repeated, and stands once in the environment or in the configuration as plain text."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        return super().type_cast_value(ctx, (value,) if isinstance(value, str) else value)

    def value_from_envvar(self, ctx: click.Context) -> Any:
        return self.resolve_envvar_value(ctx)


def _encoder_options(command: Command, *, required: bool, repeated: bool = False) -> Command:
    options = (
        click.option(
            "--encoder",
            cls=_Repeated if repeated else click.Option,
            metavar="ENCODER",
            required=required,
            multiple=repeated,
            help='A Hugging Face model id or folder, "demo" for the bundled one, or package.module:factory.'
            + (" Repeat it to compare." if repeated else ""),
        ),
        click.option("--revision", metavar="REV", help="The model's revision on the hub: a commit, tag or branch."),
        click.option("--trust-remote-code", is_flag=True, help="Let the model run its own code on this machine."),
        click.option("--device", metavar="DEVICE", help="cuda, mps or cpu.  [default: the best there is]"),
        click.option("--dtype", metavar="TYPE", help="float32, bfloat16 or float16.  [default: by device]"),
        click.option("--batch-size", metavar="N", type=click.IntRange(min=1), help="Images encoded at a time."),
        click.option("--no-cache", is_flag=True, help="Encode every image anew, and keep no embeddings."),
    )

    @wraps(command)
    def gathered(
        *args: Any,
        encoder: str | tuple[str, ...] | None,
        revision: str | None,
        trust_remote_code: bool,
        device: str | None,
        dtype: str | None,
        batch_size: int | None,
        no_cache: bool,
        **rest: Any,
    ) -> Any:
        def chosen(spec: str) -> EncoderChoice:
            return EncoderChoice(spec, revision, trust_remote_code, device, dtype, batch_size, not no_cache)

        if isinstance(encoder, tuple):
            if revision is not None and len(encoder) > 1:
                raise UsageError("--revision is of one encoder", hint="Compare one --encoder, or leave it out.")
            return command(*args, encoder=tuple(map(chosen, encoder)), **rest)
        return command(*args, encoder=None if encoder is None else chosen(encoder), **rest)

    return _with(gathered, options)


crop_option = click.option(
    "--crop",
    metavar="L,T,R,B",
    help="Look only at this part, in fractions of width and height: 0.08,0.11,0.92,0.48; or a crop's name.",
)

combine_option = click.option(
    "--combine",
    type=click.Choice(["sum", "product"]),
    default="sum",
    show_default=True,
    help="How attributes add up: probabilities, or their logarithms.",
)


def parse_crop(text: str | None) -> Crop | None:
    """The ``--crop`` of a command that has no ``DataChoice``."""
    from .images import Crop

    return None if text is None else Crop.parse(text)


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    # Click lists options in the order of decorators as they stand above a function, the last applied first.
    for option in reversed(options):
        command = option(command)
    return command
