"""The six body forms of the teaching world, each slightly different every time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from .shapes import Point, Shape, band, oval


@dataclass(frozen=True, slots=True)
class Body:
    """A body in its own units: limbs drawn first, the trunk over them, and where head, face and belly are.

    ``reach`` is the box (left, top, right, bottom) that a skin pattern covers.
    """

    limbs: list[Shape]
    trunk: list[Shape]
    belly: Shape
    head: Point
    head_radius: float
    face: Point
    reach: tuple[float, float, float, float]


def _round(rng: Random) -> Body:
    width, height = rng.uniform(0.76, 0.88), rng.uniform(0.72, 0.82)
    feet = [oval(side * 0.38, 0.86, 0.26, 0.13) for side in (-1, 1)]
    arms = [oval(side * width * 0.97, 0.22, 0.13, 0.26, side * -0.6) for side in (-1, 1)]
    return Body(
        limbs=feet + arms,
        trunk=[oval(0, 0.12, width, height)],
        belly=oval(0, 0.5, width * 0.62, height * 0.46),
        head=(0, 0.12),
        head_radius=height,
        face=(0, -0.02),
        reach=(-0.9, -0.7, 0.9, 0.95),
    )


def _serpent(rng: Random) -> Body:
    waves, swing = rng.uniform(1.5, 1.8), rng.uniform(0.17, 0.22)
    path: Shape = []
    for i in range(25):
        path.append((-1.25 + 1.75 * i / 24, 0.6 + swing * math.sin(2 * math.pi * waves * i / 24)))
    x, y = path[-1]
    for i in range(1, 15):
        t = i / 14
        path.append((x + 0.3 * math.sin(math.pi * t) + 0.12 * t, y - (y + 0.25) * t))
    head = path[-1]
    return Body(
        limbs=[],
        trunk=[band(path, [0.05 + 0.16 * min(1.0, i / 16) for i in range(len(path))]), oval(*head, 0.38, 0.33)],
        belly=band([(x + 0.03, y + 0.07) for x, y in path[8:]], [0.075] * len(path[8:])),
        head=head,
        head_radius=0.34,
        face=(head[0], head[1] + 0.02),
        reach=(-1.3, -0.6, 1.0, 0.95),
    )


def _beast(rng: Random) -> Body:
    stride = rng.uniform(-0.06, 0.06)
    legs = []
    for i, x in enumerate((-0.66, -0.36, 0.12, 0.42)):
        foot = x + stride * (1 if i % 2 else -1)
        legs.append(band([(x, 0.3), ((x + foot) / 2, 0.65), (foot, 0.95)], [0.13, 0.115, 0.13]))
    tail = band([(-0.78, 0.15), (-1.02, 0.0), (-1.12, -0.3 + rng.uniform(-0.25, 0.15))], [0.07, 0.085, 0.11])
    head = (0.58, -0.32)
    return Body(
        limbs=[*legs, tail],
        trunk=[oval(-0.12, 0.25, 0.74, 0.37), oval(*head, 0.44, 0.39)],
        belly=oval(-0.1, 0.47, 0.56, 0.19),
        head=head,
        head_radius=0.39,
        face=(0.63, -0.29),
        reach=(-0.9, -0.7, 1.0, 0.95),
    )


_FEATHERS: Shape = [(0.2, -0.12), (0.62, -0.5), (1.28, -0.62), (1.3, -0.3), (1.12, 0.08)]
_PINIONS: Shape = [(1.02, -0.08), (0.84, 0.32), (0.72, 0.12), (0.52, 0.46), (0.2, 0.42)]


def _bird(rng: Random) -> Body:
    lift = rng.uniform(-0.15, 0.2)
    # Only the outer upper edge of a wing is lifted; where it joins the body and its trailing edge stay.
    edge = [(x, y - lift if x > 0.5 and y <= -0.3 else y) for x, y in _FEATHERS] + _PINIONS
    tail = [(-0.16, 0.62), (-0.26, 1.0), (0, 0.88), (0.26, 1.0), (0.16, 0.62)]
    return Body(
        limbs=[tail, *([(side * x, y) for x, y in edge] for side in (-1, 1))],
        trunk=[oval(0, 0.28, 0.4, 0.54), oval(0, -0.38, 0.4, 0.37)],
        belly=oval(0, 0.36, 0.28, 0.38),
        head=(0, -0.38),
        head_radius=0.37,
        face=(0, -0.36),
        reach=(-1.2, -0.7, 1.2, 0.9),
    )


def _fish(rng: Random) -> Body:
    sway = rng.uniform(-0.1, 0.1)
    tail = [(-0.6, 0.1), (-1.25, -0.42 + sway), (-1.08, 0.12 + sway), (-1.25, 0.66 + sway)]
    below = [(-0.1, 0.5), (-0.45, 0.95), (0.22, 0.62)]
    above = [(-0.62, -0.2), (-0.72, -0.62), (-0.2, -0.4)]
    fin = [(-0.22, 0.18), (-0.56, 0.06), (-0.6, 0.36), (-0.2, 0.38)]
    return Body(
        limbs=[tail, below, above],
        trunk=[oval(0.08, 0.1, 0.84, 0.54), fin],
        belly=oval(0.1, 0.42, 0.58, 0.2),
        head=(0.42, 0.1),
        head_radius=0.5,
        face=(0.48, 0.03),
        reach=(-1.0, -0.5, 0.95, 0.65),
    )


def _spider(rng: Random) -> Body:
    legs = []
    for side in (-1, 1):
        for i, (x, y, foot) in enumerate(
            ((0.72, -0.4, 1.28), (0.88, -0.14, 1.12), (0.8, 0.16, 0.88), (0.6, 0.4, 0.56))
        ):
            shift = rng.uniform(-0.06, 0.06)
            joints = [(side * 0.3, 0.15 + 0.06 * i), (side * x, y + shift), (side * (foot + shift), 0.77 + 0.06 * i)]
            legs.append(band(joints, [0.07, 0.075, 0.045]))
    return Body(
        limbs=legs,
        trunk=[oval(0, 0.18, 0.54, 0.48)],
        belly=oval(0, 0.44, 0.36, 0.2),
        head=(0, 0.18),
        head_radius=0.48,
        face=(0, 0.1),
        reach=(-0.6, -0.3, 0.6, 0.7),
    )


BODIES: dict[str, Callable[[Random], Body]] = {
    "round": _round,
    "serpent": _serpent,
    "beast": _beast,
    "bird": _bird,
    "fish": _fish,
    "spider": _spider,
}
