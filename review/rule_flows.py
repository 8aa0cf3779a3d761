"""Conversations about rules: one cell, all classes in view, notes, locks, fixes, allowances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from ..systems.describe import describe
from ..systems.edits import AddAllowance, Edit, SetNote, SetRule, apply
from ..systems.model import Allowance, Rule
from ..systems.text import plain
from .building import rule_with_new_option
from .cells_text import cut
from .dialogs import ConfirmDialog, TextDialog
from .effect_text import summary
from .evidence import structure_only
from .rule_dialog import RuleDialog
from .themes import inks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..scoring.effects import Effect
    from ..validate.finding import Finding
    from .main_screen import MainScreen

_SHOWN = 12


async def change_rule(screen: MainScreen) -> None:
    """Pick the rule of the selected cell."""
    review = screen.review
    if review.cell is None:
        return
    class_name, attribute = review.cell
    evidence = review.evidence(review.cell)

    def effect(rule: Rule) -> Effect | None:
        known = [choice.effect for choice in evidence.choices if choice.rule == rule]
        return known[0] if known else review.session.effect([SetRule(class_name, attribute, rule)])

    picked = await screen.ask(RuleDialog(evidence, effect))
    if picked is None:
        return
    if picked.new_option:
        screen.edit(rule_with_new_option(class_name, attribute, picked.new_option))
    elif review.session.system.rules[class_name][attribute] == picked.rule:
        review.mark_seen([(class_name, attribute)])
        screen.renew()
    else:
        screen.edit([SetRule(class_name, attribute, picked.rule)])


async def change_in_view(screen: MainScreen) -> None:
    """One rule for all classes that the view leaves."""
    review = screen.review
    if review.cell is None:
        return
    class_name, attribute = review.cell
    rows, system = review.rows, review.session.system

    def edits(rule: Rule) -> list[Edit]:
        return [SetRule(name, attribute, rule) for name in rows if system.rules[name][attribute] != rule]

    told = f"{attribute} of {len(rows)} classes in view"
    picked = await screen.ask(
        RuleDialog(structure_only(system, class_name, attribute), lambda r: review.session.effect(edits(r)), told=told)
    )
    if picked is None or picked.new_option:
        return
    made = edits(picked.rule)
    if made and await confirm(screen, f"{told}: {len(made)} rules change", made):
        screen.edit(made)


async def write_note(screen: MainScreen) -> None:
    """A note on the selected cell."""
    review = screen.review
    if review.cell is None:
        return
    class_name, attribute = review.cell
    old = review.session.system.notes.get(review.cell, "")
    text = await screen.ask(
        TextDialog(f"note on {class_name} › {attribute}", old, told="For the next reader, and for the LLM.")
    )
    if text is not None and text != old:
        screen.edit([SetNote(text, class_name, attribute)])


async def fix_finding(screen: MainScreen, finding: Finding | None) -> None:
    """Show what a fix would do, and do it."""
    if finding is None or finding.fix is None:
        here = (
            "the finding here has no fix; change it by hand" if finding is not None else "no finding here can be mended"
        )
        screen.tell(here)
        return
    screen.review.goto(finding)
    screen.renew()
    fix = finding.fix
    told = [f"{finding.code} {finding.name}: {plain(finding.message)}"]
    if await confirm(screen, fix.title, fix.edits, told=told, effect=fix.effect):
        screen.do(lambda: screen.review.fix(finding))


async def fix_safe(screen: MainScreen) -> None:
    """Show what the safe fixes would do, and do it."""
    edits = screen.review.safe_fixes()
    if not edits:
        screen.tell("nothing can be mended without judging")
        return
    if await confirm(screen, f"all safe fixes: {len(edits)} edits", edits):
        screen.edit(edits)


async def allow_finding(screen: MainScreen, finding: Finding | None) -> None:
    """Accept a finding, with a reason."""
    if finding is None:
        screen.tell("no finding here")
        return
    reason = await screen.ask(
        TextDialog(
            f"allow {finding.code} at {finding.place.name or 'the whole system'}",
            told=f"{finding.message}. Why is it meant so?",
            problem=lambda text: "" if text else "a reason is needed",
        )
    )
    if reason:
        screen.edit([AddAllowance(Allowance(finding.code, finding.place.name, reason))])


async def confirm(
    screen: MainScreen, title: str, edits: Sequence[Edit], *, told: Sequence[str] = (), effect: str = ""
) -> bool:
    """Show edits, and what they would change where that is known; whether the person agrees."""
    colors = inks(screen.app.theme)
    width = max(40, min(72, screen.size.width - 8))
    lines = [line for text in told for line in Text(text, colors.soft).wrap(screen.app.console, width)]
    system = screen.review.session.system
    for edit in edits[:_SHOWN]:
        lines.append(Text(cut(describe(edit, system), width), colors.text))
        system = apply(system, [edit])
    if len(edits) > _SHOWN:
        lines.append(Text(f"and {len(edits) - _SHOWN} more", colors.soft))
    measured = screen.review.session.effect(edits)
    if measured is not None:
        tone = colors.gain if measured.change > 0 else colors.loss if measured.change < 0 else colors.soft
        lines += [Text(), Text(summary(measured), f"bold {tone}")]
    elif effect:
        lines += [Text(), *Text(plain(effect), colors.soft).wrap(screen.app.console, width)]
    return await screen.ask(ConfirmDialog(title, lines)) is True
