"""What the environment and the configuration set for one run of the command line, and where each value came from."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import click
from click.core import ParameterSource

from .errors import CotsmithError
from .systems.text import did_you_mean, plain

PREFIX = "COTSMITH_"

OWN = ("COTSMITH_CACHE_DIR", "COTSMITH_CONFIG", "COTSMITH_DEBUG", "COTSMITH_REPLIES_DIR")
"""Variables that stand for no option of a verb."""


NEVER = {
    "trust_remote_code": "it lets a model run its own code, which is said on the command line, each time",
}
"""Options that no variable sets, and why."""


@dataclass(slots=True)
class Invocation:
    """One run: the context of its verb, once there is one, and the configuration file that it reads ("": none)."""

    context: click.Context | None = None
    config: str = ""


class VerbContext(click.Context):
    """A verb's context, which makes itself known to the run: an error can then be told with what the verb was given."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        if isinstance(self.obj, Invocation):
            self.obj.context = self


def is_set(name: str) -> bool:
    """Whether a variable says yes."""
    return os.environ.get(name, "").strip().lower() not in {"", "0", "false", "no", "off"}


def name_variables(command: click.Command) -> None:
    """Let ``COTSMITH_<OPTION>`` set an option of every verb that has it: click would put the verb's name in between."""
    names: dict[str, list[str]] = {}
    for flag, name in names_of_options(command).items():
        if flag not in NEVER:
            names.setdefault(name, []).append(f"{PREFIX}{flag.upper()}")
    for option in command.params:
        if option.name in names and not option.envvar:
            option.envvar = names[option.name]


def names_of_options(command: click.Command) -> dict[str, str]:
    """What a person calls each option in a configuration, without the dashes, to what click calls it."""
    return {
        flag.lstrip("-").replace("-", "_"): option.name
        for option in command.params
        if isinstance(option, click.Option) and option.name and option.name != "help"
        for flag in option.opts
        if flag.startswith("--")
    }


def variables_of(command: click.Command) -> Iterator[str]:
    """The variables that set the options of ``command`` and of the commands below it."""
    yield from (f"{PREFIX}{flag.upper()}" for flag in names_of_options(command) if flag not in NEVER)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            yield from variables_of(inner)


def remarks(known: Iterable[str]) -> list[str]:
    """What to tell of variables that do nothing: misspelt ones, and those that only the command line may give."""
    known = {*known, *OWN}
    found = []
    for name in sorted(os.environ):
        option = name.removeprefix(PREFIX).lower()
        if not name.startswith(PREFIX):
            continue
        if option in NEVER:
            found.append(f"{name} is ignored: {NEVER[option]}: --{option.replace('_', '-')}")
        elif name not in known:
            found.append(f"{plain(name)} is the variable of no option, and ignored{did_you_mean(name, known)}")
    return found


def may_be_unknown(known: Iterable[str]) -> bool:
    """Whether the environment holds a variable of ours that is not among ``known``."""
    return any(name.startswith(PREFIX) for name in os.environ.keys() - {*known, *OWN})


def origins(error: Exception, run: Invocation) -> list[str]:
    """A sentence for each value that ``error`` speaks of and that was not typed: which variable or file set it."""
    if isinstance(error, click.BadParameter) and error.ctx is not None and error.param is not None:
        sentence = _origin(error.ctx, error.param, run)
        return [sentence] if sentence else []
    if not isinstance(error, CotsmithError) or run.context is None:
        return []
    told = f"{error.where} {error.message}"
    found = []
    for parameter in run.context.command.params:
        value = run.context.params.get(parameter.name or "") or _given(run.context, parameter)
        if _speaks_of(told, value) and (sentence := _origin(run.context, parameter, run)):
            found.append(sentence)
    return found


def missing_options(ctx: click.Context, arguments: Sequence[str]) -> list[str]:
    """All that the verb of ``ctx`` needs and was not given in ``arguments``, of which click names only the first."""
    words = list(arguments)
    words = words[words.index(ctx.info_name) + 1 :] if ctx.info_name in words else words
    try:
        given, _, _ = ctx.command.make_parser(ctx).parse_args(words)
    except click.ClickException:
        return []
    missing = []
    for parameter in ctx.command.params:
        value, _ = parameter.consume_value(ctx, given)
        if parameter.required and parameter.value_is_missing(value):
            flagged = isinstance(parameter, click.Option)
            missing.append(max(parameter.opts, key=len) if flagged else parameter.make_metavar(ctx))
    return missing


def _given(ctx: click.Context, parameter: click.Parameter) -> object:
    return (ctx.default_map or {}).get(parameter.name or "") or parameter.resolve_envvar_value(ctx)


def _speaks_of(told: str, value: object) -> bool:
    values = value if isinstance(value, tuple | list) else [value]
    texts = [plain(one) for one in values if isinstance(one, str) and one]
    return any(re.search(rf"(?<![\w.-]){re.escape(text)}(?![\w-])", told) for text in texts)


def _origin(ctx: click.Context, parameter: click.Parameter, run: Invocation) -> str:
    source = ctx.get_parameter_source(parameter.name or "")
    flag = max(parameter.opts, key=len) if parameter.opts else parameter.human_readable_name
    if source is ParameterSource.ENVIRONMENT:
        names: str | Mapping[str, str] | Iterable[str] = parameter.envvar or ()
        listed = [names] if isinstance(names, str) else list(names)
        name = next((name for name in listed if os.environ.get(name)), "")
        return f"{flag} was set by {name} in the environment."
    if source is ParameterSource.DEFAULT_MAP:
        return f"{flag} was set in {plain(run.config or 'the configuration')}."
    return ""
