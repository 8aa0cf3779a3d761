"""Every test has an embedding cache of its own, and none touches the user's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.command_line import Command, command_in


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def own_cache(caches: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = caches / "cache"
    monkeypatch.setenv("COTSMITH_CACHE_DIR", str(folder))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cotsmith(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Called with arguments, runs cotsmith in ``tmp_path``."""
    return command_in(tmp_path, capsys, monkeypatch)


# How fast an example runs says how busy the machine is, not whether the code is right.
settings.register_profile("cotsmith", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cotsmith")
