"""The revisions of a file as a list to read, the accuracy drawn down its side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from .history import History
from .json_form import Json
from .revisions import Revision
from .spans import Line, Row, Span, table, width_of
from .text import counted, percentage, plain

Evaluation: TypeAlias = Mapping[str, Json]

_HASH = 7
_CHART = 11
_WHO = 11
_MIN_SPAN = 0.1
_YARDSTICK = ("encoder", "encoder_key", "data", "split", "crop", "combine", "n")
_NOUNS = {
    "set-rule": "rule",
    "set-prompts": "prompt",
    "reword-option": "reworded option",
    "add-option": "new option",
    "remove-option": "removed option",
    "merge-options": "merged option",
    "add-class": "new class",
    "remove-class": "removed class",
    "rename-class": "renamed class",
    "add-attribute": "new attribute",
    "remove-attribute": "removed attribute",
    "rename-attribute": "renamed attribute",
    "set-weight": "weight",
    "set-note": "note",
    "set-name": "name",
    "set-description": "description",
    "set-class-prompts": "class prompt",
    "set-temperature": "temperature",
    "move-option": "moved option",
    "move-attribute": "moved attribute",
    "move-class": "moved class",
    "add-allowance": "allowance",
    "remove-allowance": "removed allowance",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A revision and the evaluation to show with it: the last one made as the newest of all was made, else the last.

    ``comparable`` says that it was made like the newest: by the same encoder on the same images.
    """

    revision: Revision
    evaluation: Evaluation | None
    comparable: bool

    @property
    def accuracy(self) -> float | None:
        """The share of images named right; None when it was not measured."""
        value = self.evaluation.get("accuracy") if self.evaluation else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def entries(history: History) -> list[Entry]:
    """Every revision with its evaluation, the newest first."""
    known = history.evaluations()
    listed = history.revisions(branches=True)
    # Of several made in the same second, the last one of the newest revision.
    made_in_order = (e for revision in listed for e in known.get(revision.hash, []))
    newest = max(reversed(list(made_in_order)), key=lambda e: str(e["time"]), default=None)
    found = []
    for revision in reversed(listed):
        made = known.get(revision.hash, [])
        alike = [e for e in made if newest is not None and yardstick(e) == yardstick(newest)]
        best = alike or made
        found.append(Entry(revision, best[-1] if best else None, bool(alike)))
    return found


def yardstick(evaluation: Evaluation) -> tuple[str, ...]:
    """What must be equal for two accuracies to be compared."""
    return tuple(str(evaluation.get(key)) for key in _YARDSTICK)


def entry_json(entry: Entry) -> dict[str, Json]:
    """What ``log --json`` prints of a revision; ``branch`` only for what was tried and never the file's."""
    revision = entry.revision
    tried: dict[str, Json] = {"branch": True} if revision.branch else {}
    return {
        "revision": revision.number,
        "hash": revision.hash,
        "parent": revision.parent,
        "author": revision.author,
        "kind": revision.kind,
        "reason": revision.reason,
        "time": revision.time,
        "accuracy": entry.accuracy,
        "edits": None if revision.edits is None else list(revision.edits),
        **tried,
    }


def log_text(shown: Sequence[Entry], *, width: int | None, now: datetime | None = None) -> list[Line]:
    """A line for each revision: number, hash, age, author, accuracy with its interval drawn, and what was done.

    What is longer than ``width`` columns is cut off. ``now`` is the time from which ages are counted.
    """
    now = now or datetime.now(UTC)
    low, high = _axis([entry for entry in shown if entry.comparable])
    measured = any(entry.accuracy is not None for entry in shown)
    digits = max((len(str(entry.revision.number)) for entry in shown), default=1)
    rows = []
    for entry in shown:
        revision = entry.revision
        cells = (
            Span(f"{revision.number:>{digits}}", "head"),
            Span(revision.hash[:_HASH], "note"),
            Span(f"{_age(revision.time, now):>6}", "dim"),
            Span(_cut(_who(revision), _WHO)),
        )
        drawn = (Span(_percent(entry)), *_drawn(entry, low, high), Span("  ")) if measured else ()
        rows.append(Row(cells, (*drawn, Span(plain(_what(revision))))))
    lines = [line if width is None else _cut_line(line, width) for line in table(rows, indent=1, width=None)]
    if measured and any(entry.comparable for entry in shown):
        start = sum(width_of(plain(span.text)) for span in lines[0][: -len(rows[0].rest)])
        left, right = percentage(low), f"{percentage(high)} %"
        axis = " " * (start + 6) + left + right.rjust(_CHART + 2 - len(left))
        lines.insert(0, (Span(axis, "dim"),))
    return lines


def measured_text(shown: Sequence[Entry]) -> list[Line]:
    """What the accuracies are of, and which of them are not comparable."""
    found = next((entry.evaluation for entry in shown if entry.comparable and entry.evaluation), None)
    if found is None:
        return []
    lines: list[Line] = [(Span(f"accuracy on {described(found)}", "dim"),)]
    if any(entry.accuracy is not None and not entry.comparable for entry in shown):
        lines.append((Span("* measured otherwise, not to be compared; `cotsmith show` says how", "dim"),))
    return lines


def described(evaluation: Evaluation) -> str:
    """On what an evaluation was made: ``117 images of cards, split dev, encoder demo``."""
    n, data, split = (evaluation.get(key) for key in ("n", "data", "split"))
    parts = [counted(n, "image") if isinstance(n, int) and n else "images"]
    parts[0] += f" of {data}" if data else ""
    parts += [f"split {split}"] if split else []
    parts += [f"encoder {evaluation['encoder']}"] if evaluation.get("encoder") else []
    return ", ".join(parts)


def summary(edits: Sequence[Json] | None) -> str:
    """The edits counted: ``3 rules, 1 new option``."""
    if edits is None:
        return "no valid system"
    kinds = Counter(str(edit.get("edit")) if isinstance(edit, dict) else "" for edit in edits)
    named = [counted(number, _NOUNS[kind]) for kind, number in kinds.most_common() if kind in _NOUNS]
    other = sum(number for kind, number in kinds.items() if kind not in _NOUNS)
    if other:
        named.append(counted(other, "other edit" if named else "edit"))
    return ", ".join(named)


def _axis(compared: Sequence[Entry]) -> tuple[float, float]:
    """The accuracies at the ends of the chart: all of them and their intervals, or ten points at least."""
    values = [value for entry in compared for value in _interval(entry)]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    missing = max(0.0, _MIN_SPAN - (high - low)) / 2
    return max(0.0, low - missing), min(1.0, high + missing)


def _interval(entry: Entry) -> list[float]:
    """The lower end, the accuracy and the upper end of its 95 % interval; the accuracy thrice where none is known."""
    accuracy = entry.accuracy
    if accuracy is None or entry.evaluation is None:
        return []
    ends = entry.evaluation.get("ci95")
    if isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, int | float) for end in ends):
        return [min(float(ends[0]), accuracy), accuracy, max(float(ends[1]), accuracy)]
    return [accuracy] * 3


def _drawn(entry: Entry, low: float, high: float) -> Line:
    interval = _interval(entry) if entry.comparable else []
    if not interval:
        return (Span(" " * _CHART),)
    left, dot, right = (round((value - low) / (high - low) * (_CHART - 1)) for value in interval)
    return (
        Span(" " * left + "─" * (dot - left), "dim"),
        Span("●", "head"),
        Span("─" * (right - dot) + " " * (_CHART - 1 - right), "dim"),
    )


def _percent(entry: Entry) -> str:
    if entry.accuracy is None:
        return " " * 6
    return f"{percentage(entry.accuracy, 1, fixed=True):>5}" + (" " if entry.comparable else "*")


def _who(revision: Revision) -> str:
    if revision.kind == "hand" and revision.author == "unknown":
        return "by hand"
    names = {"check-fix": "check fix", "optimiser": "optimiser", "llm": revision.author.rpartition("/")[2]}
    return plain(names.get(revision.kind) or revision.author)


def _what(revision: Revision) -> str:
    if revision.kind == "hand" and revision.reason == "changed outside cotsmith":
        return summary(revision.edits) or "only the layout"
    reason = revision.reason.strip().split("\n")[0]
    if revision.branch:
        return f"tried: {reason or summary(revision.edits)}"
    return reason or summary(revision.edits) or ("first" if revision.parent is None else "only the layout")


def _age(time: str, now: datetime) -> str:
    try:
        then = datetime.fromisoformat(time)
    except ValueError:
        return "?"
    seconds = (now - (then if then.tzinfo else then.replace(tzinfo=UTC))).total_seconds()
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min"
    if seconds < 86400:
        return f"{seconds // 3600:.0f} h"
    if seconds < 100 * 86400:
        return f"{seconds // 86400:.0f} d"
    return f"{then:%b %y}"


def _cut(text: str, width: int) -> str:
    text = text[: 4 * width + 4]
    while width_of(text) > width:
        text = text[:-2] + "…"
    return text


def _cut_line(line: Line, width: int) -> Line:
    """``line`` without what stands beyond ``width`` columns; only its last piece is cut."""
    *head, last = line
    room = width - sum(width_of(plain(span.text)) for span in head)
    return (*head, Span(_cut(last.text, max(1, room)), last.style))
