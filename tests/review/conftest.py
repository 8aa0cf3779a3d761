"""The demo world, drawn and encoded once; each test reviews a draft of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from cotsmith.review.review import Review
from cotsmith.review.session import Session
from cotsmith.review.workshop import Workshop
from cotsmith.scoring.dataset import Dataset
from cotsmith.scoring.demo.world import write_cards
from cotsmith.scoring.encoder import Encoder
from cotsmith.scoring.encoders import load_encoder
from cotsmith.scoring.evaluation import Evaluation, evaluate
from cotsmith.scoring.reuse import with_system
from cotsmith.scoring.sources import load_dataset
from cotsmith.systems.file import load, save
from cotsmith.systems.model import System
from cotsmith.terminal import Progress

DRAFT = "gallery:demo-draft"


@pytest.fixture(scope="session")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world") / "cards"
    write_cards(folder, per_class=15, splits=("dev",))
    return folder


@pytest.fixture(scope="session")
def dev(cards: Path) -> Dataset:
    return load_dataset(cards, crop="artwork").split("dev")


@pytest.fixture(scope="session")
def demo_encoder() -> Encoder:
    return load_encoder("demo")


@pytest.fixture(scope="session")
def measured(dev: Dataset, demo_encoder: Encoder) -> Evaluation:
    return evaluate(load(DRAFT), dev, demo_encoder)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.json"
    save(load(DRAFT), path)
    return path


@pytest.fixture
def review(draft: Path, measured: Evaluation) -> Review:
    """The draft open, with its evaluation."""
    session = Session.open(str(draft))
    session.begin(measured)
    return Review(session)


class Ready(Workshop):
    """A workshop whose images are encoded already."""

    def __init__(self, evaluation: Evaluation, encoder: Encoder, data: Dataset) -> None:
        super().__init__(lambda: encoder, data)
        self._evaluation = evaluation

    def evaluate(self, system: System, progress: Progress | None = None) -> Evaluation | None:
        self.encoder()
        return self._evaluation if system == self._evaluation.system else with_system(self._evaluation, system)


@pytest.fixture
def ready(measured: Evaluation, demo_encoder: Encoder, dev: Dataset) -> Ready:
    return Ready(measured, demo_encoder, dev)
