"""What an interrupted draft leaves beside its output, so that the next run asks for nothing twice."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError, UsageError
from ..systems.json_form import Json
from ..systems.secrets import without_secrets
from ..systems.sources import reason
from ..systems.text import plain
from .llm import Usage

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One answered question of a draft: the reply's ``value``, and for rules the ``classes`` that were asked about."""

    value: Json
    classes: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    exchanges: tuple[Json, ...] = ()


class DraftStore:
    """The steps of one draft in a file, a line each, synced as they come; only its owner can read it.

    ``steps`` are those of an earlier run; what is added comes after them.
    """

    def __init__(self, path: Path, steps: Sequence[Step]) -> None:
        self.path = path
        self.steps = list(steps)
        self._lock = threading.Lock()

    @classmethod
    def open(cls, output: str | Path, task: Mapping[str, Json], *, resume: bool, force: bool = False) -> DraftStore:
        """The store of the draft that goes to ``output``; ``task`` is what was asked for, which must be the same again.

        Raises:
            UsageError: an earlier draft was interrupted, and neither ``resume`` nor ``force``; or it was another task.
            InputError: the file cannot be read or written.
        """
        path = partial_path(output)
        header = {"draft": _FORMAT, "task": _fingerprint(task)}
        try:
            lines = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
            known = _read(lines[:1])
            if resume and lines:
                if known != [header]:
                    raise UsageError(
                        "the interrupted draft was another: other classes, attributes, words or prompts",
                        where=plain(str(path)),
                        hint="Give the same options again, or leave out --resume and begin anew with --force.",
                    )
                steps = [line for line in _read(lines[1:]) if isinstance(line, dict)]
                _write(path, [header, *steps])  # without a line that was only half written
                return cls(path, [_step(line) for line in steps])
            if lines and not force:
                raise UsageError(
                    "a draft was interrupted here",
                    where=plain(str(path)),
                    hint="Go on with --resume, or begin anew with --force.",
                )
            _write(path, [header])
        except OSError as error:
            raise InputError(f"cannot be written: {reason(error)}", where=plain(str(path))) from error
        return cls(path, [])

    def add(self, step: Step) -> None:
        """Keep ``step``: on disk when this returns. May be called from several threads."""
        usage = [step.usage.input, step.usage.cached, step.usage.output]
        entry: Json = {
            "value": step.value,
            "classes": list(step.classes),
            "usage": usage,
            "exchanges": [without_secrets(exchange) for exchange in step.exchanges],
        }
        with self._lock:
            try:
                with self.path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(json.dumps(entry) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise InputError(f"cannot be written: {reason(error)}", where=plain(str(self.path))) from error
            self.steps.append(step)  # only now: what it tells to have is on disk

    def finish(self) -> None:
        """Remove the file: the draft is where it belongs."""
        with contextlib.suppress(OSError):
            self.path.unlink()


def partial_path(output: str | Path) -> Path:
    """Where the steps lie: ``birds.json.partial`` for ``birds.json``."""
    return Path(f"{output}.partial")


def _fingerprint(task: Mapping[str, Json]) -> str:
    return hashlib.sha256(json.dumps(task, sort_keys=True).encode()).hexdigest()


def _write(path: Path, entries: Sequence[Json]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
        os.chmod(path, 0o600)
        file.writelines(json.dumps(entry) + "\n" for entry in entries)


def _read(lines: Sequence[str]) -> list[Json]:
    """The values of ``lines``, without one that was only half written."""
    found: list[Json] = []
    for line in lines:
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found


def _step(entry: Mapping[str, Json]) -> Step:
    usage, classes, exchanges = (entry.get(key) for key in ("usage", "classes", "exchanges"))
    numbers = [n if isinstance(n, int) else 0 for n in usage] if isinstance(usage, list) else []
    return Step(
        entry.get("value"),
        tuple(map(str, classes)) if isinstance(classes, list) else (),
        Usage(*numbers[:3]),
        tuple(exchanges) if isinstance(exchanges, list) else (),
    )
