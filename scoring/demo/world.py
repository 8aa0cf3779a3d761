"""The teaching world: trading cards of invented creatures, rendered from a seed, with their names printed on them.

It exists to be measured in a minute on any machine. It proves nothing about real encoders or real pictures.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .creature import draw_creature
from .creatures import CREATURES
from .scenery import draw_foreground, draw_scene
from .shapes import Color, Pose
from .vocabulary import ASPECTS, FORM

CARD_SIZE = (240, 336)
"""Width and height of a card in pixels."""

ARTWORK_BOX = (20, 44, 220, 244)
"""Left, top, right and bottom of the artwork window on a card, in pixels."""

ARTWORK_CROP = (20 / 240, 44 / 336, 220 / 240, 244 / 336)
"""The artwork window in fractions of the card (left, top, right, bottom): what leaves the printed name out."""

CARD_QUALITY = 90
"""The JPEG quality of a written card."""

_SUPERSAMPLING = 2
_FRAMES: tuple[Color, ...] = ((222, 196, 120), (176, 182, 194), (196, 158, 132), (150, 176, 164), (188, 168, 196))
_PAPER: Color = (250, 245, 232)
_PRINT: Color = (52, 44, 50)


def sample_looks(looks: Mapping[str, Sequence[str]], rng: Random) -> dict[str, str]:
    """One look per aspect, drawn evenly from those allowed."""
    return {name: rng.choice(keys) for name, keys in looks.items()}


def any_looks(rng: Random) -> dict[str, str]:
    """A look per aspect, drawn evenly from all that the world has: what the encoder is trained on."""
    return {aspect.name: rng.choice(aspect.keys) for aspect in ASPECTS}


def render_artwork(looks: Mapping[str, str], rng: Random, size: int = 200) -> Image.Image:
    """The artwork of one creature, an RGB image of ``size`` × ``size`` pixels.

    ``looks`` maps each aspect's name to an option's key. Pose, position, size, shade, light, noise, the layout of the
    background and what hides a part of the creature are drawn from ``rng``; the same state gives the same pixels.
    """
    large = size * _SUPERSAMPLING
    scene = looks["background"]
    canvas = draw_scene(scene, large, rng)
    pose = _pose(looks[FORM.name], large, rng)
    _shadow(canvas, pose)
    draw_creature(canvas, looks, pose, rng)
    if rng.random() < 0.5:
        draw_foreground(canvas, scene, rng)
    return _light(canvas.resize((size, size), Image.Resampling.BOX), rng)


def render_card(class_name: str, seed: int) -> Image.Image:
    """A card of the creature ``class_name``: an RGB image of ``CARD_SIZE``, the same for the same seed.

    Raises:
        KeyError: there is no such creature.
    """
    creature = CREATURES[class_name]
    rng = Random(f"{class_name}/{seed}")
    artwork = render_artwork(sample_looks(creature.looks, rng), rng)
    return _print_card(class_name, creature.line, artwork, rng.choice(_FRAMES))


def write_cards(
    folder: str | Path,
    *,
    seed: int = 0,
    per_class: int = 15,
    splits: Sequence[str] = ("dev", "test"),
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write ``folder/SPLIT/CLASS/NNN.jpg`` for every split and creature, ``per_class`` each; return how many.

    Cards of different splits, and of different ``seed``, never share their random numbers. Existing files of the same
    name are overwritten. ``progress`` is called with (done, total) after each card.
    """
    total, done = len(splits) * len(CREATURES) * per_class, 0
    for split in splits:
        for class_name in CREATURES:
            place = Path(folder) / split / class_name
            place.mkdir(parents=True, exist_ok=True)
            for index in range(per_class):
                card = render_card(class_name, zlib.crc32(f"{seed}/{split}/{index}".encode()))
                card.save(place / f"{index:03d}.jpg", quality=CARD_QUALITY)
                done += 1
                if progress is not None:
                    progress(done, total)
    return done


def contact_sheet(seed: int = 0, columns: int = 8) -> Image.Image:
    """One card of every creature on a white RGB sheet, ``columns`` side by side: a picture of the world for people."""
    (width, height), gap = CARD_SIZE, 10
    rows = math.ceil(len(CREATURES) / columns)
    sheet = Image.new("RGB", (columns * (width + gap) + gap, rows * (height + gap) + gap), (255, 255, 255))
    for number, name in enumerate(CREATURES):
        row, column = divmod(number, columns)
        sheet.paste(render_card(name, seed), (gap + column * (width + gap), gap + row * (height + gap)))
    return sheet


def _pose(form: str, size: int, rng: Random) -> Pose:
    # Long forms are wider than high, so they are drawn a little smaller to stay inside the window.
    reach = {"serpent": 0.345, "bird": 0.35, "spider": 0.36, "fish": 0.37}.get(form, 0.37)
    return Pose(
        x=size * (0.5 + rng.uniform(-0.06, 0.06)),
        y=size * (0.555 + rng.uniform(-0.03, 0.05)),
        size=size * reach * rng.uniform(0.84, 1.04),
        tilt=rng.uniform(-0.14, 0.14),
        flip=rng.random() < 0.5,
    )


def _shadow(canvas: Image.Image, pose: Pose) -> None:
    shade = Image.new("L", canvas.size)
    x, y, r = pose.x, pose.y + pose.size * 0.95, pose.size
    ImageDraw.Draw(shade).ellipse((x - r, y - r * 0.13, x + r, y + r * 0.13), fill=90)
    canvas.paste((20, 16, 28), mask=shade)


def _light(image: Image.Image, rng: Random) -> Image.Image:
    """Exposure, a tint, a side light and film noise, all slight."""
    grain = np.random.Generator(np.random.PCG64(rng.getrandbits(32)))
    pixels = np.asarray(image, dtype=np.float32)
    height, width, _ = pixels.shape
    angle, strength = rng.uniform(0, 2 * math.pi), rng.uniform(0.0, 0.16)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None] * math.cos(angle)
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None] * math.sin(angle)
    tint = np.array([rng.uniform(0.95, 1.05) for _ in range(3)], dtype=np.float32)
    noise = grain.standard_normal((height, width, 1), dtype=np.float32) * rng.uniform(1.0, 5.0)
    lit = pixels * (1 + strength * (across + down)) * tint * rng.uniform(0.88, 1.08) + noise
    return Image.fromarray(np.clip(np.rint(lit), 0, 255).astype(np.uint8))


def _print_card(name: str, line: str, artwork: Image.Image, frame: Color) -> Image.Image:
    width, height = CARD_SIZE
    dark = tuple(round(part * 0.72) for part in frame)
    card = Image.new("RGB", CARD_SIZE, (255, 255, 255))
    draw = ImageDraw.Draw(card)
    draw.rounded_rectangle((0, 0, width - 1, height - 1), radius=14, fill=frame, outline=dark, width=3)
    draw.rounded_rectangle((9, 9, width - 10, height - 10), radius=8, fill=_PAPER)
    draw.text((20, 25), name, font=ImageFont.load_default(22), fill=_PRINT, anchor="lm")
    number = f"{list(CREATURES).index(name) + 1}/{len(CREATURES)}"
    draw.text((width - 20, 27), number, font=ImageFont.load_default(11), fill=(140, 128, 124), anchor="rm")
    left, top, right, bottom = ARTWORK_BOX
    draw.rectangle((left - 3, top - 3, right + 2, bottom + 2), fill=dark)
    card.paste(artwork, (left, top))
    font = ImageFont.load_default(12)
    for row, text in enumerate(_wrapped(line, font, right - left)):
        draw.text((left, 266 + 16 * row), text, font=font, fill=_PRINT, anchor="lm")
    draw.line((left, height - 30, right, height - 30), fill=frame, width=1)
    imprint = ImageFont.load_default(9)
    draw.text((right, height - 20), "the cotsmith teaching world", font=imprint, fill=(160, 148, 140), anchor="rm")
    return card


def _wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
