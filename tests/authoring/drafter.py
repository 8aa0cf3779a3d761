"""A drafting LLM for tests: it answers from the schema alone, the same for the same class, and can be made to fail."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from cotsmith.authoring.llm import Request
from cotsmith.authoring.testing import Script
from cotsmith.systems.model import Attribute

COLORS = ("white", "gray", "black", "brown", "red", "orange", "yellow", "green", "blue", "violet", "pink", "golden")
NOUNS = ("head", "body", "tail", "wing", "leg", "belly", "horn", "crest", "beak", "ear")


def attributes(count: int) -> list[Attribute]:
    """``count`` attributes with twelve options each, and nothing wrong with them."""
    return [
        Attribute(
            f"{noun}_look", (f"A drawing of a creature with a {{}} {noun}.",), tuple(f"{c} {noun}ed" for c in COLORS)
        )
        for noun in NOUNS[:count]
    ]


def answer(count: int = 8) -> Callable[[Request], Script]:
    """A script: ``count`` attributes, then for every class an option of each that only its name decides."""

    def reply(request: Request) -> Script:
        if request.task == "draft-attributes":
            made = attributes(count)
            return {"attributes": [{"name": a.name, "prompt": a.prompts[0], "options": list(a.options)} for a in made]}
        if request.task == "draft-rules":
            return {"rules": [_row(name, request.schema) for name in classes_of(request)], "new_options": []}
        return {"proposals": []}

    return reply


def classes_of(request: Request) -> list[str]:
    """The classes that a request for rules asks for."""
    row: Any = request.schema["properties"]["rules"]["items"]["properties"]  # type: ignore[index]
    return list(row["class"]["enum"])


def _row(name: str, schema: Any) -> dict[str, Any]:
    properties = schema["properties"]["rules"]["items"]["properties"]
    row: dict[str, Any] = {"class": name}
    for attribute, form in properties.items():
        if attribute == "looks":
            row[attribute] = f"A drawing of {name}."
        elif attribute != "class":
            options = form["items"].get("enum") or ["?"]
            row[attribute] = [options[zlib.crc32(f"{name}/{attribute}".encode()) % len(options)]]
    return row


class Failing:
    """A script that fails in ``every``-th request for rules, and counts how often each class was asked for."""

    def __init__(self, script: Callable[[Request], Script], error: Exception, every: int) -> None:
        self._script, self._error, self._every = script, error, every
        self.asked: Counter[str] = Counter()
        self.calls = 0

    def __call__(self, request: Request) -> Script:
        if request.task == "draft-rules":
            self.calls += 1
            self.asked.update(classes_of(request))
            if self.calls % self._every == 0:
                return self._error
        return self._script(request)
