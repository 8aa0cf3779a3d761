"""Images that came from elsewhere, as files in the cache folder: downloaded once, unpacked once."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from ..errors import DataError, InputError
from ..systems.text import plain

Kind: TypeAlias = Literal["downloaded", "unpacked"]

KINDS: tuple[Kind, ...] = ("downloaded", "unpacked")
_TEMPORARY = ".part"


@dataclass(frozen=True, slots=True)
class StoredImages:
    """How many images of a kind there are, and their bytes."""

    kind: Kind
    count: int
    size: int


def image_place(kind: Kind, key: str) -> Path:
    """Where the image that ``key`` names lies, or will: for equal keys the same file. It has no ending."""
    from .cache import cache_folder

    name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return cache_folder() / kind / name[:2] / name


def store_image(place: Path, content: bytes, check: Callable[[Path], None] | None = None) -> None:
    """Put ``content`` at ``place``, whole or not at all, once ``check`` has not objected to the file.

    Raises:
        DataError: the folder cannot be written, or what ``check`` raises.
    """
    temporary = place.with_name(f"{place.name[:16]}-{secrets.token_hex(6)}{_TEMPORARY}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "xb") as file:
            file.write(content)
            if check is not None:
                file.flush()
                check(temporary)
                os.fsync(file.fileno())
        os.replace(temporary, place)
    except OSError as error:
        raise DataError(
            f"images cannot be kept: {error.strerror or error}",
            where=plain(str(place.parent)),
            hint="Make room, or set COTSMITH_CACHE_DIR to a folder on another disk.",
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def stored_images(folder: Path) -> tuple[StoredImages, ...]:
    """What the cache in ``folder`` has of each kind; kinds without images are left out."""
    found = []
    for kind in KINDS:
        sizes = [path.stat().st_size for path in _files(folder, kind) if path.suffix != _TEMPORARY]
        if sizes:
            found.append(StoredImages(kind, len(sizes), sum(sizes)))
    return tuple(found)


def clear_images(folder: Path) -> int:
    """Delete all of them; how many bytes that frees.

    Raises:
        InputError: one cannot be deleted.
    """
    freed = 0
    for kind in KINDS:
        for path in _files(folder, kind):
            size = path.stat().st_size
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise InputError(error.strerror or "it cannot be deleted", where=plain(str(path))) from error
            freed += size
        for inner in (*(folder / kind).glob("*"), folder / kind):
            with suppress(OSError):  # not there, or another process has put an image there meanwhile
                inner.rmdir()
    return freed


def _files(folder: Path, kind: Kind) -> list[Path]:
    return [path for path in (folder / kind).glob("*/*") if path.is_file()]
