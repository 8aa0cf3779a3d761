"""What the history tests share: a small system, a way to save it, and a place that is full or read-only."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cotsmith.systems.edits import Edit, apply
from cotsmith.systems.model import Attribute, System
from cotsmith.systems.saving import Saved, save_revision

COLOR = Attribute("color", ("Its color is {}.",), ("red", "green", "blue"))
FORM = Attribute("form", ("It looks like {}.",), ("a wolf", "a bird"))
SIZE = Attribute("size", ("It is {}.",), ("small", "large", "huge"))
HOME = Attribute("home", ("It lives {}.",), ("in a forest", "in the sea", "in a town"))
PETS = System(
    "pets",
    attributes=(COLOR, FORM, SIZE, HOME),
    rules={
        "Ash": {"color": ("red",), "form": ("a bird",), "size": ("small",), "home": ("in a forest",)},
        "Bo": {"color": ("green", "blue"), "form": ("a wolf",), "size": ("large",), "home": ("in the sea",)},
        "Cleo": {"color": ("blue",), "size": ("huge",), "home": ("in a town",)},
        "Dora": {"color": ("green",), "form": ("a bird",), "size": ("huge",), "home": ("in a forest",)},
        "Eli": {"color": ("blue",), "form": ("a bird",), "size": ("small",), "home": ("in a town",)},
        "Fay": {"color": ("green",), "form": ("a wolf",), "size": ("small",), "home": ("in the sea",)},
    },
)


def save(path: Path, *edits: Edit, system: System = PETS, reason: str = "", timeout: float = 5.0) -> Saved:
    """Save ``system`` after ``edits`` as Kim."""
    return save_revision(
        apply(system, edits), path, kind="person", author="Kim", reason=reason, edits=edits, timeout=timeout
    )


def in_own_mounts(mounts: str, program: str, folder: Path) -> dict[str, object]:
    """Run a Python program with ``folder`` as its only argument after the shell command ``mounts``, in a mount
    namespace of its own; the JSON object that it prints. Skips the test where the system does not allow that."""
    allowed = (
        shutil.which("unshare") and subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode == 0
    )
    if not allowed:
        pytest.skip("mount namespaces are not allowed here")
    command = f'cd / && {mounts} && exec "$PYTHON" -c "$PROGRAM" "$FOLDER"'
    environment = {
        "PYTHON": sys.executable,
        "PROGRAM": program,
        "FOLDER": str(folder),
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
    }
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", command], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
