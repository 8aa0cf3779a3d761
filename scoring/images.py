"""From a file to the RGB pixels that a person would see: oriented, composited, cropped, or refused with a reason."""

from __future__ import annotations

import math
import os
import stat
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ..errors import DataError, UsageError
from ..systems.text import did_you_mean, plain

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGE_SUFFIXES = frozenset(
    ".apng .avif .bmp .dib .gif .ico .jfif .jp2 .jpe .jpeg .jpg .pbm .pgm .png .pnm .ppm .tga .tif .tiff .webp".split()  # noqa: SIM905 (a list would take a screen)
)
"""The file name endings by which a folder's images are told from its other files."""

_FOREIGN = frozenset(".heic .heif .jxl .svg .svgz .eps .psd .raw .dng .cr2 .cr3 .nef .arw .orf .rw2 .raf".split())  # noqa: SIM905
"""Pictures that Pillow does not decode, and that are told, not passed over like notes and other files."""

MAX_PIXELS = 178_956_970
"""The largest width × height that is decoded, half a gigabyte as RGB: where Pillow too stops believing in an image."""

MAX_ASPECT = 200
"""How much longer than wide a picture may be: encoders scale the shorter side up, and a line would fill memory."""

# Pillow's other readers start programs (Ghostscript for EPS) or read what nobody photographs.
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "DIB", "TIFF", "PPM", "JPEG2000", "ICO", "TGA")

_DRAFT_MARGIN = 2  # times the encoder's own size, so that its resampling still has pixels to average

_POKEMON_ARTWORK = (0.08, 0.11, 0.92, 0.48)
CROP_NAMES = ("artwork", "pokemon-artwork")
_CROP_HINT = (
    "A crop is left,top,right,bottom in fractions of the image, such as 0.08,0.11,0.92,0.48, or one of: "
    + ", ".join(CROP_NAMES)
    + "."
)


CropLike: TypeAlias = "Crop | str | Sequence[float]"
"""A crop as Python callers write it; see ``Crop.of``."""


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of an image that is looked at: left, top, right and bottom in fractions of its width and height.

    Raises:
        UsageError: the fractions are not 0 ≤ left < right ≤ 1 and 0 ≤ top < bottom ≤ 1.
    """

    left: float
    top: float
    right: float
    bottom: float

    def __post_init__(self) -> None:
        for low, high, names in ((self.left, self.right, "left < right"), (self.top, self.bottom, "top < bottom")):
            if not 0 <= low < high <= 1:
                raise UsageError(f"crop {self}: it needs 0 ≤ {names} ≤ 1", hint=_CROP_HINT)

    @classmethod
    def parse(cls, text: str) -> Crop:
        """The crop that ``text`` names or spells out: ``artwork``, or ``0.08,0.11,0.92,0.48``."""
        name = text.strip()
        if name == "artwork":
            from .demo.world import ARTWORK_CROP

            return cls(*ARTWORK_CROP)
        if name == "pokemon-artwork":
            return cls(*_POKEMON_ARTWORK)
        try:
            fractions = [float(part) for part in name.split(",")]
        except ValueError:
            known = "" if "," in name else did_you_mean(name, CROP_NAMES)
            raise UsageError(f'crop "{plain(text)}" is not four numbers{known}', hint=_CROP_HINT) from None
        if len(fractions) != 4:
            raise UsageError(f'crop "{plain(text)}" needs four numbers, not {len(fractions)}', hint=_CROP_HINT)
        return cls(*fractions)

    @classmethod
    def of(cls, crop: CropLike | None) -> Crop | None:
        """What a caller may give for a crop: one, its four numbers, its text or name as for ``parse``, or None."""
        if crop is None or isinstance(crop, Crop):
            return crop
        if isinstance(crop, str):
            return cls.parse(crop)
        try:
            left, top, right, bottom = map(float, crop)
        except (TypeError, ValueError):
            raise UsageError(f"{plain(repr(crop))[:80]} is no crop", hint=_CROP_HINT) from None
        return cls(left, top, right, bottom)

    @property
    def shown(self) -> str:
        """For people: the name, where there is one, and the fractions."""
        name = next((name for name in CROP_NAMES if Crop.parse(name) == self), "")
        fractions = ",".join(f"{value:.3g}" for value in (self.left, self.top, self.right, self.bottom))
        return f"{name} ({fractions})" if name else fractions

    def __str__(self) -> str:
        return ",".join(f"{value:.12g}" for value in (self.left, self.top, self.right, self.bottom))

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in pixels of a ``width`` × ``height`` image; never empty."""
        left = min(round(self.left * width), width - 1)
        top = min(round(self.top * height), height - 1)
        return left, top, max(round(self.right * width), left + 1), max(round(self.bottom * height), top + 1)


def open_image(path: str | Path, crop: Crop | None = None) -> Image:
    """The image in ``path`` as an RGB Pillow image, fully decoded.

    EXIF orientation is applied, then ``crop``. Of an animation the first frame is taken; transparency is composited on
    white; 16-bit and floating point greyscale is scaled to 8 bits, not clipped. Nothing reaches stderr.

    Raises:
        DataError: the file is missing, unreadable, not an image, damaged, larger than ``MAX_PIXELS``, or what is left
            of it is thinner than 1 : ``MAX_ASPECT``.
    """
    with quiet_pillow():
        return decode(path, crop)


def foreign(path: str | Path) -> str:
    """Why a picture of a kind that nothing here decodes is left out, or ``""`` for all other names."""
    suffix = os.path.splitext(path)[1].lower()
    return f"{suffix[1:].upper()} images cannot be read: convert it to JPEG or PNG" if suffix in _FOREIGN else ""


@contextmanager
def quiet_pillow() -> Iterator[None]:
    """Keep Pillow's warnings off stderr. Warning filters belong to the process: enter it outside of worker threads."""
    _silence_libtiff()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield


@cache
def _silence_libtiff() -> None:
    """Take the C library's own messages off stderr, of which Pillow knows nothing; errors are raised all the same."""
    import ctypes

    import PIL

    package = Path(PIL.__file__).parent
    with suppress(OSError, AttributeError):  # built into Pillow itself, or a library of the system
        for library in (*package.parent.glob("pillow.libs/libtiff*"), *package.glob(".dylibs/libtiff*")):
            tiff = ctypes.CDLL(str(library))
            tiff.TIFFSetErrorHandler(None)
            tiff.TIFFSetWarningHandler(None)


def decode(path: str | Path, crop: Crop | None = None, side: int | None = None) -> Image:
    """``open_image`` for worker threads, whose starter has entered ``quiet_pillow`` for them all.

    With ``side``, the length in pixels to which the picture's shorter side will be resized, a large JPEG is decoded at
    1/2, 1/4 or 1/8 of its size, but never so small that what ``crop`` leaves is under twice that length.
    """
    import PIL.Image

    try:
        _check_file(path)
        with PIL.Image.open(path, formats=_FORMATS) as opened:
            _check_size(*opened.size)
            if side is not None and opened.format == "JPEG":
                _draft(opened, crop, side)
            _turn_upright(opened)
            image = _to_rgb(opened)
    except _Refused as error:
        raise _failure(path, str(error)) from None
    except PIL.Image.DecompressionBombError:
        raise _failure(path, f"more than {MAX_PIXELS:,} pixels, the limit") from None
    except PIL.UnidentifiedImageError:
        raise _failure(path, _what_it_is(path)) from None
    except OSError as error:
        raise _failure(path, error.strerror or f"it is damaged ({_first_line(error)})") from error
    except MemoryError as error:
        raise _failure(path, "it does not fit into memory") from error
    except Exception as error:  # whatever a decoder stumbles over in a damaged file
        raise _failure(path, f"it is damaged ({_first_line(error) or type(error).__name__})") from error
    return _cropped(image, crop, path)


def as_seen(image: Image, crop: Crop | None = None, *, name: str = "image") -> Image:
    """An open Pillow image as ``open_image`` would give its file: upright, RGB, cropped. ``image`` stays as it is.

    ``name`` stands for it in errors. It may be lazy, as ``PIL.Image.open`` gives it; its pixels are then read here.

    Raises:
        DataError: its pixels cannot be read, or the limits of ``open_image`` are passed.
    """
    try:
        with quiet_pillow():
            _check_size(*image.size)
            seen = _to_rgb(_turned_copy(image))
    except _Refused as error:
        raise _failure(name, str(error)) from None
    except Exception as error:  # whatever a decoder stumbles over in a damaged file
        raise _failure(name, f"it is damaged ({_first_line(error) or type(error).__name__})") from error
    return _cropped(seen, crop, name)


def _cropped(image: Image, crop: Crop | None, name: str | Path) -> Image:
    picture = image if crop is None else image.crop(crop.box(*image.size))
    if max(picture.size) > MAX_ASPECT * min(picture.size):
        width, height = picture.size
        raise _failure(name, f"{width} × {height} pixels are a line; the limit is 1 : {MAX_ASPECT}")
    return picture


class _Refused(Exception):
    """The file is not what it should be; the text says why."""


def _failure(path: str | Path, reason: str) -> DataError:
    return DataError(reason, where=plain(os.fspath(path)))


def _first_line(error: Exception) -> str:
    return plain(str(error).strip().splitlines()[0]) if str(error).strip() else ""


def _check_file(path: str | Path) -> None:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        raise _Refused("no such file") from None
    except ValueError as error:  # a null character in the path
        raise _Refused(str(error)) from None
    if stat.S_ISDIR(status.st_mode):
        raise _Refused("it is a folder, not an image")
    if not stat.S_ISREG(status.st_mode):  # reading from a pipe or a device could wait for ever
        raise _Refused("it is not a regular file")
    if status.st_size == 0:
        raise _Refused("the file is empty")


def _check_size(width: int, height: int) -> None:
    if not width or not height:
        raise _Refused(f"{width} × {height} pixels: nothing to see")
    if width * height > MAX_PIXELS:
        raise _Refused(f"{width} × {height} pixels; the limit is {MAX_PIXELS:,}")


def _draft(image: Image, crop: Crop | None, side: int) -> None:
    """Let the JPEG decoder scale by whole powers of two, which its transform does almost for nothing."""
    # The crop is meant of the upright picture, whose sides may be swapped: the smaller fraction holds for both.
    fraction = 1.0 if crop is None else min(crop.right - crop.left, crop.bottom - crop.top)
    least = math.ceil(_DRAFT_MARGIN * side / fraction)
    image.draft(None, (least, least))


def _what_it_is(path: str | Path) -> str:
    if reason := foreign(path):
        return reason
    with open(path, "rb") as file:
        head = file.read(512)
    if head.isascii() and b"\0" not in head:
        kind = "a web page" if head.lstrip()[:9].lower() in {b"<!doctype", b"<html"} else "a text file"
        kind = "a Git LFS pointer; run git lfs pull" if head.startswith(b"version https://git-lfs") else kind
        return f"not an image: it is {kind}"
    return "not an image that can be read (JPEG, PNG, GIF, WebP, AVIF, BMP, TIFF, ... can)"


def _turn_upright(image: Image) -> None:
    from PIL import ImageOps

    image.load()
    # Damaged metadata says nothing about the pixels, which are here.
    with suppress(Exception):
        ImageOps.exif_transpose(image, in_place=True)


def _turned_copy(image: Image) -> Image:
    from PIL import ImageOps

    image.load()
    with suppress(Exception):
        return ImageOps.exif_transpose(image)
    return image.copy()


def _to_rgb(image: Image) -> Image:
    if image.mode in {"RGBA", "RGBa", "LA", "La", "PA"} or "transparency" in image.info:
        return _on_white(image)
    if image.mode.startswith("I") or image.mode == "F":
        image = _to_eight_bits(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image) -> Image:
    import PIL.Image

    if image.mode.startswith("I"):
        return _to_eight_bits(image).convert("RGB")
    if image.mode == "La":
        image = image.convert("LA")
    rgba = image.convert("RGBA")
    return PIL.Image.alpha_composite(PIL.Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


def _to_eight_bits(image: Image) -> Image:
    """Deep greyscale scaled to 0 … 255, by the smallest of the usual ranges that holds its values.

    Integers: 16 bits, else 32 bits. Floating point: 0 … 1, 8 bits, 16 bits, else its own largest value.
    """
    import numpy as np
    import PIL.Image

    values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=math.inf, neginf=0.0)
    finite = values[np.isfinite(values)]
    top = float(finite.max()) if finite.size else 0.0
    ranges = (1.0, 255.0, 65535.0, top) if image.mode == "F" else (65535.0, 4294967295.0)
    full = next(r for r in ranges if top <= r or r == ranges[-1])
    scaled = np.clip(values / full * 255.0, 0.0, 255.0)
    return PIL.Image.fromarray(np.rint(scaled).astype(np.uint8))
