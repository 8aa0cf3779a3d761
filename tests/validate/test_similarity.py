"""Near-duplicates by an encoder's own measure, whatever its cosines are like."""

from __future__ import annotations

import numpy as np
import pytest
from PIL.Image import Image

from cotsmith.scoring.encoder import Vectors, normalise
from cotsmith.scoring.encoders import load_encoder
from cotsmith.systems.file import load
from cotsmith.validate.engine import check
from cotsmith.validate.example_encoder import BagOfWords
from cotsmith.validate.similarity import too_alike
from tests.validate.plants import corpus

PROMPTS = ["A bird with {}."]
OPTIONS = ["a fan tail", "a fanned tail", "a forked tail", "a long tail", "no tail"]


class Squeezed:
    """The bag of words, with a common direction added that lifts every cosine above 0.9, as in some encoders."""

    logit_scale = 100.0
    key = "squeezed"

    def __init__(self, inner: BagOfWords, lift: float) -> None:
        self.inner, self.lift = inner, lift

    def encode_images(self, images: list[Image]) -> Vectors:
        return self.inner.encode_images(images)

    def encode_texts(self, texts: list[str]) -> Vectors:
        vectors = normalise(self.inner.encode_texts(texts))
        common = np.full((1, vectors.shape[1]), self.lift / np.sqrt(vectors.shape[1]), dtype=np.float32)
        return vectors + common


@pytest.mark.parametrize("lift", [0.0, 1.0, 5.0])
def test_the_limit_goes_with_the_encoder(lift: float) -> None:
    encoder = Squeezed(BagOfWords(alike=(("fanned", "fan"),)), lift)
    assert [(pair.first, pair.second) for pair in too_alike(encoder, PROMPTS, OPTIONS)] == [
        ("a fan tail", "a fanned tail")
    ]
    (pair,) = too_alike(encoder, PROMPTS, OPTIONS)
    assert pair.cosine > pair.limit


def test_an_encoder_that_knows_no_synonyms_finds_none() -> None:
    assert too_alike(BagOfWords(alike=()), PROMPTS, ["a fan tail", "a fanned tail", "a forked tail"]) == []


class NoSynonyms(BagOfWords):
    """To this one every word is a thing of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._thing = {}


def test_long_options_that_share_most_words_are_not_near_for_that_alone() -> None:
    shared = "a long slender body with spread wings and a {} tail on a rocky ground"
    options = [shared.replace("{}", word) for word in ("crimson", "violet", "pale")]
    assert too_alike(NoSynonyms(), PROMPTS, options) == []
    alike = BagOfWords(alike=(("scarlet", "crimson"),))
    options.append(shared.replace("{}", "scarlet"))
    assert [(p.first, p.second) for p in too_alike(alike, PROMPTS, options)] == [(options[0], options[3])]


def test_good_systems_have_no_near_duplicates_for_a_bag_of_words_or_the_bundled_encoder() -> None:
    for encoder in (BagOfWords(), Squeezed(BagOfWords(), 3.0)):
        for system in corpus():
            found = check(system, select=["O102"], encoder=encoder)
            # A bag of words cannot hold "white on red" and "red on white" apart, and says so.
            assert {finding.place.name for finding in found} <= {"attributes › colors › white on red"}, system.name
    assert check(load("gallery:demo"), select=["O"], encoder=load_encoder("demo")) == ()


def test_braces_in_options_are_no_templates() -> None:
    assert too_alike(BagOfWords(), PROMPTS, ["a {} tail", "a {} crest", "{"]) == []
