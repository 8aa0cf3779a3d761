"""What is to be drafted, and the questions that ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import UsageError
from ..systems.json_form import Json
from ..systems.model import Attribute, System
from ..systems.skeleton import skeleton
from ..systems.text import counted
from .compact import attributes_text, names_text
from .draft_rules import Batch
from .draft_schema import attributes_schema, rules_schema
from .llm import Picture, Request
from .prompt import load_prompt

MAX_OUTPUT_TOKENS = 16_000
TOKENS_A_BATCH = 2_500
"""What the reply to one batch of classes should take: short enough to be complete, long enough to be worth a call."""

TOKENS_A_ROW = 40
TOKENS_A_CELL = 12
"""About what a class takes in a reply, its name and looks, and each of its rules."""

SHOWN_FIRST = 8
"""So many classes are shown when the attributes are asked for: the model need not see all to know the kind of image."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is to be drafted.

    ``attributes`` are names, or how many, or None for as many as needed; ``like`` is a system to start from;
    ``pictures`` are sample images by class; ``rounds`` of mending follow.
    """

    classes: tuple[str, ...]
    about: str = ""
    attributes: tuple[str, ...] | int | None = None
    like: System | None = None
    pictures: Mapping[str, Sequence[Picture]] = field(default_factory=dict)
    name: str = "untitled"
    rounds: int = 1

    def fingerprint(self) -> dict[str, Json]:
        """What must be the same for an interrupted draft to go on."""
        versions = [load_prompt(name).version for name in ("draft-attributes", "draft-rules")]
        return {
            "classes": list(self.classes),
            "about": self.about,
            "attributes": list(self.attributes) if isinstance(self.attributes, tuple) else self.attributes,
            "like": attributes_text(self.like) if self.like else "",
            "pictures": {name: len(found) for name, found in self.pictures.items()},
            "prompts": versions,
        }


def check_task(task: Task) -> None:
    """Refuse what cannot be drafted, before a token is spent. Raises ``UsageError``."""
    if len(task.classes) < 2:
        raise UsageError("a draft needs at least two classes", hint="--classes FILE has one on each line.")
    if isinstance(task.attributes, int) and task.attributes < 1:
        raise UsageError("a system needs at least one attribute")
    names = task.attributes if isinstance(task.attributes, tuple) else ("any",)
    if "class" in names:
        raise UsageError('"class" is not a name for an attribute')
    skeleton(task.classes, names)


def attributes_request(task: Task) -> Request:
    """The first question: attributes and their options."""
    named = task.attributes if isinstance(task.attributes, tuple) else ()
    shown = [name for name in task.classes if task.pictures.get(name)][:SHOWN_FIRST]
    values = {
        "about": task.about or "not described; the class names tell",
        "classes": names_text(task.classes),
        "count": str(len(task.classes)),
        "wanted": wanted(task),
        "attributes": names_text(named) if named else "",
        "like": attributes_text(task.like) if task.like else "",
        "pictures": names_text(shown) if shown else "",
    }
    pictures = [task.pictures[name][0] for name in shown]
    prompt = load_prompt("draft-attributes")
    return prompt.request(values, attributes_schema(named), max_output_tokens=MAX_OUTPUT_TOKENS, pictures=pictures)


def wanted(task: Task) -> str:
    """How many attributes, in words."""
    if isinstance(task.attributes, tuple):
        return counted(len(task.attributes), "attribute")
    if task.attributes is not None:
        return counted(task.attributes, "attribute")
    return "four to eight attributes, as many as it takes to tell the classes apart"


def rules_request(task: Task, attributes: Sequence[Attribute], batch: Batch, others: Sequence[str] = ()) -> Request:
    """The question for the rules of one batch; ``others`` are classes that the schema does not ask for."""
    pictured = [(name, picture) for name in batch for picture in task.pictures.get(name, ())]
    values = {
        "about": task.about or "not described; the class names tell",
        "attributes": attributes_text(System(attributes=tuple(attributes))),
        "classes": names_text(batch),
        "others": names_text(others) if others else "",
        "pictures": names_text(name for name, _ in pictured) if pictured else "",
    }
    return load_prompt("draft-rules").request(
        values,
        rules_schema(attributes, batch),
        max_output_tokens=MAX_OUTPUT_TOKENS,
        pictures=[picture for _, picture in pictured],
    )


def batch_size(attributes: int, pictures: int = 0) -> int:
    """How many classes to ask for at once: as many as ``TOKENS_A_BATCH`` will hold, fewer where pictures go along."""
    size = max(5, min(40, TOKENS_A_BATCH // (TOKENS_A_CELL * attributes + TOKENS_A_ROW)))
    return max(1, min(size, 20 // pictures)) if pictures else size


def whole_request(task: Task) -> Request:
    """The one question for a chat window: the whole system at once."""
    named = task.attributes if isinstance(task.attributes, tuple) else ()
    values = {
        "about": task.about or "not described; the class names tell",
        "classes": names_text(task.classes),
        "count": str(len(task.classes)),
        "wanted": wanted(task),
        "attributes": names_text(named) if named else "",
        "like": attributes_text(task.like) if task.like else "",
    }
    return load_prompt("draft-paste").request(values, {"type": "object"}, max_output_tokens=MAX_OUTPUT_TOKENS)
