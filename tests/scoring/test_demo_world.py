"""The teaching world renders the same cards from the same seed, and its words and names keep apart."""

from __future__ import annotations

import hashlib
import itertools
import re
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from cotsmith import System
from cotsmith.scoring.demo.creatures import CREATURES
from cotsmith.scoring.demo.vocabulary import ASPECTS
from cotsmith.scoring.demo.wording import sample_texts
from cotsmith.scoring.demo.world import (
    ARTWORK_BOX,
    ARTWORK_CROP,
    CARD_SIZE,
    any_looks,
    contact_sheet,
    render_artwork,
    render_card,
    write_cards,
)

SPLITS = ("dev", "test")


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, dtype=np.float64)


def test_a_card_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first, again, other = (render_card("Nardle", seed) for seed in (3, 3, 4))
    assert first.size == CARD_SIZE
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_cards_look_as_they_did_when_the_encoder_was_trained() -> None:
    # Coarse, so that the rounding of another Pillow passes, and a changed drawing does not.
    means = [pixels(render_card(name, 0)).mean() for name in CREATURES]
    expected = [
        162.3,
        165.3,
        176.0,
        179.0,
        133.6,
        177.1,
        178.1,
        177.1,
        184.4,
        184.6,
        138.7,
        153.2,
        207.5,
        172.8,
        137.7,
        141.5,
    ]
    np.testing.assert_allclose(means, expected, atol=1.0)


def test_an_unknown_creature_is_refused() -> None:
    with pytest.raises(KeyError, match="Pikachu"):
        render_card("Pikachu", 0)


@pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: aspect.name)
def test_every_option_is_drawn_differently(aspect) -> None:  # type: ignore[no-untyped-def]
    looks = {a.name: a.keys[0] for a in ASPECTS}
    drawn = {key: pixels(render_artwork({**looks, aspect.name: key}, Random(7), size=96)) for key in aspect.keys}
    for one, other in itertools.combinations(aspect.keys, 2):
        assert np.abs(drawn[one] - drawn[other]).max() > 60, (one, other)


def test_training_looks_use_every_option() -> None:
    rng = Random(0)
    seen = [any_looks(rng) for _ in range(300)]
    for aspect in ASPECTS:
        assert {looks[aspect.name] for looks in seen} == set(aspect.keys)


def test_the_crop_is_the_artwork_and_leaves_the_name_out() -> None:
    width, height = CARD_SIZE
    box = tuple(round(share * side) for share, side in zip(ARTWORK_CROP, (width, height) * 2, strict=True))
    assert box == ARTWORK_BOX
    banner = render_card("Kemmel", 0).crop((16, 14, 160, ARTWORK_BOX[1] - 6)).convert("L")
    assert pixels(banner).min() < 90, "the name is printed in dark letters above the artwork"
    assert pixels(banner).max() > 230


def test_the_contact_sheet_shows_every_creature() -> None:
    sheet = contact_sheet(seed=2, columns=8)
    width, height = CARD_SIZE
    assert sheet.size == (8 * (width + 10) + 10, 2 * (height + 10) + 10)
    last = sheet.crop((sheet.width - 10 - width, sheet.height - 10 - height, sheet.width - 10, sheet.height - 10))
    assert last.tobytes() == render_card(list(CREATURES)[-1], 2).tobytes()


def test_write_cards_fills_both_splits_and_repeats_itself(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    done = write_cards(tmp_path / "a", seed=5, per_class=2, progress=lambda *at: told.append(at))
    write_cards(tmp_path / "b", seed=5, per_class=2)
    assert done == len(SPLITS) * len(CREATURES) * 2
    assert told == [(i + 1, done) for i in range(done)]
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_no_card_is_written_twice(tmp_path: Path) -> None:
    write_cards(tmp_path / "one", seed=1, per_class=2)
    write_cards(tmp_path / "two", seed=2, per_class=2)
    files = [*digests(tmp_path / "one").values(), *digests(tmp_path / "two").values()]
    assert len(set(files)) == len(files)


def digests(folder: Path) -> dict[str, str]:
    found = sorted(folder.rglob("*.jpg"))
    assert {path.relative_to(folder).parts[:2] for path in found} == set(itertools.product(SPLITS, CREATURES))
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_creatures_are_told_apart_and_some_only_just() -> None:
    rows = [tuple(creature.looks.values()) for creature in CREATURES.values()]
    apart = [
        sum(not set(a) & set(b) for a, b in zip(one, other, strict=True))
        for one, other in itertools.combinations(rows, 2)
    ]
    assert min(apart) >= 1
    assert apart.count(1) >= 5


def test_every_option_belongs_to_some_creature() -> None:
    for aspect in ASPECTS:
        named = {key for creature in CREATURES.values() for key in creature.looks[aspect.name]}
        assert named == set(aspect.keys)


def test_names_and_words_keep_apart() -> None:
    words = {
        word
        for aspect in ASPECTS
        for option in aspect.options
        for text in (option.key, *option.nouns, *option.phrases)
        for word in re.findall("[a-z]{3,}", text.lower())
    }
    for name in CREATURES:
        assert not [word for word in words if word in name.lower()], name
    rng = Random(1)
    texts = " ".join(text for _ in range(200) for aspect in ASPECTS for text in sample_texts(aspect, rng)).lower()
    assert not [name for name in CREATURES if name.lower() in texts]


def test_the_correct_system_says_what_the_creatures_are() -> None:
    system = System.load("gallery:demo")
    assert system.classes == tuple(CREATURES)
    for attribute, aspect in zip(system.attributes, ASPECTS, strict=True):
        option = dict(zip(aspect.keys, attribute.options, strict=True))
        for name, creature in CREATURES.items():
            allowed = creature.looks[aspect.name]
            expected = () if allowed == aspect.keys else tuple(option[key] for key in aspect.keys if key in allowed)
            assert system.rules[name][attribute.name] == expected


def test_the_draft_has_the_mistakes_that_drafts_have() -> None:
    draft = System.load("gallery:demo-draft")
    used = {(attribute, option) for _, attribute, rule in draft.cells() for option in rule}
    unused = [(a.name, option) for a in draft.attributes for option in a.options if (a.name, option) not in used]
    constant = [a.name for a in draft.attributes if len({row[a.name] for row in draft.rules.values()}) == 1]
    rows = [tuple(row.items()) for row in draft.rules.values()]
    leaks = [option for a in draft.attributes for option in a.options if any(name in option for name in draft.classes)]
    assert ("scene", "a busy city street") in unused
    assert constant == ["eyes"]
    assert len(rows) - len(set(rows)) == 1
    assert {"two long ears", "a pair of long ears"} <= set(draft.attribute("head_feature").options)
    assert leaks == ["the fiery coat of Yabbo"]
