"""The verb ``merge``: two systems that grew out of one, made one again; also as git's merge driver."""

from __future__ import annotations

from collections.abc import Sequence

import click

from .. import terminal
from ..errors import UsageError
from .file import content_for, load
from .history_commands import reason_option
from .json_form import Json
from .merge import Conflict, Merged, merge
from .merge_contest import Preference
from .output import check_output, is_file, write_system
from .text import counted, plain


@click.command("merge")
@click.argument("sources", metavar="BASE OURS THEIRS", nargs=-1)
@click.option("-o", "--output", metavar="OUT", help="Write to OUT instead of standard output.")
@click.option("--force", is_flag=True, help="Replace OUT if it exists.")
@click.option(
    "--prefer",
    type=click.Choice(["ours", "theirs"]),
    help="Take this side in conflicts, and be content.  [default: ours, and exit with 1]",
)
@reason_option
@terminal.json_option
@click.option("--git", is_flag=True, help="Take the arguments of git's merge driver: %O %A %B %P.")
@click.pass_context
def merge_command(
    ctx: click.Context,
    sources: tuple[str, ...],
    output: str | None,
    force: bool,
    prefer: Preference | None,
    reason: str,
    as_json: bool,
    git: bool,
) -> None:
    """Merge what two sides made of a system: what only one changed is taken, what both changed is a conflict.

    Rules, options, prompts and names are merged one by one, wherever they stand in the files. Conflicts are listed by
    class and attribute; OUT then has our side of them. Each of the three may be a file, a revision, or git's REV:PATH.
    """
    if git:
        _for_git(ctx, sources, prefer)
        return
    if len(sources) != 3:
        raise UsageError(f"three systems are needed, not {len(sources)}", hint="cotsmith merge BASE OURS THEIRS -o OUT")
    check_output(output, force=force)
    base, ours, theirs = (load(source) for source in sources)
    merged = merge(base, ours, theirs, prefer=prefer or "ours")
    if as_json:
        terminal.out_json(_json(merged))
    _write(merged, output, reason or _reason(sources[2], merged.conflicts, prefer), quiet=as_json)
    _tell(merged.conflicts, prefer)
    if merged.conflicts and prefer is None:
        ctx.exit(1)


def _write(merged: Merged, output: str | None, reason: str, *, quiet: bool) -> None:
    """To standard output only where nothing else goes there."""
    if output is not None and is_file(output):
        write_system(merged.system, output, reason=reason)
    elif not quiet:
        write_system(merged.system, None)


def _reason(theirs: str, conflicts: Sequence[Conflict], prefer: Preference | None) -> str:
    settled = f"; {counted(len(conflicts), 'conflict')}, {prefer or 'ours'} taken" if conflicts else ""
    return f"merge of {theirs}{settled}"


def _tell(conflicts: Sequence[Conflict], prefer: Preference | None) -> None:
    """List the conflicts on standard error, by class and attribute."""
    if not conflicts:
        return
    taken = prefer or "ours"
    terminal.note(f"{counted(len(conflicts), 'conflict')}; {taken} is taken:")
    for conflict in conflicts:
        terminal.note(f"  {conflict.place}")
        for side, value in (("base", conflict.base), ("ours", conflict.ours), ("theirs", conflict.theirs)):
            terminal.note(f"    {side:<7} {value}")


def _json(merged: Merged) -> dict[str, Json]:
    import json

    conflicts: list[Json] = [
        {
            "class": conflict.class_name,
            "attribute": conflict.attribute,
            "what": conflict.what,
            "base": conflict.base,
            "ours": conflict.ours,
            "theirs": conflict.theirs,
        }
        for conflict in merged.conflicts
    ]
    return {"system": json.loads(content_for(merged.system, "system")), "conflicts": conflicts}


def _for_git(ctx: click.Context, sources: Sequence[str], prefer: Preference | None) -> None:
    """Merge into the second file, as git wants it; without history, for git's files are temporary."""
    from .atomic import write_atomically
    from .git_files import merge_as_text, version

    if len(sources) not in (3, 4):
        raise UsageError(
            f"git gives a merge driver 3 or 4 arguments, not {len(sources)}",
            hint='Set it up with: git config merge.cotsmith.driver "cotsmith merge --git %O %A %B %P"',
        )
    base, ours, theirs = (version(source) for source in sources[:3])
    name = plain(sources[-1] if len(sources) == 4 else sources[1])
    if base is None or ours is None or theirs is None:
        terminal.note(f"{name}: not all three are valid systems; merged as text")
        if not merge_as_text(sources[1], sources[0], sources[2]):
            ctx.exit(1)
        return
    merged = merge(base, ours, theirs, prefer=prefer or "ours")
    write_atomically(sources[1], content_for(merged.system, sources[1]))
    if merged.conflicts:
        terminal.note(f"{name}:")
        _tell(merged.conflicts, prefer)
        if prefer is None:
            terminal.note(f"Edit {name} where theirs is right, then: git add {name}")
            ctx.exit(1)
