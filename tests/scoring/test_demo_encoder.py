"""The bundled encoder reads held-out cards through transformers, offline, and knows no names."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from cotsmith import System
from cotsmith.scoring.dataset import Dataset
from cotsmith.scoring.demo.train import BATCH, ENCODER_FOLDER, LOGIT_SCALE, render_example, save, train
from cotsmith.scoring.demo.vocabulary import ASPECTS
from cotsmith.scoring.demo.wording import sample_texts, word_option
from cotsmith.scoring.demo.world import ARTWORK_CROP, write_cards
from cotsmith.scoring.encoder import Encoder, normalise
from cotsmith.scoring.encoders import load_encoder
from cotsmith.scoring.evaluation import Evaluation, evaluate, evaluate_vectors
from cotsmith.scoring.images import Crop
from cotsmith.scoring.sources import load_dataset

PER_CLASS = 12


@pytest.fixture(scope="module")
def encoder() -> Iterator[Encoder]:
    def refuse(*address: object) -> None:
        raise AssertionError(f"loading the bundled encoder asked the network: {address}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        yield load_encoder("demo", device="cpu", dtype="float32")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cards")
    write_cards(place, seed=2024, per_class=PER_CLASS, splits=("test",))
    return place


@pytest.fixture(scope="module")
def cards(folder: Path) -> Dataset:
    return load_dataset(folder, crop=Crop(*ARTWORK_CROP))


@pytest.fixture(scope="module")
def correct(cards: Dataset, encoder: Encoder) -> Evaluation:
    return evaluate(System.load("gallery:demo"), cards, encoder)


def test_the_checkpoint_is_small() -> None:
    assert sum(path.stat().st_size for path in ENCODER_FOLDER.iterdir()) < 3_000_000


def test_the_correct_system_recognises_unseen_cards(correct: Evaluation) -> None:
    assert correct.n == PER_CLASS * 16
    assert correct.accuracy >= 0.9


def test_every_attribute_is_far_above_chance(correct: Evaluation) -> None:
    for attribute in correct.attributes:
        assert attribute.chance is not None
        assert attribute.share.ci95[0] > 2 * attribute.chance, attribute.name
        assert attribute.share.value is not None
        assert attribute.share.value > 0.85, attribute.name


def test_names_alone_are_as_good_as_chance(correct: Evaluation) -> None:
    low, high = correct.baseline.ci95
    assert low <= correct.chance <= high


def test_the_draft_is_visibly_worse(correct: Evaluation, cards: Dataset, encoder: Encoder) -> None:
    draft = evaluate(System.load("gallery:demo-draft"), cards, encoder)
    assert correct.accuracy - draft.accuracy >= 0.15
    assert draft.accuracy > 0.4


def test_no_figure_of_the_draft_hangs_on_the_last_bits(cards: Dataset, encoder: Encoder) -> None:
    """What processors differ in when they add up, and more, changes nothing that any rule would do to any image."""
    assert encoder.logit_scale == pytest.approx(LOGIT_SCALE, rel=1e-3)
    plain = evaluate(System.load("gallery:demo-draft"), cards, encoder)
    names = [plain.system.classes[label] for label in plain.labels]
    for seed in range(2):
        noise = np.random.default_rng(seed).uniform(-1e-6, 1e-6, plain.images.shape).astype(np.float32)
        moved = normalise(plain.images + noise)
        other = evaluate_vectors(plain.system, moved, names, plain.texts, logit_scale=plain.logit_scale)
        assert (other.predicted == plain.predicted).all()
        for class_name, attribute, _ in plain.system.cells():
            for one, again in zip(
                plain.what_if(class_name, attribute), other.what_if(class_name, attribute), strict=True
            ):
                assert again.effect.gained.tolist() == one.effect.gained.tolist(), one.edit
                assert again.effect.lost.tolist() == one.effect.lost.tolist(), one.edit


def test_the_whole_card_is_harder_than_its_artwork(correct: Evaluation, folder: Path, encoder: Encoder) -> None:
    whole = evaluate(System.load("gallery:demo"), load_dataset(folder), encoder)
    assert correct.accuracy - whole.accuracy >= 0.1


def test_other_words_for_the_same_thing_work_too(encoder: Encoder) -> None:
    rng = Random(11)
    for number, aspect in enumerate(ASPECTS):
        examples = [render_example(index, seed=77) for index in range(60)]
        images = normalise(encoder.encode_images([Image.fromarray(pixels) for pixels, _ in examples]))
        right = []
        for _ in range(20):
            prompt = rng.choice(aspect.prompts)
            texts = [prompt.replace("{}", word_option(aspect, option, rng)) for option in aspect.options]
            best = (images @ normalise(encoder.encode_texts(texts)).T).argmax(axis=1)
            right.append(np.mean(best == [options[number] for _, options in examples]))
        assert np.mean(right) > 0.85, aspect.name


def test_training_texts_name_one_option_each() -> None:
    rng = Random(2)
    for aspect in ASPECTS:
        texts = sample_texts(aspect, rng)
        assert len(texts) == len(aspect.options)
        assert all("{" not in text for text in texts)


def test_training_repeats_itself_and_its_checkpoint_reloads(tmp_path: Path) -> None:
    examples = [render_example(index) for index in range(16)]
    images = np.stack([pixels for pixels, _ in examples] * (BATCH // 16))
    labels = np.array([options for _, options in examples] * (BATCH // 16))
    vectors = []
    for run in ("first", "second"):
        model, tokenizer = train(images, labels, steps=2, rate=1e-3, seed=3, half=False)
        save(model, tokenizer, tmp_path / run)
        vectors.append(load_encoder(str(tmp_path / run)).encode_texts(["The creature's body is mainly red in color."]))
    assert np.isfinite(vectors[0]).all()
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-3)
