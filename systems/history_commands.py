"""The verbs of history: log, show, restore, and history export, import and verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from .. import terminal
from ..errors import InputError, UsageError
from .history import History, damaged
from .history_log import entries, entry_json, log_text, measured_text
from .output import check_output, is_file, tell_saved
from .renamed_history import no_history
from .revision_spec import misspelt_revision, split_revision
from .screen import ColorChoice, color_option, print_lines, screen
from .sources import GALLERY, STDIN
from .text import counted, plain

reason_option = click.option("-m", "--reason", metavar="TEXT", default="", help="Why, for the history.")


@click.command("log")
@click.argument("file")
@click.option("-n", "--last", metavar="N", type=click.IntRange(min=1), help="Only the last N revisions.")
@terminal.json_option
@color_option
def log(file: str, last: int | None, as_json: bool, color: ColorChoice) -> None:
    """List the revisions of a system, the newest first: who, when, why, and what each scored.

    The chart beside the accuracies shows each with its 95 % interval: where two overlap widely, neither is better.
    """
    _check_file(file)
    if split_revision(file):
        raise UsageError("is one revision", where=plain(file), hint=f"Show it: cotsmith show {plain(file)}")
    history = History.read(file)
    if history is None:
        error = no_history(file)
        if not Path(file).exists():
            raise error
        if as_json:
            terminal.out_json([])
        terminal.note(f"{plain(file)} has no history yet. {error.hint}")
        return
    with history:
        found = entries(history)
        now = history.file_hash()
    shown = found if last is None else found[:last]
    if as_json:
        terminal.out_json([entry_json(entry) for entry in shown])
        return
    held = next((entry.revision for entry in found if not entry.revision.branch), None)
    if held and now and now != held.hash:
        which = f"revision {held.number}"
        terminal.note(f"{plain(file)} was changed since {which}: cotsmith diff {plain(file)}")
    where = screen(color)
    print_lines([*log_text(shown, width=where.width), *measured_text(shown)], where)


@click.command("show")
@click.argument("revision", metavar="FILE[@REV]")
@click.option("--text", "as_text", is_flag=True, help="Print the file as it was, byte by byte.")
@terminal.json_option
@color_option
def show(revision: str, as_text: bool, as_json: bool, color: ColorChoice) -> None:
    """Show a revision: who made it and why, what it scored, and what it changed.

    FILE alone is its last revision; @3 is the third, @a1b2c3 that with this hash, @~1 the one before the last.
    --text prints the file as it was then; its SHA-256 is the revision's hash.
    """
    from .revision_text import revision_json, revision_text

    path, name = _parts(revision)
    with _history(path) as history:
        found = history.find(name)
        if as_text:
            sys.stdout.buffer.write(history.content(found))
        elif as_json:
            entry = next(entry for entry in entries(history) if entry.revision == found)
            terminal.out_json(revision_json(history, found, entry_json(entry)))
        else:
            where = screen(color)
            print_lines(revision_text(history, found, color=where.color, width=where.width), where)


@click.command("restore")
@click.argument("revision", metavar="FILE@REV")
@reason_option
def restore(revision: str, reason: str) -> None:
    """Make a file again what it was at a revision; that is a new revision, nothing is rewritten.

    What the file holds now is recorded first, if it is not yet.
    """
    from .saving import save_content

    parts = split_revision(revision)
    if parts is None:
        error = misspelt_revision(revision)
        if error is not None:
            raise error
        file = plain(revision)
        raise UsageError("which revision?", where=file, hint=f"List them: cotsmith log {file}")
    path, name = _parts(revision)
    with _history(path) as history:
        found = history.find(name)
        content = history.content(found)
    saved = save_content(content, path, reason=reason or f"restored revision {found.number}")
    tell_saved(saved)
    if not saved.changed:
        terminal.note(f"{plain(path)} is as in revision {found.number} already.")
    else:
        now = saved.revision.number if saved.revision else found.number
        number = f" (now revision {now})" if now != found.number else ""
        terminal.note(f"{plain(path)} is again as in revision {found.number}{number}.")


@click.group("history")
def history_group() -> None:
    """Record an edit by hand in a system's history; move the history elsewhere; verify it."""


@history_group.command("record")
@click.argument("file")
@reason_option
def record(file: str, reason: str) -> None:
    """Record FILE as it is now, edited by hand, as a revision of yours; begins its history if there is none.

    What is not recorded so is recorded by the next verb that writes or scores FILE, without your reason.
    """
    from .saving import record_as_person

    _check_file(file)
    if split_revision(file):
        raise UsageError("a revision is recorded already", where=plain(file), hint="Name the file alone.")
    found, notice = record_as_person(file, reason=reason)
    if notice:
        terminal.warn(notice)
    if found is None:
        terminal.note(f"{plain(file)} is as in its last revision; nothing to record.")
    else:
        terminal.note(f"{plain(file)} is now revision {found.number}.")


@history_group.command("export")
@click.argument("file")
@click.option("-o", "--output", metavar="EXPORT", help="Write to EXPORT instead of standard output.")
@click.option("--force", is_flag=True, help="Replace EXPORT if it exists.")
def export(file: str, output: str | None, force: bool) -> None:
    """Write the whole history as JSON lines: every revision with its text, edits, evaluations and exchanges."""
    from .atomic import write_atomically
    from .history_jsonl import export_lines

    check_output(output, force=force)
    _check_file(file)
    with _history(file) as history:
        if output is None or not is_file(output):
            for line in export_lines(history):
                sys.stdout.buffer.write(line)
        else:
            write_atomically(output, b"".join(export_lines(history)))


@history_group.command("import")
@click.argument("file")
@click.argument("export", metavar="EXPORT")
def import_(file: str, export: str) -> None:
    """Add to the history of FILE what `history export` wrote to EXPORT, or to standard output (-).

    FILE's history must be empty or the beginning of the same one. FILE itself is left alone.
    """
    from .history_jsonl import import_lines

    _check_file(file)
    try:
        with click.open_file(export, "rb") as lines, History.open(file) as history:
            added = import_lines(lines, history, source=export)
            last = history.last()
            agrees = last is None or last.hash == history.file_hash()
    except OSError as error:
        raise InputError(f"cannot be read: {(error.strerror or str(error)).lower()}", where=plain(export)) from error
    if history.notice:
        terminal.warn(history.notice)
    terminal.note(f"{counted(added, 'revision')} added to the history of {plain(file)}.")
    if not agrees and last is not None:
        terminal.note(f"{plain(file)} is not as in the last: cotsmith restore {plain(file)}@{last.number}")


@history_group.command("verify")
@click.argument("file")
@click.pass_context
def verify(ctx: click.Context, file: str) -> None:
    """Rebuild every revision and compare it with its hash."""
    _check_file(file)
    with _history(file) as history:
        number = len(history.revisions())
        found = damaged(history)
    for revision, reason in found:
        terminal.out(f"{plain(file)}@{revision.number}: {reason}")
    terminal.note(f"{counted(number, 'revision')}, {len(found)} damaged.")
    if found:
        ctx.exit(1)


def _parts(source: str) -> tuple[str, str]:
    path, name = split_revision(source) or (source, "~0")
    _check_file(path)
    return path, name


def _check_file(file: str) -> None:
    if file == STDIN or file.startswith(GALLERY):
        raise UsageError("has no history", where=plain(file), hint="Name a file of your own.")
    if not file:
        raise UsageError("names no file", hint="Put the file first: FILE@REV")
    if Path(file).is_dir():
        raise InputError("is a folder, not a file", where=plain(file))


def _history(file: str) -> History:
    history = History.read(file)
    if history is None:
        raise no_history(file)
    return history
