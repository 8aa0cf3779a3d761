"""Defaults for options from the nearest `cotsmith.toml`, or `[tool.cotsmith]` in `pyproject.toml`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import UsageError
from .systems.sources import reason
from .systems.text import did_you_mean, plain

_PATHS = frozenset({"data", "encoder"})

SHARED = ("crop", "data", "device", "dtype", "encoder", "image_column", "label_column", "model", "revision", "split")
"""Options that may stand at the top of the configuration, for every verb that has them."""

COMMAND_LINE_ONLY = {
    "allow_private_urls": "a list of addresses could then ask what stands in your own network",
    "base_url": "your key is sent there, so a file that came with a folder must not choose it",
    "trust_remote_code": "it lets a model run its own code, so a file that came with a folder must not turn it on",
}
"""Options that are never taken from a configuration, and why."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The ``defaults`` of each verb, ``{verb: {option: value}}``, and the ``file`` that gives them ("": none)."""

    file: str
    defaults: dict[str, dict[str, Any]]


def load_config(path: str | None, verbs: Sequence[str]) -> Configuration:
    """The defaults of each verb; none when there is no configuration.

    Without ``path`` the nearest file counts, from the working directory upwards, as Git and ruff do it. Where ``data``
    or ``encoder`` names something that lies beside the file, that is meant, wherever cotsmith is called from.

    Raises:
        UsageError: the file cannot be read, or names a verb or option that does not exist.
    """
    found = _read(Path(path)) if path else _nearest(Path.cwd())
    if found is None:
        return Configuration("", {})
    where, table = found
    shared: dict[str, Any] = {}
    own: dict[str, dict[str, Any]] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if key in verbs and isinstance(value, dict):
            own[key] = {option.replace("-", "_"): setting for option, setting in value.items()}
        elif name in SHARED and not isinstance(value, dict):
            shared[name] = value
        elif name not in COMMAND_LINE_ONLY:
            known = [*SHARED, *verbs]
            raise UsageError(
                f'"{plain(key)}" is neither a verb nor an option that all verbs share{did_you_mean(name, known)}',
                where=str(where),
                hint=f"At the top: {', '.join(SHARED)}. Other options stand under their verb, such as [score].",
            )
        _refuse_command_line_only(where, {name: value, **own.get(key, {})})
    defaults = {verb: _beside(where.parent, {**shared, **own.get(verb, {})}) for verb in verbs}
    return Configuration(_as_shown(where), defaults)


def check_options(verb: str, settings: Mapping[str, Any], known: Mapping[str, str], file: str = "") -> dict[str, Any]:
    """The settings of ``verb`` by click's names, which ``known`` gives for the names that people write.

    ``file`` is where they stand.

    Raises:
        UsageError: an option stands under the verb that it does not have.
    """
    unknown = [name for name in settings if name not in known and name not in SHARED]
    if unknown:
        raise UsageError(
            f'`{verb}` has no option "{plain(unknown[0])}"{did_you_mean(unknown[0], known)}',
            where=plain(file) or "configuration",
            hint=f"`cotsmith {verb} --help` lists its options.",
        )
    return {known[name]: value for name, value in settings.items() if name in known}


def _beside(folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """``settings`` with paths from the configuration's folder, where something is there by that name."""
    found = dict(settings)
    for option in _PATHS & settings.keys():
        values = settings[option] if isinstance(settings[option], list) else [settings[option]]
        placed = [_placed(folder, value) for value in values]
        found[option] = placed if isinstance(settings[option], list) else placed[0]
    return found


def _placed(folder: Path, value: Any) -> Any:
    if not isinstance(value, str) or value == "demo":
        return value
    path = folder / Path(value).expanduser()
    named = value.startswith(("./", "../"))
    return _as_shown(path) if path.is_absolute() and (named or path.exists()) else value


def _as_shown(path: Path) -> str:
    """The path from here, where that is not longer than the whole one."""
    try:
        return min(os.path.relpath(path), str(path), key=len)
    except (OSError, ValueError):  # no working directory; another drive
        return str(path)


def _refuse_command_line_only(where: Path, settings: dict[str, Any]) -> None:
    for name, why in COMMAND_LINE_ONLY.items():
        if name in settings:
            raise UsageError(f'"{name}" is taken from the command line only: {why}', where=str(where))


def _nearest(start: Path) -> tuple[Path, dict[str, Any]] | None:
    for folder in (start, *start.parents):
        own = folder / "cotsmith.toml"
        if own.is_file():
            return _read(own)
        project = folder / "pyproject.toml"
        if project.is_file() and (found := _read(project))[1]:
            return found
    return None


def _read(path: Path) -> tuple[Path, dict[str, Any]]:
    import tomllib

    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"the configuration cannot be read: {reason(error)}", where=plain(str(path))) from error
    except UnicodeDecodeError as error:
        raise UsageError("the configuration is not UTF-8 text", where=plain(str(path))) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the configuration is not TOML: {error}", where=str(path)) from error
    section = table.get("tool", {}).get("cotsmith", {}) if path.name == "pyproject.toml" else table
    if not isinstance(section, dict):
        raise UsageError("[tool.cotsmith] is not a table", where=str(path))
    return path, section
