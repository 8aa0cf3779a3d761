"""Plane geometry for drawing: shapes as lists of points, the pose that places them, colours that mix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PIL import ImageDraw

Point: TypeAlias = tuple[float, float]
Shape: TypeAlias = list[Point]
Color: TypeAlias = tuple[int, int, int]

INK: Color = (46, 36, 48)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a creature stands: its centre and half its height in pixels, its tilt in radians, which way it looks."""

    x: float
    y: float
    size: float
    tilt: float
    flip: bool

    @property
    def line(self) -> float:
        """Half the width of a fine outline, in pixels."""
        return self.size * 0.035

    def place(self, shape: Iterable[Point]) -> Shape:
        """``shape`` from the creature's own units (about −1 to 1, y down) into pixels."""
        cos, sin = math.cos(self.tilt) * self.size, math.sin(self.tilt) * self.size
        side = -1 if self.flip else 1
        return [(self.x + side * (x * cos - y * sin), self.y + x * sin + y * cos) for x, y in shape]


def oval(x: float, y: float, rx: float, ry: float, tilt: float = 0.0, steps: int = 36) -> Shape:
    """An ellipse around ``(x, y)``, turned by ``tilt`` radians."""
    cos, sin = math.cos(tilt), math.sin(tilt)
    turns = [(rx * math.cos(t), ry * math.sin(t)) for t in (2 * math.pi * i / steps for i in range(steps))]
    return [(x + a * cos - b * sin, y + a * sin + b * cos) for a, b in turns]


def band(path: Sequence[Point], widths: Sequence[float]) -> Shape:
    """A ribbon along ``path`` whose half width at each point is in ``widths``."""
    left, right = [], []
    for i, ((x, y), width) in enumerate(zip(path, widths, strict=True)):
        (ax, ay), (bx, by) = path[max(i - 1, 0)], path[min(i + 1, len(path) - 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * width, (bx - ax) / length * width
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def mix(color: Color, other: Color, share: float) -> Color:
    """``color`` with ``share`` (0 to 1) of ``other`` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(color, other, strict=True))
    return red, green, blue


def outline(draw: ImageDraw.ImageDraw, placed: Shape, color: Color, width: float) -> None:
    """The border of a placed shape, ``width`` pixels on either side of its edge, with round corners."""
    draw.line([*placed, placed[0], placed[1]], fill=color, width=max(1, round(2 * width)), joint="curve")


def stroke(draw: ImageDraw.ImageDraw, path: Iterable[Point], color: Color, width: float, pose: Pose) -> None:
    """An open line along ``path``, ``width`` fine outlines wide."""
    draw.line(pose.place(path), fill=color, width=max(1, round(pose.line * width)), joint="curve")


def filled(draw: ImageDraw.ImageDraw, shape: Shape, color: Color, pose: Pose) -> None:
    """``shape`` filled with ``color``, with a bold outline in ink."""
    placed = pose.place(shape)
    outline(draw, placed, INK, 2 * pose.line)
    draw.polygon(placed, fill=color)
