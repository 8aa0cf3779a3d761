"""Prompts as Markdown files: declared variables, filled without reading the values as templates, and a version."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ..systems.json_form import Json
from .llm import Message, Picture, Request

_FILE = re.compile(
    r"---\nvariables: ?(?P<variables>[^\n]*)\n---\n\s*"
    r"(?:# Instructions\n(?P<instructions>.*?)\n)?# Message\n(?P<message>.*)",
    re.DOTALL,
)
_SECTION = re.compile(r"^\{\{#(\w+)\}\}\n(.*?)^\{\{/\1\}\}\n?", re.DOTALL | re.MULTILINE)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_NAMED = re.compile(r"\{\{[#/]?(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: what the model is told to be (``instructions``) and the ``message``, both templates.

    ``{{name}}`` stands for a variable; the lines between ``{{#name}}`` and ``{{/name}}`` stay where it is not empty.
    ``version`` is the beginning of the SHA-256 of the file, so that it changes with every word.
    """

    name: str
    variables: tuple[str, ...]
    instructions: str
    message: str
    version: str

    def request(
        self,
        values: Mapping[str, str],
        schema: Mapping[str, Json],
        *,
        max_output_tokens: int,
        pictures: Sequence[Picture] = (),
    ) -> Request:
        """The request with ``values`` filled in, one for each variable."""
        message = Message("user", self.fill(self.message, values), tuple(pictures))
        instructions = self.fill(self.instructions, values)
        return Request(self.name, self.version, instructions, (message,), schema, max_output_tokens)

    def fill(self, template: str, values: Mapping[str, str]) -> str:
        """``template`` with ``values`` in place; they are data, so what looks like a variable in them stays.

        Raises:
            ValueError: the values are not those of the declared variables.
        """
        if set(values) != set(self.variables):
            raise ValueError(f"the prompt {self.name} takes {', '.join(self.variables)}, not {', '.join(values)}")
        kept = _SECTION.sub(lambda found: found[2] if values[found[1]] else "", template)
        return _VARIABLE.sub(lambda found: values[found[1]], kept).strip()

    @property
    def named(self) -> frozenset[str]:
        """The variables that the templates use; a test holds them equal to those declared."""
        return frozenset(_NAMED.findall(self.instructions + self.message))


@cache
def load_prompt(name: str) -> Prompt:
    """The prompt in ``prompts/NAME.md``."""
    return parse_prompt(name, files(__package__).joinpath("prompts", f"{name}.md").read_text("utf-8"))


def parse_prompt(name: str, text: str) -> Prompt:
    """The prompt that ``text``, the content of a file, writes. Raises ``ValueError`` for another form."""
    found = _FILE.fullmatch(text.replace("\r\n", "\n"))
    if found is None:
        raise ValueError(f"the prompt {name} has no front matter with variables, or no # Message")
    variables = tuple(part.strip() for part in found["variables"].split(",") if part.strip())
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return Prompt(name, variables, (found["instructions"] or "").strip(), found["message"].strip() + "\n", version)
