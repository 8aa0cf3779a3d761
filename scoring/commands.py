"""The verbs of scoring: ``score`` measures a system on images, ``classify`` uses it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from ..errors import DataError, UsageError
from ..systems.text import counted, plain
from ..terminal import console, json_option, note, out_json, out_json_line, progress, warn
from .fraction_type import Fraction
from .options import (
    DataChoice,
    EncoderChoice,
    combine_option,
    crop_option,
    data_options,
    encoder_options,
    encoders_options,
    parse_crop,
)

if TYPE_CHECKING:
    from ..systems.model import System
    from .comparison import Contestant
    from .curve import Curve
    from .dataset import Skipped
    from .encoder import Encoder
    from .evaluation import Data, Evaluation
    from .scores import Combine

_SHOWN = 5


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@data_options(split="all")
@encoders_options
@combine_option
@click.option("--seed", default=0, show_default=True, help="Of the permutations of the control.")
@click.option("--cells", is_flag=True, help="Measure every rule: do the images agree, and what would they prefer?")
@click.option(
    "--curve",
    metavar="[PICTURE]",
    is_flag=False,
    flag_value="",
    help="Accuracy as attributes are added, best first; also as PICTURE, an .svg or .png file.",
)
@click.option("--report", metavar="FILE", help="Write a page, FILE.html, with all of it and the worst images.")
@click.option("--fit", "fitting", is_flag=True, help="Fit a temperature and weights on dev, and measure them on test.")
@click.option("-o", "--output", metavar="FILE", help="With --fit: write the fitted system to FILE.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@click.option("--min-accuracy", metavar="X", type=Fraction(), help="Exit with 1 below this, as 0.9.")
@json_option
@click.pass_context
def score(
    ctx: click.Context,
    files: tuple[str, ...],
    data: DataChoice,
    encoders: tuple[EncoderChoice, ...],
    combine: Combine,
    seed: int,
    cells: bool,
    curve: str | None,
    report: str | None,
    fitting: bool,
    output: str | None,
    force: bool,
    min_accuracy: float | None,
    as_json: bool,
) -> None:
    """Measure a system on labelled images, beside chance, the class names alone, and permuted rules.

    Several FILEs, or one on several encoders, are compared in one table: the first with all others, image by image.

    \b
    Examples:
      cotsmith score cards.json --data cards/ --encoder demo --crop artwork
      cotsmith score old.json new.json --data cards/ --encoder demo --split test
    """
    from ..systems.file import load
    from .comparison import compare
    from .curve_report import check_picture
    from .evaluation import check_evaluable
    from .recording import measured_content, record_measured

    if output is not None and not fitting:
        raise UsageError("-o is for the system that --fit makes", hint="Add --fit.")
    contents = {file: measured_content(file) for file in files}
    systems = {file: load(file) for file in files}
    if curve:
        check_picture(curve)
    if (curve is not None or report) and (fitting or len(files) > 1 or len(encoders) > 1):
        raise UsageError("--curve and --report take one system and one encoder, and no --fit")
    if fitting:
        _check_fitting(ctx, cells=cells)
        wanted = FitRequest(data, encoders, combine, seed, output, force)
        accuracy = _fit(systems, wanted, as_json=as_json)
        _check_accuracy(ctx, {"the fitted system: ": accuracy}, min_accuracy)
        return
    dataset = data.load(*systems.values())
    for system in systems.values():
        check_evaluable(system, dataset, data.split)
    if data.split == "all" and dataset.splits:
        known = ", ".join(f"{plain(name)} {count}" for name, count in dataset.splits.items())
        note(f"measuring all splits together ({known}); --split chooses one")
    models = [cache(encoder.load) for encoder in encoders]
    with progress("images") as tell:
        found = compare(
            systems,
            dataset,
            models,
            split=data.split,
            combine=combine,
            seed=seed,
            batch_size=encoders[0].batch_size,
            progress=tell,
        )
    _warn_of([one.evaluation for one in found])
    drawn = (
        None
        if curve is None and report is None
        else _curve(found[0].evaluation, dataset, models[0], encoders[0].batch_size)
    )
    if drawn is not None and curve:
        from .curve_report import save_picture

        save_picture(drawn, curve)
    if report:
        from ..systems.atomic import write_atomically
        from .command_line import command_line
        from .html_report import html_report

        write_atomically(Path(report), html_report(found[0].evaluation, drawn, command_line(ctx)).encode())
        note(f"written to {plain(report)}")
    _print(found, None if curve is None else drawn, cells=cells, as_json=as_json)
    for one in found:
        told = record_measured(one.system, contents[one.system], one.evaluation)
        if told:
            warn(told)
    named = {f"{plain(one.system)} with {plain(one.encoder)}: ": one.evaluation.accuracy for one in found}
    _check_accuracy(ctx, named if len(found) > 1 else {"": found[0].evaluation.accuracy}, min_accuracy)


def _check_accuracy(ctx: click.Context, accuracies: Mapping[str, float], least: float | None) -> None:
    """Tell which are below ``least``, and exit with 1 if any is."""
    if least is None:
        return
    below = {which: accuracy for which, accuracy in accuracies.items() if accuracy < least}
    for which, accuracy in below.items():
        rounded = (f"{accuracy:.{digits}f}" for digits in range(4, 18))
        shown = next((text for text in rounded if float(text) < least), repr(accuracy))
        note(f"{which}accuracy {shown} is below {least!r}")
    if below:
        ctx.exit(1)


def _check_fitting(ctx: click.Context, *, cells: bool) -> None:
    """Refuse what a fit would leave out of account."""
    if cells:
        raise UsageError("--cells and --fit do not go together", hint="Measure the fitted system: -o FILE writes it.")
    if ctx.get_parameter_source("split") is ParameterSource.COMMANDLINE:
        raise UsageError("--fit takes dev to fit and test to measure", hint="Leave out --split.")


@dataclass(frozen=True, slots=True)
class FitRequest:
    """What ``score --fit`` was asked for."""

    data: DataChoice
    encoders: tuple[EncoderChoice, ...]
    combine: Combine
    seed: int
    output: str | None
    force: bool


def _fit(systems: Mapping[str, System], wanted: FitRequest, *, as_json: bool) -> float:
    """Fit the one system, print what came of it, write it where that is asked for; returns its accuracy."""
    from ..systems.edits import apply
    from ..systems.output import check_output, write_system
    from .evaluation import check_evaluable, evaluate
    from .fit_report import fit_json, fit_report
    from .fitting import fit, fitting_data
    from .recording import measured_json
    from .reuse import on_split

    if len(systems) > 1 or len(wanted.encoders) > 1:
        raise UsageError("--fit takes one system and one encoder")
    check_output(wanted.output, force=wanted.force)
    (system,) = systems.values()
    dataset = fitting_data(wanted.data.load_split(system))
    check_evaluable(system, dataset)
    encoder = wanted.encoders[0]
    with progress("images") as tell:
        both = evaluate(
            system,
            dataset,
            encoder.load(),
            combine=wanted.combine,
            seed=wanted.seed,
            batch_size=encoder.batch_size,
            progress=tell,
        )
    _warn_of([both])
    dev = on_split(both, "dev")
    if dev is None:
        raise DataError("not one dev image can be read", where=plain(dataset.name))
    with progress("fitting") as tell:
        fitted = fit(dev, on_split(both, "test"), progress=tell)
    if as_json:
        out_json(fit_json(fitted))
    else:
        console().print(fit_report(fitted))
    if wanted.output is not None:
        best = fitted.fitted_test or fitted.fitted_dev
        write_system(
            apply(system, fitted.edits),
            wanted.output,
            kind="optimiser",
            reason=f"fitted on {fitted.images} dev images",
            edits=fitted.edits,
            evaluation=measured_json(best),
        )
        note(f"written to {plain(wanted.output)}")
    elif fitted.edits:
        note("nothing is written; -o FILE writes the fitted system")
    return (fitted.fitted_test or fitted.fitted_dev).accuracy


def _curve(evaluation: Evaluation, dataset: Data, load: Callable[[], Encoder], batch_size: int | None) -> Curve:
    """The curve; on test images in an order that was chosen on dev, where there is one."""
    from .curve import accuracy_curve
    from .evaluation import evaluate

    order_from = None
    if evaluation.setting.split == "test" and "dev" in dataset.splits:
        with progress("dev images") as tell:
            order_from = evaluate(
                evaluation.system,
                dataset,
                load(),
                split="dev",
                combine=evaluation.combine,
                batch_size=batch_size,
                progress=tell,
            )
    with progress("attributes") as tell:
        return accuracy_curve(evaluation, order_from, progress=tell)


def _print(found: tuple[Contestant, ...], curve: Curve | None, *, cells: bool, as_json: bool) -> None:
    """One evaluation as a report of its own, several as a comparison."""
    if len(found) > 1:
        from .comparison_report import comparison_json, comparison_report

        if as_json:
            out_json(comparison_json(found, cells=cells))
        else:
            console().print(comparison_report(found))
    elif as_json:
        from .summary import evaluation_json

        result = evaluation_json(found[0].evaluation, cells=cells)
        if curve is not None:
            from .curve_report import curve_json

            result["curve"] = curve_json(curve)
        out_json(result)
    else:
        from .report import evaluation_report

        console().print(evaluation_report(found[0].evaluation, cells=cells))
        if curve is not None:
            from .curve_report import curve_report

            console().print()
            console().print(curve_report(curve))


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("images", metavar="IMAGES...", nargs=-1, required=True)
@encoder_options
@crop_option
@combine_option
@click.option("--top", metavar="K", type=click.IntRange(min=1), default=3, show_default=True, help="Show the K best.")
@json_option
@click.pass_context
def classify(
    ctx: click.Context,
    file: str,
    images: tuple[str, ...],
    encoder: EncoderChoice,
    crop: str | None,
    combine: Combine,
    top: int,
    as_json: bool,
) -> None:
    """Name images and say why: what was seen, and what the class's rules expect.

    IMAGES are files, folders, or - for paths on standard input, one a line. With --json, one object a line. What
    cannot be read is told, and the rest named; the exit code is then 2.

    \b
    Examples:
      cotsmith classify cards.json new/*.jpg --encoder demo
      cotsmith classify cards.json new/ --encoder demo --json > answers.jsonl
    """
    from ..systems.file import load
    from .classifier import Classifier, Prediction
    from .dataset import Skipped as LeftOut
    from .image_files import STDIN, hopeless, image_files
    from .probabilities import check_answerable
    from .report import prediction_report
    from .summary import prediction_json

    system = load(file)
    check_answerable(system)
    area = parse_crop(crop)
    left_out: list[Skipped] = []

    def leave_out(one: Skipped, path: str | Path) -> None:
        left_out.append(one)
        warn(str(one))
        if as_json:
            out_json_line({"image": _as_text(path), "error": one.reason})

    def readable(entries: Iterable[Path | Skipped]) -> Iterator[Path]:
        for entry in entries:
            if isinstance(entry, LeftOut):
                leave_out(entry, entry.where)
            else:
                yield entry

    entries: Iterable[Path | Skipped] = image_files(images, _stdin_lines())
    if STDIN not in images and (lost := hopeless(entries := list(entries))):
        # Told before a model is loaded for nothing.
        if len(lost) == 1 and not as_json:
            raise DataError(lost[0].reason, where=plain(lost[0].where))
        for one in lost:
            leave_out(one, one.where)
        raise _nothing_named(left_out)
    classifier = Classifier(system, encoder.load(), combine=combine, crop=area)
    named = 0
    for batch in classifier.stream(readable(entries), batch_size=encoder.batch_size or 32):
        for path, result in batch:
            if not isinstance(result, Prediction):
                leave_out(result, path)
                continue
            named += 1
            if as_json:
                out_json_line({"image": _as_text(path), **prediction_json(result, top=top)})
            else:
                console().print(prediction_report(_as_text(path), result, top=top))
    if not named:
        raise _nothing_named(left_out)
    if left_out:
        note(f"{counted(named, 'image')} named, {len(left_out)} left out")
        ctx.exit(2)


def _nothing_named(left_out: Sequence[Skipped]) -> DataError:
    if len(left_out) == 1:
        return DataError("there is nothing else to classify")
    return DataError(
        f"not one of {counted(len(left_out), 'image')} can be read" if left_out else "no images to classify"
    )


def _warn_of(evaluations: Sequence[Evaluation]) -> None:
    skipped = dict.fromkeys(str(item) for e in evaluations for item in e.setting.skipped)
    truncated = dict.fromkeys(f'"{plain(text)}"' for e in evaluations for text in e.setting.truncated)
    _warn_list("left out", list(skipped))
    _warn_list("too long, the encoder does not see the end of", list(truncated))


def _warn_list(what: str, texts: list[str]) -> None:
    for text in texts[:_SHOWN]:
        warn(f"{what} {text}")
    if len(texts) > _SHOWN:
        warn(f"{what} {len(texts) - _SHOWN} more; --json and --report list all of them")


def _stdin_lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield os.fsdecode(line)


def _as_text(path: str | Path) -> str:
    """A path as text that can be printed: bytes that are no UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")
