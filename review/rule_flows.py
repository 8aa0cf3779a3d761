"""Conversations about rules: one cell, all classes in view, notes, locks, fixes, allowances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from ..systems.describe import describe
from ..systems.edits import AddAllowance, Edit, SetNote, SetRule, apply
from ..systems.model import Allowance, Rule
from ..systems.text import counted, plain
from .building import rules_with
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
    evidence = await screen.evidence_here()
    if evidence is None:
        return

    def effect(rule: Rule) -> Effect | None:
        return review.session.effect([SetRule(class_name, attribute, rule)])

    picked = await screen.ask(RuleDialog(evidence, effect, aside=screen.background.aside))
    if picked is None:
        return
    edits = rules_with(review.session.system, [class_name], attribute, picked.rule, picked.new_options)
    if edits:
        screen.edit(edits)
    else:
        review.mark_seen([(class_name, attribute)])
        screen.renew()


async def change_in_view(screen: MainScreen) -> None:
    """One rule for all classes that the view leaves."""
    review = screen.review
    if review.cell is None:
        return
    class_name, attribute = review.cell
    rows, system = review.rows, review.session.system

    def effect(rule: Rule) -> Effect | None:
        return review.session.effect(rules_with(system, rows, attribute, rule))

    told = f"{attribute} of {len(rows)} classes in view"
    structure = structure_only(system, class_name, attribute)
    picked = await screen.ask(RuleDialog(structure, effect, told=told, aside=screen.background.aside))
    if picked is None:
        return
    made = rules_with(system, rows, attribute, picked.rule, picked.new_options)
    count = len(made) - len(picked.new_options)
    if not made:
        screen.tell(f"{told}: all have this rule")
    elif await confirm(screen, f"{told}: {counted(count, 'rule changes', 'rules change')}", made):
        screen.edit(made)


async def write_note(screen: MainScreen) -> None:
    """A note on the selected cell; on the whole attribute where the attributes have the focus."""
    cell = screen.review.cell
    if cell is not None:
        await write_note_on(screen, None if screen.in_attributes else cell[0], cell[1])


async def write_note_on(screen: MainScreen, class_name: str | None, attribute: str | None) -> None:
    """A note on a cell, a class or an attribute."""
    system = screen.review.session.system
    if class_name is not None:
        old = system.notes.get((class_name, attribute), "")
    else:
        old = system.attribute(attribute).note if attribute is not None else ""
    about = " › ".join(name for name in (class_name, attribute) if name is not None)
    text = await screen.ask(TextDialog(f"note on {about}", old, told="For the next reader, and for the LLM."))
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
    edits = await screen.background.aside(screen.review.safe_fixes)
    if not edits:
        screen.tell("nothing can be mended without judging")
        return
    if await confirm(screen, f"all safe fixes: {counted(len(edits), 'edit')}", edits):
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
    session = screen.review.session
    system = session.system
    for edit in edits[:_SHOWN]:
        lines.append(Text(cut(describe(edit, system), width), colors.text))
        system = apply(system, [edit])
    if len(edits) > _SHOWN:
        lines.append(Text(f"and {len(edits) - _SHOWN} more", colors.soft))

    async def told_effect() -> list[Text]:
        measured = await screen.background.aside(lambda: session.effect(edits))
        if measured is None:
            return [Text(), *Text(plain(effect), colors.soft).wrap(screen.app.console, width)] if effect else []
        tone = colors.gain if measured.change > 0 else colors.loss if measured.change < 0 else colors.soft
        return [Text(), Text(summary(measured), f"bold {tone}")]

    return await screen.ask(ConfirmDialog(title, lines, later=told_effect)) is True
