"""How long the command line takes to say its help."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .ratio import Row, ratio


def rows(*, small: bool) -> Iterator[Row]:
    """`cotsmith --help` against an empty Python program, both as whole processes."""
    cotsmith = Path(sys.executable).with_name("cotsmith")
    yield ratio(
        "cotsmith --help vs python -c pass",
        lambda: subprocess.run([cotsmith, "--help"], check=True, capture_output=True),
        lambda: subprocess.run([sys.executable, "-c", "pass"], check=True, capture_output=True),
        goal="<= 4",
        runs=3 if small else 15,
    )
