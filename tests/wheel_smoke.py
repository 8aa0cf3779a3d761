"""Build the wheel, install it into an empty environment, and try it there, away from the source tree.

Run by `make check` as a script: it needs the package index, which the test suite does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LARGEST_WHEEL = 6 * 2**20
ROOMS = {"authoring", "review", "scoring", "systems", "validate"}


def run(*command: str | Path, cwd: Path) -> str:
    """The standard output of ``command``, which must succeed; nothing of the source tree is on its path."""
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "MYPYPATH"}}
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} left with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def built_wheel(folder: Path) -> Path:
    """The wheel, made from the source distribution, so that both are known to be whole."""
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return wheel


def check_contents(wheel: Path) -> None:
    """Everything lies below `cotsmith/`, the data files are there, the tests are not, and it is small."""
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert all(top == "cotsmith" or top.endswith(".dist-info") for top in tops), tops
    rooms = {name.split("/")[1] for name in names if name.startswith("cotsmith/")}
    assert rooms >= ROOMS, ROOMS - rooms
    assert "tests" not in rooms
    for needed in (
        "cotsmith/py.typed",
        "cotsmith/systems/gallery/demo.json",
        "cotsmith/scoring/demo/encoder/config.json",
    ):
        assert needed in names, needed
    source = {f"cotsmith/{p.relative_to(ROOT)}" for room in ROOMS for p in (ROOT / room).rglob("*.py")}
    assert not source - set(names), f"left out of the wheel: {sorted(source - set(names))}"
    assert wheel.stat().st_size <= LARGEST_WHEEL, f"the wheel has {wheel.stat().st_size:,} bytes"


def check_installed(wheel: Path, folder: Path) -> None:
    """The installed package runs its main job in an environment that holds nothing else."""
    run(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(*pip, "-c", ROOT / "constraints.txt", wheel, cwd=folder)
    cotsmith = folder / "venv" / "bin" / "cotsmith"
    home = run(python, "-c", "import cotsmith; print(cotsmith.__file__)", cwd=folder)
    assert str(folder) in home, f"imported from {home}"
    assert "score" in run(cotsmith, "--help", cwd=folder)
    json.loads(run(cotsmith, "schema", cwd=folder))
    run(cotsmith, "demo", folder / "world", cwd=folder)
    shown = run(cotsmith, "score", "gallery:demo", "--data", folder / "world" / "cards", "--encoder", "demo",
                "--crop", "artwork", "--split", "test", "--json", cwd=folder)  # fmt: skip
    assert json.loads(shown)["system"]["accuracy"] >= 0.9, shown
    run(python, "-m", "pip", "check", cwd=folder)


def main() -> None:
    """Do all of it in a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = built_wheel(folder)
        check_contents(wheel)
        check_installed(wheel, folder)
        sys.stderr.write(f"{wheel.name}: {wheel.stat().st_size / 2**20:.2f} MiB, installed and tried\n")


if __name__ == "__main__":
    main()
