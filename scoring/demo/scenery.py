"""The backgrounds of the teaching world, and what stands in front of a creature and hides a part of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw

from .shapes import Color, Shape, mix, oval

GROUND: dict[str, Color] = {
    "night": (38, 46, 74),
    "forest": (92, 138, 66),
    "desert": (214, 170, 104),
    "sea": (38, 110, 170),
    "snow": (236, 242, 250),
    "volcano": (66, 42, 46),
}


def draw_scene(key: str, size: int, rng: Random) -> Image.Image:
    """An RGB image of ``size`` × ``size`` pixels showing the background ``key``; its layout is drawn from ``rng``."""
    return SCENES[key](size, rng)


def draw_foreground(canvas: Image.Image, key: str, rng: Random) -> None:
    """A low mound and some tufts of the scene's own ground across the lower edge, hiding the creature's feet."""
    size = canvas.width
    draw = ImageDraw.Draw(canvas)
    color = mix(GROUND[key], (20, 16, 24), rng.uniform(0.05, 0.25))
    draw.polygon(_hills(size, rng.uniform(0.9, 0.96), 0.02, rng), fill=color)
    for _ in range(rng.randrange(2, 6)):
        x, tall = rng.uniform(0, size), size * rng.uniform(0.05, 0.13)
        for lean in (-0.5, 0.0, 0.5):
            tip = (x + lean * tall, size * 0.97 - tall)
            draw.polygon([(x - size * 0.015, size), tip, (x + size * 0.015, size)], fill=color)


def _sky(size: int, top: Color, bottom: Color) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((size, size))
    return Image.composite(Image.new("RGB", (size, size), bottom), Image.new("RGB", (size, size), top), ramp)


def _hills(size: int, level: float, swing: float, rng: Random) -> Shape:
    phase, waves = rng.uniform(0, 6.3), rng.uniform(0.6, 1.6)
    edge = [(size * i / 24, size * (level + swing * math.sin(phase + 2 * math.pi * waves * i / 24))) for i in range(25)]
    return [*edge, (size, size), (0, size)]


def _shift(color: Color, rng: Random, amount: int = 14) -> Color:
    red, green, blue = (min(255, max(0, part + rng.randint(-amount, amount))) for part in color)
    return red, green, blue


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, color: Color | int) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)


def _fill(draw: ImageDraw.ImageDraw, size: int, shape: Shape, color: Color) -> None:
    """Fill a shape given in fractions of the picture."""
    draw.polygon([(x * size, y * size) for x, y in shape], fill=color)


def _night(size: int, rng: Random) -> Image.Image:
    image = _sky(size, _shift((14, 16, 48), rng), _shift((52, 48, 104), rng))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randrange(40, 60)):
        x, y, r = rng.uniform(0, size), rng.uniform(0, size * 0.85), size * rng.uniform(0.004, 0.011)
        _dot(draw, x, y, r, (255, 250, 220))
    for _ in range(rng.randrange(5, 9)):
        x, y, r = rng.uniform(0, size), rng.uniform(0, size * 0.7), size * rng.uniform(0.025, 0.045)
        rays = [(math.pi * i / 4, r * (0.3 if i % 2 else 1.0)) for i in range(8)]
        draw.polygon([(x + math.sin(a) * long, y - math.cos(a) * long) for a, long in rays], fill=(255, 244, 190))
    if rng.random() < 0.6:
        x, y, r = size * rng.choice((0.14, 0.86)), size * rng.uniform(0.12, 0.22), size * rng.uniform(0.06, 0.09)
        dark = image.crop((0, round(y), 1, round(y) + 1)).resize((image.width, image.height))
        _dot(draw, x, y, r, (250, 244, 214))
        bite = Image.new("L", image.size)
        _dot(ImageDraw.Draw(bite), x + r * 0.5, y - r * 0.2, r * 0.9, 255)
        image.paste(dark, mask=bite)
    draw.polygon(_hills(size, rng.uniform(0.8, 0.88), 0.03, rng), fill=_shift(GROUND["night"], rng, 8))
    return image


def _forest(size: int, rng: Random) -> Image.Image:
    image = _sky(size, _shift((176, 220, 190), rng), _shift((206, 232, 170), rng))
    draw = ImageDraw.Draw(image)
    for row, base in enumerate((0.62, 0.74)):
        at = -0.1 + rng.uniform(0, 0.1)
        while at < 1.1:
            tall, half = rng.uniform(0.42, 0.6), rng.uniform(0.08, 0.11)
            green = _shift(((62, 126, 84), (40, 104, 62))[row], rng, 12)
            foot = base + rng.uniform(-0.03, 0.05)
            plant = _pine if rng.random() < 0.6 else _broadleaf
            top = foot - tall * 0.4
            trunk = [(at - 0.018, top), (at + 0.018, top), (at + 0.022, foot + 0.1), (at - 0.022, foot + 0.1)]
            _fill(draw, size, trunk, (104, 74, 52))
            plant(draw, size, at, foot, tall, half, green)
            at += rng.uniform(0.14, 0.24)
    draw.polygon(_hills(size, rng.uniform(0.74, 0.82), 0.03, rng), fill=_shift(GROUND["forest"], rng))
    return image


def _broadleaf(
    draw: ImageDraw.ImageDraw, size: int, x: float, foot: float, tall: float, half: float, green: Color
) -> None:
    for dx, dy in ((-0.6, 0.1), (0.6, 0.1), (0.0, -0.5)):
        _fill(draw, size, oval(x + dx * half, foot - tall * 0.62 + dy * half, half, half, steps=20), green)


def _pine(draw: ImageDraw.ImageDraw, size: int, x: float, foot: float, tall: float, half: float, green: Color) -> None:
    for i in range(3):
        low, wide = foot - tall * (0.2 + 0.24 * i), half * (1.15 - 0.25 * i)
        _fill(
            draw,
            size,
            [(x - wide, low), (x, low - tall * 0.38), (x + wide, low)],
            mix(green, (255, 255, 255), 0.05 * i),
        )


def _desert(size: int, rng: Random) -> Image.Image:
    image = _sky(size, _shift((250, 214, 150), rng), _shift((255, 238, 204), rng))
    draw = ImageDraw.Draw(image)
    x, y, r = size * rng.uniform(0.1, 0.9), size * rng.uniform(0.12, 0.24), size * rng.uniform(0.06, 0.09)
    _dot(draw, x, y, r, (255, 250, 226))
    for i, level in enumerate((0.5, 0.62, 0.76)):
        color = mix(_shift(GROUND["desert"], rng, 10), (150, 96, 50), 0.12 * (2 - i))
        draw.polygon(_hills(size, level + rng.uniform(-0.03, 0.03), 0.05, rng), fill=color)
    for _ in range(rng.randrange(2, 4)):
        x = size * rng.choice((rng.uniform(0.04, 0.24), rng.uniform(0.76, 0.96)))
        _cactus(draw, x, size * rng.uniform(0.66, 0.8), size * rng.uniform(0.2, 0.32), _shift((86, 134, 82), rng))
    return image


def _cactus(draw: ImageDraw.ImageDraw, x: float, base: float, tall: float, green: Color) -> None:
    wide = max(2, round(tall * 0.2))
    draw.line([(x, base), (x, base - tall)], fill=green, width=wide)
    _dot(draw, x, base - tall, wide / 2, green)
    for side, height in ((-1, 0.45), (1, 0.6)):
        elbow = (x + side * tall * 0.28, base - tall * height)
        arm = [(x, elbow[1]), elbow, (elbow[0], elbow[1] - tall * 0.28)]
        draw.line(arm, fill=green, width=round(wide * 0.75), joint="curve")


def _sea(size: int, rng: Random) -> Image.Image:
    image = _sky(size, _shift((136, 196, 236), rng), _shift((206, 234, 248), rng))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randrange(1, 4)):
        x, y, r = size * rng.random(), size * rng.uniform(0.08, 0.24), size * rng.uniform(0.03, 0.05)
        for dx in (-1.4, 0, 1.4):
            puff = (x + dx * r - r * 1.2, y - r * (1.3 if dx == 0 else 0.8), x + dx * r + r * 1.2, y + r * 0.8)
            draw.ellipse(puff, fill=(250, 252, 255))
    level, row = rng.uniform(0.34, 0.46), 0
    while level < 1.0:
        color = mix((74, 160, 208), (24, 76, 142), min(1.0, row * 0.17))
        crests, phase = rng.uniform(4, 6), rng.uniform(0, 6.3)
        along = [i / 60 for i in range(61)]
        edge = [(size * t, size * (level - 0.028 * abs(math.sin(phase + math.pi * crests * t)))) for t in along]
        draw.polygon([*edge, (size, size), (0, size)], fill=color)
        draw.line(edge, fill=(228, 246, 255), width=max(1, round(size * 0.012)), joint="curve")
        level, row = level + 0.085 + 0.012 * row, row + 1
    return image


def _snow(size: int, rng: Random) -> Image.Image:
    image = _sky(size, _shift((168, 190, 216), rng, 10), _shift((222, 232, 242), rng, 8))
    draw = ImageDraw.Draw(image)
    for x in (rng.uniform(0, 0.25), rng.uniform(0.4, 0.6), rng.uniform(0.75, 1.0)):
        tall, half, base = rng.uniform(0.36, 0.56), rng.uniform(0.28, 0.36), 0.74
        peak = base - tall
        _fill(draw, size, [(x - half, base), (x, peak), (x + half, base)], _shift((112, 128, 154), rng, 10))
        cap = [(-0.42, 0.42), (0, 0), (0.42, 0.42), (0.24, 0.36), (0.12, 0.5), (-0.04, 0.38), (-0.2, 0.5)]
        _fill(draw, size, [(x + px * half, peak + py * tall) for px, py in cap], (250, 252, 255))
    draw.polygon(_hills(size, rng.uniform(0.68, 0.76), 0.03, rng), fill=_shift(GROUND["snow"], rng, 6))
    for _ in range(rng.randrange(40, 60)):
        x, y, r = rng.uniform(0, size), rng.uniform(0, size), size * rng.uniform(0.006, 0.014)
        _dot(draw, x, y, r, (255, 255, 255))
    return image


def _volcano(size: int, rng: Random) -> Image.Image:
    image = _sky(size, _shift((74, 22, 28), rng, 10), _shift((214, 84, 44), rng))
    draw = ImageDraw.Draw(image)
    x, peak, half = rng.uniform(0.25, 0.75), rng.uniform(0.2, 0.32), rng.uniform(0.42, 0.54)
    cone = [(x - half, 0.85), (x - 0.09, peak), (x + 0.09, peak), (x + half, 0.85)]
    _fill(draw, size, cone, _shift((58, 38, 44), rng, 8))
    lava = [
        (-0.09, 0),
        (-0.03, -0.08),
        (0.04, -0.05),
        (0.09, 0),
        (0.06, 0.2),
        (0.02, 0.09),
        (-0.02, 0.28),
        (-0.05, 0.1),
    ]
    _fill(draw, size, [(x + px, peak + py) for px, py in lava], (255, 150, 40))
    draw.polygon(_hills(size, rng.uniform(0.74, 0.82), 0.03, rng), fill=_shift(GROUND["volcano"], rng, 8))
    for _ in range(rng.randrange(2, 4)):
        cx, cy = rng.uniform(0, 1), rng.uniform(0.84, 0.97)
        crack = [(size * (cx + 0.06 * i), size * (cy + rng.uniform(-0.025, 0.025))) for i in range(-3, 4)]
        draw.line(crack, fill=(255, 122, 30), width=max(1, round(size * 0.016)), joint="curve")
    for _ in range(rng.randrange(14, 26)):
        px, py, r = rng.uniform(0, size), rng.uniform(0, size * 0.75), size * rng.uniform(0.004, 0.01)
        _dot(draw, px, py, r, (255, 190, 84))
    return image


SCENES: dict[str, Callable[[int, Random], Image.Image]] = {
    "night": _night,
    "forest": _forest,
    "desert": _desert,
    "sea": _sea,
    "snow": _snow,
    "volcano": _volcano,
}
