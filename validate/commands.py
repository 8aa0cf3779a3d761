"""The verbs of validation: ``check`` finds faults, ``explain`` tells of a check, ``questions`` ranks the attributes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import click
from click.core import ParameterSource

from ..errors import UsageError
from ..scoring.fraction_type import Fraction
from ..scoring.options import DataChoice, EncoderChoice, data_options, optional_encoder_options
from ..systems.text import counted, plain_lines
from ..terminal import console, json_option, note, out, out_json, out_markdown, progress, prompt, warn

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder
    from ..scoring.evaluation import Data, Evaluation
    from ..scoring.twenty_questions import Game
    from ..systems.model import System
    from .inspection import Inspected

Format = Literal["text", "json", "github", "sarif"]


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "github", "sarif"]),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@json_option
@click.option(
    "--select", metavar="CHECKS", multiple=True, help="Report only these: codes, families or names, by commas."
)
@click.option("--ignore", metavar="CHECKS", multiple=True, help="Do not report these.")
@click.option("--fix", "mend", is_flag=True, help="Apply the safe fixes and write the files.")
@click.option("--diff", "preview", is_flag=True, help="Show what --fix would change; write nothing.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="With --fix or --diff: take fixes that need a look, too.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@data_options(split="dev", required=False)
@optional_encoder_options
@click.pass_context
def check(
    ctx: click.Context,
    files: tuple[str, ...],
    output_format: Format,
    as_json: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    mend: bool,
    preview: bool,
    unsafe: bool,
    exit_zero: bool,
    data: DataChoice | None,
    encoder: EncoderChoice | None,
) -> None:
    """Find what is wrong with systems: structure, options, attributes, classes, and with --data the evidence.

    Exits with 1 if there are findings, with 2 if a file cannot be read. --encoder lets the checks of options compare
    text embeddings; without it no model is loaded.

    \b
    Examples:
      cotsmith check cards.json --fix
      cotsmith check cards.json --data cards/ --encoder demo
    """
    from ..systems.output import tell_saved
    from .inspection import Plan, inspect_files, worst

    if mend and preview:
        raise UsageError("--fix writes and --diff only shows", hint="Choose one of them.")
    if unsafe and not (mend or preview):
        raise UsageError("--unsafe-fixes says which fixes to take", hint="Add --fix or --diff.")
    if not any(ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE for name in ("data", "encoder")):
        # A default meant for `score` must not make a check of the text wait for a model.
        data = encoder = None
    if data is not None and encoder is None:
        raise UsageError("--data needs an encoder", hint='Add --encoder, such as "demo" or a Hugging Face model id.')
    dataset = data.load() if data else None
    model = encoder.load() if encoder else None
    evaluate = None
    if data and dataset and encoder and model:
        evaluate = _evaluator(dataset, data.split, model, encoder.batch_size)
    inspected = inspect_files(files, Plan(select, ignore, mend, preview, unsafe, model, evaluate))
    for each in inspected:
        if each.error is not None:
            note(f"error: {plain_lines(str(each.error))}")
        if each.document is not None and each.document.problems:
            note(f"{each.document.name}: the other checks wait until the structure is right")
        for applied in each.applied:
            steps = "; ".join(applied.steps)
            note(f"{'would fix' if preview else 'fixed'} {applied.finding.code} {applied.finding.name}: {steps}")
        if each.saved is not None:
            tell_saved(each.saved)
    _print(inspected, "json" if as_json else output_format, preview=preview)
    code = worst(inspected)
    ctx.exit(0 if exit_zero and code == 1 else code)


@click.command()
@click.argument("check_name", metavar="[CODE|NAME]", required=False)
@json_option
def explain(check_name: str | None, as_json: bool) -> None:
    """Tell what a check finds, why it matters and what to write instead; without a name, list all checks.

    \b
    Example:
      cotsmith explain O101
    """
    from .codes import all_checks
    from .reference import check_json, find_check, page

    if check_name is None:
        if as_json:
            out_json([check_json(each) for each in all_checks()])
        else:
            for each in all_checks():
                out(f"{each.code}  {each.name:<28}{each.summary}")
        return
    found = find_check(check_name)
    if as_json:
        out_json(check_json(found))
    else:
        out_markdown(page(found).rstrip())


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--quiz", "quizzed", is_flag=True, help="Be asked: think of a class, answer, and see it guessed.")
@click.option(
    "--stop",
    metavar="P",
    type=Fraction(min_open=True),
    default=0.95,
    show_default=True,
    help="With --data or --quiz: stop asking when a class is this likely.",
)
@click.option(
    "--reliability",
    metavar="P",
    type=Fraction(min_open=True, max_open=True),
    default=0.8,
    show_default=True,
    help="How often an answer fits the rule, where images do not tell.",
)
@data_options(split="dev", required=False)
@optional_encoder_options
@json_option
def questions(
    file: str,
    quizzed: bool,
    stop: float,
    reliability: float,
    data: DataChoice | None,
    encoder: EncoderChoice | None,
    as_json: bool,
) -> None:
    """Rank the attributes by how well their rules split the classes, and say what none of them can tell apart.

    With --data, images are asked as in twenty questions: each time the attribute that is expected to tell most, as far
    as its answers have proved reliable. With --quiz, you are asked.

    \b
    Examples:
      cotsmith questions gallery:pokemon-cards --quiz
      cotsmith questions cards.json --data cards/ --encoder demo
    """
    from ..systems.file import load
    from .questions import questions as ask
    from .questions_report import questions_json, questions_lines, questions_table

    if quizzed and data is not None:
        raise UsageError("--quiz asks a person, --data asks images", hint="Choose one of them.")
    if data is not None and encoder is None:
        raise UsageError("--data needs an encoder", hint='Add --encoder, such as "demo" or a Hugging Face model id.')
    system = load(file)
    if quizzed:
        _quiz(system, stop, reliability, as_json=as_json)
        return
    found = ask(system)
    game = _game(system, data, encoder, stop, reliability) if data and encoder else None
    if as_json:
        from ..scoring.game_report import game_json

        out_json(questions_json(found) | ({"game": game_json(game)} if game else {}))
        return
    console().print(questions_table(found))
    out()
    for line in questions_lines(found):
        out(line)
    if game:
        from ..scoring.game_report import game_report

        out()
        console().print(game_report(game))


def _quiz(system: System, stop: float, reliability: float, *, as_json: bool) -> None:
    """Ask the person at the terminal, or whoever writes to standard input."""
    from ..scoring.game_report import quiz_json
    from ..scoring.quiz import Quiz, quiz, verdict_lines
    from ..scoring.twenty_questions import assumed

    def read() -> str | None:
        if sys.stdin.isatty():
            prompt("> ")
        line = sys.stdin.buffer.readline()
        return line.decode("utf-8", "replace").strip() if line else None

    game = quiz(Quiz(assumed(system, reliability), stop), read, note if as_json else out)
    if as_json:
        out_json(quiz_json(game))
        return
    out()
    for line in verdict_lines(game):
        out(line)


def _game(system: System, data: DataChoice, encoder: EncoderChoice, stop: float, reliability: float) -> Game:
    """Twenty questions on images; on test images with what dev has shown, where there is a dev."""
    from ..scoring.evaluation import check_evaluable, evaluate
    from ..scoring.twenty_questions import cross_played, measured, play

    dataset = data.load(system)
    check_evaluable(system, dataset, data.split)
    model = encoder.load()

    def on(split: str) -> Evaluation:
        with progress(f"{split} images") as tell:
            return evaluate(system, dataset, model, split=split, batch_size=encoder.batch_size, progress=tell)

    evaluation = on(data.split)
    if data.split == "test" and "dev" in dataset.splits:
        return play(evaluation, measured(on("dev"), reliability), stop=stop, source="split dev")
    return cross_played(evaluation, stop=stop, assumed_reliability=reliability)


def _evaluator(dataset: Data, split: str, encoder: Encoder, batch_size: int | None) -> Callable[[System], Evaluation]:
    from ..scoring.evaluation import evaluate

    def measure(system: System) -> Evaluation:
        with progress("images") as tell:
            found = evaluate(system, dataset, encoder, split=split, batch_size=batch_size, progress=tell)
        if found.setting.skipped:
            warn(f"{counted(len(found.setting.skipped), 'image')} left out that cannot be read; `score` names them")
        return found

    return measure


def _print(inspected: list[Inspected], output_format: Format, *, preview: bool) -> None:
    from .output import as_github, as_json, as_text, summary
    from .sarif import as_sarif

    findings = [finding for each in inspected for finding in each.findings]
    if preview:
        for each in inspected:
            if each.difference:
                out(each.difference)
    elif output_format == "json":
        out_json([as_json(finding) for finding in findings])
    elif output_format == "sarif":
        out_json(as_sarif(findings))
    elif output_format == "github":
        for finding in findings:
            out(as_github(finding))
    else:
        for each in inspected:
            for finding in each.findings:
                out(as_text(finding, each.document.text if each.document else ""))
    if output_format == "text" or preview:
        read = sum(each.error is None for each in inspected)
        if read:
            note(summary(findings, read))
