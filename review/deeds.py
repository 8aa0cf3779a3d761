"""What each action of the table does on the main screen; those that talk with the person are coroutines."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeAlias

from ..systems.text import plain
from . import history_flows, keep_flows, refine_flow, rule_flows, structure_flows
from .actions import ACTIONS, keys_of
from .dialogs import Item, MenuDialog
from .evidence_pane import EvidencePane
from .field import Field
from .findings_pane import FindingsPane
from .help_screen import HelpScreen
from .marks import LEGEND
from .matrix import Matrix
from .nowhere import nowhere
from .palette import palette
from .pictures import MODES
from .status_line import StatusLine
from .themes import next_theme
from .view import ONLY, ONLY_KEYS, SORTS, View

if TYPE_CHECKING:
    from ..validate.finding import Finding
    from .main_screen import MainScreen

Deed: TypeAlias = "Callable[[MainScreen], Coroutine[Any, Any, object] | None]"


def _at_cell(deed: Deed) -> Deed:
    """``deed`` where a cell is selected; where none is, why."""

    def here(screen: MainScreen) -> Coroutine[Any, Any, object] | None:
        why = nowhere(screen.review, screen.key_of)
        if why:
            screen.tell(why)
            return None
        return deed(screen)

    return here


def _jump(screen: MainScreen, step: int) -> None:
    if screen.review.next_in_queue(step) is None:
        session, found = screen.review.session, screen.review.insight
        waiting = session.expects_images or found.generation != session.generation
        screen.tell("still looking: a moment" if waiting else "the queue is empty: nothing more speaks against a rule")
        return
    screen.arrived()
    screen.query_one(Matrix).focus()
    screen.query_one(StatusLine).remark(plain(screen.review.why_here()))


def _step_finding(screen: MainScreen, step: int) -> None:
    pane, found = screen.query_one(FindingsPane), screen.review.insight.findings
    if not found:
        screen.tell("no findings")
        return
    pane.highlight((pane.index + step) % len(found))
    screen.review.goto(found[pane.index])
    screen.arrived()


def _fix(screen: MainScreen) -> Coroutine[Any, Any, object]:
    return rule_flows.fix_finding(screen, _finding_meant(screen))


def _finding_meant(screen: MainScreen) -> Finding | None:
    """The highlighted finding where the findings have the focus; else one here, best one with a fix; else the next."""
    pane = screen.query_one(FindingsPane)
    if pane.has_focus:
        return pane.finding
    here = screen.review.findings_here() or screen.review.findings_near()
    able = [finding for finding in here if finding.fix is not None]
    if here:
        return (able or here)[0]
    rest = [finding for finding in screen.review.insight.findings if finding.fix is not None]
    return pane.finding if pane.finding in rest or not rest else rest[0]


def _seen(screen: MainScreen) -> None:
    screen.review.toggle_seen()
    screen.renew()


def _seen_class(screen: MainScreen) -> None:
    review = screen.review
    if review.cell is not None:
        review.mark_seen([(review.cell[0], name) for name in review.attributes])
        screen.renew()


def _undo(screen: MainScreen) -> None:
    if screen.review.session.journal.can_undo:
        screen.do(screen.review.undo)
    else:
        screen.tell("nothing to undo")


def _redo(screen: MainScreen) -> None:
    if screen.review.session.journal.can_redo:
        screen.do(screen.review.redo)
    else:
        screen.tell("nothing to do again")


def _silent(screen: MainScreen) -> None:
    screen.do(lambda: screen.review.set_rule(()))


def _filter(screen: MainScreen) -> None:
    field = screen.query_one("#filter", Field)
    field.display = True
    field.value = screen.review.view.text
    field.focus()
    screen.tell("type what to look for: ⏎ keeps the filter, esc twice lifts it")


async def _only(screen: MainScreen) -> None:
    items = [Item(only, text, "", ONLY_KEYS[only]) for only, text in ONLY.items()]
    picked = await screen.ask(MenuDialog("show only", items, chosen=screen.review.view.only))
    for key in ONLY:
        if key == picked:
            screen.review.only(key)
            screen.renew()


def _sort(screen: MainScreen) -> None:
    orders = list(SORTS)
    order = orders[(orders.index(screen.review.view.sort) + 1) % len(orders)]
    screen.review.sort(order)
    screen.renew()
    screen.tell(f"classes {SORTS[order]}")


async def _go_class(screen: MainScreen) -> None:
    review = screen.review
    if review.near is None:
        screen.tell(nowhere(screen.review, screen.key_of))
        return
    items = [Item(name, name) for name in review.session.system.classes]
    picked = await screen.ask(MenuDialog("go to a class", items, searched=True))
    if picked is not None and review.near is not None:
        review.select((picked, review.near[1]))
        screen.arrived()


def _attributes(screen: MainScreen) -> None:
    screen.add_class("-attributes")
    screen.call_after_refresh(screen.enter_attributes)


def _matrix(screen: MainScreen) -> None:
    matrix = screen.query_one(Matrix)
    if matrix.has_focus and screen.review.view.filtered:
        screen.review.show(View(sort=screen.review.view.sort))
        screen.renew()
    screen.query_one("#filter", Field).display = False
    screen.remove_class("-attributes")
    matrix.focus()


def _evidence(screen: MainScreen) -> None:
    screen.query_one(EvidencePane).focus()


def _help(screen: MainScreen) -> None:
    told = (
        "Each row is a class, each column a question; a cell says which answer the class should get. Blue cells "
        "fit what the images show, orange ones do not."
    )
    # What a person is looking at comes first.
    panes = sorted(_PANES, key=lambda pane: not screen.query_one(f"#{pane}").has_focus)
    keys = {action.id: keys_of(action, screen.keys)[0] for action in ACTIONS}
    lines = [(f"{keys[pane]} {pane}"[:12], _PANES[pane]) for pane in panes]
    screen.app.push_screen(HelpScreen(screen.keys, screen.actions, told, LEGEND, lines))


_PANES = {
    "matrix": "Per class the share of its images that are named right, then its rules. Above, per question, the share "
    "of images whose answer fits the rule of their class, and what changed since the review began.",
    "evidence": "Of the selected cell: the answers by how many images of the class show them, what setting each would "
    "change, then the images that are named wrong: as what, and why.",
    "attributes": "Per question: the share right with its 95 % interval, the share by chance, how many bits its rules "
    "tell classes apart by, the change since the review began, its weight, its commonest mistake.",
    "findings": "What the checks have against the system, the worst first; f marks what can be mended.",
}
"""What each pane shows, by its id."""


async def _palette(screen: MainScreen) -> None:
    picked = await screen.ask(palette(screen.actions, screen.keys))
    if picked is not None:
        screen.action_do(picked)


def _findings(screen: MainScreen) -> None:
    screen.remove_class("-attributes")
    screen.query_one(FindingsPane).focus()


def _images(screen: MainScreen) -> None:
    modes = list(MODES)
    screen.mode = modes[(modes.index(screen.mode) + 1) % len(modes)]
    screen.renew()
    screen.tell(MODES[screen.mode])


def _theme(screen: MainScreen) -> None:
    next_theme(screen.app)
    screen.call_after_refresh(screen.renew)


DEEDS: dict[str, Deed] = {
    "change": _at_cell(rule_flows.change_rule),
    "next": lambda screen: _jump(screen, 1),
    "previous": lambda screen: _jump(screen, -1),
    "fix": _fix,
    "fix-safe": rule_flows.fix_safe,
    "seen": _at_cell(_seen),
    "seen-class": _at_cell(_seen_class),
    "next-finding": lambda screen: _step_finding(screen, 1),
    "previous-finding": lambda screen: _step_finding(screen, -1),
    "allow": lambda screen: rule_flows.allow_finding(screen, _finding_meant(screen)),
    "silent": _at_cell(_silent),
    "bulk": _at_cell(rule_flows.change_in_view),
    "note": _at_cell(rule_flows.write_note),
    "lock": _at_cell(keep_flows.toggle_lock),
    "option": _at_cell(structure_flows.change_options),
    "prompt": _at_cell(structure_flows.change_prompts),
    "weight": _at_cell(structure_flows.change_weight),
    "attribute": structure_flows.change_attribute,
    "class": structure_flows.change_class,
    "describe": structure_flows.describe_system,
    "undo": _undo,
    "redo": _redo,
    "save": keep_flows.save,
    "diff": history_flows.show_changes,
    "log": history_flows.show_log,
    "refine": refine_flow.refine,
    "filter": _filter,
    "only": _only,
    "sort": _sort,
    "go-class": _go_class,
    "attributes": _attributes,
    "matrix": _matrix,
    "evidence": _evidence,
    "findings": _findings,
    "images": _images,
    "theme": _theme,
    "help": _help,
    "palette": _palette,
    "quit": keep_flows.leave,
}
"""By the actions' ids."""
