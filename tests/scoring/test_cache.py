"""The embedding cache: nothing encoded twice, nothing lost, nothing wrong, whatever is killed, damaged or shared."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cotsmith.errors import EncoderError
from cotsmith.scoring.cache import EmbeddingCache, cache_folder, image_identity
from cotsmith.scoring.cache_index import connect
from cotsmith.scoring.cache_store import Store
from cotsmith.scoring.dataset import Item
from cotsmith.scoring.embed import embed_images, embed_texts
from cotsmith.scoring.encoder import Vectors
from cotsmith.scoring.images import Crop
from tests.scoring import cache_worker
from tests.scoring.cache_worker import BATCH, embedded

COUNT = 30


class Place:
    """A folder of images, a cache, and what was encoded since it was last asked."""

    def __init__(self, folder: Path) -> None:
        self.images = folder / "images"
        self.cache = folder / "cache"
        self.log = folder / "log"
        self.told: list[str] = []
        self.images.mkdir()
        for number in range(COUNT):
            self.draw(number, (number * 8, 255 - number, 9))

    def draw(self, number: int, color: tuple[int, int, int], *, ago: float = 100.0) -> Path:
        path = self.images / f"{number:03}.png"
        Image.new("RGB", (4, 4), color).save(path)
        os.utime(path, (time.time() - ago,) * 2)
        return path

    def items(self) -> list[Item]:
        return [Item(path, "label") for path in sorted(self.images.iterdir())]

    def run(self, *, crop: Crop | None = None) -> Vectors:
        cache = EmbeddingCache(self.cache, self.told.append)
        return embed_images(
            self.items(), cache_worker.Slow(self.log, 0), crop=crop, batch_size=BATCH, cache=cache
        ).vectors

    def encoded(self) -> list[str]:
        lines = self.log.read_text().split() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines

    def right(self) -> Vectors:
        """What comes without a cache."""
        vectors = embed_images(self.items(), cache_worker.Slow(self.log, 0), batch_size=BATCH).vectors
        self.encoded()
        return vectors


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def same(first: Vectors, second: Vectors) -> bool:
    return first.tobytes() == second.tobytes()


def test_the_second_time_nothing_is_encoded_and_the_vectors_are_a_memory_map(place: Place) -> None:
    right = place.right()
    assert same(place.run(), right)
    assert len(place.encoded()) == COUNT
    again = place.run()
    assert same(again, right)
    assert place.encoded() == []
    assert isinstance(again, np.memmap)
    assert not again.flags.writeable
    assert place.told == []


def test_a_part_in_another_order_comes_from_the_cache_too(place: Place) -> None:
    whole = place.run()
    place.encoded()
    items = place.items()[20:3:-2]
    part = embed_images(items, cache_worker.Slow(place.log, 0), cache=EmbeddingCache(place.cache)).vectors
    assert same(part, whole[20:3:-2])
    assert place.encoded() == []


def test_a_changed_file_is_encoded_again_even_if_its_size_and_time_are_the_same(place: Place) -> None:
    place.run()
    place.encoded()
    path = place.images / "007.png"
    before = path.stat()
    place.draw(7, (99, 98, 97))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    found = place.run()
    assert len(place.encoded()) == 1
    assert same(found, place.right())


def test_copies_and_renamed_files_are_encoded_once(place: Place) -> None:
    place.draw(1, (0, 255, 9))
    (place.images / "002.png").rename(place.images / "999.png")
    right = place.right()
    assert same(place.run(), right)
    assert len(place.encoded()) == COUNT - 1
    (place.images / "003.png").rename(place.images / "abc.png")
    assert same(place.run(), place.right())
    assert place.encoded() == []


def test_crops_and_encoders_do_not_mix(place: Place) -> None:
    place.run()
    place.encoded()
    place.run(crop=Crop(0, 0, 0.5, 0.5))
    assert len(place.encoded()) == COUNT
    other = cache_worker.Slow(place.log, 0)
    other.key = "another"
    embed_images(place.items(), other, cache=EmbeddingCache(place.cache))
    assert len(place.encoded()) == COUNT


@pytest.mark.parametrize("key", ["", None])
def test_an_encoder_that_does_not_say_who_it_is_is_not_cached(place: Place, key: str | None) -> None:
    encoder = cache_worker.Slow(place.log, 0)
    encoder.key = key  # type: ignore[assignment]
    for _ in range(2):
        embed_images(place.items(), encoder, cache=EmbeddingCache(place.cache))
        assert len(place.encoded()) == COUNT
    assert not place.cache.exists()


def test_a_broken_image_is_skipped_each_time_with_its_reason(place: Place) -> None:
    for name in ("004.png", "005.png"):
        (place.images / name).write_text("broken")
    for expected in (COUNT - 2, 0):
        result = embed_images(
            place.items(), cache_worker.Slow(place.log, 0), batch_size=BATCH, cache=EmbeddingCache(place.cache)
        )
        assert [Path(skip.where).name for skip in result.skipped] == ["004.png", "005.png"]
        assert len(result.items) == len(result.vectors) == COUNT - 2
        assert len(place.encoded()) == expected


def test_progress_tells_what_came_from_the_cache_first(place: Place) -> None:
    place.run()
    place.draw(3, (1, 2, 3))
    seen: list[tuple[int, int]] = []
    embed_images(
        place.items(),
        cache_worker.Slow(place.log, 0),
        cache=EmbeddingCache(place.cache),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(COUNT - 1, COUNT), (COUNT, COUNT)]


def test_damaged_vectors_are_encoded_again_and_told(place: Place) -> None:
    right = place.right()
    place.run()
    place.encoded()
    (file,) = place.cache.glob("*.f32")
    data = bytearray(file.read_bytes())
    for row in (3, 17):
        data[row * 32 + 5] ^= 1
    file.write_bytes(data)
    assert same(place.run(), right)
    assert len(place.encoded()) == 2
    assert place.told == ["2 damaged entries of the cache are encoded again"]
    assert same(place.run(), right)
    assert place.encoded() == []


@pytest.mark.parametrize("left", [0, 100, None])
def test_a_cut_or_missing_file_of_vectors_is_written_anew(place: Place, left: int | None) -> None:
    right = place.right()
    place.run()
    (file,) = place.cache.glob("*.f32")
    if left is None:
        file.unlink()
    else:
        os.truncate(file, left)
    assert same(place.run(), right)
    assert same(place.run(), right)
    assert len(place.told) == 1


def test_a_damaged_index_is_begun_anew(place: Place) -> None:
    right = place.right()
    place.run()
    place.encoded()
    for ending in ("-wal", "-shm"):
        (place.cache / f"index.db{ending}").unlink(missing_ok=True)
    (place.cache / "index.db").write_bytes(b"not a database at all" * 100)
    assert same(place.run(), right)
    assert len(place.encoded()) == COUNT
    place.run()
    assert place.encoded() == []


def test_a_folder_that_cannot_be_made_is_told_and_the_work_goes_on(place: Place) -> None:
    place.cache.write_text("a file is in the way")
    assert same(place.run(), place.right())
    assert len(place.told) == 1
    assert "is not used" in place.told[0]


def test_a_disk_that_fills_up_is_told_once_and_loses_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    right = place.right()
    stored = Store.add
    calls = []

    def full(store: Store, contents: list[bytes], vectors: Vectors) -> object:
        calls.append(len(contents))
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        return stored(store, contents, vectors)

    monkeypatch.setattr(Store, "add", full)
    assert same(place.run(), right)
    assert len(place.told) == 1
    assert len(calls) == 3
    assert len(place.encoded()) == COUNT


def test_a_cache_that_is_cleared_meanwhile_does_no_harm(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    right = place.right()
    place.run()

    def gone(*_: object) -> Vectors:
        raise FileNotFoundError("another process has cleared the cache")

    monkeypatch.setattr(Store, "read", gone)
    assert same(place.run(), right)
    assert len(place.told) == 1


def test_a_changed_dimension_under_the_same_key_is_an_error_with_advice(place: Place) -> None:
    place.run()
    with connect(place.cache) as index:
        store = Store(place.cache, index, image_identity(cache_worker.Slow(place.log, 0), None))
        with pytest.raises(EncoderError, match="3 dimensions, where the cache has 8"):
            store.add([b"x" * 32], np.ones((1, 3), np.float32))
    index.close()


def test_texts_are_kept_too(place: Place) -> None:
    class Counting(cache_worker.Slow):
        seen = 0

        def encode_texts(self, texts: list[str]) -> Vectors:
            self.seen += len(texts)
            return np.array([[len(text), text.count("a"), 1] for text in texts], np.float32)

    encoder = Counting(place.log, 0)
    cache = EmbeddingCache(place.cache)
    first = embed_texts(encoder, ["a", "bb", "a"], cache=cache)
    assert same(first, embed_texts(encoder, ["a", "bb", "a"]))
    encoder.seen = 0
    second = embed_texts(encoder, ["bb", "a", "ccca"], cache=cache)
    assert encoder.seen == 1
    assert same(second, embed_texts(encoder, ["bb", "a", "ccca"]))


def worker(place: Place, log: Path, seconds: float, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, cache_worker.__file__, place.images, place.cache, log, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
    )


def committed(place: Place) -> int:
    if not (place.cache / "index.db").exists():
        return 0
    index = connect(place.cache)
    try:
        return int(index.execute("SELECT count(*) FROM vectors").fetchone()[0])
    finally:
        index.close()


def test_killed_at_random_points_it_goes_on_and_ends_with_the_same_bits(tmp_path: Path) -> None:
    generator = random.Random(5)
    place = Place(tmp_path)
    right = place.right()
    kills = 0
    while kills < 20:
        before = committed(place)
        if before > COUNT - 2 * BATCH:  # nearly done: begin again with an empty cache
            assert same(place.run(), right)
            for path in place.cache.iterdir():
                path.unlink()
            before = 0
            place.encoded()
        running = worker(place, place.log, 0.004)
        wanted = before + generator.choice([0, 1, BATCH, BATCH + 1])
        while running.poll() is None and committed(place) < wanted:
            time.sleep(0.001)
        time.sleep(generator.random() * 0.01)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        kills += 1
        lost = len(place.encoded()) - (committed(place) - before)
        assert 0 <= lost <= BATCH
    left = COUNT - committed(place)
    assert same(place.run(), right)
    assert len(place.encoded()) == left
    assert place.told == []


def test_two_processes_share_the_work_without_a_word(tmp_path: Path) -> None:
    place = Place(tmp_path)
    right = hashlib.sha256(place.right().tobytes()).hexdigest()
    start = tmp_path / "start"
    logs = [tmp_path / "first", tmp_path / "second"]
    running = [worker(place, log, 0.03, START_WHEN=str(start)) for log in logs]
    start.touch()
    for process in running:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, right, "")
    encoded = [line for log in logs if log.exists() for line in log.read_text().split()]
    assert len(encoded) == len(set(encoded)) == COUNT


def test_many_who_begin_one_index_at_once_all_get_it(tmp_path: Path) -> None:
    def begun(folder: Path) -> bool:
        started.wait()
        with closing(connect(folder)):
            return True

    started = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        for number in range(20):
            assert all(pool.map(begun, [tmp_path / str(number)] * 4))


def test_a_claim_of_a_killed_process_holds_nobody_up(place: Place) -> None:
    right = place.right()
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    index = connect(place.cache)
    contents = [hashlib.sha256(item.path.read_bytes()).digest() for item in place.items()]
    identity = image_identity(cache_worker.Slow(place.log, 0), None)
    index.executemany(
        "INSERT INTO claims VALUES (?, ?, 'gone', ?, ?)",
        [(identity, content, int(gone.stdout), time.time() + 1000) for content in contents],
    )
    index.close()
    assert same(place.run(), right)


def test_an_index_of_a_newer_version_is_left_alone(place: Place) -> None:
    place.run()
    index = connect(place.cache)
    index.execute("PRAGMA user_version = 99")
    index.close()
    place.run()
    assert "newer version" in place.told[0]
    check = sqlite3.connect(place.cache / "index.db")
    assert check.execute("PRAGMA user_version").fetchone() == (99,)
    check.close()


def test_the_folder_is_the_users_unless_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COTSMITH_CACHE_DIR", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"
    monkeypatch.delenv("COTSMITH_CACHE_DIR")
    assert cache_folder().name == "cotsmith"


def test_without_a_cache_nothing_is_written(place: Place) -> None:
    assert embedded(place.images, None, place.log) == place.right().tobytes()
    assert not place.cache.exists()


@pytest.mark.parametrize("rows", [1, 700, 6500])
@pytest.mark.parametrize("wanted", [3, 600])
def test_what_is_in_a_store_is_found_however_much_is_asked_for(tmp_path: Path, rows: int, wanted: int) -> None:
    contents = [number.to_bytes(32, "big") for number in range(rows)]
    with closing(connect(tmp_path)) as index:
        store, other = Store(tmp_path, index, "one"), Store(tmp_path, index, "another")
        store.add(contents, np.arange(rows, dtype=np.float32)[:, None])
        other.add([number.to_bytes(32, "big") for number in range(9000, 9900)], np.ones((900, 1), np.float32))
        asked = [number.to_bytes(32, "big") for number in range(0, 10_000, 10_000 // wanted)]
        found = store.find([*asked, *asked])
        assert set(found) == set(asked) & set(contents)
        if found:
            vectors = store.read(list(found.values()))
            assert [int(value) for value in vectors[:, 0]] == [int.from_bytes(content) for content in found]
