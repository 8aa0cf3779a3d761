"""Rules, prompts and attributes as JSON values: the one form that the file and the edits share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from ..errors import InvalidSystemError
from .model import NO_RULE, Attribute, Rule
from .text import did_you_mean, plain

Json: TypeAlias = object
"""What ``json.loads`` returns: dict, list, str, int, float, bool or None."""


def rule_to_json(rule: Rule) -> str | list[str] | None:
    """One option as its text, any-of as a list, a rule that says nothing as ``None``."""
    if not rule:
        return None
    return rule[0] if len(rule) == 1 else list(rule)


def rule_from_json(value: Json, *, where: str = "") -> Rule:
    """The rule that ``value`` writes: a text, a list of texts, or ``None``; the options are not looked up.

    Raises:
        InvalidSystemError: anything else; ``where`` is its place.
    """
    if value is None:
        return NO_RULE
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(option, str) for option in value):
        return tuple(value)
    raise InvalidSystemError(f"a rule is an option, a list of options, or null, not {_odd(value)}", where=where)


def prompts_to_json(prompts: Sequence[str]) -> str | list[str]:
    """One prompt as its text, several as a list."""
    return prompts[0] if len(prompts) == 1 else list(prompts)


def prompts_from_json(value: Json, *, where: str = "") -> tuple[str, ...]:
    """The prompts that ``value`` writes: a text or a list of texts. Raises ``InvalidSystemError`` otherwise."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list) and all(isinstance(prompt, str) for prompt in value):
        return tuple(value)
    raise InvalidSystemError(f"a prompt is a text or a list of texts, not {_odd(value)}", where=where)


def number_from_json(value: Json, *, where: str = "") -> float:
    """``value`` as a float; ``InvalidSystemError`` when it is no number (``true`` is none) or too large for one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidSystemError(f"a number is needed, not {shape(value)}", where=where)
    try:
        return float(value)
    except OverflowError as error:
        raise InvalidSystemError("the number is too large", where=where) from error


def text_from_json(value: Json, *, where: str = "") -> str:
    """``value`` when it is a text; ``InvalidSystemError`` otherwise."""
    if not isinstance(value, str):
        raise InvalidSystemError(f"a text is needed, not {shape(value)}", where=where)
    return value


def attribute_to_json(attribute: Attribute) -> dict[str, Json]:
    """The attribute without its name, as the file writes it; a weight of 1 and an empty note are left out."""
    form: dict[str, Json] = {"prompt": prompts_to_json(attribute.prompts), "options": list(attribute.options)}
    if attribute.weight != 1.0:
        form["weight"] = attribute.weight
    if attribute.note:
        form["note"] = attribute.note
    return form


def attribute_from_json(name: str, value: Json, *, where: str | None = None) -> Attribute:
    """The attribute called ``name`` that ``value`` (an object without the name) writes.

    ``None`` stands for a weight or a note that is left out. ``where`` defaults to ``attributes › NAME``.

    Raises:
        InvalidSystemError: a shape, a key or a text that the format does not allow; ``where`` says at which key.
    """
    place = f"attributes › {plain(name)}" if where is None else where
    if not isinstance(value, dict):
        raise InvalidSystemError(f"an attribute is an object with prompt and options, not {shape(value)}", where=place)
    check_keys(value, required=("prompt", "options"), optional=("weight", "note"), where=place)
    options = value["options"]
    if not isinstance(options, list) or not all(isinstance(option, str) for option in options):
        raise InvalidSystemError(f"options are a list of texts, not {_odd(options)}", where=f"{place} › options")
    weight, note = value.get("weight"), value.get("note")
    return Attribute(
        name=name,
        prompts=prompts_from_json(value["prompt"], where=f"{place} › prompt"),
        options=tuple(options),
        weight=1.0 if weight is None else number_from_json(weight, where=f"{place} › weight"),
        note="" if note is None else text_from_json(note, where=f"{place} › note"),
    )


def check_keys(value: Mapping[str, Json], *, required: Iterable[str], optional: Iterable[str] = (), where: str) -> None:
    """Raise ``InvalidSystemError`` for a key that is not known or one that is missing."""
    required = tuple(required)
    known = (*required, *optional)
    for key in value:
        if key not in known:
            raise InvalidSystemError(
                f'"{plain(str(key))}" is not a key here{did_you_mean(str(key), known)}', where=where
            )
    for key in required:
        if key not in value:
            raise InvalidSystemError(f'"{key}" is missing', where=where)


def shape(value: Json) -> str:
    """What ``value`` is, for a message: "a list", "null" ..."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "an object"


def _odd(value: Json) -> str:
    if isinstance(value, list):
        odd = next((entry for entry in value if not isinstance(entry, str)), None)
        return f"a list in which {shape(odd)} stands where a text should"
    return shape(value)
