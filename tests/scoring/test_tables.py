"""Parquet files and data sets of Hugging Face's library: by its own hands, so that what it writes is what is read."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cotsmith.errors import DataError, UsageError
from cotsmith.scoring.dataset import Dataset
from cotsmith.scoring.elsewhere import fetched, missing
from cotsmith.scoring.hub_source import HubData, parse_hub_name
from cotsmith.scoring.image_store import stored_images
from cotsmith.scoring.sources import load_dataset
from cotsmith.scoring.splitting import find_copies, split_dataset
from tests.scoring.hub_stand_in import COMMIT, hub
from tests.scoring.image_server import png

RED, GREEN = (200, 0, 0), (0, 200, 0)


@pytest.fixture(autouse=True, scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Hugging Face's datasets, quiet and with a cache of its own."""
    import datasets

    home = datasets.config.HF_DATASETS_CACHE
    datasets.config.HF_DATASETS_CACHE = tmp_path_factory.mktemp("datasets")
    datasets.disable_progress_bars()
    yield datasets
    datasets.config.HF_DATASETS_CACHE = home


def write(path: Path, columns: dict[str, Any], **options: Any) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, **options)
    return path


def made(library: Any, labels: Sequence[int] = (0, 1, 0), names: Sequence[str] = ("Ruby", "Emerald")) -> Any:
    """A data set of pictures, red ones for the first class and green ones for the second."""
    features = library.Features(
        {"picture": library.Image(), "gem": library.ClassLabel(names=list(names)), "note": library.Value("string")}
    )
    pictures = [Image.new("RGB", (8, 8), (RED, GREEN)[max(label, 0)]) for label in labels]
    columns = {"picture": pictures, "gem": list(labels), "note": ["x"] * len(labels)}
    return library.Dataset.from_dict(columns, features=features)


def seen(dataset: Dataset) -> list[tuple[str, object, str | None]]:
    """Each item's label, the colour of its picture, and its split."""
    found: list[tuple[str, object, str | None]] = []
    for item in fetched(dataset).items:
        with Image.open(item.path) as image:
            found.append((item.label, image.getpixel((0, 0)), item.split))
    return found


def test_paths_in_a_parquet_file(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(png(RED))
    rows = {"image": ["1.png", "2.png", None], "label": ["Ruby", "Ruby", "Ruby"], "split": ["validation", None, None]}
    path = write(tmp_path / "gems.parquet", rows)
    dataset = load_dataset(path)
    assert [(item.path, item.label, item.split) for item in dataset.items] == [(tmp_path / "1.png", "Ruby", "dev")]
    assert [str(problem) for problem in dataset.problems] == [
        f"{path}, row 1: 2.png: no such file",
        f'{path}, row 2: no "image"',
    ]


@pytest.mark.parametrize("as_struct", [True, False])
def test_images_in_a_parquet_file_are_unpacked_when_they_are_needed(
    tmp_path: Path, own_cache: Path, as_struct: bool
) -> None:
    contents = [png(RED), png(GREEN), None]
    images = [{"bytes": content, "path": None} for content in contents] if as_struct else contents
    path = write(tmp_path / "gems.parquet", {"image": images, "label": [3.0, 7.0, 3.0]}, row_group_size=2)
    dataset = load_dataset(path)
    assert stored_images(own_cache) == ()
    assert len(missing(dataset)) == 3
    told: list[tuple[int, int]] = []
    ready = fetched(dataset, lambda *now: told.append(now))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert seen(ready) == [("3", RED, None), ("7", GREEN, None)]
    assert [item.shown for item in ready.items] == [f"{path}, row 0", f"{path}, row 1"]
    assert [str(problem) for problem in ready.problems] == [f"{path}, row 2: the row holds no image"]
    assert missing(load_dataset(path)) == [dataset.items[2].path]


def test_only_what_is_needed_is_unpacked(tmp_path: Path, own_cache: Path) -> None:
    columns = {"image": [png(RED)] * 9, "label": ["A"] * 9, "split": ["train"] * 8 + ["test"]}
    dataset = load_dataset(write(tmp_path / "x.parquet", columns, row_group_size=4))
    fetched(dataset, split="test")
    (kept,) = stored_images(own_cache)
    assert kept.count == 1


def test_a_file_that_changed_is_unpacked_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"image": [png(RED)], "label": ["A"]})
    old = load_dataset(path)
    assert seen(old) == [("A", RED, None)]
    write(path, {"image": [png(GREEN), png(RED)], "label": ["A", "A"]})
    assert seen(load_dataset(path)) == [("A", GREEN, None), ("A", RED, None)]
    late = load_dataset(path)
    write(path, {"image": [png(RED)] * 3, "label": ["A"] * 3})
    os.utime(path, (1, 1))
    late.items[0].path.unlink()
    with pytest.raises(DataError, match="changed while it was read"):
        fetched(late)


def test_what_the_library_writes_is_understood_by_its_features(library: Any, tmp_path: Path) -> None:
    path = tmp_path / "gems.parquet"
    made(library, (0, 1, -1)).to_parquet(path)
    dataset = load_dataset(path)
    assert seen(dataset) == [("Ruby", RED, None), ("Emerald", GREEN, None)]
    assert [str(problem) for problem in dataset.problems] == [f"{path}, row 2: no label"]
    assert load_dataset(path, label_column="note").labels == ("x",)


def test_a_column_of_the_librarys_images_may_hold_paths(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(png(GREEN))
    rows = {"picture": [{"bytes": None, "path": "1.png"}, {"bytes": None, "path": "2.png"}], "label": ["A", "A"]}
    dataset = load_dataset(write(tmp_path / "x.parquet", rows))
    assert [item.path for item in dataset.items] == [tmp_path / "1.png"]
    assert [problem.reason for problem in dataset.problems] == ["2.png: no such file"]


def test_paths_stand_in_where_images_are_missing(tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(png(GREEN))
    rows = {"image": [{"bytes": png(RED), "path": None}, {"bytes": None, "path": "1.png"}], "label": ["A", "B"]}
    assert seen(load_dataset(write(tmp_path / "x.parquet", rows))) == [("A", RED, None), ("B", GREEN, None)]


@pytest.mark.parametrize(
    ("columns", "options", "says"),
    [
        ({"file": ["1.png"], "label": ["A"]}, {}, 'no column "image"'),
        ({"image": ["1.png"], "species": ["A"]}, {}, 'no column "label"'),
        ({"image": [1], "label": ["A"]}, {}, 'column "image" holds no images: it is int64'),
        ({"image": [["1.png"]], "label": ["A"]}, {}, "holds no images"),
        ({"image": ["1.png"], "label": [["A", "B"]]}, {}, "row 0: several labels for one image"),
        ({"image": ["1.png"], "label": [b"A"]}, {}, 'column "label" holds no labels: it is binary'),
        ({"image": ["1.png", "1.png"], "label": ["A", "B"]}, {}, 'row 1: 1.png is "B" here and "A" at'),
        ({"image": ["1.png"], "label": ["A"]}, {"label_column": "lable"}, 'no column "lable"; did you mean "label"?'),
    ],
)
def test_tables_that_do_not_fit(tmp_path: Path, columns: dict[str, Any], options: dict[str, Any], says: str) -> None:
    (tmp_path / "1.png").write_bytes(png())
    path = write(tmp_path / "x.parquet", columns)
    with pytest.raises(DataError) as error:
        load_dataset(path, **options)
    assert says in str(error.value)
    assert str(path) in str(error.value)
    if "column" in says:
        assert ", ".join(columns) in error.value.hint
        assert "--image-column" in error.value.hint or "--label-column" in error.value.hint


def test_a_damaged_file(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"image": [png(RED)] * 50, "label": ["A"] * 50}, compression="none")
    content = bytearray(path.read_bytes())
    content[4:1000] = bytes(996)
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"x\.parquet"):
        fetched(load_dataset(path))


def test_a_folder_of_parquet_files_as_the_hub_has_them(tmp_path: Path) -> None:
    (tmp_path / "README.md").touch()
    for split in ("train", "validation"):
        write(tmp_path / "data" / f"{split}-00000-of-00001.parquet", {"image": [png(RED)], "label": [split]})
    assert [(item.label, item.split) for item in load_dataset(tmp_path).items] == [
        ("train", "train"),
        ("validation", "dev"),
    ]
    write(tmp_path / "plain" / "part-0.parquet", {"image": [png(RED)], "label": ["A"]})
    assert seen(load_dataset(tmp_path / "plain")) == [("A", RED, None)]


def test_metadata_may_be_a_parquet_file(tmp_path: Path) -> None:
    write(tmp_path / "metadata.parquet", {"file_name": ["1.png"], "label": ["A"]})
    (tmp_path / "1.png").write_bytes(png())
    assert load_dataset(tmp_path).labels == ("A",)


def test_a_saved_data_set_with_splits(library: Any, tmp_path: Path) -> None:
    splits = {"train": made(library), "validation": made(library, (1,))}
    library.DatasetDict(splits).save_to_disk(tmp_path / "gems")
    dataset = load_dataset(tmp_path / "gems")
    assert dataset.splits == {"dev": 1, "train": 3}
    assert seen(dataset)[2:] == [("Ruby", RED, "train"), ("Emerald", GREEN, "dev")]
    assert dataset.items[3].shown == f"{tmp_path / 'gems'}, split validation, row 0"


def test_a_saved_data_set_without_splits(library: Any, tmp_path: Path) -> None:
    made(library, (0, 1, 1)).save_to_disk(tmp_path / "gems")
    dataset = load_dataset(tmp_path / "gems")
    assert seen(dataset) == [("Ruby", RED, None), ("Emerald", GREEN, None), ("Emerald", GREEN, None)]
    splitting = split_dataset(dataset)
    assert splitting.made
    assert splitting.dataset.items[1].split == splitting.dataset.items[2].split


def test_one_content_with_two_labels_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x.parquet", {"image": [png(RED), png(RED)], "label": ["A", "B"]})
    ((conflict,), leaks) = find_copies(fetched(load_dataset(path)))
    assert conflict.marks == ("A", "B")
    assert conflict.images == (f"{path}, row 0", f"{path}, row 1")
    assert leaks == ()


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("owner/name", HubData("owner/name")),
        ("hf:mnist", HubData("mnist")),
        ("hf:owner/na.me@v1.0", HubData("owner/na.me", "v1.0")),
        ("owner/name@main:small:test", HubData("owner/name", "main", "small", "test")),
        ("hf:owner/name::test", HubData("owner/name", None, "", "test")),
        ("https://huggingface.co/datasets/owner/name", HubData("owner/name")),
        ("cards", None),
        ("a/b/c", None),
        ("./owner/name", None),
        ("https://example.org/owner/name", None),
    ],
)
def test_names_of_the_hub(text: str, means: HubData | None) -> None:
    assert parse_hub_name(text) == means
    if means is not None:
        assert parse_hub_name(f"hf:{means}") == means


def test_a_hub_that_cannot_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests run without a connection: HF_HUB_OFFLINE is set."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="owner/name: the data set cannot be loaded") as error:
        load_dataset("owner/name")
    assert "CONFIGURATION" in error.value.hint
    (tmp_path / "owner").mkdir()
    with pytest.raises(DataError, match="no such folder or file"):
        load_dataset("owner/name")
    with pytest.raises(DataError, match="the data set cannot be loaded"):
        load_dataset("hf:owner/name")


def test_a_folder_wins_over_a_data_set_of_the_same_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "owner" / "name" / "A" / "1.png"
    place.parent.mkdir(parents=True)
    place.write_bytes(png())
    assert load_dataset("owner/name").labels == ("A",)


@pytest.mark.parametrize(("source", "library"), [("x.parquet", "pyarrow"), ("owner/name", "datasets")])
def test_what_is_not_installed_is_named_with_its_extra(tmp_path: Path, source: str, library: str) -> None:
    (tmp_path / "x.parquet").touch()
    program = (
        f"import sys; sys.modules['{library}'] = None\n"
        "from cotsmith.scoring.sources import load_dataset\n"
        "from cotsmith.errors import UsageError\n"
        f"try: load_dataset('{source}')\n"
        "except UsageError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert f"need {library}, which is not installed" in done.stdout
    assert 'pip install "cotsmith[data]"' in done.stdout
    assert issubclass(UsageError, Exception)


ON_A_HUB = """
import sys
from PIL import Image
from cotsmith.errors import CotsmithError
from cotsmith.scoring.elsewhere import fetched
from cotsmith.scoring.sources import load_dataset

for name in sys.argv[1:]:
    try:
        dataset = fetched(load_dataset(name))
    except CotsmithError as error:
        print(name, "|", str(error).splitlines()[0])
    else:
        colors = [Image.open(item.path).getpixel((0, 0)) for item in dataset.items]
        print(name, "|", dataset.name, dict(dataset.splits), dataset.labels, colors)
"""


def test_data_sets_of_the_hub_come_through_its_own_library(library: Any, tmp_path: Path) -> None:
    made(library, (0, 1)).to_parquet(tmp_path / "both.parquet")
    made(library, (1,)).to_parquet(tmp_path / "one.parquet")
    both, single = (tmp_path / "both.parquet").read_bytes(), (tmp_path / "one.parquet").read_bytes()
    shards = {"data/train-00000-of-00001.parquet": both, "data/test-00000-of-00001.parquet": single}
    data_sets = {
        "owner/gems": {"README.md": b"# Gems\n", **shards},
        "owner/one": {"data/train-00000-of-00001.parquet": both},
        "owner/script": {"script.py": b"open('ran', 'w')", **shards},
    }
    names = {
        "owner/gems": f"owner/gems@{COMMIT} {{'test': 1, 'train': 2}} ('Emerald', 'Ruby') [{RED}, {GREEN}, {GREEN}]",
        f"hf:owner/gems@{COMMIT}:default:test": f"owner/gems@{COMMIT}:default:test {{}} ('Emerald',) [{GREEN}]",
        "owner/one": f"owner/one@{COMMIT} {{}} ('Emerald', 'Ruby') [{RED}, {GREEN}]",
        "owner/gems@v9": 'owner/gems@v9: no revision "v9"',
        "owner/gems:huge": "owner/gems:huge: the data set cannot be loaded: BuilderConfig 'huge' not found",
        "owner/script": "owner/script: the data set cannot be loaded: Dataset scripts are no longer supported",
        "owner/gone": "owner/gone: no such folder or file, and no such data set on the Hugging Face hub",
    }
    with hub(data_sets) as running:
        environment = {**os.environ, "HF_ENDPOINT": running.endpoint, "HF_HOME": str(tmp_path / "home")}
        environment["HF_HUB_OFFLINE"] = environment["HF_HUB_DISABLE_XET"] = "0"
        command = [sys.executable, "-c", ON_A_HUB, *names]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    answers = dict(line.split(" | ", 1) for line in done.stdout.splitlines())
    for name, says in names.items():
        assert answers[name].startswith(says)
    assert done.stderr == ""
    assert not (tmp_path / "ran").exists()
