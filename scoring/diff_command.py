"""The verb ``diff``: what changed between two systems, and with images what that did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from .. import terminal
from ..errors import UsageError
from ..systems.diff_sources import resolve
from ..systems.screen import ColorChoice, color_option, print_lines, screen
from ..systems.sources import source_name
from ..systems.text import plain
from .options import DataChoice, EncoderChoice, combine_option, data_options, optional_encoder_options

if TYPE_CHECKING:
    from ..systems.changes import Changes
    from ..systems.edits import Edit
    from ..systems.model import System
    from .diff_effect import DiffEffect
    from .scores import Combine


@click.command("diff")
@click.argument("sources", metavar="[OLD] [NEW]", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="For people, for programs (the edits), or for a pull request.",
)
@terminal.json_option
@color_option
@click.option("--exit-code", is_flag=True, help="Exit with 1 if there is a difference.")
@click.option("--git", is_flag=True, help="Take the arguments that git gives to an external diff.")
@data_options(split="all", required=False)
@optional_encoder_options
@combine_option
@click.pass_context
def diff(
    ctx: click.Context,
    sources: tuple[str, ...],
    form: str,
    as_json: bool,
    color: ColorChoice,
    exit_code: bool,
    git: bool,
    data: DataChoice | None,
    encoder: EncoderChoice | None,
    combine: Combine,
) -> None:
    """Show the edits that lead from one system to another, grouped by attribute and class.

    OLD and NEW are files, gallery:NAME, - for standard input, a revision such as FILE@3, FILE@a1b2c3 (its hash) or
    FILE@~1 (one before the last), or git's REV:PATH. NEW is the file itself unless named, OLD its last revision.
    With --data and --encoder both are measured: accuracy before and after, and the classes that gained and lost.
    """
    if git:
        _for_git(sources, color)
        return
    if len(sources) > 2:
        raise UsageError(f"two systems can be compared, not {len(sources)}")
    if data is not None and encoder is None:
        raise UsageError("--data needs an encoder", hint="Add --encoder; the bundled one is --encoder demo.")
    from ..systems.changes import gather
    from ..systems.diff import diff as difference
    from ..systems.file import load

    names = resolve(*(*sources, None, None)[:2])
    old, new = (load(name) for name in names)
    edits = difference(old, new)
    changes = gather(old, edits)
    effect = None if data is None or encoder is None else _effect(old, new, changes, data, encoder, combine)
    form = "json" if as_json else form
    if form == "json":
        _print_json(edits, effect)
    else:
        _print(names, edits, changes, effect, form, color)
    if exit_code and edits:
        ctx.exit(1)


def _effect(
    old: System,
    new: System,
    changes: Sequence[Changes],
    data: DataChoice,
    encoder: EncoderChoice,
    combine: Combine,
) -> DiffEffect:
    from .diff_effect import measure_diff

    dataset = data.load()
    with terminal.progress("images") as tell:
        return measure_diff(
            old,
            new,
            changes,
            dataset,
            encoder.load,
            split=data.split,
            combine=combine,
            batch_size=encoder.batch_size,
            progress=tell,
        )


def _print_json(edits: Sequence[Edit], effect: DiffEffect | None) -> None:
    from ..systems.edit_json import edits_to_json

    document: dict[str, object] = {"edits": edits_to_json(edits)}
    if effect is not None:
        from .diff_report import effect_json

        document["effect"] = effect_json(effect)
    terminal.out_json(document)


def _print(
    names: tuple[str, str],
    edits: Sequence[Edit],
    changes: Sequence[Changes],
    effect: DiffEffect | None,
    form: str,
    color: ColorChoice,
) -> None:
    from ..systems.changes_markdown import changes_markdown
    from ..systems.changes_text import changes_text, heading
    from ..systems.markdown import escape

    old, new = map(source_name, names)
    if not edits:
        terminal.note(f"No difference between {old} and {new}.")
    elif form == "markdown":
        terminal.out(f"### {escape(old)} → {escape(new)}\n\n{changes_markdown(changes)}")
    else:
        where = screen(color)
        lines = changes_text(changes, color=where.color, width=where.width)
        print_lines([*heading(f"{old} → {new}", len(edits)), *lines], where)
    if effect is None:
        return
    terminal.out()
    if form == "markdown":
        from .diff_report import effect_markdown

        terminal.out(effect_markdown(effect))
    else:
        from .diff_report import effect_report

        terminal.console().print(effect_report(effect))


def _for_git(arguments: Sequence[str], color: ColorChoice) -> None:
    """Show what git asks for; never fail where git could show it itself, for it would stop there."""
    from ..systems.changes import gather
    from ..systems.changes_text import changes_text, heading
    from ..systems.diff import diff as difference
    from ..systems.git_files import git_diff, text_diff, version, without_edits

    asked = git_diff(arguments)
    if asked is None:
        terminal.out(f"{plain(arguments[0])} is still to be merged")
        return
    old, new = version(asked.old), version(asked.new)
    where = screen(color)
    if old is None or new is None:
        print_lines(text_diff(asked), where)
        return
    edits = difference(old, new)
    lines = changes_text(gather(old, edits), color=where.color, width=where.width) or [*without_edits(asked)]
    print_lines([*heading(plain(asked.name), len(edits)), *lines], where)
    terminal.out()
