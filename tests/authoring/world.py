"""The demo's flawed draft and its cards, for tests that optimise; cards are drawn and encoded once for all of them."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.llm import Request
from cotsmith.scoring.cache import EmbeddingCache
from cotsmith.scoring.caching_encoder import CachingEncoder
from cotsmith.scoring.demo.world import write_cards
from cotsmith.scoring.encoder import Encoder
from cotsmith.scoring.encoders import load_encoder
from cotsmith.systems.diff import diff
from cotsmith.systems.edit_json import to_json
from cotsmith.systems.edits import SetRule, apply
from cotsmith.systems.file import load, save

MEASURED = ("--crop", "artwork", "--encoder", "demo")
PER_CLASS = 16


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``cards`` and what was encoded of them."""
    folder = tmp_path_factory.mktemp("optimized")
    write_cards(folder / "cards", per_class=PER_CLASS)
    return folder


@pytest.fixture
def cards(world: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COTSMITH_CACHE_DIR", str(world / "cache"))
    return world / "cards"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.json"
    save(load("gallery:demo-draft"), path)
    return path


def shuffled(cards: Path, folder: Path, seed: int) -> Path:
    """A table that gives the cards of each split labels of one another."""
    rows = []
    for split in ("dev", "test"):
        paths = sorted((cards / split).glob("*/*.jpg"))
        labels = [path.parent.name for path in paths]
        random.Random(f"{seed} {split}").shuffle(labels)
        rows += [(str(path), label, split) for path, label in zip(paths, labels, strict=True)]
    table = folder / f"shuffled-{seed}.csv"
    with open(table, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image", "label", "split"), *rows])
    return table


def group_of(text: str) -> list[str]:
    """The classes that a request of the optimiser is about."""
    group: list[str] = json.loads(text.split("[[ ## group ## ]]\n")[1].split("\n")[0])
    return group


def knowing(text: str) -> dict[str, Any]:
    """What a model says that knows the corrected demo: for the group its rules, and those that the draft has right."""
    start, right = load("gallery:demo-draft"), load("gallery:demo")
    group = group_of(text)
    edits = [edit for edit in diff(start, right) if isinstance(edit, SetRule) and edit.class_name in group]
    edits += [SetRule(name, "body_form", start.rules[name]["body_form"]) for name in group]
    return {"proposals": [{"rationale": "it looks so", "edit": to_json(edit)} for edit in edits]}


def knows(request: Request) -> Any:
    """``knowing`` as the script of a ``ScriptedLLM``."""
    if request.task == "optimize-instructions":
        return {"new_instruction": "Look at the images."}
    return knowing(request.messages[0].text)


def worse(draft: Path) -> None:
    """Put more into the draft that is wrong: every other creature gets the body of its neighbour."""
    system = load(draft)
    names = system.classes
    wrong = (SetRule(names[i], "body_form", system.rules[names[i + 1]]["body_form"]) for i in range(0, len(names), 2))
    save(apply(system, tuple(wrong)), draft)


def remembering(folder: Path) -> Encoder:
    """The demo's encoder, which keeps in ``folder`` what it encoded."""
    return CachingEncoder(load_encoder("demo"), EmbeddingCache(folder))
