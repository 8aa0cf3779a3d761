"""Defaults for options from the nearest `cotsmith.toml`, or `[tool.cotsmith]` in `pyproject.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import UsageError
from .systems.text import did_you_mean, plain

SHARED = ("crop", "data", "device", "dtype", "encoder", "image_column", "label_column", "model", "revision", "split")
"""Options that may stand at the top of the configuration, for every verb that has them."""

_COMMAND_LINE_ONLY = {
    "base_url": "your key is sent there, so a file that came with a folder must not choose it",
    "trust_remote_code": "it lets a model run its own code, so a file that came with a folder must not turn it on",
}


def load_config(path: str | None, verbs: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The defaults of each verb, ``{verb: {option: value}}``; empty when there is no configuration.

    Without ``path`` the nearest file counts, from the working directory upwards, as Git and ruff do it.

    Raises:
        UsageError: the file cannot be read, or names a verb or option that does not exist.
    """
    found = _read(Path(path)) if path else _nearest(Path.cwd())
    if found is None:
        return {}
    where, table = found
    shared: dict[str, Any] = {}
    own: dict[str, dict[str, Any]] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if key in verbs and isinstance(value, dict):
            own[key] = {option.replace("-", "_"): setting for option, setting in value.items()}
        elif name in SHARED and not isinstance(value, dict):
            shared[name] = value
        elif name not in _COMMAND_LINE_ONLY:
            known = [*SHARED, *verbs]
            raise UsageError(
                f'"{plain(key)}" is neither a verb nor an option that all verbs share{did_you_mean(name, known)}',
                where=str(where),
                hint=f"At the top: {', '.join(SHARED)}. Other options stand under their verb, such as [score].",
            )
        _refuse_command_line_only(where, {name: value, **own.get(key, {})})
    return {verb: {**shared, **own.get(verb, {})} for verb in verbs}


def check_options(verb: str, settings: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """The settings of ``verb`` by click's names, which ``known`` gives for the names that people write.

    Raises:
        UsageError: an option stands under the verb that it does not have.
    """
    unknown = [name for name in settings if name not in known and name not in SHARED]
    if unknown:
        raise UsageError(
            f'configuration: `{verb}` has no option "{plain(unknown[0])}"{did_you_mean(unknown[0], known)}',
            hint=f"`cotsmith {verb} --help` lists its options.",
        )
    return {known[name]: value for name, value in settings.items() if name in known}


def _refuse_command_line_only(where: Path, settings: dict[str, Any]) -> None:
    for name, reason in _COMMAND_LINE_ONLY.items():
        if name in settings:
            raise UsageError(f'"{name}" is taken from the command line only: {reason}', where=str(where))


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
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the configuration cannot be read: {error}", where=str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"the configuration is not TOML: {error}", where=str(path)) from error
    section = table.get("tool", {}).get("cotsmith", {}) if path.name == "pyproject.toml" else table
    if not isinstance(section, dict):
        raise UsageError("[tool.cotsmith] is not a table", where=str(path))
    return path, section
