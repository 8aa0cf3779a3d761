"""The verb ``refine``: an LLM proposes edits, images measure them, a person or a criterion decides."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import click
from click.core import ParameterSource

from ..errors import UsageError
from ..scoring.fraction_type import Fraction
from ..scoring.options import (
    DataChoice,
    EncoderChoice,
    combine_option,
    data_options,
    optional_encoder_options,
)
from ..systems.text import counted, plain
from ..terminal import json_option, note, out, out_json, progress, warn
from .llm_options import LLMChoice, llm_options

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation
    from ..scoring.scores import Combine
    from ..systems.model import System
    from ..systems.saving import Saved
    from .proposals import Encode, Proposals
    from .refining import Choose, Refinement

Accept = Literal["ask", "all", "improved", "none"]


@dataclass(slots=True)
class _Run:
    """What a refinement did to its file: the revisions that it saved."""

    file: str
    accept: Accept
    saved: list[Saved]

    def keep(self, decided: Proposals) -> None:
        """Save one round, unless nothing was to be decided."""
        from .keeping import keep_decisions

        if self.accept == "none":
            return
        by = "images" if self.accept == "improved" else "person"
        for saved in keep_decisions(decided, self.file, by=by):  # type: ignore[arg-type]  # one of the two
            for warning in saved.warnings:
                warn(warning)
            self.saved.append(saved)


@click.command()
@click.argument("file", metavar="FILE")
@data_options(split="dev", required=False)
@optional_encoder_options
@combine_option
@llm_options
@click.option(
    "--accept",
    type=click.Choice(["ask", "all", "improved", "none"]),
    help="Which proposals to take: ask one by one, all that apply, those that improve beyond noise, or none. "
    "[default: ask on a terminal, else none]",
)
@click.option("--feedback", metavar="TEXT|-", default="", help="What you want, in your words; - reads standard input.")
@click.option(
    "--rounds",
    metavar="N",
    type=click.IntRange(1, 20),
    default=1,
    show_default=True,
    help="Ask again so often, as long as it improves.",
)
@click.option(
    "--about-classes", metavar="A,B,...", multiple=True, help="Refine only these classes; only they are sent."
)
@click.option("--override-locks", is_flag=True, help="Let proposals change cells that a person set, too.")
@click.option(
    "--significance",
    metavar="P",
    type=Fraction(min_open=True),
    default=0.05,
    show_default=True,
    help="For improved: how likely a gain may be chance (exact sign test); 1 takes any gain.",
)
@click.option("--dry-run", is_flag=True, help="Print the prompt and an estimate of the tokens; spend nothing.")
@json_option
@click.pass_context
def refine(
    ctx: click.Context,
    file: str,
    data: DataChoice | None,
    encoder: EncoderChoice | None,
    combine: Combine,
    llm: LLMChoice,
    accept: Accept | None,
    feedback: str,
    rounds: int,
    about_classes: tuple[str, ...],
    override_locks: bool,
    significance: float,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Let an LLM propose edits, each measured on images before anybody takes it.

    It is sent the system, what you corrected since, your notes and feedback, the findings, what the images show, and
    what was refused before. Cells that you set are locked: proposals that touch them are shown as conflicts. Without
    --data nothing is measured.

    \b
    Example:
      cotsmith refine birds.json --data birds/ --encoder demo --model openai/NAME --accept improved
    """
    from ..scoring.recording import measured_content, record_measured
    from ..systems.file import load

    chosen = "none" if dry_run else _accept(accept, file, feedback)
    llm.check_output(as_json=as_json)
    if not any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ("data", "encoder")):
        # Both may stand in the configuration; one alone is of no use here.
        data, encoder = (data, encoder) if data and encoder else (None, None)
    if data is not None and encoder is None:
        raise UsageError("--data needs an encoder", hint='Add --encoder, such as "demo" or a Hugging Face model id.')
    if chosen == "improved" and data is None:
        raise UsageError("what improves can only be told on images", hint="Add --data and --encoder.")
    content = measured_content(file)
    system = load(file)
    about = _classes(about_classes, system)
    words = sys.stdin.read() if feedback == "-" else feedback
    client = None if dry_run else llm.load()
    evaluation, encode = _measured(system, data, encoder, combine) if data and encoder else (None, None)
    if client is None:
        _dry_run(file, system, evaluation, words, about, as_json=as_json)
        return
    if evaluation is not None and (warning := record_measured(file, content, evaluation)):
        warn(warning)
    from .refining import refine as refine_system
    from .waiting import StatusLine

    run = _Run(file, chosen, [])
    with StatusLine("proposals", "proposals measured", quiet=llm.by_hand) as line:
        result = refine_system(
            client,
            system,
            _chooser(chosen, significance, override_locks, line.clear),
            path=file,
            evaluation=evaluation,
            encode=encode,
            feedback=words,
            about=about,
            rounds=1 if chosen == "none" else rounds,
            budget=llm.budget(),
            keep=run.keep,
            progress=line.tell,
            watch=line.watch,
        )
    _tell(result, run, as_json=as_json)


def _accept(accept: Accept | None, file: str, feedback: str) -> Accept:
    """How to decide, once it is sure that it can be done, before a token is spent."""
    from ..systems.sources import GALLERY, STDIN

    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    chosen: Accept = accept or ("ask" if terminal and feedback != "-" else "none")
    if accept is None and chosen == "none":
        note("nobody is there to be asked, so nothing is taken; --accept says what to take")
    if chosen == "ask" and nobody_answers():
        raise UsageError(
            "nobody can be asked: standard input is no terminal and holds no answers",
            hint="Run it on a terminal, or say what to take with --accept all, improved or none.",
        )
    if chosen == "ask" and feedback == "-":
        raise UsageError("--feedback - and --accept ask both read standard input", hint="Give the feedback as text.")
    if chosen != "none" and (file == STDIN or file.startswith(GALLERY)):
        raise UsageError(
            "only a file can be refined in place", where=plain(file), hint="--accept none shows proposals."
        )
    return chosen


def nobody_answers() -> bool:
    """Whether standard input is closed or ``/dev/null``; a pipe or a file may hold the answers."""
    try:
        return sys.stdin.closed or os.path.samestat(os.fstat(sys.stdin.fileno()), os.stat(os.devnull))
    except (AttributeError, OSError, ValueError):  # no stdin at all, or one without a file
        return sys.stdin is None


def _classes(groups: tuple[str, ...], system: System) -> tuple[str, ...]:
    """The classes of ``--about-classes``: a name that holds a comma is found, too. Raises ``UsageError``."""
    from .plan import check_about

    names: list[str] = []
    for group in groups:
        names += [group] if group in system.rules else [part.strip() for part in group.split(",") if part.strip()]
    check_about(system, names)
    return tuple(dict.fromkeys(names))


def _measured(system: System, data: DataChoice, encoder: EncoderChoice, combine: Combine) -> tuple[Evaluation, Encode]:
    from ..scoring.evaluation import check_evaluable, evaluate

    dataset = data.load(system)
    check_evaluable(system, dataset, data.split)
    model = encoder.load()
    with progress("images") as tell:
        found = evaluate(
            system,
            dataset,
            model,
            split=data.split,
            combine=combine,
            batch_size=encoder.batch_size,
            progress=tell,
        )
    if found.setting.skipped:
        warn(f"{counted(len(found.setting.skipped), 'image')} left out that cannot be read; `score` names them")
    return found, model.encode_texts


def _chooser(accept: Accept, significance: float, override_locks: bool, clear: Callable[[], None]) -> Choose:
    from .ask_person import ask_person
    from .choosing import take_all, take_improving

    match accept:
        case "all":
            return partial(take_all, override_locks=override_locks)
        case "improved":
            return partial(take_improving, significance=significance, override_locks=override_locks)
        case "none":
            return lambda proposals: proposals
        case "ask":

            def ask(proposals: Proposals) -> Proposals:
                clear()
                return ask_person(proposals, read_line, _tell_person, edit_text, override_locks=override_locks)

            return ask


def _tell_person(line: str) -> None:
    from .folding import folded

    note(folded(line, sys.stderr))


def read_line(question: str) -> str | None:
    """Ask a person on the terminal; None at the end of the input."""
    click.echo(question, nl=False, err=True)
    line = sys.stdin.readline()
    return line if line else None


def edit_text(text: str) -> str | None:
    """Let a person change ``text`` in their editor; None when they leave it."""
    return click.edit(text, extension=".json")


def _dry_run(
    file: str, system: System, evaluation: Evaluation | None, feedback: str, about: tuple[str, ...], *, as_json: bool
) -> None:
    from .dry_run import preview_json, preview_text, refine_preview
    from .plan import plan_refinement, request_of

    plan = plan_refinement(system, path=file, evaluation=evaluation, feedback=feedback, about=about)
    preview = refine_preview(request_of(plan))
    if as_json:
        out_json(preview_json(preview))
    else:
        out(preview_text(preview))


def _tell(result: Refinement, run: _Run, *, as_json: bool) -> None:
    from ..scoring.verdict import percent
    from ..validate.output import as_json as finding_json
    from ..validate.output import summary
    from .cost import cost_json, cost_text
    from .folding import folded
    from .proposals_report import lines, proposals_json

    revision = next((saved.revision for saved in reversed(run.saved) if saved.revision is not None), None)
    if as_json:
        accuracy = None
        if result.before is not None and result.after is not None:
            accuracy = {"before": result.before.accuracy, "after": result.after.accuracy, "n": result.before.n}
        out_json(
            {
                "file": run.file,
                "revision": None if revision is None else revision.number,
                **cost_json(result.usage, result.calls, result.seconds),
                "accuracy": accuracy,
                "proposals": proposals_json(result.rounds),
                "unusable": [text for proposals in result.rounds for text in proposals.unusable],
                "findings": [finding_json(finding) for finding in result.findings],
            }
        )
        return
    for proposals in result.rounds:
        for line in lines(proposals):
            out(folded(line, sys.stdout, hanging=9))
    if result.before is None:
        note("no images, so no effects: --data and --encoder measure each proposal")
    elif result.after is not None:
        setting = result.before.setting
        note(
            f"accuracy {percent(result.before.accuracy)} before, {percent(result.after.accuracy)} after, "
            f"{counted(result.before.n, 'image')} of {plain(setting.data)}, split {setting.split}"
        )
    note(cost_text(result.usage, result.calls, result.seconds))
    note(summary(result.findings, 1))
    if revision is not None:
        name = plain(run.file)
        note(f"{name}, revision {revision.number}; what changed: cotsmith diff {name}@~{len(run.saved)} {name}")
