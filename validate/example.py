"""Examples of checks as files: made whole, checked, and mended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..systems.canonical import FORMAT
from ..systems.document import Document, parse_document
from ..systems.file import parse, render
from .check import Check, Example
from .engine import check
from .finding import Finding

NAME = "example.json"


def text_of(system: Mapping[str, Any] | str) -> str:
    """The file that an example stands for: raw text as it is, an object in canonical form where it is valid."""
    if isinstance(system, str):
        return system
    text = json.dumps({"cotsmith": FORMAT, "name": "example", **system}, ensure_ascii=False, indent=2)
    document = parse_document(text)
    return text if document.problems or document.omissions else render(document.system)


def document_of(example: Example) -> Document:
    """The example as a file that was read."""
    return parse_document(text_of(example.system), NAME)


def findings_in(check_: Check, example: Example) -> tuple[Finding, ...]:
    """What ``check_`` finds in the example, with the encoder and the images that the example brings."""
    document = document_of(example)
    encoder = example.encoder() if example.encoder else None
    evaluation = example.evidence(document.system) if example.evidence else None
    return check(document, select=[check_.code], encoder=encoder, evaluation=evaluation)


def fixed_text(example: Example) -> str:
    """The file after the fixes that the example expects."""
    assert example.fixed is not None
    return render(parse(text_of(example.fixed)))
