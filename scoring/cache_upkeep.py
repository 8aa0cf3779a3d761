"""Looks after the embedding cache: what is in it, whether it is whole, and how to be rid of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..systems.text import plain
from .cache import CACHE_ERRORS
from .cache_index import INDEX_NAME, connect, writing
from .cache_store import STORED_SQL, damaged_rows
from .image_store import StoredImages, clear_images, stored_images


@dataclass(frozen=True, slots=True)
class Space:
    """What the cache has of one encoder: ``of`` is "images" or "texts", ``crop`` the part of the images."""

    encoder: str
    of: str
    crop: str | None
    count: int
    dimensions: int


@dataclass(frozen=True, slots=True)
class CacheInfo:
    """A cache: its folder, its bytes on disk, what it has of each encoder, and the images that came from elsewhere."""

    folder: Path
    size: int
    spaces: tuple[Space, ...]
    images: tuple[StoredImages, ...] = ()


def cache_info(folder: Path) -> CacheInfo:
    """What is in the cache in ``folder``; nothing where there is none.

    Raises:
        InputError: the index cannot be read.
    """
    images = stored_images(folder)
    of_images = sum(kind.size for kind in images)
    if not (folder / INDEX_NAME).exists():
        return CacheInfo(folder, of_images, (), images)
    with _opened(folder) as index:
        rows = index.execute(
            "SELECT identity, dimensions, (SELECT count(*) FROM vectors v WHERE v.space = s.id) FROM spaces s"
        ).fetchall()
    spaces = []
    for identity, dimensions, count in rows:
        parts = json.loads(identity)
        spaces.append(Space(parts["encoder"], parts["of"], parts.get("crop"), count, dimensions))
    size = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
    spaces.sort(key=lambda space: (space.encoder, space.of, space.crop or ""))
    return CacheInfo(folder, size + of_images, tuple(spaces), images)


def verify_cache(folder: Path, *, progress: Callable[[int, int], None] | None = None) -> tuple[int, int]:
    """Compare every vector with its checksum: how many were looked at, and how many were damaged and are now forgotten.

    Raises:
        InputError: the index cannot be read or written.
    """
    if not (folder / INDEX_NAME).exists():
        return 0, 0
    looked, bad = 0, 0
    with _opened(folder) as index:
        total = index.execute("SELECT count(*) FROM vectors").fetchone()[0]
        for space, file, dimensions in index.execute("SELECT id, file, dimensions FROM spaces").fetchall():
            places = dict(
                index.execute(f"SELECT v.content, {STORED_SQL} FROM vectors v WHERE v.space = ?", (space,)).fetchall()
            )
            damaged = damaged_rows(folder / file, dimensions, places)
            if damaged:
                with writing(index):
                    # Unless it was replaced in the meantime.
                    index.executemany(
                        "DELETE FROM vectors WHERE space = ? AND content = ? AND row = ?",
                        [(space, content, places[content] >> 32) for content in damaged],
                    )
            looked, bad = looked + len(places), bad + len(damaged)
            if progress is not None:
                progress(looked, total)
    return looked, bad


def clear_cache(folder: Path) -> int:
    """Forget everything; how many bytes that frees. Processes that use the cache go on, and encode anew.

    Raises:
        InputError: the index cannot be written, or a file cannot be deleted.
    """
    freed = clear_images(folder)
    if not (folder / INDEX_NAME).exists():
        return freed
    before = cache_info(folder).size
    with _opened(folder) as index:
        with writing(index):
            for table in ("vectors", "claims", "files", "spaces"):
                index.execute(f"DELETE FROM {table}")
            # Under the lock: else another process could have begun a file that no index names yet.
            for path in folder.glob("*.f32"):
                path.unlink(missing_ok=True)
        index.execute("VACUUM")
        index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / f"{INDEX_NAME}.damaged").unlink(missing_ok=True)
    return freed + max(0, before - cache_info(folder).size)


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The index of ``folder``, its errors told in terms of the cache."""
    try:
        with closing(connect(folder)) as index:
            yield index
    except CACHE_ERRORS as error:
        raise InputError(
            f"the cache cannot be used: {plain(str(error))}",
            where=plain(str(folder)),
            hint="It holds nothing that cannot be made again: delete the folder, or set COTSMITH_CACHE_DIR to another.",
        ) from error
