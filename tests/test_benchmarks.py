"""The benchmarks run, and say what they measured; how fast is no matter for a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
PROMISED = (
    "cotsmith --help",
    "check",
    "plain NumPy vs evaluation",
    "per-image loop",
    "rule edit vs evaluation",
    "option edit vs evaluation",
    "2,000 x 512 x 100 x 8",
    "warm cache",
    "bare forward + CPU of decoding vs encode",
    "plain transformers loop vs encode",
    "review: first screen",
    "review: key to repaint",
)


def test_the_benchmarks_run_small_and_write_every_row(tmp_path: Path) -> None:
    written = tmp_path / "rows.json"
    command = [sys.executable, "-m", "benchmarks", "--small", "--json", str(written)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(written.read_text())
    assert found["small"] is True
    assert len(found["rows"]) == len(done.stdout.splitlines())
    for promised in PROMISED:
        assert any(row["name"].startswith(promised) for row in found["rows"]), promised
    for row in found["rows"]:
        assert row["goal"]
        assert np.isfinite([row["ratio"], row["first_s"], row["second_s"]]).all()
        assert min(row["ratio"], row["first_s"], row["second_s"]) > 0
