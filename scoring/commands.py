"""The verbs of scoring: ``score`` measures a system on images, ``classify`` uses it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import DataError
from ..systems.text import plain
from ..terminal import console, json_option, note, out_json, out_json_line, progress, warn
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
    from .comparison import Contestant
    from .evaluation import Evaluation
    from .scores import Combine

_SHOWN = 5


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@data_options(split="all")
@encoders_options
@combine_option
@click.option("--seed", default=0, show_default=True, help="Of the permutations of the control.")
@click.option("--cells", is_flag=True, help="Measure every rule: do the images agree, and what would they prefer?")
@click.option("--min-accuracy", metavar="X", type=click.FloatRange(0, 1), help="Exit with 1 below this, as 0.9.")
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
    min_accuracy: float | None,
    as_json: bool,
) -> None:
    """Measure a system on labelled images, beside chance, the class names alone, and permuted rules.

    Several FILEs, or one on several encoders, are compared in one table: the first with all others, image by image.
    """
    from ..systems.file import load
    from .comparison import compare
    from .evaluation import check_evaluable

    systems = {file: load(file) for file in files}
    dataset = data.load()
    for system in systems.values():
        check_evaluable(system, dataset, data.split)
    if data.split == "all" and dataset.splits:
        known = ", ".join(f"{plain(name)} {count}" for name, count in dataset.splits.items())
        note(f"measuring all splits together ({known}); --split chooses one")
    with progress("images") as tell:
        found = compare(
            systems,
            dataset,
            [encoder.load for encoder in encoders],
            split=data.split,
            combine=combine,
            seed=seed,
            batch_size=encoders[0].batch_size,
            progress=tell,
        )
    _warn_of([one.evaluation for one in found])
    _print(found, cells=cells, as_json=as_json)
    for one in found:
        if min_accuracy is not None and one.evaluation.accuracy < min_accuracy:
            which = f"{plain(one.system)} with {plain(one.encoder)}: " if len(found) > 1 else ""
            note(f"{which}accuracy {one.evaluation.accuracy:.4f} is below {min_accuracy:g}")
            ctx.exit(1)


def _print(found: tuple[Contestant, ...], *, cells: bool, as_json: bool) -> None:
    """One evaluation as a report of its own, several as a comparison."""
    if len(found) > 1:
        from .comparison_report import comparison_json, comparison_report

        if as_json:
            out_json(comparison_json(found, cells=cells))
        else:
            console().print(comparison_report(found))
    elif as_json:
        from .summary import evaluation_json

        out_json(evaluation_json(found[0].evaluation, cells=cells))
    else:
        from .report import evaluation_report

        console().print(evaluation_report(found[0].evaluation, cells=cells))


@click.command()
@click.argument("file", metavar="FILE")
@click.argument("images", metavar="IMAGES...", nargs=-1, required=True)
@encoder_options
@crop_option
@combine_option
@click.option("--top", metavar="K", type=click.IntRange(min=1), default=3, show_default=True, help="Show the K best.")
@json_option
def classify(
    file: str,
    images: tuple[str, ...],
    encoder: EncoderChoice,
    crop: str | None,
    combine: Combine,
    top: int,
    as_json: bool,
) -> None:
    """Name images and say why: what was seen, and what the class's rules expect.

    IMAGES are files, folders, or - for paths on standard input, one a line. With --json, one object a line.
    """
    from ..systems.file import load
    from .classifier import Classifier, Prediction
    from .image_files import image_files
    from .probabilities import check_answerable
    from .report import prediction_report
    from .summary import prediction_json

    system = load(file)
    check_answerable(system)
    area = parse_crop(crop)
    paths = image_files(images, _stdin_lines())
    classifier = Classifier(system, encoder.load(), combine=combine, crop=area)
    named, broken = 0, 0
    for batch in classifier.stream(paths, batch_size=encoder.batch_size or 32):
        for path, result in batch:
            shown = _as_text(path)
            if isinstance(result, Prediction):
                named += 1
                if as_json:
                    out_json_line({"image": shown, **prediction_json(result, top=top)})
                else:
                    console().print(prediction_report(shown, result, top=top))
            else:
                broken += 1
                warn(str(result))
                if as_json:
                    out_json_line({"image": shown, "error": result.reason})
    if not named:
        raise DataError(f"not one of {broken} images can be read" if broken else "no images to classify")


def _warn_of(evaluations: Sequence[Evaluation]) -> None:
    skipped = dict.fromkeys(str(item) for e in evaluations for item in e.setting.skipped)
    truncated = dict.fromkeys(f'"{plain(text)}"' for e in evaluations for text in e.setting.truncated)
    _warn_list("left out", list(skipped))
    _warn_list("too long, the encoder does not see the end of", list(truncated))


def _warn_list(what: str, texts: list[str]) -> None:
    for text in texts[:_SHOWN]:
        warn(f"{what} {text}")
    if len(texts) > _SHOWN:
        warn(f"{what} {len(texts) - _SHOWN} more")


def _stdin_lines() -> Iterator[str]:
    for line in sys.stdin.buffer:
        yield os.fsdecode(line)


def _as_text(path: str | Path) -> str:
    """A path as text that can be printed: bytes that are no UTF-8 become replacement characters."""
    return os.fsencode(path).decode("utf-8", "replace")
