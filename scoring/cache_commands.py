"""The verb ``cache``: what is in the embedding cache, whether it is whole, and how to empty it."""

from __future__ import annotations

from dataclasses import asdict

import click

from ..systems.text import plain
from ..terminal import json_option, note, out, out_json, progress


@click.group()
def cache() -> None:
    """Show, verify or clear the cache: embeddings, so that no image is encoded twice, and images from elsewhere."""


@cache.command()
@json_option
def info(as_json: bool) -> None:
    """Show where the cache is, how large it is, and what it has of which encoder."""
    from .cache import cache_folder
    from .cache_upkeep import cache_info
    from .images import Crop

    found = cache_info(cache_folder())
    if as_json:
        spaces = [asdict(space) for space in found.spaces]
        images = [{"kind": kind.kind, "count": kind.count, "bytes": kind.size} for kind in found.images]
        out_json({"folder": plain(str(found.folder)), "bytes": found.size, "encoders": spaces, "images": images})
        return
    out(f"{plain(str(found.folder))}: {_megabytes(found.size)}")
    for space in found.spaces:
        crop = "" if space.crop is None else f", crop {plain(Crop.parse(space.crop).shown)}"
        out(f"{space.count:>10,} {space.of} × {space.dimensions}{crop}: {plain(space.encoder)}")
    for kind in found.images:
        out(f"{kind.count:>10,} {kind.kind} images: {_megabytes(kind.size)}")


@cache.command()
@json_option
@click.pass_context
def verify(ctx: click.Context, as_json: bool) -> None:
    """Compare every vector with its checksum and forget the damaged ones; exit with 1 if there were any."""
    from .cache import cache_folder
    from .cache_upkeep import verify_cache

    with progress("vectors") as tell:
        looked, damaged = verify_cache(cache_folder(), progress=tell)
    if as_json:
        out_json({"vectors": looked, "damaged": damaged})
    else:
        out(f"{looked:,} vectors, {damaged:,} damaged" + (" and forgotten" if damaged else ""))
    if damaged:
        note("what was forgotten is encoded again when it is needed")
        ctx.exit(1)


@cache.command()
def clear() -> None:
    """Forget everything that was encoded, downloaded or unpacked."""
    from .cache import cache_folder
    from .cache_upkeep import clear_cache

    note(f"{_megabytes(clear_cache(cache_folder()))} freed")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
