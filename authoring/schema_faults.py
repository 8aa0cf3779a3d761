"""How a value breaks a JSON Schema, said so that whoever wrote the value can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from ..systems.json_form import Json

if TYPE_CHECKING:
    from jsonschema import ValidationError

MOST_FAULTS = 20

_LONGEST = 300


def faults_of(value: Json, schema: Mapping[str, Json]) -> tuple[str, ...]:
    """A sentence with its place for each fault, at most ``MOST_FAULTS``; empty when ``value`` satisfies ``schema``."""
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(schema).iter_errors(value)
    return tuple(islice((_sentence(error) for found in errors for error in _meant(found)), MOST_FAULTS))


def _meant(error: ValidationError) -> Iterable[ValidationError]:
    """The faults within the alternative that was meant, where an ``anyOf`` fails, for "not valid" helps nobody."""
    if not error.context:
        return [error]
    variants: dict[object, list[ValidationError]] = {}
    for inner in error.context:
        variants.setdefault(inner.relative_schema_path[0], []).append(inner)
    # The alternative whose constants and type fit is the one that was meant.
    fitting = [found for found in variants.values() if not any(_is_other(inner) for inner in found)]
    if len(fitting) == 1:
        return [deeper for inner in fitting[0] for deeper in _meant(inner)]
    return [error]


def _is_other(error: ValidationError) -> bool:
    return error.validator == "const" or (error.validator == "type" and len(error.relative_path) == 0)


def _sentence(error: ValidationError) -> str:
    place = _place(list(error.absolute_path))
    if error.validator not in ("anyOf", "oneOf"):
        return f"{place}: {_cut(error.message)}"
    constants = _constants(error.validator_value)
    told_apart = f", whose {constants[0]} is {', '.join(constants[1])}" if constants else ""
    return f"{place}: {_cut(repr(error.instance))} is not one of the forms allowed here{told_apart}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def _constants(variants: object) -> tuple[str, list[str]] | None:
    """The property by which alternatives are told apart, and its values."""
    found: dict[str, list[str]] = {}
    for variant in variants if isinstance(variants, list) else []:
        for name, inner in variant.get("properties", {}).items():
            if "const" in inner:
                found.setdefault(name, []).append(str(inner["const"]))
    return next(iter(found.items()), None)


def _place(path: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
