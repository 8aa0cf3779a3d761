"""Deciding about proposals without a screen: taking all, and carrying decisions to a system that was edited since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import reduce

from ..authoring.locks import Cell, renamed, touched
from ..authoring.proposal import Proposal
from ..authoring.proposals import Proposals, measure, proposals_of
from ..authoring.proposals_report import in_order
from ..errors import CotsmithError
from ..scoring.evaluation import Evaluation
from ..scoring.incremental import Encode
from ..systems.edits import AddAttribute, AddOption, Edit, SetRule
from ..systems.model import Rule, System
from .trouble import told


def accept_all(proposals: Proposals) -> tuple[Proposals, tuple[str, ...]]:
    """Take all that are open, in the order in which they are shown; what cannot be taken stays open.

    Second, why not, a sentence each. Conflicts with locked cells stay for a person to judge.
    """
    order, failed = in_order(proposals), dict[int, str]()
    while left := [index for index in order if index in proposals.open and index not in failed]:
        try:
            proposals = proposals.accept(left[0])
        except Exception as error:  # an encoder of the user's own may raise anything
            failed[left[0]] = told(error)
    return proposals, tuple(failed.values())


def for_system(
    proposals: Proposals,
    system: System,
    evaluation: Evaluation | None,
    encode: Encode | None,
    locked: Collection[Cell] = (),
) -> tuple[Proposals, str]:
    """``proposals`` as suggestions for ``system``, which may have been edited since, as they were decided.

    They are measured where they are not yet and ``evaluation`` is of ``system``. ``locked`` are the cells locked by
    now. Second, why they could not be measured; ``""`` where nothing failed.
    """
    measured = evaluation if evaluation is not None and evaluation.system == system else None
    found = proposals
    if proposals.system != system:
        like = replace(proposals, locked=proposals.locked | frozenset(locked))
        found = decided(system, proposals.items, proposals.taken, like, since=_set_since(proposals, system, locked))
    if measured is None or found.evaluation is not None:
        return found, ""
    try:
        return measure(found, measured, encode), ""
    except Exception as error:  # an encoder of the user's own may raise anything
        return found, f"the proposals are not measured: {told(error)}"


def decided(
    system: System, items: Sequence[Proposal], taken: Sequence[int], like: Proposals, since: Collection[Cell] = ()
) -> Proposals:
    """Proposals for ``system`` with the decisions of ``items``, and locks and origin as in ``like``; not measured.

    What was taken and does not apply any more is open to be judged again, or says why it is invalid; so is what
    touches a cell that was locked ``since``.
    """
    suggested = [(one.edit, one.rationale) for one in items]
    found = proposals_of(system, suggested, locked=like.locked, unusable=like.unusable, origin=like.origin)
    marked = tuple(replace(new, edited=old.edited) for new, old in zip(found.items, items, strict=True))
    found = replace(found, items=marked)
    for index, one in enumerate(items):
        if one.status == "refused":
            found = found.refuse(index, one.reason)
    for index in taken:
        try:
            if not _touches(found, index, since):
                found = found.accept(index, override_lock=True)
        except CotsmithError:
            continue
    return found


def _set_since(proposals: Proposals, system: System, locked: Collection[Cell]) -> frozenset[Cell]:
    """Those of ``locked`` that a person set or locked after ``proposals`` were last judged."""

    def rule(of: System, cell: Cell) -> Rule | None:
        return of.rules.get(cell[0], {}).get(cell[1])

    before = proposals.system
    return frozenset(
        cell for cell in locked if cell not in proposals.locked or rule(system, cell) != rule(before, cell)
    )


def _touches(proposals: Proposals, index: int, cells: Collection[Cell]) -> bool:
    """Whether the rule of one of ``cells`` would read otherwise, were the one at ``index`` taken."""
    steps = [proposals.items[step].edit for step in proposals.steps(index)]
    return bool(touched(proposals.result, steps, [reduce(renamed, proposals.edits, cell) for cell in cells]))


def edited(proposals: Proposals, index: int, edit: Edit) -> Proposals:
    """With another ``edit`` at ``index``; rules suggested for the option or attribute that it adds follow its name."""
    old = proposals.items[index].edit
    found = proposals.edit(index, edit)
    for other, one in enumerate(proposals.items):
        if index not in one.requires or one.status == "refused" or not isinstance(one.edit, SetRule):
            continue
        followed = _following(one.edit, old, edit)
        if followed != one.edit:
            found = found.edit(other, followed)
    return found


def _following(rule: SetRule, old: Edit, new: Edit) -> SetRule:
    match old, new:
        case AddOption(), AddOption() if rule.attribute == old.attribute == new.attribute:
            return replace(rule, rule=tuple(new.option if one == old.option else one for one in rule.rule))
        case AddAttribute(), AddAttribute() if rule.attribute == old.attribute.name:
            return replace(rule, attribute=new.attribute.name)
        case _:
            return rule
