"""The verb ``locks``: which cells a person set, so that no LLM undoes them; locked and unlocked by hand."""

from __future__ import annotations

import click

from ..errors import UsageError
from ..systems.text import plain
from ..terminal import json_option, note, out, out_json


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--lock", metavar="CLASS/ATTRIBUTE", multiple=True, help="Lock a cell, or with * a row or a column.")
@click.option("--unlock", metavar="CLASS/ATTRIBUTE", multiple=True, help="Unlock a cell, or with * a row or a column.")
@json_option
def locks(file: str, lock: tuple[str, ...], unlock: tuple[str, ...], as_json: bool) -> None:
    """List the locked cells: rules that a person set, which no proposal changes unless you say so.

    What you set is locked by itself, in any editor; the history remembers it. Locks stand in the history, not in FILE.
    """
    from ..systems.describe import describe_rule
    from ..systems.file import load
    from ..systems.sources import GALLERY, STDIN
    from .locks import locked_cells, set_locks

    if file == STDIN or file.startswith(GALLERY):
        raise UsageError("only a file has locks", where=plain(file), hint="Make a copy: cotsmith export FILE -o COPY")
    system = load(file)
    cells = set_locks(file, lock=lock, unlock=unlock) if lock or unlock else locked_cells(file, system)
    ordered = [(c, a.name) for c in system.classes for a in system.attributes if (c, a.name) in cells]
    if as_json:
        out_json([{"class": c, "attribute": a} for c, a in ordered])
        return
    for c, a in ordered:
        out(f"{plain(c)} › {plain(a)}: {describe_rule(system.rules[c][a])}")
    note(f"{len(ordered)} of {len(system.rules) * len(system.attributes)} cells are locked")
