"""How long `check` takes on a large system, from the text of the file to the last finding, without a model."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from cotsmith.systems.document import parse_document
from cotsmith.systems.file import render
from cotsmith.systems.model import Attribute, Rule, System
from cotsmith.validate.engine import check

from .ratio import Row, ratio

_LOOKS = ("smooth", "striped", "dotted", "hairy", "scaly", "ridged", "glossy", "cracked", "woven", "folded")
_TONES = ("pale", "dark")


def large_system(classes: int, attributes: int, options: int, seed: int = 0) -> System:
    """A system with random rules: mostly one option, now and then several or none, and a few equal rows."""
    draw = random.Random(seed)
    asked = tuple(
        Attribute(
            f"part_{k}",
            (f"The part number {k} looks {{}}.",),
            tuple(f"{_LOOKS[i % 10]} {_TONES[i // 10 % 2]} like sample {k}-{i}" for i in range(options)),
        )
        for k in range(attributes)
    )
    table: dict[str, dict[str, Rule]] = {}
    for c in range(classes):
        row: dict[str, Rule] = {}
        for attribute in asked:
            chance = draw.random()
            count = 0 if chance < 0.02 else 2 if chance < 0.05 else 1
            row[attribute.name] = tuple(draw.sample(attribute.options, count))
        table[f"species no. {c}"] = table[f"species no. {c - 1}"] if c % 100 == 99 else row
    return System(name="large", attributes=asked, rules=table)


def rows(*, small: bool) -> Iterator[Row]:
    """`check` of a file against reading its JSON, both from the text in memory; the goal is for its seconds."""
    size = (50, 10, 8) if small else (1000, 50, 20)
    text = render(large_system(*size))
    classes, attributes, options = size
    yield ratio(
        f"check vs json.loads, {classes} classes x {attributes} attributes x {options}",
        lambda: check(parse_document(text, "large.json")),
        lambda: json.loads(text),
        goal="1st<=1s",
        runs=3,
    )
