"""The verbs of authoring: ``demo`` walks through the whole loop on the bundled teaching world."""

from __future__ import annotations

from pathlib import Path

import click

from ..terminal import console, json_option, out, out_json, progress


@click.command()
@click.argument("folder", metavar="[FOLDER]", default="cotsmith-demo", type=click.Path(path_type=Path))
@json_option
def demo(folder: Path, as_json: bool) -> None:
    """Walk through the whole loop on a bundled teaching world.

    Writes trading cards of invented creatures, a recorded draft and its corrected form into FOLDER (./cotsmith-demo
    unless named), and shows what cotsmith says of them. Needs no network, no key and no GPU.
    """
    from ..systems.diff import diff
    from ..systems.file import load
    from ..validate.engine import check
    from ..validate.fixing import fix_all
    from . import demo as world
    from .demo_report import Tour, demo_json

    with progress("drawing cards") as tell:
        workspace = world.prepare(folder, tell)
    draft, corrected = load(world.DRAFT), load(world.CORRECTED)
    findings, fixed = check(world.DRAFT), fix_all(draft)
    left, corrections = check(fixed.system), diff(fixed.system, corrected)
    systems = {"draft": draft, "draft, safe fixes applied": fixed.system, "corrected by a person": corrected}
    tour = Tour(console())
    if not as_json:
        tour.cards(workspace)
        tour.findings(findings)
        tour.fixes(fixed, left)
        tour.corrections(corrections, fixed.system)
    with progress("looking at cards") as tell:
        measured = world.evaluations(workspace, systems, tell)
    if as_json:
        out_json(demo_json(workspace, findings, fixed, corrections, measured))
        return
    tour.scores(measured)
    tour.next_steps(workspace)
    out()
