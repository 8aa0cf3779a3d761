"""Splits follow from content alone: stable, complete, without copies across a border."""

from __future__ import annotations

from collections import Counter
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
from cotsmith.scoring.splitting import SHARES, Splitting, split_dataset
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
