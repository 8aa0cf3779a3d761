"""No room for more bytes, by the limit that POSIX sets on the size of files: needs no rights and no mounts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cotsmith.systems.edits import SetDescription, apply
from cotsmith.systems.file import load, render
from cotsmith.systems.history import History, damaged, history_path
from tests.systems.history_worlds import PETS, save

# Saves a longer and longer text under a tighter and tighter limit, and tells after each what came of it.
SAVER = """
import json, pathlib, resource, signal, sys
from cotsmith.errors import CotsmithError
from cotsmith.systems.edits import SetDescription, apply
from cotsmith.systems.file import load
from cotsmith.systems.saving import save_revision
file, limits = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
told = []
for number, limit in enumerate(limits):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    text = f"{number} " + "".join(chr(97 + (i * i * 7 + i * number) % 26) for i in range(6000))
    try:
        saved = save_revision(apply(load(file), [SetDescription(text)]), file, kind="person", author="Kim")
        told.append({"saved": number, "warnings": saved.warnings, "recorded": saved.revision is not None})
    except CotsmithError as error:
        told.append({"refused": str(error)})
print(json.dumps(told))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_the_file_is_the_last_one_acknowledged_and_the_history_readable(tmp_path: Path) -> None:
    file = tmp_path / "pets.json"
    save(file)
    # The database and its log outgrow a limit long before the file does.
    limits = [2**20, *range(80_000, 8_000, -6_000), 9_000, 8_000, 4_000, 500, 0, 2**20]
    done = subprocess.run(
        [sys.executable, "-c", SAVER, str(file), json.dumps(limits)], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    kept = [each["saved"] for each in told if "saved" in each]
    assert any(not each.get("recorded", True) and each["warnings"] for each in told), "saved without history"
    assert any("refused" in each for each in told), "not even that"
    assert kept[-1] == len(limits) - 1, "with room again"
    assert load(file).description.startswith(f"{kept[-1]} ")
    history = History.read(file)
    assert history is not None
    with history:
        assert damaged(history) == []
        texts = [history.content(revision) for revision in history.revisions()]
    assert texts[-1] == file.read_bytes()
    recorded = [each["saved"] for each in told if each.get("recorded")]
    assert all(any(f'"description": "{number} '.encode() in text for text in texts) for number in recorded)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pets.history.db", "pets.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_refused_save_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "pets.json"
    save(file)
    before = file.read_bytes()
    done = subprocess.run([sys.executable, "-c", SAVER, str(file), "[100]"], capture_output=True, text=True, check=True)
    (told,) = json.loads(done.stdout)
    assert "cannot be written: file too large" in told["refused"]
    assert "Nothing was changed." in told["refused"]
    assert file.read_bytes() == before == render(PETS).encode()
    assert history_path(file).exists()
    assert save(file, SetDescription("again")).warnings == ()
    assert load(file) == apply(PETS, [SetDescription("again")])
