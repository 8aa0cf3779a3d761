"""Draw the pictures of the README from the demo world: real cards, what the bundled encoder answers, the review."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import cotsmith
from cotsmith.review.app import ReviewApp
from cotsmith.review.main_screen import MainScreen
from cotsmith.review.review import Review
from cotsmith.review.session import Session
from cotsmith.review.workshop import Workshop
from cotsmith.scoring.classifier import Prediction
from cotsmith.scoring.demo.creatures import CREATURES
from cotsmith.scoring.demo.world import ARTWORK_CROP, CARD_SIZE, render_card, write_cards
from cotsmith.scoring.images import Crop
from cotsmith.scoring.sources import load_dataset

PICTURES = Path(__file__).with_name("pictures")
CREATURE, SEED = "Hibbet", 7

INK, SOFT, GOOD, RAIL, PAPER = "#24292f", "#6e7781", "#1a7f6b", "#e4e8ec", "#ffffff"
WIDTH, HEIGHT, SCALE = 860, 372, 2


def why(prediction: Prediction, card: Image.Image, others: list[tuple[str, float]]) -> Image.Image:
    """A card, the answer to each question with its probability, and the name that they add up to."""
    canvas = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
    draw = ImageDraw.Draw(canvas)
    canvas.paste(card.resize((CARD_SIZE[0] * SCALE, CARD_SIZE[1] * SCALE), Image.Resampling.LANCZOS), (18 * SCALE,) * 2)
    left, top = 290, 18
    _text(draw, left, top, "question", 14, SOFT)
    _text(draw, left + 190, top, "answer, from the artwork alone", 14, SOFT)
    for row, reason in enumerate(prediction.why):
        y = top + 32 + row * 38
        _text(draw, left, y, reason.attribute.replace("_", " "), 16, INK)
        _text(draw, left + 190, y, reason.seen, 16, INK)
        _bar(draw, left + 420, y + 5, 100, reason.seen_probability)
        _text(draw, left + 530, y, f"{reason.seen_probability:.2f}", 14, SOFT)
    y = top + 32 + len(prediction.why) * 38 + 14
    draw.line([(left * SCALE, y * SCALE), ((WIDTH - 20) * SCALE, y * SCALE)], fill=RAIL, width=2 * SCALE)
    _text(draw, left, y + 12, "and so it is", 14, SOFT)
    for row, (name, score) in enumerate(others):
        _text(draw, left + 190, y + 12 + row * 28, name, 20 if row == 0 else 15, GOOD if row == 0 else SOFT)
        _bar(draw, left + 420, y + 19 + row * 28, 100, score, GOOD if row == 0 else SOFT)
        _text(draw, left + 530, y + 13 + row * 28, f"{score:.2f}", 14, SOFT)
    return canvas


def _text(draw: ImageDraw.ImageDraw, x: float, y: float, text: str, size: int, color: str) -> None:
    draw.text((x * SCALE, y * SCALE), text, font=ImageFont.load_default(size * SCALE), fill=color)


def _bar(draw: ImageDraw.ImageDraw, x: float, y: float, width: float, share: float, color: str = GOOD) -> None:
    for part, fill in ((1.0, RAIL), (share, color)):
        box = (x * SCALE, y * SCALE, (x + max(width * part, 2)) * SCALE, (y + 11) * SCALE)
        draw.rounded_rectangle(box, radius=5 * SCALE, fill=fill)


def cards() -> Image.Image:
    """One card of every creature."""
    width, height = CARD_SIZE
    sheet = Image.new("RGB", (width * 8, height * 2), PAPER)
    for index, name in enumerate(CREATURES):
        sheet.paste(render_card(name, index), (index % 8 * width, index // 8 * height))
    return sheet


async def review() -> str:
    """The first screen of the review of the bundled draft, as SVG; the same wherever it is made."""
    with tempfile.TemporaryDirectory() as folder:
        write_cards(Path(folder) / "cards", per_class=15, splits=("dev",))
        data = load_dataset(Path(folder) / "cards", crop="artwork").split("dev")
        draft = Path(folder) / "draft.json"
        cotsmith.System.load("gallery:demo-draft").save(draft)
        session = Session.open(str(draft))
        app = ReviewApp(Review(session), Workshop(lambda: cotsmith.load_encoder("demo"), data), images="off")
        async with app.run_test(size=(118, 32)) as pilot:
            screen = app.screen
            assert isinstance(screen, MainScreen)
            while screen.background.busy or app.review.insight.generation < 0 or session.expects_images:
                await asyncio.sleep(0.01)
            await pilot.pause()
            picture = app.export_screenshot()
        session.close()
    return re.sub(r"\bterminal-\d+-", "terminal-", picture)


def main() -> None:
    """Write all pictures; with ``--check`` only say whether that of the review is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit with 1 where the review looks otherwise by now")
    shown, place = asyncio.run(review()), PICTURES / "review.svg"
    if parser.parse_args().check:
        sys.exit(place.read_text("utf-8") != shown)
    place.write_text(shown, encoding="utf-8")
    PICTURES.mkdir(exist_ok=True)
    card = render_card(CREATURE, SEED)
    left, top, right, bottom = ARTWORK_CROP
    artwork = card.crop(Crop(left, top, right, bottom).box(*card.size))
    classifier = cotsmith.Classifier(cotsmith.System.load("gallery:demo"), cotsmith.load_encoder("demo"))
    (prediction,) = classifier.predict([artwork])
    best = list(prediction.scores.items())[:3]
    why(prediction, card, best).quantize(128).save(PICTURES / "why.png", optimize=True)
    cards().quantize(160).save(PICTURES / "cards.png", optimize=True)


if __name__ == "__main__":
    main()
