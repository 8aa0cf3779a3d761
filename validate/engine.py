"""Run the checks over one system: what applies, less what is allowed, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..scoring import pace
from ..systems.file import Document, read
from ..systems.model import Allowance, System
from .allowances import sift
from .check import Check
from .codes import CHECKS, all_checks
from .context import Context
from .finding import Finding
from .selection import codes_of, selected

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder
    from ..scoring.evaluation import Evaluation

_SECTIONS = ("", "attributes", "rules", "allow")

UNUSED = "S113"
"""The check that runs last, on what the others left of the allow list."""


def check(
    target: System | Document | str | Path,
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    encoder: Encoder | None = None,
    evaluation: Evaluation | None = None,
) -> tuple[Finding, ...]:
    """Everything that the checks find wrong with a system, in the order of its file.

    Args:
        target: a system, a document, or a path, ``gallery:NAME`` or ``-``. Only a document has lines and columns; of
            one that holds no valid system only the structure is checked.
        select: codes, beginnings of codes, families or names of the checks to report; all, if empty.
        ignore: the same, for checks not to report.
        encoder: sharpens checks of the options, which then compare text embeddings. None loads no model.
        evaluation: of this system; needed by the checks of the evidence.

    Raises:
        UsageError: ``select`` or ``ignore`` names no check.
        InputError: a path cannot be read.
    """
    wanted = selected(select, ignore)
    context = _context(target, encoder, evaluation)
    found: list[Finding] = []
    for each in all_checks():
        if each.code != UNUSED and _applies(each, context):
            pace.step()
            found += each.check(context)
    allowances = context.system.allow if context.system is not None else ()
    kept, unused = sift(found, allowances)
    context = replace(context, unused=tuple(entry for entry in unused if _was_tried(entry[1], context)))
    kept += CHECKS[UNUSED][0]().check(context)
    return tuple(sorted((_located(f, context) for f in kept if f.code in wanted), key=_order(context)))


def _context(target: System | Document | str | Path, encoder: Encoder | None, evaluation: Evaluation | None) -> Context:
    if isinstance(target, System):
        return Context(target, None, encoder, evaluation)
    document = target if isinstance(target, Document) else read(target)
    return Context(document.built, document, encoder, evaluation)


def _applies(each: Check, context: Context) -> bool:
    present = {
        "document": context.document is not None,
        "system": context.system is not None,
        "evaluation": context.system is not None and context.evaluation is not None,
    }
    return present[each.needs]


def _was_tried(allowance: Allowance, context: Context) -> bool:
    """Whether the allowance's checks have run with all that they can use; one that names no check has been tried."""
    codes = codes_of(allowance.check)
    return all(
        _applies(each, context) and (context.encoder is not None or not each.sharper_with_encoder)
        for each in all_checks()
        if each.code in codes
    )


def _located(finding: Finding, context: Context) -> Finding:
    if context.document is None:
        return finding
    if finding.line is not None:
        return replace(finding, source=context.document.name)
    line, column = context.document.locate(finding.place.path, key=finding.place.on_key)
    return replace(finding, source=context.document.name, line=line, column=column)


def _order(context: Context) -> Callable[[Finding], tuple[object, ...]]:
    """The sort key: by line where there are lines, else by the order of attributes and classes."""
    if context.document is not None:
        return lambda finding: (finding.line, finding.column, finding.code)
    system = context.valid
    ranks = {
        "attributes": {a.name: i for i, a in enumerate(system.attributes)},
        "rules": {name: i for i, name in enumerate(system.rules)},
    }

    def key(finding: Finding) -> tuple[object, ...]:
        parts: list[str | int] = [*finding.place.path, "", ""]
        section, name = str(parts[0]), str(parts[1])
        index = next((part for part in parts if isinstance(part, int)), -1)
        return (_SECTIONS.index(section), ranks.get(section, {}).get(name, -1), index, finding.code)

    return key
