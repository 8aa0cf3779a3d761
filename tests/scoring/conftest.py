"""Tiny checkpoints, built once, in a home of Hugging Face that has nothing else and no connection."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from cotsmith.scoring.quiet_transformers import quiet_transformers
from tests.scoring.tiny_models import BUILDERS, save_bert, save_vit
from tests.scoring.tiny_remote_code import save_remote_code

# Read by huggingface_hub when it is imported, which nothing has done yet.
_HOME = tempfile.mkdtemp(prefix="hf-home-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update(HF_HOME=_HOME, HF_HUB_OFFLINE="1")
os.environ.pop("HF_HUB_CACHE", None)


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Called with a kind (``clip``, ..., ``bert``, ``vit``, ``remote``), the folder of such a checkpoint."""
    builders = {**BUILDERS, "bert": save_bert, "vit": save_vit, "remote": save_remote_code}

    @cache
    def build(kind: str) -> Path:
        with quiet_transformers():
            return builders[kind](tmp_path_factory.mktemp("checkpoints") / kind)

    return build
