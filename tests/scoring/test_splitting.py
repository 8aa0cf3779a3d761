"""Splits follow from content alone: stable, complete, without copies across a border."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import cotsmith
from cotsmith.errors import DataError
from cotsmith.scoring.dataset import Dataset, Item
from cotsmith.scoring.evaluation import evaluate
from cotsmith.scoring.labelled import LabelledEmbeddings
from cotsmith.scoring.splitting import SHARES, Splitting, find_copies, made_splits, split_dataset
from cotsmith.systems.model import Attribute, System
from tests.scoring.worlds import HashEncoder


def dataset(folder: Path, contents: dict[str, bytes], splits: dict[str, str] | None = None) -> Dataset:
    """Files named ``label/file``; their content need not be an image to be told apart."""
    items = []
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        items.append(Item(path, name.split("/")[0], (splits or {}).get(name)))
    return Dataset("data", tuple(items))


def by_name(splitting: Splitting[Dataset]) -> dict[str, str | None]:
    return {f"{item.label}/{item.path.name}": item.split for item in splitting.dataset.items}


def test_every_class_is_in_every_split_in_about_its_share(tmp_path: Path) -> None:
    contents = {f"{label}/{i}": f"{label}{i}".encode() for label in "abcdefgh" for i in range(100)}
    found = split_dataset(dataset(tmp_path, contents))
    assert found.made
    counts = Counter((item.label, item.split) for item in found.dataset.items)
    for label in "abcdefgh":
        for split, share in SHARES.items():
            assert abs(counts[label, split] - 100 * share) < 20
    assert found.dataset.split("dev").items


@given(st.lists(st.integers(3, 60), min_size=1, max_size=6), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_no_class_gets_much_less_than_its_share_of_a_split(sizes: list[int], seed: int) -> None:
    labels = [f"class {number}" for number, size in enumerate(sizes) for _ in range(size)]
    digests = [hashlib.sha256(f"{seed} {number}".encode()).digest() for number in range(len(labels))]
    splits = made_splits(digests, labels)
    counts = Counter(zip(labels, splits, strict=True))
    for number, size in enumerate(sizes):
        for split, share in SHARES.items():
            assert counts[f"class {number}", split] >= max(1, int(0.75 * share * size))
    order = np.random.default_rng(seed).permutation(len(labels))
    again = made_splits([digests[at] for at in order], [labels[at] for at in order])
    assert again == [splits[at] for at in order]


def test_an_image_stays_where_it_is_when_others_come(tmp_path: Path) -> None:
    few = {f"a/{i}": f"a{i}".encode() for i in range(40)}
    more = {**few, **{f"a/{i}": f"a{i}".encode() for i in range(40, 90)}, "b/1": b"b1"}
    before = by_name(split_dataset(dataset(tmp_path / "few", few)))
    after = by_name(split_dataset(dataset(tmp_path / "more", more)))
    assert {name: after[name] for name in before} == before


@given(st.dictionaries(st.sampled_from([f"{c}/{i}" for c in "ab" for i in range(9)]), st.integers(0, 12), min_size=1))
@settings(max_examples=60, deadline=None)
def test_copies_are_together_and_no_class_misses_a_split(
    tmp_path_factory: pytest.TempPathFactory, numbers: dict[str, int]
) -> None:
    contents = {name: f"content {number}".encode() for name, number in numbers.items()}
    found = split_dataset(dataset(tmp_path_factory.mktemp("d"), contents))
    splits = by_name(found)
    for content in set(contents.values()):
        assert len({splits[name] for name in contents if contents[name] == content}) == 1
    shared = {contents[name] for name in contents if name[0] == "a"} & {
        contents[name] for name in contents if name[0] == "b"
    }
    assert len(found.conflicts) == len(shared)
    for label in "ab":
        own = {contents[name] for name in contents if name[0] == label} - shared
        seen = {splits[name] for name in contents if name[0] == label and contents[name] in own}
        if len(own) > 2:
            assert seen == set(SHARES)
        elif len(own) == 2:
            assert seen == {"dev", "test"}


def test_named_splits_stay_and_leaks_are_told(tmp_path: Path) -> None:
    contents = {"a/1": b"same", "a/2": b"same", "a/3": b"else"}
    data = dataset(tmp_path, contents, {"a/1": "dev", "a/2": "test", "a/3": "test"})
    found = split_dataset(data)
    assert not found.made
    assert found.dataset == data
    assert found.conflicts == ()
    (leak,) = found.leaks
    assert leak.marks == ("dev", "test")
    assert [Path(name).name for name in leak.images] == ["1", "2"]


def test_one_content_with_two_labels_is_listed(tmp_path: Path) -> None:
    (conflict,) = split_dataset(dataset(tmp_path, {"a/1": b"x", "b/1": b"x", "b/2": b"y"})).conflicts
    assert conflict.marks == ("a", "b")


def test_what_cannot_be_read_is_a_problem_and_in_no_split(tmp_path: Path) -> None:
    data = dataset(tmp_path, {"a/1": b"x", "a/2": b"y"})
    data.items[0].path.unlink()
    found = split_dataset(data)
    assert [item.path.name for item in found.dataset.items] == ["2"]
    assert [problem.reason for problem in found.dataset.problems] == ["no such file"]


def test_progress_is_told_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    split_dataset(
        dataset(tmp_path, {"a/1": b"x", "a/2": b"y"}), progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize("name", ["train", "dev", "test", "val"])
def test_a_split_that_the_data_does_not_name_is_made_by_content(tmp_path: Path, name: str) -> None:
    system = System(attributes=(Attribute("a", ("{}",), ("x",)),), rules={"A": {"a": ("x",)}, "B": {}})
    generator = np.random.default_rng(1)
    items = []
    for index in range(40):
        label = "AB"[index % 2]
        path = tmp_path / f"{index}.png"
        Image.fromarray(generator.integers(0, 256, (4, 5, 3), np.uint8)).save(path)
        items.append(Item(path, label))
    data = Dataset("cards", tuple(items))
    found = evaluate(system, data, HashEncoder(), split=name)
    made = cotsmith.split_dataset(data).dataset.split(name)
    assert found.setting.items == made.items
    assert 0 < found.n == len(made) < 40
    with pytest.raises(DataError, match='no split "holdout"; the data names no splits'):
        evaluate(system, data, HashEncoder(), split="holdout")


def remembered(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "index.db")) as index:
        return int(index.execute("SELECT count(*) FROM files").fetchone()[0])


def test_what_did_not_change_is_not_read_again(tmp_path: Path, own_cache: Path) -> None:
    data = dataset(tmp_path, {f"a/{number}": b"%d" % number for number in range(5)})
    for item in data.items:
        os.utime(item.path, (1_000_000_000, 1_000_000_000))  # what was written a moment ago may be written again
    first = by_name(split_dataset(data))
    assert remembered(own_cache) == 5
    with closing(sqlite3.connect(own_cache / "index.db", isolation_level=None)) as index:
        index.execute("UPDATE files SET content = zeroblob(32)")
    assert len(set(by_name(split_dataset(data)).values())) == 1  # so it believes what it has noted
    assert by_name(split_dataset(data, remember=False)) == first


def test_without_a_cache_it_reads_the_files(tmp_path: Path, own_cache: Path) -> None:
    data = dataset(tmp_path, {"a/1": b"x", "b/1": b"x"})
    own_cache.touch()  # a file where the folder should be
    assert split_dataset(data).conflicts[0].marks == ("a", "b")
    own_cache.unlink()
    split_dataset(data, remember=False)
    assert not own_cache.exists()


def test_embeddings_are_split_as_files_are() -> None:
    vectors = np.random.default_rng(0).normal(size=(30, 4))
    labels = ["a"] * 20 + ["b"] * 10
    found = split_dataset(LabelledEmbeddings(vectors, labels))
    assert found.made
    parts = {name: found.dataset.split(name) for name in SHARES}
    assert sum(map(len, parts.values())) == 30
    assert all(set(part.labels) == {"a", "b"} for part in parts.values())
    again = split_dataset(LabelledEmbeddings(vectors[::-1], labels[::-1])).dataset
    assert again.split_of == found.dataset.split_of[::-1]


def test_equal_embeddings_are_copies() -> None:
    vectors = [[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]  # the first two have one direction
    conflicts, leaks = find_copies(LabelledEmbeddings(vectors, ["a", "b", "a"], splits=["dev", "test", "dev"]))
    assert [(copies.images, copies.marks) for copies in conflicts] == [(("row 0", "row 1"), ("a", "b"))]
    assert [copies.marks for copies in leaks] == [("dev", "test")]
