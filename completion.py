"""What a shell completes: cotsmith's verbs and options, and what they take; and the verb that teaches it to a shell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click
from click.shell_completion import CompletionItem, get_completion_class

from .terminal import out

_MEANT = 3  # letters
Known = Callable[[], Sequence[str]]

_PLACES = ("FILE", "DIR", "SOURCE", "SYSTEM", "IMAGES", "OLD", "BASE", "OUT", "EXPORT", "PICTURE", "ENCODER")
"""Words in the metavar of what names a file or a folder."""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes verbs, options and what they take in a shell.

    For bash, put  eval "$(cotsmith completion bash)"  into ~/.bashrc; for zsh the same with zsh into ~/.zshrc; for
    fish, write it to ~/.config/fish/completions/cotsmith.fish.
    """
    script = get_completion_class(shell)
    assert script is not None
    out(script(ctx.find_root().command, {}, "cotsmith", "_COTSMITH_COMPLETE").source())


class _Completed(click.types.StringParamType):
    """A text of which the shell can complete some known values, and paths where it may be one."""

    def __init__(self, known: Known, *, paths: bool) -> None:
        self._known = known
        self._paths = paths

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        close = [value for value in self._known() if value.startswith(incomplete)]
        # A shell that is given values shows no files, so one letter does not ask for `gallery:`.
        if self._paths and not (close and len(incomplete) >= _MEANT):
            return [CompletionItem(incomplete, type="file")]
        return [CompletionItem(value) for value in close]


def complete_values(command: click.Command) -> None:
    """Let the shell complete what the options and arguments of ``command``, and of those below it, take."""
    for parameter in command.params:
        if isinstance(parameter.type, click.types.StringParamType):
            words = (parameter.metavar or parameter.human_readable_name).upper()
            paths = any(word in words for word in _PLACES)
            known = _KNOWN.get(parameter.name or "", _gallery if paths and _is_system(parameter) else tuple)
            if paths or known is not tuple:
                parameter.type = _Completed(known, paths=paths)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            complete_values(inner)


def _is_system(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument) or parameter.metavar == "SYSTEM"


def _gallery() -> Sequence[str]:
    from .systems.sources import GALLERY, gallery_names

    return [GALLERY + name for name in gallery_names()]


def _crops() -> Sequence[str]:
    from .scoring.images import CROP_NAMES

    return CROP_NAMES


def _checks() -> Sequence[str]:
    from .validate.codes import all_checks

    return [name for check in all_checks() for name in (check.code, check.name)]


_KNOWN: dict[str, Known] = {
    "check_name": _checks,
    "crop": _crops,
    "device": lambda: ("cpu", "cuda", "mps"),
    "dtype": lambda: ("float32", "bfloat16", "float16"),
    "encoder": lambda: ("demo",),
    "model": lambda: ("openai/", "anthropic/", "replay:", "paste"),
    "split": lambda: ("train", "dev", "test", "all"),
}
"""Values that are known beforehand, by the name of the option or argument."""
