"""A curve as a table, as JSON and as a picture."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from ..errors import UsageError
from ..systems.atomic import write_atomically
from ..systems.text import counted, percentage, plain
from .curve import Curve
from .drawing import Anchor, Dot, Path, Position, Shape, Sheet, Words, as_png, as_svg
from .report import interval, literal, plain_table
from .statistics import Share
from .verdict import percent

if TYPE_CHECKING:
    from rich.console import RenderableType

SUFFIXES = (".svg", ".png")

_WIDTH, _HEIGHT = 640.0, 388.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 18.0, 62.0, 86.0
_LONGEST = 18
_MOST_NAMES = 12


def curve_json(curve: Curve) -> dict[str, Any]:
    """What ``score --curve --json`` adds: the points, and what the order and the accuracies were taken from."""
    return {
        "order_from": curve.order_from,
        "measured_on": curve.measured_on,
        "baseline": {**_share(curve.baseline), "vectors": curve.baseline_vectors},
        "points": [
            {
                "attributes": point.attributes,
                "added": point.attribute or None,
                "vectors": point.vectors,
                **_share(point.share),
            }
            for point in curve.points
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"accuracy": share.value, "ci95": list(share.ci95), "n": share.n}


def curve_report(curve: Curve) -> RenderableType:
    """One row for each attribute added."""
    from rich.console import Group

    table = plain_table(">attributes", "added", ">vectors", ">right", ">95 %", ">brings")
    last = 0.0
    for point in curve.points:
        value = point.share.value or 0.0
        brings = f"{100 * (value - last):+.1f}" if point.attributes else ""
        figures = (point.attributes, point.attribute, point.vectors, percent(value), interval(point.share), brings)
        table.add_row(*map(literal, figures))
        last = value
    return Group(table, literal(""), literal(told(curve)))


def told(curve: Curve) -> str:
    """Where the order and the accuracies come from, in a sentence."""
    names = f"The class names alone: {percent(curve.baseline.value)} with {counted(curve.baseline_vectors, 'vector')}."
    if curve.same_images:
        return f"{names} The order was chosen on the same images, which flatters the first steps."
    return f"{names} The order was chosen on {plain(curve.order_from)}, the accuracy is that on {curve.measured_on}."


def check_picture(path: str) -> None:
    """Refuse, before any work is done, a picture of a kind that cannot be written."""
    if FilePath(path).suffix.lower() not in SUFFIXES:
        raise UsageError(
            "a picture of the curve is an .svg or a .png file",
            where=plain(path),
            hint="Name one after --curve, or put --curve last, to see the table alone.",
        )


def save_picture(curve: Curve, path: str) -> None:
    """Write the curve to an ``.svg`` or ``.png`` file, atomically.

    Raises:
        UsageError: another kind of file.
        InputError: the file cannot be written.
    """
    check_picture(path)
    drawn = sheet(curve)
    svg = FilePath(path).suffix.lower() == ".svg"
    write_atomically(FilePath(path), as_svg(drawn).encode() if svg else as_png(drawn))


def sheet(curve: Curve) -> Sheet:
    """The picture: accuracy from 0 to 100 %, a step for each attribute, its interval as a band, the baseline dashed."""
    steps = max(1, len(curve.points) - 1)
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(step: float, share: float) -> Position:
        return _LEFT + width * step / steps, _TOP + height * (1 - share)

    shapes: list[Shape] = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        shapes.append(Path((at(0, tick), at(steps, tick)), "line"))
        shapes.append(Words((_LEFT - 8, at(0, tick)[1] + 4), f"{100 * tick:.0f} %", "soft", 12, "end"))
    intervals = [point.share.ci95 for point in curve.points]
    lows = [at(step, low) for step, (low, _) in enumerate(intervals)]
    highs = [at(step, high) for step, (_, high) in enumerate(intervals)]
    shapes.append(Path((*lows, *reversed(highs)), "band", filled=True))
    base = curve.baseline.value or 0.0
    shapes.append(Path((at(0, base), at(steps, base)), "soft", 1.5, dashed=True))
    line = tuple(at(step, point.share.value or 0.0) for step, point in enumerate(curve.points))
    shapes.append(Path(line, "accent", 2.5))
    shapes += [Dot(position, "accent") for position in line]
    shapes += _names(curve, line, height)
    shapes.append(Words((_LEFT, 18), "Accuracy as attributes are added", "ink", 14))
    # Above the drawing, where no line can run through it.
    shapes.append(Path(((_LEFT, 34), (_LEFT + 26, 34)), "soft", 1.5, dashed=True))
    names = f"class names alone, {counted(curve.baseline_vectors, 'vector')}: {percent(base)}"
    shapes.append(Words((_LEFT + 34, 38), names, "soft", 12))
    return Sheet(_WIDTH, _HEIGHT, "Accuracy as attributes are added", tuple(shapes))


def _names(curve: Curve, line: tuple[Position, ...], height: float) -> list[Shape]:
    """Below each step its number of vectors and, alternating in height, what was added; on it the accuracy."""
    shapes: list[Shape] = []
    anchor: Anchor
    every = -(-len(curve.points) // _MOST_NAMES)
    for step, (point, (x, y)) in enumerate(zip(curve.points, line, strict=True)):
        if step % every and point is not curve.points[-1]:
            continue
        anchor = "end" if step and point is curve.points[-1] else "middle"
        bottom = _TOP + height
        shapes.append(Words((x, bottom + 20), str(point.vectors), "ink", 12, "middle"))
        if every == 1:
            name = point.attribute or "none"
            name = name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
            below = (x + (8 if anchor == "end" else 0), bottom + (38 if step % 2 else 54))
            shapes.append(Words(below, name, "soft", 12, anchor))
        shapes.append(Words((x, y - 10), percentage(point.share.value or 0.0), "ink", 12, "middle"))
    shapes.append(Words((_WIDTH - _RIGHT, _HEIGHT - 8), "text vectors, and the attribute added", "soft", 12, "end"))
    return shapes
