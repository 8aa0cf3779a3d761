"""The replies that the demo replays, written by hand to hold the mistakes that LLMs make; no LLM said them.

``python -m cotsmith.authoring.demo_replies`` writes them to the file that ships in the package.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..systems.edit_json import to_json
from ..systems.edits import Edit, RemoveAttribute, RewordOption, SetRule
from ..systems.file import load
from ..systems.json_form import Json, attribute_to_json
from ..systems.model import System

DRAFT = "gallery:demo-draft"

FILE = Path(__file__).parent / "recordings" / "demo.jsonl"

ABOUT = "artwork of trading cards that show invented creatures"

_BY = "written by hand for cotsmith's demo, with mistakes that LLMs make"

_LOOK_ALIKES = (
    "Bimbul and Gomtu are alike but for what they carry on their heads.",
    "Jorrik and Nardle have one shape and differ in color.",
    "Rundu and Sorrup differ in the markings of their coats.",
    "Ezzeki and Mivvin are both violet and winged.",
)

_PROPOSALS: tuple[tuple[Edit, str], ...] = (
    (
        SetRule("Mivvin", "scene", ("snow and ice",)),
        "All 15 images of Mivvin show snow, and Ezzeki, for which it is taken, appears before the night sky.",
    ),
    (SetRule("Rundu", "markings", ("dark spots",)), "The images of Rundu show dark spots; it is mixed up with Sorrup."),
    (SetRule("Sorrup", "markings", ("stripes",)), "The images of Sorrup show stripes; it is mixed up with Rundu."),
    (
        RewordOption("main_color", "royal blue", "cerulean"),
        "Cerulean names the shade more exactly than royal blue does.",
    ),
    (RemoveAttribute("scene"), "The background is no part of the creature, so it cannot tell what it is."),
    (
        SetRule("Yabbo", "main_color", ("crimson red",)),
        "Yabbo carries fire on its head and stands in lava, so its body will be red.",
    ),
)
"""Three that help, one of them in words that are no option; two that sound well and do harm; one against a person."""

_AGAIN: tuple[tuple[int, Edit, str], ...] = (
    (
        3,
        SetRule("Sorrup", "markings", ("bold stripes",)),
        "The images of Sorrup show bold stripes; it is mixed up with Rundu.",
    ),
)


def recording() -> str:
    """The recording, a line of JSON for each reply."""
    draft = load(DRAFT)
    first, rules = _attributes(draft), _rules(draft)
    names: list[Json] = list(draft.classes)
    proposals: Json = [{"rationale": why, "edit": to_json(edit)} for edit, why in _PROPOSALS]
    again: Json = [{"replaces": number, "rationale": why, "edit": to_json(edit)} for number, edit, why in _AGAIN]
    touched: list[Json] = ["Mivvin", "Rundu", "Sorrup", "Yabbo"]
    lines = (
        _line("draft-attributes", names, first),
        _line("draft-rules", names, rules),
        _line("refine", touched, {"proposals": proposals}),
        _line("refine-again", touched, {"proposals": again}),
    )
    return "".join(lines)


def _line(task: str, mentions: Sequence[Json], reply: Json) -> str:
    text = json.dumps(reply, ensure_ascii=False)
    form: Json = {"task": task, "mentions": list(mentions), "reply": {"text": text, "model": _BY}}
    return json.dumps(form, ensure_ascii=False) + "\n"


def _attributes(draft: System) -> Json:
    attributes: list[Json] = [{"name": a.name, **attribute_to_json(a)} for a in draft.attributes]
    return {"look_alikes": list(_LOOK_ALIKES), "attributes": attributes}


def _rules(draft: System) -> Json:
    rows: list[Json] = [
        {"class": name, **{attribute: list(rule) for attribute, rule in row.items()}}
        for name, row in draft.rules.items()
    ]
    return {"rules": rows, "new_options": []}


if __name__ == "__main__":
    FILE.write_text(recording(), encoding="utf-8")
