"""What a refinement tells the LLM: gathered before anything is sent, so that a person can see and change it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import UsageError
from ..systems.edit_json import edit_schema, to_json
from ..systems.edits import (
    AddAttribute,
    AddOption,
    MergeOptions,
    RemoveAttribute,
    RemoveOption,
    RewordOption,
    SetPrompts,
    SetRule,
)
from ..systems.json_form import Json
from ..systems.model import System
from ..systems.text import counted, did_you_mean, percentage, plain
from ..validate.engine import check
from ..validate.finding import Finding
from .compact import json_line, names_text, notes_text, system_text
from .corrections import Correction, corrections
from .evidence import confused_with, contradicted, evidence_text
from .llm import Request
from .locks import Cell, locked_cells
from .prompt import load_prompt
from .refusals import Refused, recalled
from .taken import taken_before

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation

KINDS = (
    SetRule,
    AddOption,
    RewordOption,
    MergeOptions,
    RemoveOption,
    SetPrompts,
    AddAttribute,
    RemoveAttribute,
)
"""What an LLM may suggest. Classes come from the data, weights are fitted, names and allowances are for people."""

_CONTRADICTED = "contradicted-rule"

MOST_PROPOSALS = 20
MOST_FINDINGS = 40
NEIGHBOURS = 5
MAX_OUTPUT_TOKENS = 16_000


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that a refinement sends; ``dataclasses.replace`` changes it, ``request_of`` writes it out.

    ``about`` are the classes to be refined, none meaning all; only they, and ``neighbours``, classes that they are
    taken for, are sent. ``refused`` are proposals refused before, ``taken`` says what those taken before brought.
    ``most`` limits how many come back.
    """

    system: System
    feedback: str = ""
    about: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()
    locked: frozenset[Cell] = frozenset()
    findings: tuple[Finding, ...] = ()
    evaluation: Evaluation | None = None
    refused: tuple[Refused, ...] = ()
    taken: tuple[str, ...] = ()
    most: int = MOST_PROPOSALS

    @property
    def rows(self) -> tuple[str, ...]:
        """The classes whose rules are sent, in the order of the system."""
        if not self.about:
            return self.system.classes
        return tuple(name for name in self.system.classes if name in {*self.about, *self.neighbours})


def plan_refinement(
    system: System,
    *,
    path: str | Path | None = None,
    evaluation: Evaluation | None = None,
    feedback: str = "",
    about: Sequence[str] = (),
    findings: Sequence[Finding] | None = None,
) -> Plan:
    """Gather what a refinement of ``system`` sends.

    Args:
        path: the system's file; its history gives corrections, locks and refused proposals. None sends none.
        evaluation: of ``system``, on dev images; None sends no figures.
        feedback: a person's words.
        about: the classes to be refined; all, if empty.
        findings: those of the checks; left out, the checks are run. Notes are not sent.

    Raises:
        UsageError: ``about`` names no class, or ``evaluation`` is of another system.
        HistoryError: the history cannot be read.
    """
    check_about(system, about)
    if evaluation is not None and evaluation.system != system:
        raise UsageError("the evaluation is of another system")
    found = check(system, evaluation=evaluation) if findings is None else findings
    kept = tuple(one for one in found if one.severity != "note" and (not about or _concerns(one, about)))
    if evaluation is not None:
        kept = _not_shown_anyhow(kept, evaluation, about)
    return Plan(
        system,
        feedback=feedback,
        about=tuple(about),
        neighbours=_neighbours(system, evaluation, about) if about else (),
        corrections=corrections(path, system),
        locked=locked_cells(path, system),
        findings=kept[:MOST_FINDINGS],
        evaluation=evaluation,
        refused=recalled(path, system),
        taken=taken_before(path),
    )


def check_about(system: System, about: Sequence[str]) -> None:
    """Raise ``UsageError`` where ``about`` names no class of ``system``."""
    for name in about:
        if name not in system.rules:
            raise UsageError(f'"{plain(name)}" is not a class{did_you_mean(name, system.rules)}')


def request_of(plan: Plan) -> Request:
    """What is sent for ``plan``."""
    about = names_text(plan.about)
    values = {
        "about": plan.system.description.strip() or "not described; the names of the classes tell",
        "system": system_text(plan.system, plan.rows),
        "scope": f"Only the rules of these classes are to change: {about}. Other rows are there to compare with."
        if plan.about
        else "",
        "feedback": plan.feedback.strip(),
        "corrections": "\n".join(str(one) for one in plan.corrections),
        "notes": notes_text(plan.system, plan.rows),
        "locked": locked_text(plan.system, plan.locked, plan.rows),
        "evidence": evidence_text(plan.evaluation, plan.about or None) if plan.evaluation else "",
        "findings": _findings_text(plan.findings),
        "refused": "\n".join(f"{json_line(to_json(one.edit))}: {one.reason or 'no reason'}" for one in plan.refused),
        "taken": "\n".join(plan.taken),
        "most": str(plan.most),
    }
    return load_prompt("refine").request(values, proposals_schema(), max_output_tokens=MAX_OUTPUT_TOKENS)


def outline(plan: Plan) -> tuple[str, ...]:
    """What is sent, a short line each, for a person to look at before: ``3 corrections of yours``."""
    system = plan.system
    lines = [f"{counted(len(plan.rows), 'class', 'classes')} × {counted(len(system.attributes), 'attribute')}"]
    if plan.evaluation is not None:
        accuracy = percentage(plan.evaluation.accuracy, 1)
        lines.append(f"accuracy {accuracy}% on {counted(plan.evaluation.n, 'image')}, confusions, attributes")
    for number, what in (
        (len(plan.corrections), "correction"),
        (len(plan.locked), "locked cell"),
        (len(system.notes) + sum(bool(a.note) for a in system.attributes), "note"),
        (len(plan.findings), "finding"),
        (len(plan.refused), "refused proposal"),
        (len(plan.taken), "taken proposal"),
    ):
        if number:
            lines.append(counted(number, what))
    if plan.feedback.strip():
        lines.append("your feedback")
    return tuple(lines)


def proposals_schema(*, numbered: bool = False) -> dict[str, Json]:
    """The JSON Schema of the reply: a list of edits with rationales; with the number of what each replaces."""
    properties: dict[str, Json] = {
        "rationale": {"type": "string"},
        "edit": edit_schema(strict=True, kinds=KINDS),
    }
    if numbered:
        properties = {"replaces": {"type": "integer"}, **properties}
    item = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"proposals": {"type": "array", "items": item}},
        "required": ["proposals"],
        "additionalProperties": False,
    }


def _neighbours(system: System, evaluation: Evaluation | None, about: Sequence[str]) -> tuple[str, ...]:
    """Classes to compare with: those that images confuse with ``about``, then those whose rules are most alike."""
    most = NEIGHBOURS * len(about)
    found = list(confused_with(evaluation, about, most)) if evaluation is not None else []
    mine = [system.rules[name] for name in about]
    alike = {
        name: max(sum(row[a] == own[a] and bool(row[a]) for a in row) for own in mine)
        for name, row in system.rules.items()
        if name not in about and name not in found
    }
    found += sorted(alike, key=lambda name: -alike[name])[: max(0, most - len(found))]
    return tuple(found)


def _concerns(finding: Finding, about: Sequence[str]) -> bool:
    paths = (finding.place.path, *(place.path for place in finding.also))
    return any(path[:1] == ("rules",) and len(path) > 1 and path[1] in about for path in paths)


def locked_text(system: System, locked: Collection[Cell], rows: Collection[str]) -> str:
    """A line for each class of ``rows`` with its locked attributes; ``*`` for all of them."""
    found: dict[str, list[str]] = {}
    for class_name, attribute in sorted(locked):
        if class_name in rows:
            found.setdefault(class_name, []).append(attribute)
    every = len(system.attributes)
    return "\n".join(
        json_line([name, *(["*"] if len(attributes) == every else attributes)]) for name, attributes in found.items()
    )


def finding_text(finding: Finding, *, with_hint: bool = True) -> str:
    """A finding in a line: its name, its place, what it says, and what to do."""
    place = f"{finding.place.name}: " if finding.place.name else ""
    hint = f" ({finding.hint})" if finding.hint and with_hint else ""
    return f"{finding.name}: {place}{finding.message}{hint}"


def _findings_text(findings: Sequence[Finding]) -> str:
    """A line for each; a hint is given once."""
    told: set[str] = set()
    lines = []
    for one in findings:
        lines.append(finding_text(one, with_hint=one.hint not in told))
        told.add(one.hint)
    return "\n".join(lines)


def _not_shown_anyhow(findings: Sequence[Finding], evaluation: Evaluation, about: Sequence[str]) -> tuple[Finding, ...]:
    """``findings`` without the contradicted rules that the evidence lists with their figures."""
    listed = {(cell.class_name, cell.attribute) for cell in contradicted(evaluation, about or None)}
    return tuple(one for one in findings if one.name != _CONTRADICTED or one.place.path[1:3] not in listed)
