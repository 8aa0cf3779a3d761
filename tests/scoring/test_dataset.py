"""Folders, metadata and manifests become the same dataset; what cannot be used is told, never dropped in silence."""

import json
import random
from pathlib import Path

import pytest
from PIL import Image

from cotsmith.errors import DataError, UsageError
from cotsmith.scoring.columns import Columns
from cotsmith.scoring.dataset import Dataset, check_labels, split_name
from cotsmith.scoring.images import Crop
from cotsmith.scoring.manifest_source import read_manifest
from cotsmith.scoring.sources import load_dataset
from cotsmith.systems.model import System

WITH_LOGIN = "https://ann:hush@a.org/1.png"


def images(root: Path, *names: str) -> None:
    """Tiny images at ``names`` below ``root``, made in a random order."""
    for name in random.Random(0).sample(names, len(names)):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (2, 2)).save(path)


def listed(dataset: Dataset) -> list[tuple[str, str, str | None]]:
    root = Path(dataset.name) if Path(dataset.name).is_dir() else Path(dataset.name).parent
    return [(item.path.relative_to(root).as_posix(), item.label, item.split) for item in dataset.items]


def test_class_folders_in_sorted_order(tmp_path: Path) -> None:
    images(tmp_path, "Weedle/b.png", "Weedle/a.JPG", "Absol G/1.webp", "Absol/x.jpeg", "Absol/more/y.png")
    assert listed(load_dataset(tmp_path)) == [
        ("Absol/x.jpeg", "Absol", None),
        ("Absol/more/y.png", "Absol", None),
        ("Absol G/1.webp", "Absol G", None),
        ("Weedle/a.JPG", "Weedle", None),
        ("Weedle/b.png", "Weedle", None),
    ]


def test_a_string_is_a_path_too(tmp_path: Path) -> None:
    images(tmp_path, "A/1.png")
    assert load_dataset(str(tmp_path)) == load_dataset(tmp_path)
    assert load_dataset(tmp_path).labels == ("A",)
    assert len(load_dataset(tmp_path)) == 1


def test_splits_above_classes(tmp_path: Path) -> None:
    images(tmp_path, "train/A/1.png", "val/A/2.png", "Test/B/3.png", "train/train/4.png")
    assert listed(load_dataset(tmp_path)) == [
        ("Test/B/3.png", "B", "test"),
        ("train/A/1.png", "A", "train"),
        ("train/train/4.png", "train", "train"),
        ("val/A/2.png", "A", "dev"),
    ]


def test_splits_below_classes(tmp_path: Path) -> None:
    images(tmp_path, "A/train/1.png", "A/validation/deep/2.png", "B/test/3.png", "B/0.png", "C/test/1.png", "C/x/1.png")
    assert listed(load_dataset(tmp_path)) == [
        ("A/train/1.png", "A", "train"),
        ("A/validation/deep/2.png", "A", "dev"),
        ("B/0.png", "B", None),
        ("B/test/3.png", "B", "test"),
        ("C/test/1.png", "C", None),  # "x" beside it is no split, so "test" is a folder like any other
        ("C/x/1.png", "C", None),
    ]


def test_a_class_may_be_called_train_beside_others(tmp_path: Path) -> None:
    images(tmp_path, "train/1.png", "bus/2.png")
    assert load_dataset(tmp_path).labels == ("bus", "train")


def test_other_files_are_ignored_and_counted(tmp_path: Path) -> None:
    images(tmp_path, "A/1.png", "A/.hidden.png", ".cache/2.png", "__MACOSX/A/1.png")
    for name in (".DS_Store", "README.txt", "A/.DS_Store", "A/notes.txt", "A/Thumbs.db"):
        (tmp_path / name).write_text("x")
    dataset = load_dataset(tmp_path)
    assert listed(dataset) == [("A/1.png", "A", None)]
    assert dataset.ignored == 8
    assert dataset.problems == ()


def test_pictures_that_nothing_decodes_are_told_not_ignored(tmp_path: Path) -> None:
    images(tmp_path, "A/1.png")
    for name in ("2.HEIC", "3.svg"):
        (tmp_path / "A" / name).touch()
    dataset = load_dataset(tmp_path)
    assert listed(dataset) == [("A/1.png", "A", None)]
    assert [(Path(p.where).name, p.reason) for p in dataset.problems] == [
        ("2.HEIC", "HEIC images cannot be read: convert it to JPEG or PNG"),
        ("3.svg", "SVG images cannot be read: convert it to JPEG or PNG"),
    ]


def test_images_outside_of_class_folders_and_empty_classes_are_reported(tmp_path: Path) -> None:
    images(tmp_path, "A/1.png", "loose.png")
    (tmp_path / "B").mkdir()
    dataset = load_dataset(tmp_path)
    assert [(Path(p.where).name, p.reason) for p in dataset.problems] == [
        ("loose.png", f"no label: it lies directly in {tmp_path.name}, not in a class folder"),
        ("B", "a class folder without images"),
    ]


def test_decomposed_folder_names_give_composed_labels(tmp_path: Path) -> None:
    images(tmp_path, "Poke\u0301mon/1.png")
    assert load_dataset(tmp_path).labels == ("Pok\u00e9mon",)


def test_linked_folders_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    images(tmp_path, "elsewhere/1.png", "data/A/2.png")
    (tmp_path / "data" / "B").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "data" / "A" / "again").symlink_to(tmp_path / "data" / "A")
    dataset = load_dataset(tmp_path / "data")
    assert listed(dataset) == [("A/2.png", "A", None), ("B/1.png", "B", None)]
    assert [problem.reason for problem in dataset.problems] == ["a link to a folder that it lies in"]


@pytest.mark.parametrize("image_column", ["file_name", "image"])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_metadata_labels_a_folder(tmp_path: Path, kind: str, image_column: str) -> None:
    images(tmp_path, "b/2.png", "1.png")
    rows = [{image_column: "b/2.png", "label": "Beedrill δ"}, {image_column: "1.png", "label": "Absol"}]
    write_rows(tmp_path / f"metadata.{kind}", rows)
    assert listed(load_dataset(tmp_path)) == [("b/2.png", "Beedrill δ", None), ("1.png", "Absol", None)]


def test_metadata_in_split_folders(tmp_path: Path) -> None:
    images(tmp_path, "train/1.png", "validation/2.png", "test/A/3.png")
    for split, name in (("train", "1.png"), ("validation", "2.png")):
        write_rows(tmp_path / split / "metadata.csv", [{"file_name": name, "label": "A"}])
    assert listed(load_dataset(tmp_path)) == [
        ("test/A/3.png", "A", "test"),
        ("train/1.png", "A", "train"),
        ("validation/2.png", "A", "dev"),
    ]


def test_two_metadata_files_are_one_too_many(tmp_path: Path) -> None:
    images(tmp_path, "1.png")
    for kind in ("csv", "jsonl"):
        write_rows(tmp_path / f"metadata.{kind}", [{"file_name": "1.png", "label": "A"}])
    with pytest.raises(DataError, match=r"metadata\.csv and metadata\.jsonl"):
        load_dataset(tmp_path)


def write_rows(path: Path, rows: list[dict[str, str]], delimiter: str = ",") -> Path:
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    else:
        quoted = [[f'"{cell}"' for cell in cells] for cells in ([list(rows[0]), *(list(row.values()) for row in rows)])]
        path.write_text("".join(delimiter.join(cells) + "\r\n" for cells in quoted), encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(("name", "delimiter"), [("x.csv", ","), ("x.csv", ";"), ("x.tsv", "\t"), ("x.jsonl", "")])
def test_manifests(tmp_path: Path, name: str, delimiter: str) -> None:
    images(tmp_path, "cards/2.png", "cards/1.png")
    rows = [
        {"id": "7", "image": "cards/2.png", "label": "Celebi & Venusaur, both", "split": "validation"},
        {"id": "8", "image": "cards/1.png", "label": "Absol", "split": ""},
    ]
    dataset = load_dataset(write_rows(tmp_path / name, rows, delimiter))
    assert listed(dataset) == [("cards/2.png", "Celebi & Venusaur, both", "dev"), ("cards/1.png", "Absol", None)]


def test_other_column_names(tmp_path: Path) -> None:
    images(tmp_path, "1.png")
    path = write_rows(tmp_path / "x.csv", [{"file": "1.png", "species": "A"}])
    assert load_dataset(path, image_column="file", label_column="species").labels == ("A",)
    with pytest.raises(DataError, match='no column "speces"; did you mean "species"') as error:
        load_dataset(path, image_column="file", label_column="speces")
    assert "file, species" in error.value.hint
    with pytest.raises(DataError, match='no column "image"'):
        load_dataset(path)


def test_rows_that_cannot_be_used_are_reported_with_their_line(tmp_path: Path) -> None:
    images(tmp_path, "1.png", "5.png")
    path = tmp_path / "x.csv"
    path.write_text("image,label\n1.png,A\nmissing.png,A\n,A\n5.png,\n1.png,A\n5.png,B\n")
    dataset = load_dataset(path)
    assert [item.label for item in dataset.items] == ["A", "B"]
    assert [str(problem) for problem in dataset.problems] == [
        f"{path}:3: missing.png: no such file",
        f'{path}:4: no "image"',
        f'{path}:5: no "label"',
        f"{path}:6: 1.png stands there already, at {path}:2",
    ]


def test_numbers_are_labels(tmp_path: Path) -> None:
    images(tmp_path, "1.png")
    path = tmp_path / "x.jsonl"
    path.write_text('\n{"image": "1.png", "label": 3}\n')
    assert load_dataset(path).labels == ("3",)


def test_an_address_that_stands_there_twice_is_told_without_its_login(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"image,label\n{WITH_LOGIN},A\n{WITH_LOGIN},A\n")
    (problem,) = read_manifest(path, Columns()).problems
    assert str(problem) == f"{path}:3: https://a.org/1.png stands there already, at {path}:2"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.csv", "image,label\n1.png,A\n1.png,B\n", 'x.csv:3: 1.png is "B" here and "A" at'),
        ("x.csv", "image,label\n1.png,A,B\n", "x.csv:2: the row has more fields"),
        ("x.csv", 'image,label\n"1.png,A\n', "not CSV"),
        ("x.csv", "", "no labelled image"),
        ("x.csv", "image,label\n", "no labelled image"),
        ("x.csv", "image,label\nmissing.png,A\n", "x.csv:2: missing.png: no such file"),
        (
            "x.csv",
            "image,label\ns3://ann:hush@example/1.png,A\n",
            "x.csv:2: s3://example/1.png: not a path, nor an address",
        ),
        (
            "x.csv",
            f"image,label\n{WITH_LOGIN},A\n{WITH_LOGIN},B\n",
            'x.csv:3: https://a.org/1.png is "B" here and "A" at',
        ),
        ("x.csv", b"\xff\xfei\0m\0a\0", "not UTF-8"),
        ("x.csv", b"image,label\n1\0.png,A\n", "no such file"),
        ("x.jsonl", '{"image": "1.png", "label": "A"}\n{"image": \n', "x.jsonl:2:10: not JSON: expecting value"),
        ("x.jsonl", "[" * 100_000, "x.jsonl:1: not JSON: nested too deeply"),
        ("x.jsonl", '["1.png", "A"]\n', "x.jsonl:1: not a JSON object"),
        ("x.jsonl", '{"image": "1.png", "label": ["A", "B"]}\n', "several labels"),
        ("x.jsonl", '{"image": {"bytes": ""}, "label": "A"}\n', "holds no path"),
        ("x.jsonl", '{"image": "1.png", "label": null}\n', 'no "label"'),
        ("x.parquet", b"PAR1", "not a Parquet file"),
        ("x.npz", b"PK", "embeddings are no images"),
        ("x.json", "[]", ".json files cannot be read"),
        ("x.png", b"", "one image is not labelled data"),
        ("x.doc", b"", "neither a folder nor a manifest"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, content: str | bytes, says: str) -> None:
    images(tmp_path, "1.png")
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(DataError) as error:
        load_dataset(path)
    assert says in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("https://example.org/data.csv", "cannot be read from an address"),
        ("s3://example/data", "cannot be read from an address"),
        ("no-such-folder", "no such folder or file"),
    ],
)
def test_sources_that_are_not_here(source: str, says: str) -> None:
    with pytest.raises(DataError, match=says) as error:
        load_dataset(source)
    assert "metadata.csv" in error.value.hint


@pytest.mark.parametrize("source", [None, 5, ["cards"]])
def test_a_source_is_a_path_or_an_id(source: object) -> None:
    with pytest.raises(UsageError, match="data are named by a path or an id, not by"):
        load_dataset(source)  # type: ignore[arg-type]


def test_a_misspelt_folder(tmp_path: Path) -> None:
    images(tmp_path, "cards/A/1.png")
    with pytest.raises(DataError, match='did you mean "cards"'):
        load_dataset(tmp_path / "crads")


def test_a_folder_without_images(tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    (tmp_path / "A" / "notes.txt").touch()
    with pytest.raises(DataError, match="no labelled image") as error:
        load_dataset(tmp_path)
    assert ".webp" in error.value.hint
    assert "(1 other file)" in error.value.message


def test_a_flat_folder_says_where_labels_should_come_from(tmp_path: Path) -> None:
    images(tmp_path, *(f"{number}.png" for number in range(8)))
    with pytest.raises(DataError, match="not in a class folder") as error:
        load_dataset(tmp_path)
    assert "and 3 more" in error.value.message
    assert "metadata.csv" in error.value.hint


def test_crop(tmp_path: Path) -> None:
    images(tmp_path, "A/1.png")
    assert load_dataset(tmp_path).crop is None
    assert load_dataset(tmp_path, crop="0,0,1,0.5").crop == Crop(0, 0, 1, 0.5)
    assert load_dataset(tmp_path, crop=Crop(0, 0, 1, 0.5)).crop == Crop(0, 0, 1, 0.5)
    with pytest.raises(UsageError):
        load_dataset(tmp_path, crop="0,0")


def test_choosing_a_split(tmp_path: Path) -> None:
    images(tmp_path, "train/A/1.png", "val/A/2.png", "val/B/3.png")
    dataset = load_dataset(tmp_path, crop="0,0,1,0.5")
    assert dataset.splits == {"dev": 2, "train": 1}
    for name in ("dev", "val", "Validation"):
        assert [item.path.name for item in dataset.split(name).items] == ["2.png", "3.png"]
    assert dataset.split("all") is dataset
    assert dataset.split("train").crop == dataset.crop
    with pytest.raises(DataError, match=r'no split "test"; there are dev \(2\), train \(1\)\n'):
        dataset.split("test")
    with pytest.raises(DataError, match=r'no split "trian"; .*; did you mean "train"\?\n'):
        dataset.split("trian")


def test_choosing_a_split_where_none_are_named(tmp_path: Path) -> None:
    images(tmp_path, "A/1.png")
    with pytest.raises(DataError, match='no split "dev"; the data names no splits'):
        load_dataset(tmp_path).split("dev")


def test_other_splits_keep_their_names() -> None:
    assert split_name(" fold-1 ") == "fold-1"


def test_labels_are_checked_against_a_system(tmp_path: Path) -> None:
    images(tmp_path, "Absol/1.png", "Weedel/2.png", "Mew/3.png")
    system = System(name="cards", rules={"Absol": {}, "Weedle": {}, "Dratini": {}})
    with pytest.raises(DataError) as error:
        check_labels(load_dataset(tmp_path), system)
    assert str(error.value).splitlines() == [
        f'{tmp_path}: the system "cards" has no class for 2 of the 3 labels',
        "Labels without a class:",
        '  "Mew"',
        '  "Weedel"; did you mean "Weedle"?',
        'Classes without an image: "Weedle", "Dratini".',
        "Rename the labels, add classes to the system, or leave those images out.",
    ]


def test_classes_without_images_are_allowed_and_told(tmp_path: Path) -> None:
    images(tmp_path, "Absol/1.png")
    system = System(rules={"Weedle": {}, "Absol": {}, "Dratini": {}})
    assert check_labels(load_dataset(tmp_path), system) == ("Weedle", "Dratini")


def test_a_long_list_of_labels_is_cut(tmp_path: Path) -> None:
    images(tmp_path, *(f"{number}/1.png" for number in range(100)))
    with pytest.raises(DataError) as error:
        check_labels(load_dataset(tmp_path), System(rules={"Absol": {}}))
    assert "100 of the 100 labels" in error.value.message
    assert "and 80 more" in error.value.hint
