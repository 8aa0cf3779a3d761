"""``cache info|verify|clear`` on the command line, and ``--no-cache``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from cotsmith.cli import run
from cotsmith.scoring.cache_commands import cache
from cotsmith.scoring.cache_upkeep import cache_info, clear_cache, verify_cache
from cotsmith.systems.model import Attribute, System

ENCODER = '''
from pathlib import Path
import numpy as np

class Colors:
    """Writes down how many images it encodes."""

    key = "colors[/bold]"
    logit_scale = 30.0

    def encode_images(self, images):
        with open(Path(__file__).with_name("log"), "a") as log:
            log.write("i" * len(images))
        return np.array([np.asarray(image).reshape(-1, 3).mean(axis=0) + 1 for image in images], np.float32)

    def encode_texts(self, texts):
        return np.array([[len(text), "red" in text, 1] for text in texts], np.float32)
'''


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / f"colors_{tmp_path.name}.py").write_text(ENCODER)
    for name, color in (("Ruby", "red"), ("Emerald", "green")):
        (tmp_path / "cards" / name).mkdir(parents=True)
        Image.new("RGB", (4, 4), color).save(tmp_path / "cards" / name / "1.png")
    System(
        attributes=(Attribute("hue", ("a {} gem",), ("red", "green")),),
        rules={"Ruby": {"hue": ("red",)}, "Emerald": {"hue": ("green",)}},
    ).save(tmp_path / "gems.json")
    return tmp_path


def score(work: Path, *more: str) -> str:
    (work / "log").unlink(missing_ok=True)
    assert run(["score", "gems.json", "--data", "cards", "--encoder", f"colors_{work.name}:Colors", *more]) == 0
    return (work / "log").read_text() if (work / "log").exists() else ""


def test_score_and_classify_encode_an_image_once(work: Path) -> None:
    assert score(work) == "ii"
    assert score(work) == ""
    assert run(["classify", "gems.json", "cards", "--encoder", f"colors_{work.name}:Colors"]) == 0
    assert not (work / "log").exists()


def test_without_the_cache_everything_is_encoded_and_nothing_kept(work: Path, own_cache: Path) -> None:
    assert score(work, "--no-cache") == score(work, "--no-cache") == "ii"
    assert not own_cache.exists()


def test_a_cache_that_cannot_be_used_is_a_warning(
    work: Path, own_cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_cache.write_text("in the way")
    assert score(work) == "ii"
    err = capsys.readouterr().err
    assert err.count("warning: the cache in") == 1
    assert "File exists" in err
    assert "Errno" not in err
    own_cache.unlink()


def test_info_lists_what_is_there(work: Path, own_cache: Path) -> None:
    runner = CliRunner()
    assert runner.invoke(cache, ["info"]).output == f"{own_cache}: 0.0 MB\n"
    score(work)
    shown = runner.invoke(cache, ["info"]).output
    assert "2 images × 3: colors[/bold]" in shown
    found = json.loads(runner.invoke(cache, ["info", "--json"]).output)
    assert found["folder"] == str(own_cache)
    assert {(space["of"], space["count"]) for space in found["encoders"]} == {("images", 2), ("texts", 4)}
    assert found["bytes"] == sum(path.stat().st_size for path in own_cache.iterdir())


def test_verify_finds_damage_and_forgets_it(work: Path, own_cache: Path) -> None:
    runner = CliRunner()
    score(work)
    assert runner.invoke(cache, ["verify"]).output == "6 vectors, 0 damaged\n"
    for file in own_cache.glob("*.f32"):
        data = bytearray(file.read_bytes())
        data[0] ^= 255
        file.write_bytes(data)
    result = runner.invoke(cache, ["verify", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"vectors": 6, "damaged": 2}
    assert verify_cache(own_cache) == (4, 0)
    assert score(work) == "i"
    assert verify_cache(own_cache) == (6, 0)


def test_clear_forgets_everything(work: Path, own_cache: Path) -> None:
    score(work)
    assert CliRunner().invoke(cache, ["clear"]).exit_code == 0
    assert cache_info(own_cache).spaces == ()
    assert list(own_cache.glob("*.f32")) == []
    assert score(work) == "ii"
    assert score(work) == ""


def test_upkeep_of_no_cache_makes_none(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert (verify_cache(folder), clear_cache(folder), cache_info(folder).size) == ((0, 0), 0, 0)
    assert not folder.exists()
