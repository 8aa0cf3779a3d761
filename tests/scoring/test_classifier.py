"""The classifier says the same as the evaluation, and its reasons are what the image answered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cotsmith.errors import DataError, InvalidSystemError, UsageError
from cotsmith.scoring.classifier import Classifier, Prediction
from cotsmith.scoring.dataset import Dataset, Item, Skipped
from cotsmith.scoring.encoder import normalise
from cotsmith.scoring.evaluation import evaluate
from cotsmith.scoring.images import Crop
from cotsmith.scoring.labelled import LabelledEmbeddings
from cotsmith.scoring.scores import Combine
from cotsmith.systems.model import Attribute, System
from tests.scoring.reference import image_scores, option_probabilities
from tests.scoring.worlds import HashEncoder, systems

SYSTEM = System(
    attributes=(
        Attribute("color", ("a {} thing", "{}"), ("red", "green", "blue")),
        Attribute("form", ("a {}",), ("ball", "cube"), weight=2.0),
    ),
    rules={
        "apple": {"color": ("red", "green"), "form": ("ball",)},
        "sky": {"color": ("blue",)},
        "brick": {"color": ("red",), "form": ("cube",)},
    },
)


def pictures(count: int, seed: int = 0) -> list[Image.Image]:
    generator = np.random.default_rng(seed)
    return [Image.fromarray(generator.integers(0, 256, (4, 5, 3), np.uint8)) for _ in range(count)]


def saved(folder: Path, images: list[Image.Image]) -> list[Path]:
    paths = [folder / f"{index}.png" for index in range(len(images))]
    for path, image in zip(paths, images, strict=True):
        image.save(path)
    return paths


@given(systems(), st.integers(0, 1000), st.sampled_from(["sum", "product"]))
@settings(max_examples=30, deadline=None)
def test_scores_and_reasons_agree_with_the_reference(system: System, seed: int, combine: Combine) -> None:
    encoder = HashEncoder()
    classifier = Classifier(system, encoder, combine=combine)
    texts = {text: encoder.encode_texts([text])[0] for text in classifier._texts}
    images = pictures(4, seed)
    for image, found in zip(images, classifier.predict(images, batch_size=3), strict=True):
        vector = encoder.encode_images([image])[0].astype(float)
        vector /= np.linalg.norm(vector)
        expected = image_scores(system, vector, texts, encoder.logit_scale, combine)
        assert set(found.scores) == set(system.classes)
        assert found.scores == pytest.approx(expected, abs=1e-5)
        assert found.score == found.scores[found.label] == max(found.scores.values())
        assert list(found.scores.values()) == sorted(found.scores.values(), reverse=True)
        assert next(iter(found.scores)) == found.label
        assert [reason.attribute for reason in found.why] == [a.name for a in system.attributes]
        for attribute, reason in zip(system.attributes, found.why, strict=True):
            scale = encoder.logit_scale / system.temperature
            seen = option_probabilities(attribute, vector, texts, scale)
            assert reason.seen_probability == pytest.approx(seen[reason.seen], abs=1e-5)
            assert reason.seen_probability == pytest.approx(max(seen.values()), abs=1e-5)
            assert reason.expected == system.rules[found.label][attribute.name]
            if reason.expected:
                assert reason.probability == pytest.approx(sum(seen[o] for o in reason.expected), abs=1e-5)
            else:
                assert reason.probability is None


def test_it_names_what_the_evaluation_counts(tmp_path: Path) -> None:
    paths = saved(tmp_path, pictures(20))
    labels = [SYSTEM.classes[index % 3] for index in range(20)]
    dataset = Dataset("d", tuple(Item(p, label) for p, label in zip(paths, labels, strict=True)))
    evaluation = evaluate(SYSTEM, dataset, HashEncoder())
    named = [prediction.label for prediction in Classifier(SYSTEM, HashEncoder()).predict(paths)]
    assert [SYSTEM.classes[index] for index in evaluation.predicted] == named
    embeddings = LabelledEmbeddings(HashEncoder().encode_images(pictures(20)), labels)
    again = evaluate(SYSTEM, embeddings, HashEncoder())
    assert (again.predicted == evaluation.predicted).all()
    assert again.baseline == evaluation.baseline


def test_equal_scores_are_told() -> None:
    system = System(
        attributes=(Attribute("a", ("{}",), ("x", "y")),),
        rules={"A": {"a": ("x",)}, "B": {"a": ("y",)}, "C": {"a": ("x",)}, "D": {"a": ("y",)}},
    )
    for prediction in Classifier(system, HashEncoder()).predict(pictures(10)):
        assert (prediction.label, prediction.tied) in [("A", ("C",)), ("B", ("D",))]


def test_a_stream_goes_on_after_a_broken_image(tmp_path: Path) -> None:
    paths = saved(tmp_path, pictures(5))
    paths[1].write_text("no image")
    paths.insert(3, tmp_path / "missing.png")
    batches = list(Classifier(SYSTEM, HashEncoder()).stream(paths, batch_size=2))
    assert [path for batch in batches for path, _ in batch] == paths
    assert [len(batch) for batch in batches] == [2, 2, 2]
    results = [result for batch in batches for _, result in batch]
    assert [isinstance(result, Prediction) for result in results] == [True, False, True, False, True, True]
    assert isinstance(results[1], Skipped)
    assert results[1].reason


def test_a_stream_answers_before_its_source_ends(tmp_path: Path) -> None:
    paths = saved(tmp_path, pictures(4))
    taken = []

    def source() -> object:
        for path in paths:
            taken.append(path)
            yield path

    next(Classifier(SYSTEM, HashEncoder()).stream(source(), batch_size=2))  # type: ignore[arg-type]
    assert taken == paths[:2]


def test_a_crop_holds_for_files_and_for_open_images(tmp_path: Path) -> None:
    image = pictures(1)[0]
    crop = Crop(0.2, 0.25, 0.8, 1.0)
    whole, part = Classifier(SYSTEM, HashEncoder()), Classifier(SYSTEM, HashEncoder(), crop=crop)
    expected = whole.predict([image.crop(crop.box(*image.size))])
    assert part.predict([image]) == expected
    assert part.predict(saved(tmp_path, [image])) == expected
    assert whole.predict([image]) != expected


def test_open_images_may_have_any_mode() -> None:
    image = pictures(1)[0]
    classifier = Classifier(SYSTEM, HashEncoder())
    assert classifier.predict([image.convert("RGBA")]) == classifier.predict([image])


def test_what_cannot_classify_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSystemError, match="no options"):
        Classifier(System(attributes=(Attribute("a", ("{}",)),), rules={"A": {}}), HashEncoder())
    with pytest.raises(UsageError, match="not a way to combine"):
        Classifier(SYSTEM, HashEncoder(), combine="mean")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="no such file"):
        Classifier(SYSTEM, HashEncoder()).predict([tmp_path / "missing.png"])
    assert Classifier(SYSTEM, HashEncoder()).predict([]) == []


@pytest.mark.parametrize(
    ("vectors", "labels", "message"),
    [
        ([1.0, 2.0], ["apple", "sky"], "shape"),
        ([[1.0], [2.0]], ["apple"], "2 embeddings but 1 labels"),
        ([[1.0], [float("nan")]], ["apple", "sky"], "row 1 of the embeddings holds missing numbers"),
        ([[1.0], [float("inf")]], ["apple", "sky"], "row 1 of the embeddings holds infinite numbers"),
        ([[0.0]], ["apple"], "row 0 of the embeddings holds zeros only"),
        ([["a"]], ["apple"], "no numbers"),
        ([], [], "shape"),
        ([[1.0], [2.0]], [["apple", "sky"], "sky"], "row 0: several labels for one image"),
        ([[1.0], [2.0]], np.eye(2), "row 0: several labels for one image"),
        ([[1.0], [2.0]], ["apple", None], "no label for row 1"),
        ([[1.0], [2.0]], ["apple", float("nan")], "no label for row 1"),
        ([[1.0]], "a", "1 embeddings but one text as labels"),
    ],
)
def test_embeddings_that_cannot_be_are_refused(vectors: list[object], labels: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        LabelledEmbeddings(vectors, labels)  # type: ignore[arg-type]


def test_embeddings_come_as_arrays_of_any_length_and_lists() -> None:
    directions = np.array([[3.0, 4.0], [-1.0, 0.0], [0.0, 2.0], [5.0, 12.0]])
    lengths = np.array([1.0, 1e-200, 1e200, 1e-30])
    data = LabelledEmbeddings(
        directions * lengths[:, None],
        np.array(["apple", " sky ", "apple", "sky"]),
        paths=np.array(["a.png", "b.png", "c.png", "d.png"]),
        splits=np.array(["validation", "test", "val", ""]),
    )
    assert data.vectors == pytest.approx(normalise(directions.astype(np.float32)))
    assert data.rescaled == 4
    assert data.labels == ("apple", "sky", "apple", "sky")
    assert data.splits == {"dev": 2, "test": 1}
    assert [item.shown for item in data.split("dev").items] == ["a.png", "c.png"]
    assert LabelledEmbeddings([[1, 0], [0, 1]], [3, 4.0]).labels == ("3", "4")


def test_embeddings_of_another_model_are_refused() -> None:
    with pytest.raises(DataError, match="embeddings of 3 dimensions, but the text tower of hash gives 6"):
        evaluate(SYSTEM, LabelledEmbeddings(np.eye(3), ["apple"] * 3), HashEncoder())
    with pytest.raises(DataError, match="did you mean"):
        evaluate(SYSTEM, LabelledEmbeddings(np.eye(3), ["aple"] * 3), HashEncoder())
    with pytest.raises(DataError, match='no split "fold"'):
        evaluate(SYSTEM, LabelledEmbeddings(np.eye(3), ["apple"] * 3), HashEncoder(), split="fold")


def test_open_images_are_named_as_their_files_are(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.fromarray(np.random.default_rng(3).integers(0, 256, (4, 6, 3), np.uint8))
    picture.save(tmp_path / "turned.png", exif=exif)
    classifier = Classifier(SYSTEM, HashEncoder())
    with Image.open(tmp_path / "turned.png") as opened:
        assert classifier.predict([opened]) == classifier.predict([tmp_path / "turned.png"])


def test_a_crop_may_be_named() -> None:
    assert Classifier(SYSTEM, HashEncoder(), crop="0.5,0,1,0.5").crop == Crop(0.5, 0, 1, 0.5)
    assert isinstance(Classifier(SYSTEM, HashEncoder(), crop="artwork").crop, Crop)
    with pytest.raises(UsageError, match='did you mean "artwork"'):
        Classifier(SYSTEM, HashEncoder(), crop="artwrk")


def test_what_is_no_image_is_refused_by_its_number() -> None:
    classifier = Classifier(SYSTEM, HashEncoder())
    with pytest.raises(UsageError, match="image 2 is None, not a path"):
        classifier.predict([*pictures(1), None])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="Put it into a list"):
        classifier.predict("card.png")
    with pytest.raises(UsageError, match="Put it into a list"):
        classifier.predict(pictures(1)[0])  # type: ignore[arg-type]
