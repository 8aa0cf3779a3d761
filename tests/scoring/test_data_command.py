"""``--data`` on the command line: addresses, tables and embeddings through every verb that measures."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cotsmith.cli import run
from tests.scoring.image_server import Server, picture, png, serving
from tests.scoring.test_score_command import COLORS, SYSTEM, Workplace


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Workplace:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "colors_encoder", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("no_proxy", "*")
    return Workplace(tmp_path, capsys)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def scored(work: Workplace, data: str | Path, *more: str) -> tuple[int, str, str]:
    return work.run("score", work.system, "--data", data, *more)


def result(answer: tuple[int, str, str]) -> dict[str, Any]:
    code, out, err = answer
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def listed(work: Workplace, server: Server, label: str = "Ruby") -> Path:
    """A manifest of three images behind addresses, one of them not there."""
    server.answers["/gone.png"] = lambda request: request.reply(404)
    rows = [(server.address(f"/{name}.png", picture(color)), name) for name, color in list(COLORS.items())[:2]]
    rows.append((server.address("/gone.png"), label))
    path = work.folder / "list.csv"
    path.write_text("image,label\n" + "".join(f"{address},{name}\n" for address, name in rows))
    return path


def test_images_behind_addresses_are_fetched_once(work: Workplace, server: Server) -> None:
    path = listed(work, server)
    answer = scored(work, path, "--allow-private-urls", "--json")
    assert result(answer)["n"] == 2
    assert f"left out {server.address('/gone.png')}: the server answers 404" in answer[2]
    assert result(scored(work, path, "--allow-private-urls", "--json"))["system"]["accuracy"] == 1.0
    assert dict(server.asked) == {"/Ruby.png": 1, "/Emerald.png": 1, "/gone.png": 2}


def test_private_addresses_need_leave(work: Workplace, server: Server) -> None:
    code, _, err = scored(work, listed(work, server))
    assert code == 2
    assert "127.0.0.1 is at a private address, 127.0.0.1; --allow-private-urls fetches it" in err
    assert not server.asked


def test_leave_is_not_given_by_a_configuration(work: Workplace) -> None:
    (work.folder / "cotsmith.toml").write_text("[score]\nallow_private_urls = true\n")
    code, _, err = work.score()
    assert code == 2
    assert "from the command line only" in err


def test_wrong_labels_are_told_before_anything_is_fetched(work: Workplace, server: Server) -> None:
    for split in ("all", "dev"):
        code, _, err = scored(work, listed(work, server, "Sapphir"), "--split", split, "--allow-private-urls")
        assert code == 2
        assert 'did you mean "Sapphire"' in err
    assert not server.asked
    assert not work.loaded


def test_what_was_fetched_is_split_by_content(work: Workplace, server: Server) -> None:
    path = listed(work, server)
    answer = scored(work, path, "--allow-private-urls", "--split", "dev", "--json")
    assert "made by content" in answer[2]
    assert 0 < result(answer)["n"] <= 2


def test_the_report_names_images_by_their_address(work: Workplace, server: Server) -> None:
    address = server.address("/green.png", picture(COLORS["Emerald"]))
    (work.folder / "wrong.csv").write_text(f"image,label\n{address},Ruby\n")
    code, _, err = scored(work, "wrong.csv", "--allow-private-urls", "--report", "out.html")
    assert code == 0, err
    page = (work.folder / "out.html").read_text()
    assert address in page
    assert "data:image/jpeg;base64," in page


def test_images_inside_of_a_table(work: Workplace) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    images = [png(color) for color in COLORS.values()]
    pq.write_table(pa.table({"pixels": images, "gem": list(COLORS)}), work.folder / "gems.parquet")
    columns = ("--image-column", "pixels", "--label-column", "gem")
    assert result(scored(work, "gems.parquet", *columns, "--json"))["n"] == 3
    code, _, err = scored(work, "gems.parquet", "--json")
    assert code == 2
    assert 'no column "image"' in err
    assert "It has: pixels, gem. Name the right one with --image-column." in err


def test_the_cache_knows_of_images_from_elsewhere(work: Workplace, server: Server) -> None:
    result(scored(work, listed(work, server), "--allow-private-urls", "--json"))
    assert run(["cache", "info", "--json"]) == 0
    (kind,) = json.loads(work.capsys.readouterr().out)["images"]
    assert (kind["kind"], kind["count"]) == ("downloaded", 2)
    assert run(["cache", "info"]) == 0
    assert "2 downloaded images: 0.0 MB" in work.capsys.readouterr().out
    assert run(["cache", "clear"]) == 0
    assert run(["cache", "info", "--json"]) == 0
    assert json.loads(work.capsys.readouterr().out.strip())["images"] == []


def embeddings(work: Workplace, **more: Any) -> Path:
    """What the encoder would say of ten cards of each colour, with some noise, as another program might have saved."""
    noise = np.random.default_rng(0)
    labels = np.repeat(list(COLORS), 10)
    vectors = np.array([COLORS[label] for label in labels]) + noise.normal(0, 5, (30, 3))
    path = work.folder / "gems.npz"
    np.savez(path, **{"embeddings": vectors.astype(np.float32), "labels": labels, **more})
    return path


def test_embeddings_are_data(work: Workplace) -> None:
    answer = scored(work, embeddings(work), "--json")
    assert result(answer)["n"] == 30
    assert result(answer)["system"]["accuracy"] == 1.0
    assert "30 of 30 embeddings were not of length 1; now they are" in answer[2]


def test_embeddings_of_length_one_are_not_mentioned(work: Workplace) -> None:
    path = embeddings(work, embeddings=np.eye(3, dtype=np.float16), labels=np.array(list(COLORS)))
    assert "length" not in scored(work, path)[2]


def test_embeddings_are_compared_fitted_played_and_drawn(work: Workplace) -> None:
    path = embeddings(work)
    SYSTEM.save(work.folder / "other.json")
    verbs: list[list[str | Path]] = [
        ["score", work.system, work.folder / "other.json", "--data", path],
        ["score", work.system, "--data", path, "--fit"],
        ["score", work.system, "--data", path, "--curve", "--split", "test"],
        ["questions", work.system, "--data", path],
        ["questions", work.system, "--data", path, "--split", "test"],
        ["check", work.system, "--data", path, "--exit-zero"],
        ["diff", work.system, work.folder / "other.json", "--data", path],
    ]
    for verb in verbs:
        code, out, err = work.run(*verb, "--json")
        assert code == 0, f"{verb}: {err}"
        json.loads(out)


def test_embeddings_are_split_by_their_content(work: Workplace) -> None:
    path = embeddings(work)
    answers = [scored(work, path, "--split", split, "--json") for split in ("train", "dev", "test")]
    assert sum(result(answer)["n"] for answer in answers) == 30
    assert all("made by content" in answer[2] for answer in answers)


def test_embeddings_may_name_their_splits(work: Workplace) -> None:
    path = embeddings(work, split=np.array(["val", "test", ""] * 10))
    assert result(scored(work, path, "--split", "dev", "--json"))["n"] == 10
    code, _, err = scored(work, path, "--split", "train")
    assert code == 2
    assert 'no split "train"; there are dev (10), test (10)' in err


def test_a_report_on_embeddings_says_that_there_are_no_pictures(work: Workplace) -> None:
    labels = np.array(["Emerald"] * 30)
    path = embeddings(work, labels=labels)
    assert scored(work, path, "--report", "out.html")[0] == 0
    page = (work.folder / "out.html").read_text()
    assert "The data are embeddings, which have no pictures to show." in page
    assert "row 0" in page
    assert "<img" not in page
    work.draw(work.folder / "first.png", COLORS["Ruby"])
    path = embeddings(work, labels=labels, paths=np.array(["first.png"] + [""] * 29))
    assert scored(work, path, "--report", "out.html")[0] == 0
    assert (work.folder / "out.html").read_text().count("<img") == 1


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"labels": np.array(["Ruby"] * 29)}, "30 embeddings but 29 labels"),
        ({"labels": np.array(["Rubi"] * 30)}, 'did you mean "Ruby"'),
        ({"labels": np.array([["Ruby", "Opal"]] * 30)}, "An image has one label here"),
        ({"labels": np.array(["Ruby", None] * 15, dtype=object)}, "they could run code"),
        ({"labels": np.ones(30)}, "float64, not text or whole numbers"),
        ({"labels": np.array(["Ruby"] * 29 + [""])}, "no label for row 29"),
        ({"embeddings": np.ones(30)}, "shape (30,)"),
        ({"embeddings": np.zeros((30, 3))}, "row 0 of the embeddings holds zeros only"),
        ({"embeddings": np.full((30, 3), np.nan)}, "row 0 of the embeddings holds missing numbers"),
        ({"paths": np.array(["a.png"])}, "30 embeddings but 1 paths"),
        ({"split": np.array(["dev"])}, "30 embeddings but 1 splits"),
    ],
)
def test_embeddings_that_cannot_be(work: Workplace, arrays: dict[str, Any], says: str) -> None:
    code, _, err = scored(work, embeddings(work, **arrays))
    assert code == 2
    assert says in err
    assert not work.loaded


def test_embeddings_of_another_encoder(work: Workplace) -> None:
    code, _, err = scored(work, embeddings(work, embeddings=np.ones((30, 4))))
    assert code == 2
    assert "embeddings of 4 dimensions, but the text tower of colors gives 3" in err


def test_files_that_hold_no_embeddings(work: Workplace) -> None:
    np.savez(work.folder / "a.npz", x=np.ones(3), labels=np.ones(3))
    (work.folder / "b.npz").write_bytes(b"PK\3\4 this is no archive")
    np.save(work.folder / "c.npy", np.ones(3))
    (work.folder / "c.npy").rename(work.folder / "c.npz")
    for name, says in (("a", 'no array "embeddings"; it has x, labels'), ("b", "cannot be read"), ("c", "an array")):
        code, _, err = scored(work, f"{name}.npz")
        assert code == 2
        assert says in err
    assert "no such folder or file" in scored(work, "d.npz")[2]
    assert "cannot be cropped" in scored(work, embeddings(work), "--crop", "0,0,1,0.5")[2]
