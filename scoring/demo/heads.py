"""What a creature of the teaching world wears on its head."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import ImageDraw

from .bodies import Body
from .shapes import INK, Color, Pose, filled, mix, outline, oval, stroke


@dataclass(frozen=True, slots=True)
class Hat:
    """What is needed to draw on a head: where, in which colour, with which chances."""

    draw: ImageDraw.ImageDraw
    body: Body
    color: Color
    pose: Pose
    rng: Random

    @property
    def x(self) -> float:
        return self.body.head[0]

    @property
    def top(self) -> float:
        return self.body.head[1] - self.body.head_radius


def _horn(hat: Hat) -> None:
    tall, lean = hat.rng.uniform(0.62, 0.74), hat.rng.uniform(-0.08, 0.14)
    low = hat.top + 0.1
    tip = (hat.x + lean, hat.top - tall)
    filled(hat.draw, [(hat.x - 0.17, low), tip, (hat.x + 0.17, low)], (250, 236, 196), hat.pose)
    for share in (0.22, 0.45, 0.66):
        half, x, y = 0.16 * (1 - share), hat.x + lean * share, low + (tip[1] - low) * share
        stroke(hat.draw, [(x - half, y - 0.04), (x + half, y + 0.04)], (196, 164, 106), 1.4, hat.pose)


def _ears(hat: Hat) -> None:
    spread = hat.rng.uniform(0.18, 0.34)
    for side in (-1, 1):
        tilt = side * spread + hat.rng.uniform(-0.08, 0.08)
        x, y = hat.x + side * 0.2 + math.sin(tilt) * 0.3, hat.top - 0.26
        filled(hat.draw, oval(x, y, 0.15, 0.46, tilt), mix(hat.color, INK, 0.08), hat.pose)
        hat.draw.polygon(hat.pose.place(oval(x, y + 0.03, 0.075, 0.32, tilt)), fill=(246, 178, 178))


def _antennae(hat: Hat) -> None:
    for side in (-1, 1):
        out, up = hat.rng.uniform(0.3, 0.42), hat.rng.uniform(0.46, 0.58)
        steps = [i / 10 for i in range(11)]
        path = [(hat.x + side * (0.1 + out * t * t), hat.top + 0.08 - up * (1.4 * t - 0.4 * t * t)) for t in steps]
        stroke(hat.draw, path, INK, 2.4, hat.pose)
        filled(hat.draw, oval(*path[-1], 0.11, 0.11), (255, 214, 64), hat.pose)


def _spikes(hat: Hat) -> None:
    (x, y), radius = hat.body.head, hat.body.head_radius
    for turn in (-70, -35, 0, 35, 70):
        angle = math.radians(turn + hat.rng.uniform(-4, 4))
        long = radius + hat.rng.uniform(0.34, 0.42)
        rim = [(angle + side * 0.1 / radius, radius * 0.85) for side in (-1, 1)]
        corners = [rim[0], (angle, long), rim[1]]
        filled(hat.draw, [(x + math.sin(a) * r, y - math.cos(a) * r) for a, r in corners], (138, 146, 160), hat.pose)


_TONGUES = [(-0.3, 0.16), (-0.4, -0.12), (-0.3, -0.4), (-0.18, -0.22), (0.02, -0.74), (0.16, -0.3), (0.32, -0.46),
            (0.4, -0.1), (0.3, 0.16)]  # fmt: skip


def _flame(hat: Hat) -> None:
    sway, base = hat.rng.uniform(-0.1, 0.1), hat.top + 0.12
    for scale, color in ((1.0, (240, 92, 34)), (0.64, (255, 178, 40)), (0.34, (255, 240, 150))):
        placed = hat.pose.place((hat.x + x * scale - sway * y, base + (y - 0.12) * scale) for x, y in _TONGUES)
        if scale == 1.0:
            outline(hat.draw, placed, INK, 2 * hat.pose.line)
        hat.draw.polygon(placed, fill=color)


def _bare(hat: Hat) -> None:
    """Nothing to draw."""


HATS: dict[str, Callable[[Hat], None]] = {
    "horn": _horn,
    "ears": _ears,
    "antennae": _antennae,
    "spikes": _spikes,
    "flame": _flame,
    "bare": _bare,
}

IN_FRONT = frozenset({"horn"})
"""What is drawn over the head; the rest grows from behind it."""
