"""Send the findings of a draft back to the LLM that made it, and keep what mends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..errors import Interrupted, LLMError
from ..systems.json_form import Json
from ..systems.model import System
from ..validate.engine import check
from ..validate.finding import Finding
from .choosing import take_all
from .llm import LLM, Streaming, Usage
from .plan import MOST_FINDINGS, Plan
from .proposals import Proposals
from .propose import propose

if TYPE_CHECKING:
    from .budget import Budget

MOST_ROWS = 100
"""A system with more classes is not sent whole: the classes that findings name, and some to compare with."""


@dataclass(frozen=True, slots=True, eq=False)
class Mended:
    """The system after mending, what that cost, and what could not be done."""

    system: System
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    exchanges: tuple[Json, ...] = ()
    prompt_versions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def mend(
    llm: LLM,
    system: System,
    rounds: int,
    *,
    budget: Budget | None = None,
    watch: Callable[[Streaming], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Mended:
    """``system`` after up to ``rounds`` of sending its findings back; it ends when none is left or none is mended.

    Suggested edits are taken together when that leaves fewer findings, else one by one as far as none is added. When
    the LLM fails, the system stays as it is, and the remarks say so.

    Raises:
        Interrupted: ``cancelled`` became true.
    """
    mended = Mended(system)
    for _ in range(rounds):
        findings = faults(mended.system)
        if not findings:
            break
        try:
            proposals = propose(llm, _plan(mended.system, findings), budget=budget, watch=watch, cancelled=cancelled)
        except Interrupted:
            raise
        except LLMError as error:
            return replace(mended, remarks=(*mended.remarks, f"the findings were not mended: {error.message}"))
        after = taken(proposals, len(findings))
        mended = Mended(
            after,
            mended.usage + proposals.origin.usage,
            mended.calls + proposals.origin.calls,
            mended.exchanges + proposals.origin.exchanges,
            (*mended.prompt_versions, proposals.origin.prompt_version),
            mended.remarks,
        )
        if after == proposals.system:
            break
    return mended


def faults(system: System) -> tuple[Finding, ...]:
    """What the checks find, without notes."""
    return tuple(finding for finding in check(system) if finding.severity != "note")


def taken(proposals: Proposals, before: int) -> System:
    """The system after the proposals that leave no more than ``before`` findings."""
    together = take_all(proposals)
    if len(faults(together.result)) < before:
        return together.result
    for index in proposals.open:
        if proposals.items[index].status != "open":
            continue
        tried = proposals.accept(index)
        count = len(faults(tried.result))
        if count <= before:
            proposals, before = tried, count
    return proposals.result


def _plan(system: System, findings: Sequence[Finding]) -> Plan:
    findings = findings[:MOST_FINDINGS]
    if len(system.rules) <= MOST_ROWS:
        return Plan(system, findings=tuple(findings))
    places = [place.path for finding in findings for place in (finding.place, *finding.also)]
    named = dict.fromkeys(str(path[1]) for path in places if path[:1] == ("rules",) and len(path) > 1)
    about = tuple(name for name in named if name in system.rules)[:MOST_ROWS]
    return Plan(system, about=about or system.classes[:MOST_ROWS], findings=tuple(findings))
