"""`python -m benchmarks [--small] [--json FILE]`: print every row, and write them as JSON if asked."""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib import import_module
from pathlib import Path

MODULES = ("startup", "check_bench", "evaluation", "interactive", "cache", "encode", "history", "review")


def main() -> None:
    """Run the modules in turn. ``--small`` shrinks the work: it then shows only that the benchmarks run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    found = []
    for module in MODULES:
        for row in import_module(f"benchmarks.{module}").rows(small=arguments.small):
            found.append(row)
            print(row, flush=True)  # noqa: T201 - the rows are this program's output
    if arguments.json:
        machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
        rows = [row.as_json() for row in found]
        arguments.json.write_text(json.dumps({"small": arguments.small, **machine, "rows": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
