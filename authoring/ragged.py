"""Replies as LLMs really write them: fences, prose, Python dicts, comments, an ellipsis; read without a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InputError
from ..systems.json_form import Json
from ..systems.literal_values import json_value
from ..systems.python_literal import find_literals
from ..systems.repair import repaired


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reply says: its ``value``, or the ``faults`` for which there is none. ``notes`` say what was mended."""

    value: Json = None
    notes: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def read_reply(text: str, schema: Mapping[str, Json]) -> Reading:
    """The object that ``text`` writes; ``schema`` tells which, where the text holds several."""
    try:
        return Reading(json_value(text.strip().removeprefix("\ufeff")))
    except InputError as error:
        return Reading(faults=(str(error),))
    except (ValueError, RecursionError):
        pass
    try:
        literals, broken = find_literals(text)
    except InputError as error:
        return Reading(faults=(str(error),))
    literals = literals or repaired(broken)
    if literals:
        return Reading(literals[0].value, notes=("the reply was not plain JSON",))
    return Reading(faults=("there is no JSON object in the reply",))
