"""The verb that teaches a shell to complete cotsmith's verbs and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from .terminal import out


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print the script that completes verbs and options in a shell.

    For bash, put  eval "$(cotsmith completion bash)"  into ~/.bashrc; for zsh the same with zsh into ~/.zshrc; for
    fish, write it to ~/.config/fish/completions/cotsmith.fish.
    """
    script = get_completion_class(shell)
    assert script is not None
    out(script(ctx.find_root().command, {}, "cotsmith", "_COTSMITH_COMPLETE").source())
