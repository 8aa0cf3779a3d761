"""One revision for people: who, when and why, what it scored, and what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..errors import CotsmithError
from .changes import Changes, gather
from .changes_text import changes_text
from .diff import diff
from .edit_json import edits_from_json
from .file import parse
from .history import History
from .history_log import Evaluation, described
from .json_form import Json
from .model import System
from .revisions import Revision
from .spans import Line, Row, Span, table
from .text import counted, percentage

_COUNTED = ("input_tokens", "output_tokens")


def revision_text(history: History, revision: Revision, *, color: bool = False, width: int | None = None) -> list[Line]:
    """The revision: what is known of it in two columns, then its changes as ``diff`` shows them."""
    facts = [Row((Span(name, "dim"),), (Span(value),)) for name, value in _facts(history, revision)]
    lines = [
        (Span(f"revision {revision.number} of {history.path.name}", "head"),),
        *table(facts, indent=2, width=width),
    ]
    changes = changes_of(history, revision)
    if changes is None:
        return [*lines, (), (Span("Its text, or the one before, is no valid system.", "dim"),)]
    if revision.parent is None:
        return lines
    return [
        *lines,
        (),
        *(changes_text(changes, color=color, width=width) or [(Span("Only the layout changed.", "dim"),)]),
    ]


def changes_of(history: History, revision: Revision) -> list[Changes] | None:
    """What a revision changed, by its edits as they were made; None where it or its parent is no valid system."""
    if revision.parent is None:
        return []
    try:
        before, after = (system_of(history, one) for one in (history.find(str(revision.parent)), revision))
    except CotsmithError:
        return None
    try:
        return gather(before, edits_from_json(list(revision.edits or ())))
    except CotsmithError:  # edits of another version of cotsmith
        return gather(before, diff(before, after))


def system_of(history: History, revision: Revision) -> System:
    """The system at a revision.

    Raises:
        InvalidSystemError: the file was no valid system then.
        HistoryError: its text is damaged.
    """
    text = history.content(revision).decode("utf-8-sig", "replace")
    return parse(text, f"{history.path}@{revision.number}")


def revision_json(history: History, revision: Revision, entry: Mapping[str, Json]) -> dict[str, Json]:
    """What ``show --json`` prints: what ``log --json`` does, and the evaluations, exchanges and text."""
    return {
        **entry,
        "evaluations": list(history.evaluations().get(revision.hash, [])),
        "exchanges": history.exchanges(revision),
        "text": history.content(revision).decode("utf-8", "replace"),
    }


def _facts(history: History, revision: Revision) -> Iterator[tuple[str, str]]:
    yield "hash", revision.hash
    if revision.parent is not None:
        yield "parent", str(revision.parent)
    yield "author", f"{revision.author} ({_KINDS.get(revision.kind, revision.kind)})"
    yield "time", revision.time.replace("T", " ").replace("Z", " UTC")
    if revision.reason:
        yield "reason", revision.reason
    for evaluation in _last_of_each(history.evaluations().get(revision.hash, [])):
        yield "accuracy", _accuracy(evaluation)
    exchanges = history.exchanges(revision)
    if exchanges:
        yield "LLM", _exchanges(exchanges)


_KINDS = {
    "hand": "changed outside cotsmith",
    "check-fix": "fix of a check",
    "llm": "LLM",
}


def _last_of_each(evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """Of evaluations made alike only the last."""
    return list({described(evaluation): evaluation for evaluation in evaluations}.values())


def _accuracy(evaluation: Evaluation) -> str:
    accuracy, ends = evaluation.get("accuracy"), evaluation.get("ci95")
    text = f"{percentage(accuracy, 1)} %" if isinstance(accuracy, int | float) else "?"
    if isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, int | float) for end in ends):
        text += f" ({percentage(ends[0])} – {percentage(ends[1])} %)"
    return f"{text} on {described(evaluation)}"


def _exchanges(exchanges: list[Json]) -> str:
    forms = [exchange for exchange in exchanges if isinstance(exchange, dict)]
    models = dict.fromkeys(str(form["model"]) for form in forms if form.get("model"))
    told = [counted(len(exchanges), "exchange") + (f" with {', '.join(models)}" if models else "")]
    for key in _COUNTED:
        number = sum(value for form in forms if isinstance(value := form.get(key), int))
        if number:
            told.append(f"{number:,} {key.replace('_', ' ')}")
    seconds = sum(value for form in forms if isinstance(value := form.get("seconds"), int | float))
    if seconds:
        told.append(f"{seconds:.1f} s")
    return ", ".join(told)
