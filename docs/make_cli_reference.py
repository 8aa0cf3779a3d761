"""Write `docs/cli.md`, every verb's help as the command line prints it; `--check` only says whether it is in step."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cotsmith.cli import VERBS, cotsmith

PAGE = Path(__file__).with_name("cli.md")
HEAD = """\
# Command line

Made from the commands by `make docs`. Results go to standard output, everything else to standard error. Every option
can be set by `COTSMITH_<OPTION>` in the environment, and in `cotsmith.toml` or `[tool.cotsmith]` of `pyproject.toml`,
under a table named after the verb; options that many verbs share may stand at the top. A path in `data` or `encoder` is
meant from the folder of the file that says it. `COTSMITH_DEBUG=1` stands for `--debug`, `COTSMITH_CONFIG=FILE` for
`--config`; `--trust-remote-code` is taken from the command line alone.

```toml
encoder = "openai/clip-vit-base-patch32"

[score]
split = "test"
```

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | findings, or a threshold missed |
| 2 | usage, configuration, or input that cannot be read |
| 3 | an encoder or an LLM is not available |
| 130 | interrupted |
"""


def page() -> str:
    """The whole page."""
    top = click.Context(cotsmith, info_name="cotsmith", max_content_width=100, terminal_width=100)
    parts = [HEAD, f"\n## cotsmith\n\n```text\n{cotsmith.get_help(top)}\n```\n"]
    for verb in VERBS:
        command = cotsmith.get_command(top, verb)
        assert command is not None
        parts += _sections(command, verb, top, level=2)
    return "".join(parts)


def _sections(command: click.Command, name: str, parent: click.Context, level: int) -> list[str]:
    """The help of one command, and below it that of the commands in it."""
    context = click.Context(command, info_name=name, parent=parent, max_content_width=100, terminal_width=100)
    parts = [f"\n{'#' * level} {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for below, inner in command.commands.items():
            parts += _sections(inner, below, context, level + 1)
    return parts


def main() -> None:
    """Write the page, or compare it."""
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
        sys.exit(f"{PAGE.name} is out of step with the commands; run `make docs`")


if __name__ == "__main__":
    main()
