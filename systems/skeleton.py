"""A system to fill by hand: classes and attributes with names only, prompts to edit, no options, no rules."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UsageError
from .import_texts import clean, made_up_prompt
from .model import NO_RULE, Attribute, System, text_problem
from .problem import quote

_HOW_TO_NAME = {
    "class": "Write the classes after `cotsmith new`, or in a file for --classes, one a line.",
    "attribute": "Name them with --attributes, with commas between.",
}


def skeleton(classes: Sequence[str], attributes: Sequence[str], *, name: str = "untitled") -> System:
    """A system with these classes and attributes, in this order.

    Raises:
        UsageError: no class, no attribute, a name that stands twice, or one that cannot be a name.
    """
    class_names = _names("class", classes)
    attribute_names = _names("attribute", attributes)
    return System(
        name=name,
        attributes=tuple(Attribute(attribute, (made_up_prompt(attribute),)) for attribute in attribute_names),
        rules={class_name: dict.fromkeys(attribute_names, NO_RULE) for class_name in class_names},
    )


def listed_names(text: str) -> list[str]:
    """The names in ``text``, one a line; empty lines do not count."""
    return [clean(line) for line in text.splitlines() if line.strip()]


def _names(kind: str, texts: Sequence[str]) -> list[str]:
    names = [clean(text) for text in texts]
    if not names:
        raise UsageError(f"a system needs at least one {kind}", hint=_HOW_TO_NAME[kind])
    for index, name in enumerate(names):
        if problem := text_problem(name):
            raise UsageError(f"{kind} {quote(name)}: {problem}")
        if name in names[:index]:
            raise UsageError(f"the {kind} {quote(name)} stands twice", hint="Name each once.")
    return names
