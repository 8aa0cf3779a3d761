"""A few lines, dots and words on a sheet, written as SVG or drawn as PNG: no more than a chart needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from typing import Literal, TypeAlias

from ..systems.text import plain

Color: TypeAlias = Literal["ink", "soft", "line", "accent", "band"]
Anchor: TypeAlias = Literal["start", "middle", "end"]
Position: TypeAlias = tuple[float, float]

COLORS: dict[Color, str] = {
    "ink": "#1c2430",
    "soft": "#5b6675",
    "line": "#d5dae1",
    "accent": "#1f6feb",
    "band": "#dbe8fd",
}
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
_SHARPNESS = 2


@dataclass(frozen=True, slots=True)
class Path:
    """A line through ``points``; with ``filled`` the area that it encloses."""

    points: tuple[Position, ...]
    color: Color
    width: float = 1
    filled: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    at: Position
    color: Color
    radius: float = 4


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text, ``at`` its baseline."""

    at: Position
    text: str
    color: Color = "ink"
    size: float = 13
    anchor: Anchor = "start"


Shape: TypeAlias = Path | Dot | Words


@dataclass(frozen=True, slots=True)
class Sheet:
    """Shapes on a white sheet of ``width`` × ``height``, the later above the earlier; ``title`` is for who listens."""

    width: float
    height: float
    title: str
    shapes: tuple[Shape, ...]


def as_svg(sheet: Sheet, *, embedded: bool = False) -> str:
    """The sheet as SVG. ``embedded`` in a page it has no ground of its own, and takes its colours from the page's
    custom properties ``--ink``, ``--soft``, ``--line``, ``--accent`` and ``--band``."""
    paint = {name: f"var(--{name},{color})" if embedded else color for name, color in COLORS.items()}
    ground = "" if embedded else f'<rect width="{sheet.width:g}" height="{sheet.height:g}" fill="#ffffff"/>\n'
    body = "\n".join(_svg(shape, {str(name): color for name, color in paint.items()}) for shape in sheet.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width:g} {sheet.height:g}" role="img" '
        f'font-family="system-ui, sans-serif">\n<title>{_escaped(sheet.title)}</title>\n{ground}{body}\n</svg>\n'
    )


def _svg(shape: Shape, paint: dict[str, str]) -> str:
    color = paint[shape.color]
    if isinstance(shape, Dot):
        return f'<circle cx="{shape.at[0]:.1f}" cy="{shape.at[1]:.1f}" r="{shape.radius:g}" style="fill:{color}"/>'
    if isinstance(shape, Words):
        return (
            f'<text x="{shape.at[0]:.1f}" y="{shape.at[1]:.1f}" font-size="{shape.size:g}" '
            f'text-anchor="{shape.anchor}" style="fill:{color}">{_escaped(shape.text)}</text>'
        )
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
    if shape.filled:
        return f'<polygon points="{points}" style="fill:{color}"/>'
    dash = ";stroke-dasharray:5 4" if shape.dashed else ""
    return f'<polyline points="{points}" style="fill:none;stroke:{color};stroke-width:{shape.width:g}{dash}"/>'


def _escaped(text: str) -> str:
    return escape(plain(text))


def as_png(sheet: Sheet) -> bytes:
    """The sheet as PNG, two pixels for each unit. Needs a Pillow with FreeType, as its wheels have."""
    from PIL import Image, ImageDraw, ImageFont

    size = (round(sheet.width * _SHARPNESS), round(sheet.height * _SHARPNESS))
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    for shape in sheet.shapes:
        color = COLORS[shape.color]
        if isinstance(shape, Words):
            font = ImageFont.load_default(shape.size * _SHARPNESS)
            pen.text(_scaled(shape.at), plain(shape.text), color, font, anchor=_ANCHORS[shape.anchor])
        elif isinstance(shape, Dot):
            pen.circle(_scaled(shape.at), shape.radius * _SHARPNESS, fill=color)
        elif shape.filled:
            pen.polygon([_scaled(point) for point in shape.points], fill=color)
        else:
            for start, end in _strokes(shape):
                pen.line([_scaled(start), _scaled(end)], fill=color, width=round(shape.width * _SHARPNESS))
    target = BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def _scaled(point: Position) -> Position:
    return point[0] * _SHARPNESS, point[1] * _SHARPNESS


def _strokes(path: Path) -> Sequence[tuple[Position, Position]]:
    """The pieces of a path; every other one of small pieces where it is dashed."""
    pieces = list(zip(path.points, path.points[1:], strict=False))
    if not path.dashed:
        return pieces
    strokes = []
    for (x0, y0), (x1, y1) in pieces:
        count = max(1, round((abs(x1 - x0) + abs(y1 - y0)) / 9))
        for k in range(count):
            a, b = k / count, (k + 0.6) / count
            strokes.append(((x0 + a * (x1 - x0), y0 + a * (y1 - y0)), (x0 + b * (x1 - x0), y0 + b * (y1 - y0))))
    return strokes
