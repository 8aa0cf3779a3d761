"""The verb of the review: ``review`` opens the terminal UI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from ..authoring.llm_options import LLMChoice, llm_options
from ..errors import UsageError
from ..scoring.options import DataChoice, EncoderChoice, combine_option, data_options, optional_encoder_options
from .key_option import KeyOption

if TYPE_CHECKING:
    from ..scoring.scores import Combine
    from ..systems.model import System
    from .refining import LLMSource
    from .workshop import Workshop


@click.command()
@click.argument("file", metavar="FILE")
@data_options(split="dev", required=False)
@optional_encoder_options
@combine_option
@llm_options
@click.option("--read-only", is_flag=True, help="Look, and change nothing.")
@click.option(
    "--theme",
    type=click.Choice(["dark", "light", "contrast"]),
    default="dark",
    show_default=True,
    help="The colours to begin with; T goes through them.",
)
@click.option(
    "--images",
    type=click.Choice(["best", "blocks", "off"]),
    help="How to show images; i goes through the ways.  [default: best; off over ssh]",
)
@click.option(
    "--key", "keys", cls=KeyOption, metavar="ACTION=KEYS", multiple=True, help="Give an action other keys, as save=S."
)
@click.pass_context
def review(
    ctx: click.Context,
    file: str,
    data: DataChoice | None,
    encoder: EncoderChoice | None,
    combine: Combine,
    llm: LLMChoice,
    read_only: bool,
    theme: str,
    images: str | None,
    keys: tuple[str, ...],
) -> None:
    """See in the terminal what is wrong with a system and why, and correct it, each edit with its effect.

    Every edit is kept as it is made: whatever happens, the next review goes on there. With --data and --encoder it
    shows what images say of every rule; with --model an LLM can be asked for proposals. ? lists the keys.
    """
    import sys

    from ..systems.file import load
    from .actions import keymap

    changed = keymap(keys)
    if not any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ("data", "encoder")):
        # Both may stand in the configuration; images without an encoder are of no use here.
        data = data if encoder else None
    if data is not None and encoder is None:
        raise UsageError("--data needs an encoder", hint='Add --encoder, such as "demo" or a Hugging Face model id.')
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("the review needs a terminal", hint="`cotsmith check` and `cotsmith score` need none.")
    system = load(file)
    workshop = _workshop(system, data, encoder, combine)
    from .opening import run

    run(file, workshop, _llm(llm), read_only=read_only, theme=theme, images=images, keys=changed)


def _workshop(system: System, data: DataChoice | None, encoder: EncoderChoice | None, combine: Combine) -> Workshop:
    """The images, found and compared with the classes before anything is loaded."""
    from ..scoring.evaluation import check_evaluable
    from .workshop import Workshop

    if data is None:
        return Workshop(None if encoder is None else encoder.load, combine=combine)
    assert encoder is not None
    dataset = data.load(system)
    check_evaluable(system, dataset, data.split)
    return Workshop(encoder.load, dataset, split=data.split, combine=combine, batch_size=encoder.batch_size)


def _llm(choice: LLMChoice) -> LLMSource | None:
    from .refining import LLMSource

    if not choice.spec.strip():
        return None
    if choice.by_hand and choice.reply is None:
        raise UsageError(
            "the review cannot print a prompt for you to paste", hint="Use `cotsmith refine --model paste` for that."
        )
    return LLMSource(choice.load, choice.budget)
