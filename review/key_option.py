"""The option that gives actions other keys: on the command line, and as a table of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from click.core import ParameterSource


class KeyOption(click.Option):
    """``--key save=S`` as often as wanted; in the configuration a list of such, or a table ``save = "S"``.

    What the command line says is added to the configuration, and counts where both name an action.
    """

    def consume_value(self, ctx: click.Context, opts: Mapping[str, Any]) -> tuple[Any, ParameterSource]:
        """The settings as click would find them, a table as a list of them."""
        value, source = super().consume_value(ctx, opts)
        if source is ParameterSource.COMMANDLINE:
            return (*_settings(ctx.lookup_default(self.name or "")), *value), source
        return _settings(value) if isinstance(value, Mapping) else value, source


def _settings(found: Any) -> tuple[str, ...]:
    if isinstance(found, Mapping):
        return tuple(f"{name}={','.join(keys) if isinstance(keys, list) else keys}" for name, keys in found.items())
    return tuple(found) if isinstance(found, list | tuple) else ()
