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

    Writes trading cards of invented creatures into FOLDER (./cotsmith-demo unless named), drafts a system from replies
    that lie beside them, checks, measures, corrects and refines it, and says by which commands. Needs no network, no
    key and no GPU.
    """
    from .demo import prepare
    from .demo_loop import begin, go_on
    from .demo_report import Tour, demo_json

    with progress("drawing cards") as tell:
        workspace = prepare(folder, tell)
    begun = begin(workspace)
    tour = Tour(console(), workspace)
    if not as_json:
        tour.cards()
        tour.draft(begun)
        tour.findings(begun)
    with progress("looking at cards") as tell:
        loop = go_on(workspace, begun, tell)
    if as_json:
        out_json(demo_json(workspace, loop))
        return
    tour.score(loop.dev)
    tour.corrections(begun)
    tour.proposals(loop)
    tour.scores(loop.test)
    tour.example(loop)
    tour.next_steps(loop)
    out()
