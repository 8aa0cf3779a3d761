"""The examples in the README and the docs are run: systems are parsed, Python is executed, commands are called."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cotsmith.cli import VERBS, run
from cotsmith.scoring.demo.world import render_card
from cotsmith.systems.file import parse

from .authoring import drafter
from .authoring.loopback import Loopback
from .authoring.over_http import answering, point_at, use_keys

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

# Models cannot be fetched in a test. The bundled encoder stands in for them, and a server on this machine for the LLM;
# everything else is as printed.
STAND_INS = {"openai/clip-vit-base-patch32": "demo"}

REPLY = """Sure! Here it is:
```python
classification_cot = {'form': {'prompt': 'It looks like {}.', 'options': ['a wolf', 'a rabbit',]},}
rules = {'Absol': {'form': 0}, 'Azumarill': {'form': 1}}  # by index
```
"""

PAGE_NAMES = [str(page.relative_to(ROOT)) for page in PAGES]


# The review wants a person at a terminal, and has tests of its own; here its options are read, and no screen is opened.
NEEDS_A_TERMINAL = "review"


def fences(page: Path, language: str) -> Iterator[str]:
    for found in FENCE.finditer(page.read_text("utf-8")):
        if found[1] == language:
            yield found[2]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the examples speak of: a system, two other versions of it, images, an LLM's reply."""
    folder = tmp_path_factory.mktemp("examples")
    text = next(fences(ROOT / "README.md", "json"))
    (folder / "cards.json").write_text(text, encoding="utf-8")
    older = text.replace("a wolf", "a dog")
    (folder / "old.json").write_text(older, encoding="utf-8")
    (folder / "theirs.json").write_text(older.replace("light blue", "sky blue"), encoding="utf-8")
    (folder / "reply.txt").write_text(REPLY, encoding="utf-8")
    pictures = zip(("Absol", "Aggron", "Dratini"), ("Tavvit", "Quimbo", "Jorrik"), strict=True)
    for label, creature in pictures:
        for split in ("dev", "test"):
            place = folder / "cards" / split / label
            place.mkdir(parents=True)
            for seed in range(2):
                render_card(creature, seed).save(place / f"{seed}.jpg")
    (folder / "new").mkdir()
    _write_tables(folder)
    render_card("Tavvit", 9).save(folder / "new" / "unknown.jpg")
    return folder


def _write_tables(folder: Path) -> None:
    """The same images as a CSV file and inside of a Parquet file, and embeddings."""
    paths = sorted((folder / "cards").glob("test/*/*.jpg"))
    labels = [path.parent.name for path in paths]
    rows = [f"{path.relative_to(folder)},{label}\n" for path, label in zip(paths, labels, strict=True)]
    (folder / "cards.csv").write_text("image,label\n" + "".join(rows), encoding="utf-8")
    table = pa.table({"picture": [path.read_bytes() for path in paths], "species": labels})
    pq.write_table(table, folder / "cards.parquet")
    vectors = np.random.default_rng(0).normal(size=(len(labels), 64))
    np.savez(folder / "embeddings.npz", embeddings=vectors, labels=labels)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_systems_in_the_docs_are_systems(name: str) -> None:
    for text in fences(ROOT / name, "json"):
        parse(text, name)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_python_in_the_docs_runs(name: str, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = shutil.copytree(prepared, tmp_path / "work")
    monkeypatch.chdir(place)
    namespace: dict[str, object] = {}
    for number, text in enumerate(fences(ROOT / name, "python")):
        for model, stand_in in STAND_INS.items():
            text = text.replace(model, stand_in)
        exec(compile(text, f"{name}, example {number + 1}", "exec"), namespace)


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_commands_in_the_docs_run(
    name: str, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = shutil.copytree(prepared, tmp_path / "work")
    monkeypatch.chdir(place)
    use_keys(monkeypatch, tmp_path)
    with Loopback(answering(drafter.answer(3))) as server:
        point_at(server, monkeypatch)
        run_examples(name, place, capsys)


def run_examples(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in "".join(fences(ROOT / name, "sh")).splitlines():
        if not line.startswith("cotsmith "):
            continue
        words = shlex.split(line, comments=True)[1:]
        words = words[: words.index(">")] if ">" in words else words
        words = [STAND_INS.get(word, word) for word in words]
        words = [str(path) for word in words for path in (sorted(place.glob(word)) if "*" in word else [word])]
        code = run(words)
        shown = capsys.readouterr()
        if words[0] == NEEDS_A_TERMINAL:
            assert (code, shown.err.splitlines()[0]) == (2, "error: the review needs a terminal"), shown.err
            continue
        expected = {0, 1} if words[0] == "check" else {0}
        assert code in expected, f"{line}\n{shown.err}"


@pytest.mark.parametrize("name", PAGE_NAMES)
def test_links_lead_somewhere(name: str) -> None:
    page = ROOT / name
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_every_verb_stands_in_the_reference() -> None:
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert all(f"## cotsmith {verb}\n" in text for verb in VERBS)
