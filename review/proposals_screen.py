"""The proposals of an LLM, judged one by one: what each would change alone, and on top of what is taken already."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static

from ..authoring.proposal import Proposal
from ..authoring.proposals import Proposals
from ..authoring.proposals_report import in_order
from ..errors import CotsmithError
from ..systems.describe import describe
from ..systems.edit_json import from_json, to_json
from ..systems.edits import Edit
from ..systems.text import counted, plain
from .actions import PROPOSAL_ACTIONS, bindings
from .asking import Memory
from .deciding import accept_all, edited
from .dialogs import ConfirmDialog, Dialog, TextDialog
from .edit_forms import ask_edit, has_form
from .effect_text import points, summary
from .help_screen import HelpScreen
from .line_list import LineList
from .palette import palette
from .themes import Inks, inks, next_theme
from .trouble import told

T = TypeVar("T")
_SIGNS = {"open": "?", "accepted": "✓", "refused": "✗", "conflict": "◆", "invalid": "–"}


class ProposalsScreen(Screen[bool]):
    """Answers whether the person is done; ``proposals`` are as they were decided, also where they go on later."""

    DEFAULT_CSS = """
    ProposalsScreen #title {
        height: 1; background: $panel; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis;
    }
    ProposalsScreen #head { height: 1; color: $text-muted; text-wrap: nowrap; }
    ProposalsScreen #told { height: 9; border-top: solid $panel; padding: 0 1; scrollbar-size-vertical: 1; }
    ProposalsScreen #status { height: 1; padding: 0 1; color: $warning; }
    ProposalsScreen Footer { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PROPOSAL_ACTIONS)]

    def __init__(
        self,
        proposals: Proposals,
        *,
        keep: Callable[[Proposals], None] = lambda proposals: None,
        keys: Mapping[str, str] | None = None,
        problem: str = "",
        memory: Memory | None = None,
    ) -> None:
        super().__init__()
        self._memory = memory or Memory()
        self.proposals = proposals
        self._keep = keep
        self._keys = dict(keys or {})
        self._problem = problem
        self._order = in_order(proposals)

    def compose(self) -> ComposeResult:
        yield Static("", id="title", markup=False)
        yield Static(f"  {'alone':>6} {'on top':>6} what it would change, and why", id="head", markup=False)
        with Vertical():
            yield LineList(id="proposals")
        with VerticalScroll(id="told"):
            yield Static("", id="words", markup=False)
        yield Static("", id="status", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(LineList).focus()
        self._tell_trouble(self._problem)
        self._show()

    def on_resize(self) -> None:
        self._show()

    @on(LineList.Highlighted)
    def tell(self) -> None:
        """What the highlighted one would do."""
        self._tell()

    def action_do(self, name: str) -> None:
        """Do what the action called ``name`` does."""
        _DEEDS[name](self)

    def action_accept(self) -> None:
        """Take the highlighted one; a conflict with a locked cell asks first."""
        index = self._index()
        if index is None:
            return
        if self.proposals.items[index].status == "conflict":
            self._talk(self._override(index))
        else:
            self._decide(lambda: self.proposals.accept(index), forward=True)

    def action_accept_all(self) -> None:
        """Take all that are open; conflicts, and what cannot be taken, stay for a person to judge."""
        found, failed = accept_all(self.proposals)
        self._decide(lambda: found)
        if failed:
            self._tell_trouble(f"{len(failed)} could not be taken: {failed[0]}")

    def action_refuse(self) -> None:
        """Refuse the highlighted one, with a reason that the LLM is told."""
        index = self._index()
        if index is not None:
            self._talk(self._refuse(index))

    def action_edit(self) -> None:
        """Put another edit in its place."""
        index = self._index()
        if index is not None:
            self._talk(self._edit(index))

    def action_reopen(self) -> None:
        """Take a decision back."""
        index = self._index()
        if index is not None:
            self._decide(lambda: self.proposals.reopen(index))

    def action_finish(self) -> None:
        """Take what was accepted."""
        self._talk(self._finish())

    def action_leave(self) -> None:
        """Decide later: the decisions made so far stay."""
        self.dismiss(False)

    def action_help(self) -> None:
        """All keys and signs."""
        about = "Each line is one proposal: the points it brings alone, on top of what is taken, and what it does."
        self.app.push_screen(HelpScreen(self._keys, PROPOSAL_ACTIONS, about, _LEGEND))

    def action_theme(self) -> None:
        """The next theme."""
        next_theme(self.app)
        self.call_after_refresh(self._show)

    def action_palette(self) -> None:
        """Find an action by typing."""
        self._talk(self._pick_action())

    def _talk(self, conversation: Coroutine[Any, Any, None]) -> None:
        async def guarded() -> None:
            try:
                await conversation
            except Exception as error:  # an encoder of the user's own may raise anything
                self._tell_trouble(told(error))

        self.run_worker(guarded(), group="flow")

    def _tell_trouble(self, message: str) -> None:
        self.query_one("#status", Static).update(Text(plain(message)))

    async def _pick_action(self) -> None:
        picked = await self._ask(palette(PROPOSAL_ACTIONS, self._keys))
        if picked is not None:
            self.action_do(picked)

    async def _override(self, index: int) -> None:
        one = self.proposals.items[index]
        lines = [Text(plain(one.reason)), Text(describe(one.edit, self.proposals.before(index)))]
        if await self._ask(ConfirmDialog("this touches what a person set", lines, yes="takes it")):
            self._decide(lambda: self.proposals.accept(index, override_lock=True), forward=True)

    async def _refuse(self, index: int) -> None:
        one = self.proposals.items[index]
        before = one.reason if one.status == "refused" else ""
        why = "The LLM is told, and does not suggest it again."
        reason = await self._ask(TextDialog("refuse: why?", before, told=why))
        if reason is not None:
            self._decide(lambda: self.proposals.refuse(index, reason), forward=True)

    async def _edit(self, index: int) -> None:
        one, free = self.proposals.items[index], self.proposals.reopen(index)
        before = free.before(index)
        if has_form(before, one.edit):
            edit = await ask_edit(self._ask, before, one.edit, free.current)
        else:
            edit = await self._ask_json(one.edit)
        if edit is not None and edit != one.edit:
            self._decide(lambda: edited(self.proposals, index, edit))

    async def _ask_json(self, edit: Edit) -> Edit | None:
        """The edit as it is written, where no form fits: it names what is not there, or is of an uncommon kind."""
        form = json.dumps(to_json(edit), ensure_ascii=False)

        def problem(text: str) -> str:
            try:
                from_json(json.loads(text))
            except json.JSONDecodeError as error:
                return f"not JSON: {error.msg} at {error.pos + 1}"
            except CotsmithError as error:
                return str(error)
            return ""

        told = "No form fits it: this is how it is written."
        text = await self._ask(TextDialog("edit the proposal", form, told=told, problem=problem))
        return from_json(json.loads(text)) if text else None

    async def _ask(self, dialog: Dialog[T]) -> T | None:
        self._memory.remind(dialog)
        answer = await self.app.push_screen_wait(dialog)
        self._memory.note(dialog, answered=answer is not None)
        return answer

    async def _finish(self) -> None:
        accepted = [one for one in self.proposals if one.status == "accepted"]
        refused = sum(one.status == "refused" for one in self.proposals)
        left = len(self.proposals) - len(accepted) - refused
        lines = [Text(f"{len(accepted)} accepted, {refused} refused, {left} left undecided and dropped")]
        if not all(one.edited for one in accepted):
            lines.append(Text("Saved as a revision of the LLM; your own unsaved steps before it as one of yours."))
        if any(one.edited for one in accepted):
            lines.append(Text("What you changed of its proposals is saved as yours."))
        if await self._ask(ConfirmDialog("done with these proposals", lines)):
            self.dismiss(True)

    def _decide(self, act: Callable[[], Proposals], *, forward: bool = False) -> None:
        try:
            self.proposals = act()
        except Exception as error:  # measuring asks the encoder, and one of the user's own may raise anything
            self._tell_trouble(told(error))
            return
        self._keep(self.proposals)
        self._tell_trouble("")
        lines = self.query_one(LineList)
        if forward:
            lines.action_move(1)
        self._show()

    def _index(self) -> int | None:
        at = self.query_one(LineList).index
        return self._order[at] if at < len(self._order) else None

    def _show(self) -> None:
        colors, proposals = inks(self.app.theme), self.proposals
        told = f"{counted(len(proposals), 'proposal')} of {plain(proposals.origin.model)}"
        title = Text().append(told, f"bold {colors.text}")
        if proposals.evaluation is not None and proposals.current is not None:
            effect = proposals.evaluation.effect_to(proposals.current)
            taken = f"{len(proposals.taken)} taken" if proposals.taken else "none taken yet"
            title.append(f"   {taken}: {summary(effect)}", colors.gain)
        self.query_one("#title", Static).update(title)
        lines = self.query_one(LineList)
        width = max(20, lines.size.width)
        shown = [_line(proposals, index, width, colors) for index in self._order]
        lines.show(shown or [Text("the LLM proposes nothing that applies", colors.soft)])
        self._tell()

    def _tell(self) -> None:
        index = self._index()
        colors = inks(self.app.theme)
        text = Text()
        if index is not None:
            one = self.proposals.items[index]
            text.append(describe(one.edit, self.proposals.before(index)) + "\n", f"bold {colors.text}")
            if one.rationale:
                text.append(f"“{plain(one.rationale)}”\n", colors.text)
            if one.effect is not None:
                text.append(f"alone        {summary(one.effect)}\n", colors.soft)
            if one.cumulative is not None:
                text.append(f"on top       {summary(one.cumulative)}\n", colors.soft)
            if one.requires:
                needs = "; ".join(describe(self.proposals.items[i].edit) for i in one.requires)
                text.append(f"takes first  {needs}\n", colors.soft)
            if one.edited:
                text.append("changed by you: taken, it counts as yours\n", colors.soft)
            if one.reason:
                text.append(f"{one.status}: {plain(one.reason)}\n", colors.loss)
        for unusable in self.proposals.unusable:
            text.append(f"not usable: {plain(unusable)}\n", colors.faint)
        self.query_one("#words", Static).update(text)


_LEGEND = (
    ("?", "nobody has decided yet"),
    ("✓ ✗", "accepted, refused"),
    ("◆", "it touches what a person locked"),
    ("–", "it does not apply (any more)"),
)

_DEEDS: dict[str, Callable[[ProposalsScreen], None]] = {
    "accept": ProposalsScreen.action_accept,
    "accept-all": ProposalsScreen.action_accept_all,
    "refuse": ProposalsScreen.action_refuse,
    "edit-first": ProposalsScreen.action_edit,
    "reopen": ProposalsScreen.action_reopen,
    "finish": ProposalsScreen.action_finish,
    "later": ProposalsScreen.action_leave,
    "help": ProposalsScreen.action_help,
    "palette": ProposalsScreen.action_palette,
    "theme": ProposalsScreen.action_theme,
}
"""By the actions' ids."""


def _line(proposals: Proposals, index: int, width: int, colors: Inks) -> Text:
    one: Proposal = proposals.items[index]
    tone = {"accepted": colors.gain, "refused": colors.faint, "conflict": colors.loss, "invalid": colors.faint}
    text = Text(no_wrap=True)
    text.append(f"{_SIGNS[one.status]} ", f"bold {tone.get(one.status, colors.text)}")
    for effect in (one.effect, one.cumulative):
        change = "" if effect is None else points(effect.change)
        shade = colors.gain if change.startswith("+") else colors.loss if change.startswith("-") else colors.faint
        text.append(f"{change:>6} ", shade)
    faded = one.status in ("refused", "invalid")
    text.append(describe(one.edit, proposals.before(index)), colors.faint if faded else colors.text)
    text.append(f"  {plain(one.rationale)}", colors.soft)
    text.truncate(width, overflow="ellipsis")
    return text
