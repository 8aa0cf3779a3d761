"""The command line that a person gave, written out again so that another person can give it."""

from __future__ import annotations

import shlex

import click
from click.core import ParameterSource

_DEFAULTS = (ParameterSource.DEFAULT, None)


def command_line(ctx: click.Context) -> str:
    """``cotsmith VERB ...`` with all that differs from the defaults, wherever it was set: quoted for a POSIX shell."""
    words = ["cotsmith", ctx.info_name or ""]
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if ctx.get_parameter_source(name) in _DEFAULTS:
            continue
        value = ctx.params.get(name)
        values = list(value) if isinstance(value, tuple) else [value]
        for one in values:
            words += _words(parameter, one)
    return shlex.join(words)


def _words(parameter: click.Parameter, value: object) -> list[str]:
    if not isinstance(parameter, click.Option):
        return [str(value)]
    flag = max(parameter.opts, key=len)
    if parameter.is_flag:
        return [flag] if value else []
    return [] if value is None else [flag, str(value)] if value != "" else [flag]
