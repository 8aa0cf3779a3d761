"""The command line: a table of verbs, each loaded only when it is called, and the exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable, Sequence
from contextlib import suppress
from importlib import import_module

import click
from click.core import ParameterSource

from . import streams
from .environment import (
    Invocation,
    VerbContext,
    is_set,
    may_be_unknown,
    missing_options,
    name_variables,
    names_of_options,
    origins,
    remarks,
    variables_of,
)
from .errors import CotsmithError, InputError, Interrupted, UsageError
from .terminal import note, warn

# verb: (where its click command stands, what `cotsmith --help` says of it). A test keeps the sentences equal
# to the commands' own; they stand here so that --help need not import them.
VERBS: dict[str, tuple[str, str]] = {
    "demo": ("cotsmith.authoring.commands:demo", "Walk through the whole loop on a bundled teaching world."),
    "new": (
        "cotsmith.systems.commands:new",
        "Begin a system by hand: classes and attributes, to be given prompts, options and rules.",
    ),
    "import": ("cotsmith.systems.commands:import_", "Read a system in another form, and write it as a cotsmith file."),
    "export": (
        "cotsmith.systems.commands:export",
        "Write a system in another form: rules by index, a CSV table, or Markdown for people.",
    ),
    "schema": (
        "cotsmith.systems.commands:schema",
        "Print the JSON Schema of a system file, for editors and other tools.",
    ),
    "draft": (
        "cotsmith.authoring.draft_command:draft",
        "Let an LLM write the first version: attributes and options, then the rules of every class.",
    ),
    "check": (
        "cotsmith.validate.commands:check",
        "Find what is wrong with systems: structure, options, attributes, classes, and with --data the evidence.",
    ),
    "explain": (
        "cotsmith.validate.commands:explain",
        "Tell what a check finds, why it matters and what to write instead; without a name, list all checks.",
    ),
    "questions": (
        "cotsmith.validate.commands:questions",
        "Rank the attributes by how well their rules split the classes, and say what none of them can tell apart.",
    ),
    "score": (
        "cotsmith.scoring.commands:score",
        "Measure a system on labelled images, beside chance, the class names alone, and permuted rules.",
    ),
    "classify": (
        "cotsmith.scoring.commands:classify",
        "Name images and say why: what was seen, and what the class's rules expect.",
    ),
    "review": (
        "cotsmith.review.commands:review",
        "See in the terminal what is wrong with a system and why, and correct it, each edit with its effect.",
    ),
    "refine": (
        "cotsmith.authoring.refine_command:refine",
        "Let an LLM propose edits, each measured on images before anybody takes it.",
    ),
    "optimize": (
        "cotsmith.authoring.optimize_command:optimize_command",
        "Improve a system on labelled images until dev images say it gets no better.",
    ),
    "locks": (
        "cotsmith.authoring.locks_command:locks",
        "List the locked cells: rules that a person set, which no proposal changes unless you say so.",
    ),
    "diff": (
        "cotsmith.scoring.diff_command:diff",
        "Show the edits that lead from one system to another, grouped by attribute and class.",
    ),
    "log": (
        "cotsmith.systems.history_commands:log",
        "List the revisions of a system, the newest first: who, when, why, and what each scored.",
    ),
    "show": (
        "cotsmith.systems.history_commands:show",
        "Show a revision: who made it and why, what it scored, and what it changed.",
    ),
    "restore": (
        "cotsmith.systems.history_commands:restore",
        "Make a file again what it was at a revision; that is a new revision, nothing is rewritten.",
    ),
    "merge": (
        "cotsmith.systems.merge_command:merge_command",
        "Merge what two sides made of a system: what only one changed is taken, what both changed is a conflict.",
    ),
    "history": (
        "cotsmith.systems.history_commands:history_group",
        "Record an edit by hand in a system's history; move the history elsewhere; verify it.",
    ),
    "cache": (
        "cotsmith.scoring.cache_commands:cache",
        "Show, verify or clear the cache: embeddings, so that no image is encoded twice, and images from elsewhere.",
    ),
    "completion": (
        "cotsmith.completion:completion",
        "Print the script that completes verbs, options and what they take in a shell.",
    ),
}


_COMPLETE = "_COTSMITH_COMPLETE"  # by which a shell asks for completions


class LazyGroup(click.Group):
    """A click group that imports a verb's module when the verb is called, not when it is listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = verb_command(cmd_name)
        if command is not None and _COMPLETE in os.environ:
            from .completion import complete_values

            complete_values(command)
        settings = (ctx.default_map or {}).get(cmd_name)
        if command is not None and settings:
            from .config import check_options

            file = ctx.obj.config if isinstance(ctx.obj, Invocation) else ""
            ctx.default_map = {cmd_name: check_options(cmd_name, settings, names_of_options(command), file)}
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            from .systems.text import did_you_mean, plain

            raise click.UsageError(f'"{plain(args[0])}" is not a verb of cotsmith{did_you_mean(args[0], VERBS)}', ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, summary) for verb, (_, summary) in VERBS.items()])


def verb_command(verb: str) -> click.Command | None:
    """The command of a verb, imported now; None when there is no such verb."""
    if verb not in VERBS:
        return None
    module, _, name = VERBS[verb][0].partition(":")
    command = getattr(import_module(module), name)
    assert isinstance(command, click.Command)
    name_variables(command)
    command.context_class = VerbContext
    return command


def _configure(ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from .config import load_config

    try:
        found = load_config(value, list(VERBS))
    except UsageError as error:
        if ctx.get_parameter_source("config") is not ParameterSource.ENVIRONMENT:
            raise
        hint = f"{error.hint}\nCOTSMITH_CONFIG in the environment names this file.".strip()
        raise UsageError(error.message, where=error.where, hint=hint) from error
    ctx.default_map = found.defaults
    if isinstance(ctx.obj, Invocation):
        ctx.obj.config = found.file
    return value


@click.group(
    cls=LazyGroup,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
    epilog="Run `cotsmith VERB --help` for a verb's options. Start with `cotsmith demo`.",
)
@click.version_option(package_name="cotsmith", message="%(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "--config",
    metavar="FILE",
    is_eager=True,
    callback=_configure,
    expose_value=False,
    envvar="COTSMITH_CONFIG",
    help="Read defaults for options from FILE instead of the nearest cotsmith.toml or pyproject.toml.",
)
@click.pass_context
def cotsmith(ctx: click.Context, debug: bool) -> None:  # noqa: ARG001 (`run` looks for it before click does)
    """Author, check, measure and review CoT classification systems for frozen embedding models."""
    _warn_of_variables(ctx)


def _warn_of_variables(ctx: click.Context) -> None:
    """Warn of variables that do nothing. Other verbs are only looked into where one is not of this verb."""

    def known(verbs: Iterable[str]) -> list[str]:
        return [name for verb in verbs if (command := verb_command(verb)) for name in variables_of(command)]

    if may_be_unknown(known([ctx.invoked_subcommand or ""])):
        for remark in remarks(known(VERBS)):
            warn(remark)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code.

    0 done; 1 findings, or a threshold missed; 2 usage, configuration or unreadable input; 3 an LLM or encoder
    that is not available; 130 interrupted.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    sys.exit(run(arguments))


def run(arguments: list[str]) -> int:
    """Run one command line; returns the exit code, and never lets a traceback reach the person without --debug."""
    streams.make_usable()
    debug = "--debug" in arguments or is_set("COTSMITH_DEBUG")
    arguments = [a for a in arguments if a != "--debug"]
    invocation = Invocation()
    try:
        code = _invoke(arguments, invocation)
    except (click.Abort, KeyboardInterrupt):
        code = _tell(Interrupted("interrupted"))
    except BrokenPipeError:
        code = 0  # The reader of our output went away (`| head`): not an error.
    except click.ClickException as error:
        code = _tell_usage(error, arguments, invocation)
    except Exception as error:
        if debug:
            traceback.print_exc()
        code = _tell(error if isinstance(error, CotsmithError) else _unexpected(error), origins(error, invocation))
    lost = streams.finish()
    if lost is not None and not isinstance(lost, BrokenPipeError) and code in (0, 1):
        code = _tell(_unexpected(lost))
    return code


def _invoke(arguments: list[str], invocation: Invocation) -> int:
    if _COMPLETE in os.environ:
        cotsmith.main(arguments, prog_name="cotsmith")  # which answers the shell, and leaves
    try:
        # Not by click's `main`: it takes a broken pipe for a failure.
        with cotsmith.make_context("cotsmith", arguments, obj=invocation) as ctx:
            code = cotsmith.invoke(ctx)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # so does rich leave
            raise BrokenPipeError from end
        raise RuntimeError(f"something ended the program with SystemExit({end.code!r})") from end
    return code if isinstance(code, int) else 0


def _tell(error: CotsmithError, more: Sequence[str] = ()) -> int:
    from .systems.text import plain_lines

    text = "\n".join([str(error), *more])
    with suppress(OSError):  # nobody is there to be told
        note(f"error: {plain_lines(text)}")
    return error.exit_code


def _tell_usage(error: click.ClickException, arguments: Sequence[str], invocation: Invocation) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        note(error.format_message())
        return UsageError.exit_code
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    hints = origins(error, invocation)
    message = error.format_message()
    if isinstance(error, click.MissingParameter) and ctx is not None:
        missing = missing_options(ctx, arguments)
        if len(missing) > 1:
            message = f"{' and '.join(missing)} are missing"
        if {"--data", "--encoder"} & {*missing}:
            hints.append('Nothing at hand? `cotsmith demo` draws labelled images, and "demo" is a bundled encoder.')
    if ctx is not None:
        hints.append(f"`{ctx.command_path} --help` says more.")
    return _tell(UsageError(message, hint="\n".join(hints)))


def _unexpected(error: Exception) -> CotsmithError:
    if isinstance(error, OSError):
        from .systems.sources import reason
        from .systems.text import plain

        file = error.filename
        return InputError(
            reason(error),
            where=plain(os.fsdecode(file)) if isinstance(file, str | bytes) else "",
            hint="Check that the file or folder is there, readable and has space left.",
        )
    return UsageError(
        f"cotsmith stumbled: {type(error).__name__}: {error}",
        hint="This is a fault of cotsmith. Run again with --debug and report the traceback.",
    )
