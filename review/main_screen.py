"""The main screen: the matrix in the middle, evidence beside it, findings and attributes below."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from ..systems.edits import Edit
from ..systems.text import counted, plain
from . import keep_flows
from .actions import ACTIONS, Action, available, bindings, keys_of
from .asking import Memory
from .attributes_pane import AttributesPane, title
from .background import Attention, Background
from .deeds import DEEDS
from .dialogs import Dialog
from .evidence import Evidence, structure_only
from .evidence_pane import EvidencePane
from .field import Field
from .findings_pane import FindingsPane
from .headline import Headline
from .hearing import HEARD
from .latest import Failed
from .line_list import LineList
from .matrix import Matrix
from .messages import Evaluated, Found, Looked, Measured, Progressed
from .ongoing import Ongoing
from .pictures import Mode, first_mode
from .refining import LLMSource, Proposed, Refining, Streamed
from .review import Review
from .session import Made
from .status_line import StatusLine
from .trouble import told
from .unbidden import Unbidden
from .waiting_proposals import WaitingProposals
from .workshop import Workshop

T = TypeVar("T")
_WIDE, _MIDDLE, _TALL, _LOW = 130, 96, 36, 20
_WATCH_SECONDS = 0.5
_TALK = "flow"


class MainScreen(Screen[None]):
    """Shows a review, and turns keys into its calls."""

    DEFAULT_CSS = """
    MainScreen #body { height: 1fr; }
    MainScreen #below { height: 7; }
    MainScreen #below > * { border-top: solid $panel; border-title-color: $text-muted; width: 1fr; }
    MainScreen #below > *:focus { border-top: solid $accent; border-title-color: $accent; }
    MainScreen #attributes { display: none; }
    MainScreen.-attributes #attributes { display: block; }
    MainScreen.-attributes #findings { display: none; }
    MainScreen.-wide #attributes { display: block; margin-right: 1; }
    MainScreen.-wide #findings { display: block; }
    MainScreen.-wide EvidencePane { width: 52; }
    MainScreen.-middle EvidencePane { width: 40; }
    MainScreen.-tall #below { height: 12; }
    MainScreen.-low #below { height: 4; }
    MainScreen #filter { display: none; height: 1; border: none; background: $panel; padding: 0 1; }
    MainScreen Footer { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(ACTIONS)]

    def __init__(
        self,
        review: Review,
        workshop: Workshop,
        *,
        llm: LLMSource | None = None,
        keys: Mapping[str, str] | None = None,
        images: Mode | None = None,
        attention: Attention | None = None,
        unbidden: Unbidden | None = None,
    ) -> None:
        super().__init__()
        self.review = review
        self.workshop = workshop
        self.keys = dict(keys or {})
        self.mode = images or first_mode()
        self.background = Background(self, review, workshop, attention or Attention())
        path = None if review.session.read_only else review.session.path
        self.refining = Refining(self, llm, WaitingProposals(path))
        self.memory = Memory()
        self.unbidden = unbidden or Unbidden()
        self.settling = asyncio.Lock()  # while somebody is asked about a change outside
        self._by_itself = False
        self._trouble = ""
        self.touched = False  # until a person does something, the review may move the cursor
        self.found: Found | None = None

    def compose(self) -> ComposeResult:
        yield Headline(self.review)
        with Horizontal(id="body"):
            yield Matrix(self.review, self.key_of, id="matrix")
            yield EvidencePane(self.review, id="evidence")
        with Horizontal(id="below"):
            yield AttributesPane(self.review, id="attributes")
            yield FindingsPane(self.review, id="findings")
        yield Field(placeholder="show classes with this in their name or rules", id="filter", compact=True)
        yield Ongoing(self.refining, self.key_of("refine"))
        yield StatusLine(self.review)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(Matrix).focus()
        session = self.review.session
        if session.recovered and not session.changed_outside:
            steps = session.recovered
            self.tell(
                f"{counted(steps, 'step')} of an earlier session, never saved, here: {self.key_of('undo')} undoes them"
            )
        self.ongoing()
        if self.refining.waiting.warning:
            self.tell(self.refining.waiting.warning, trouble=True)
        if self.workshop.data is not None and session.evaluation is None:
            session.expects_images = True
            self.wait("loading the encoder …")
            self.background.evaluate()
        self.set_interval(_WATCH_SECONDS, self._watch)
        self.renew()
        self.look()

    def on_unmount(self) -> None:
        self.background.close()
        self.refining.cancel()

    def on_resize(self, event: Resize) -> None:
        """Wide screens show all panes, narrow ones the most needed."""
        width, height = event.size
        self.set_class(width >= _WIDE, "-wide")
        self.set_class(_MIDDLE <= width < _WIDE, "-middle")
        self.set_class(height >= _TALL, "-tall")
        self.set_class(height < _LOW, "-low")
        self.call_after_refresh(self._retitle)

    @property
    def actions(self) -> tuple[Action, ...]:
        """What can be done here."""
        return available(read_only=self.review.session.read_only)

    def key_of(self, name: str) -> str:
        """The key of the action called ``name``, as people read it."""
        return keys_of(next(action for action in ACTIONS if action.id == name), self.keys)[0]

    @property
    def in_attributes(self) -> bool:
        """Whether the attributes have the focus, so that notes and locks are about a whole one."""
        return self.query_one(AttributesPane).has_focus

    # Showing

    def renew(self) -> None:
        """After anything changed: every pane again."""
        self.review.refresh()
        self.query_one(Headline).renew()
        self.query_one(Matrix).renew()
        self.query_one(FindingsPane).renew()
        self.query_one(StatusLine).renew()
        self._retitle()
        self._show_evidence()

    def changed(self) -> None:
        """After the system changed: every pane, the measuring of new words, and the checks again."""
        self.touched = True
        self.query_one(StatusLine).forget()
        self.renew()
        self.background.measure()
        self.look()

    def tell(self, message: str, *, trouble: bool = False) -> None:
        """Say something in the status line."""
        self.query_one(StatusLine).tell(plain(message), trouble=trouble)

    def ongoing(self, message: str = "") -> None:
        """Say how far a refinement is, or what waits of it, in a line of its own."""
        self.query_one(Ongoing).tell(message)

    def _retitle(self) -> None:
        insight = self.review.insight
        attributes, findings = self.query_one(AttributesPane), self.query_one(FindingsPane)
        _entitle(attributes, title(attributes.size.width))
        count = len(insight.findings)
        notes = count - insight.faults
        told = "Findings" if insight.generation < 0 else f"Findings: {insight.faults}, and {notes} notes"
        _entitle(findings, told)
        attributes.renew()

    def _show_evidence(self) -> None:
        pane, cell, session = self.query_one(EvidencePane), self.review.cell, self.review.session
        if cell is None:
            pane.show(None, self.mode)
        elif session.evaluation is None or session.measuring or session.problem:
            pane.show(structure_only(session.system, *cell), self.mode)
        else:
            self.background.find(cell)

    async def evidence_here(self) -> Evidence | None:
        """The evidence of the selected cell; worked out in a thread where the pane does not show it yet."""
        cell, found = self.review.cell, self.found
        if cell is None:
            return None
        if found is not None and found.is_of(cell, self.review.session.generation):
            return found.evidence
        return await self.background.aside(lambda: self.review.evidence(cell))

    # What threads bring

    def look(self) -> None:
        """Run the checks again."""
        self.background.look()

    @on(Progressed)
    @on(Evaluated)
    @on(Measured)
    @on(Looked)
    @on(Found)
    @on(Failed)
    @on(Streamed)
    @on(Proposed)
    def hear(self, event: Message) -> None:
        """Take what a thread brings."""
        HEARD[type(event)](self, event)

    def wait(self, what: str) -> None:
        """Say in the headline what is waited for; ``""`` for nothing."""
        headline = self.query_one(Headline)
        headline.waiting = what
        headline.renew()

    def _watch(self) -> None:
        """Look whether somebody else took the history away, or changed the file."""
        self._keep_history()
        if self.idle and self.review.session.news:
            self.come_up(keep_flows.settled(self))

    def _keep_history(self) -> None:
        """What was done stays on disk; what became of it is told once."""
        trouble = self.review.keep()
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if trouble:
            self.tell(trouble, trouble=True)
            if self.refining.proposals is not None:
                self.refining.settle(self.refining.proposals)

    # Doing

    @property
    def idle(self) -> bool:
        """Whether nothing is being asked or worked out for a person: what comes by itself may come up."""
        talks = any(one.node is self and one.group == _TALK and not one.is_finished for one in self.workers)
        return self.app.screen is self and not talks

    def come_up(self, conversation: Coroutine[Any, Any, object]) -> None:
        """Begin a conversation that nobody asked for: it takes no key that was meant for this screen."""

        async def by_itself() -> None:
            self._by_itself = True
            try:
                await conversation
            finally:
                self._by_itself = False

        self.flow(by_itself())

    def on_screen_suspend(self) -> None:
        """Something lies over this screen now."""
        if self._by_itself:
            self.unbidden.came()

    async def ask(self, dialog: Dialog[T]) -> T | None:
        """Show a dialog, and wait for its answer; only within a flow."""
        self.memory.remind(dialog)
        answer = await self.app.push_screen_wait(dialog)
        self.memory.note(dialog, answered=answer is not None)
        return answer

    def edit(self, edits: Sequence[Edit], title: str = "") -> None:
        """Make one step, and show it."""
        self.do(lambda: self.review.edit(edits, title))

    def do(self, act: Callable[[], Made | None]) -> None:
        """Do something that changes the system; what cannot be done is told, and nothing has changed."""
        try:
            made = act()
        except Exception as error:
            self.tell(told(error), trouble=True)
            return
        if made is None:
            self.renew()
            return
        self.changed()

    def flow(self, conversation: Coroutine[Any, Any, object]) -> None:
        """Hold a conversation; what cannot be done is told."""

        async def guarded() -> None:
            try:
                await conversation
            except Exception as error:  # loaders, encoders and LLMs of the user's own may raise anything
                self.tell(told(error), trouble=True)

        self.run_worker(guarded(), group=_TALK)

    def action_do(self, name: str) -> None:
        """Do what the action called ``name`` does."""
        try:
            outcome = DEEDS[name](self)
        except Exception as error:
            self.tell(told(error), trouble=True)
            return
        if outcome is not None:
            self.flow(outcome)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A read-only review offers nothing that edits."""
        edits = action == "do" and any(known.id in parameters and known.edits for known in ACTIONS)
        return not (edits and self.review.session.read_only)

    def arrived(self) -> None:
        """Another cell was selected from afar."""
        self.touched = True
        self.query_one(StatusLine).forget()
        self.renew()

    def enter_attributes(self) -> None:
        """The attributes are shown: go there."""
        self._retitle()
        self.query_one(AttributesPane).focus()

    @on(Matrix.Moved)
    def moved(self) -> None:
        """Another cell is selected."""
        self.touched = True
        self.query_one(AttributesPane).follow()
        self.query_one(FindingsPane).draw()
        self.query_one(StatusLine).moved()
        self._show_evidence()

    @on(LineList.Chosen, "#findings")
    def follow_finding(self) -> None:
        """Go to the place of the highlighted finding."""
        finding = self.query_one(FindingsPane).finding
        if finding is not None:
            self.review.goto(finding)
            self.renew()
            self.query_one(Matrix).focus()

    @on(LineList.Highlighted, "#attributes")
    @on(LineList.Chosen, "#attributes")
    def follow_attribute(self, event: LineList.Highlighted) -> None:
        """Go to the column of the highlighted attribute."""
        review = self.review
        if review.cell is not None and event.index < len(review.attributes):
            self.query_one(Matrix).go((review.cell[0], review.attributes[event.index]))
        if isinstance(event, LineList.Chosen):
            self.query_one(Matrix).focus()

    @on(Matrix.Entered)
    def enter_cell(self) -> None:
        """A double click changes the rule."""
        if not self.review.session.read_only:
            self.action_do("change")

    @on(Field.Changed, "#filter")
    def filter_rows(self, event: Field.Changed) -> None:
        """Filter as it is typed."""
        if event.input.display:
            self.review.filter(event.value)
            self.query_one(Matrix).renew()
            self.query_one(Headline).renew()
            self._show_evidence()

    @on(Field.Submitted, "#filter")
    def leave_filter(self) -> None:
        """The filter stays, the cursor goes back."""
        self.query_one("#filter", Field).display = False
        self.query_one(Matrix).focus()
        self.renew()


def _entitle(pane: LineList, title: str) -> None:
    """Set the title of a pane; the same one again would draw the whole pane."""
    if pane.border_title != title:
        pane.border_title = title
