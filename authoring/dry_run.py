"""What would be sent and about what it would cost, without sending it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..systems.json_form import Json
from ..systems.model import Attribute
from ..systems.text import counted
from .batches import batches
from .budget import estimated_input
from .draft_task import (
    TOKENS_A_CELL,
    TOKENS_A_ROW,
    Task,
    attributes_request,
    batch_size,
    rules_request,
    whole_request,
)
from .llm import Request, Usage

_ATTRIBUTES = 6
_OPTIONS = 12
_TOKENS_AN_ATTRIBUTE = 90


@dataclass(frozen=True, slots=True)
class Preview:
    """The requests that are known already, and an estimate of all: ``calls`` and tokens.

    ``note`` says what the estimate had to assume.
    """

    requests: tuple[Request, ...]
    calls: int
    usage: Usage
    note: str


def draft_preview(task: Task, *, paste: bool = False) -> Preview:
    """The first request of a draft, and that for its first batch, with attributes that stand in for the real ones."""
    if paste:
        request = whole_request(task)
        return Preview((request,), 1, Usage(estimated_input(request), 0, _output(task, _count(task))), "one prompt")
    attributes = _stand_ins(task)
    pictures = max((len(found) for found in task.pictures.values()), default=0)
    todo = batches(task.classes, batch_size(len(attributes), pictures))
    first, second = attributes_request(task), rules_request(task, attributes, todo[0])
    rows = sum(estimated_input(rules_request(task, attributes, batch)) for batch in todo)
    usage = Usage(estimated_input(first) + rows, 0, _output(task, len(attributes)))
    note = (
        f"{len(attributes)} attributes of about {_OPTIONS} options assumed; mending the findings comes on top"
        if task.rounds
        else f"{len(attributes)} attributes of about {_OPTIONS} options assumed"
    )
    return Preview((first, second), 1 + len(todo), usage, note)


def refine_preview(request: Request) -> Preview:
    """The request of a refinement; what comes back grows with the change, not with the system."""
    return Preview((request,), 1, Usage(estimated_input(request), 0, 1_500), "about twenty proposals assumed")


def preview_json(preview: Preview) -> dict[str, Json]:
    """The preview as ``--dry-run --json`` prints it; of pictures only their number."""
    return {
        "requests": [
            {
                "task": request.task,
                "prompt_version": request.prompt_version,
                "instructions": request.instructions,
                "messages": [{"role": m.role, "text": m.text, "pictures": len(m.pictures)} for m in request.messages],
                "schema": request.schema,
            }
            for request in preview.requests
        ],
        "estimate": {"calls": preview.calls, "tokens": {"input": preview.usage.input, "output": preview.usage.output}},
        "note": preview.note,
    }


def preview_text(preview: Preview) -> str:
    """The prompts, one after the other, and the estimate."""
    parts = []
    for request in preview.requests:
        parts.append(f"=== {request.task} (prompt {request.prompt_version}): instructions ===\n{request.instructions}")
        for message in request.messages:
            pictures = f" after {counted(len(message.pictures), 'picture')}" if message.pictures else ""
            parts.append(f"=== {request.task}: {message.role}{pictures} ===\n{message.text}")
    usage = preview.usage
    parts.append(
        f"=== estimate ===\n{counted(preview.calls, 'call')}, about {usage.input:,} tokens in and {usage.output:,} out "
        f"({preview.note})"
    )
    return "\n\n".join(parts)


def _stand_ins(task: Task) -> Sequence[Attribute]:
    if task.like is not None and task.like.attributes and task.attributes is None:
        return task.like.attributes
    names = (
        task.attributes if isinstance(task.attributes, tuple) else [f"attribute_{i + 1}" for i in range(_count(task))]
    )
    options = tuple(f"option {number + 1} of the answer" for number in range(_OPTIONS))
    return [Attribute(name, ("A picture of something that shows {}.",), options) for name in names]


def _count(task: Task) -> int:
    if isinstance(task.attributes, tuple):
        return len(task.attributes)
    return task.attributes or _ATTRIBUTES


def _output(task: Task, attributes: int) -> int:
    rows = len(task.classes) * (attributes * TOKENS_A_CELL + TOKENS_A_ROW)
    return rows + attributes * _TOKENS_AN_ATTRIBUTE
