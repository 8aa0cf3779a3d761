"""How an invented creature is drawn: body, skin pattern, head and face, in any pose."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Mapping
from random import Random

from PIL import Image, ImageChops, ImageDraw

from .bodies import BODIES, Body
from .heads import HATS, IN_FRONT, Hat
from .shapes import INK, Color, Pose, Shape, band, mix, outline, oval, stroke

WHITE: Color = (255, 255, 255)

# Hue in degrees, saturation and value in percent; every card moves each a little.
HUES = {
    "red": (356, 82, 84),
    "orange": (25, 90, 97),
    "yellow": (51, 82, 98),
    "green": (115, 62, 72),
    "blue": (217, 75, 90),
    "purple": (279, 58, 78),
    "white": (40, 5, 98),
}


def draw_creature(canvas: Image.Image, looks: Mapping[str, str], pose: Pose, rng: Random) -> None:
    """Draw a creature onto the RGB ``canvas``; ``looks`` gives the key of its colour, form, head and pattern."""
    body = BODIES[looks["body_form"]](rng)
    color = body_color(looks["body_color"], rng)
    draw = ImageDraw.Draw(canvas)
    head = looks["head_feature"]
    hat = Hat(draw, body, color, pose, rng)
    if head not in IN_FRONT:
        HATS[head](hat)
    skin = Image.new("RGB", canvas.size, color)
    _shade(ImageDraw.Draw(skin), body, color, pose)
    _pattern(ImageDraw.Draw(skin), looks["skin_pattern"], body, color, pose, rng)
    _cover(canvas, ImageChops.multiply(skin, Image.new("RGB", skin.size, (224, 224, 224))), body.limbs, pose)
    _cover(canvas, skin, body.trunk, pose)
    _face(draw, body, pose, rng)
    if head in IN_FRONT:
        HATS[head](hat)


def body_color(key: str, rng: Random) -> Color:
    """A shade of the colour ``key``: hue ± 6°, saturation and value ± 8 %."""
    hue, saturation, value = HUES[key]
    spread = 3 if key == "white" else 8
    turned = (hue + rng.uniform(-6, 6)) % 360 / 360
    shade = [_unit(saturation + rng.uniform(-spread, spread)), _unit(value + rng.uniform(-spread, spread / 2))]
    red, green, blue = colorsys.hsv_to_rgb(turned, *shade)
    return round(red * 255), round(green * 255), round(blue * 255)


def _unit(percent: float) -> float:
    return min(max(percent / 100, 0.0), 1.0)


def _cover(canvas: Image.Image, skin: Image.Image, shapes: list[Shape], pose: Pose) -> None:
    """Outline ``shapes`` on the canvas, then fill them with what ``skin`` shows there."""
    draw = ImageDraw.Draw(canvas)
    mask = Image.new("L", canvas.size)
    stencil = ImageDraw.Draw(mask)
    for shape in shapes:
        placed = pose.place(shape)
        outline(draw, placed, INK, 2 * pose.line)
        stencil.polygon(placed, fill=255)
    canvas.paste(skin, mask=mask)


def _shade(draw: ImageDraw.ImageDraw, body: Body, color: Color, pose: Pose) -> None:
    """A light from above on the head and a shadow along the lower edge of the trunk."""
    left, top, right, bottom = body.reach
    for i in range(4):
        low = bottom - (bottom - top) * 0.09 * (4 - i)
        shadow = [(left - 1, low), (right + 1, low), (right + 1, bottom + 1), (left - 1, bottom + 1)]
        draw.polygon(pose.place(shadow), fill=mix(color, INK, 0.05 * (i + 1)))
    (x, y), r = body.head, body.head_radius
    draw.polygon(pose.place(oval(x - r * 0.3, y - r * 0.45, r * 0.5, r * 0.34)), fill=mix(color, WHITE, 0.3))


def _pattern(draw: ImageDraw.ImageDraw, key: str, body: Body, color: Color, pose: Pose, rng: Random) -> None:
    dark = mix(color, INK, rng.uniform(0.58, 0.72))
    if key == "spots":
        _spots(draw, body, dark, pose, rng)
    elif key == "stripes":
        _stripes(draw, body, dark, pose, rng)
    elif key == "belly":
        # A belly paler than white cannot be seen, so a white creature's is rosy.
        pale = mix(color, (255, 250, 232), 0.8) if min(color) < 190 else (252, 214, 200)
        placed = pose.place(body.belly)
        outline(draw, placed, dark, pose.line * 0.7)
        draw.polygon(placed, fill=pale)


def _spots(draw: ImageDraw.ImageDraw, body: Body, dark: Color, pose: Pose, rng: Random) -> None:
    left, top, right, bottom = body.reach
    step = rng.uniform(0.3, 0.36)
    for row in range(math.ceil((bottom - top) / step) + 1):
        for column in range(math.ceil((right - left) / step) + 1):
            x = left + (column + 0.5 * (row % 2)) * step + rng.uniform(-0.05, 0.05)
            y = top + row * step + rng.uniform(-0.05, 0.05)
            r = rng.uniform(0.085, 0.115)
            draw.polygon(pose.place(oval(x, y, r, r, steps=16)), fill=dark)


def _stripes(draw: ImageDraw.ImageDraw, body: Body, dark: Color, pose: Pose, rng: Random) -> None:
    left, top, right, bottom = body.reach
    step, lean = rng.uniform(0.3, 0.37), rng.uniform(-0.25, 0.25)
    tall = bottom - top + 0.6
    at = left - 0.4 + rng.uniform(0, step)
    while at < right + 0.4:
        down = [i / 12 for i in range(13)]
        path = [(at + lean * (t - 0.5) + 0.05 * math.sin(7 * t), top - 0.3 + tall * t) for t in down]
        draw.polygon(pose.place(band(path, [0.07] * len(path))), fill=dark)
        at += step


def _face(draw: ImageDraw.ImageDraw, body: Body, pose: Pose, rng: Random) -> None:
    (x, y), r = body.face, min(body.head_radius, 0.5)
    gap, glance = r * 0.42, rng.uniform(-0.05, 0.05)
    for side in (-1, 1):
        eye_x = x + side * gap
        eye = pose.place(oval(eye_x, y, r * 0.27, r * 0.31))
        outline(draw, eye, INK, pose.line * 0.6)
        draw.polygon(eye, fill=WHITE)
        draw.polygon(pose.place(oval(eye_x + glance, y + 0.02, r * 0.16, r * 0.2)), fill=INK)
        draw.polygon(pose.place(oval(eye_x + glance - r * 0.05, y - r * 0.07, r * 0.06, r * 0.06)), fill=WHITE)
        draw.polygon(pose.place(oval(x + side * gap * 1.75, y + r * 0.4, r * 0.13, r * 0.08)), fill=(240, 140, 140))
    smile = [(x + r * 0.24 * t, y + r * (0.5 - 0.12 * t * t)) for t in (i / 4 - 1 for i in range(9))]
    stroke(draw, smile, INK, 1.6, pose)
