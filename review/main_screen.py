"""The main screen: the matrix in the middle, evidence beside it, findings and attributes below."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from ..errors import CotsmithError
from ..scoring.evaluation import Evaluation
from ..systems.edits import Edit
from ..systems.text import plain
from . import keep_flows, rule_flows, structure_flows
from .actions import ACTIONS, bindings
from .attributes_pane import AttributesPane, title
from .dialogs import Dialog, Item, MenuDialog
from .evidence import Evidence, structure_only
from .evidence_pane import EvidencePane
from .field import Field
from .findings_pane import FindingsPane
from .headline import Headline
from .insight import Insight, look
from .latest import Failed, Latest
from .line_list import LineList
from .matrix import Matrix
from .pictures import MODES, first_mode
from .review import Review
from .session import Made
from .status_line import StatusLine
from .themes import NAMES
from .view import ONLY, SORTS, View
from .workshop import Workshop

if TYPE_CHECKING:
    from ..validate.finding import Finding

T = TypeVar("T")
_WIDE, _TALL = 130, 36
_WATCH_SECONDS = 0.5


class Progressed(Message):
    """So many images are encoded."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__()
        self.done, self.total = done, total


class Evaluated(Message):
    """The first evaluation is there; None where there are no images."""

    def __init__(self, evaluation: Evaluation | None) -> None:
        super().__init__()
        self.evaluation = evaluation


class Measured(Message):
    """An edit with new words is measured, or could not be."""

    def __init__(self, generation: int, evaluation: Evaluation | None, error: CotsmithError | None) -> None:
        super().__init__()
        self.generation, self.evaluation, self.error = generation, evaluation, error


class Looked(Message):
    """The checks have run."""

    def __init__(self, insight: Insight) -> None:
        super().__init__()
        self.insight = insight


class Found(Message):
    """The evidence about a cell is there."""

    def __init__(self, generation: int, evidence: Evidence) -> None:
        super().__init__()
        self.generation, self.evidence = generation, evidence


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
    MainScreen #filter { display: none; height: 1; border: none; background: $panel; padding: 0 1; }
    MainScreen.-filtering #filter { display: block; }
    MainScreen Footer { background: $panel; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]

    def __init__(self, review: Review, workshop: Workshop) -> None:
        super().__init__()
        self.review = review
        self.workshop = workshop
        self.mode = first_mode()
        self._measuring = Latest(self, "measuring")
        self._looking = Latest(self, "looking")
        self._finding = Latest(self, "evidence")
        self._asked_outside = False
        self._touched = False

    def compose(self) -> ComposeResult:
        yield Headline(self.review)
        with Horizontal(id="body"):
            yield Matrix(self.review, id="matrix")
            yield EvidencePane(self.review, id="evidence")
        with Horizontal(id="below"):
            yield AttributesPane(self.review, id="attributes")
            yield FindingsPane(self.review, id="findings")
        with Vertical(id="filter-row"):
            yield Field(placeholder="show classes with this in their name or rules", id="filter")
        yield StatusLine(self.review)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#filter-row").styles.height = "auto"
        self.query_one(Matrix).focus()
        session = self.review.session
        if session.recovered and not session.changed_outside:
            steps = session.recovered
            self.tell(
                f"{steps} step{'s' if steps > 1 else ''} of an earlier session, never saved, are here: u undoes them"
            )
        if self.workshop.data is not None and session.evaluation is None:
            self._waiting("loading the encoder …")
            self._measuring.ask(self._evaluate)
        self.set_interval(_WATCH_SECONDS, self._watch)
        self.renew()
        self.look()

    def on_resize(self, event: Resize) -> None:
        """Wide screens show all panes, narrow ones the most needed."""
        width, height = event.size
        self.set_class(width >= _WIDE, "-wide")
        self.set_class(96 <= width < _WIDE, "-middle")
        self.set_class(height >= _TALL, "-tall")
        self.call_after_refresh(self._retitle)

    # Showing

    def renew(self) -> None:
        """After anything changed: every pane again."""
        self.review.refresh()
        self.query_one(Headline).renew()
        self.query_one(Matrix).renew()
        self.query_one(AttributesPane).renew()
        self.query_one(FindingsPane).renew()
        self.query_one(StatusLine).renew()
        self._retitle()
        self._show_evidence()

    def changed(self) -> None:
        """After the system changed: every pane, the measuring of new words, and the checks again."""
        self._touched = True
        self.query_one(StatusLine).clear()
        self.renew()
        self._measure()
        self.look()

    def tell(self, message: str, *, trouble: bool = False) -> None:
        """Say something in the status line."""
        self.query_one(StatusLine).tell(plain(message), trouble=trouble)

    def _retitle(self) -> None:
        insight = self.review.insight
        attributes, findings = self.query_one(AttributesPane), self.query_one(FindingsPane)
        attributes.border_title = title(attributes.size.width)
        count = len(insight.findings)
        notes = count - insight.faults
        told = "Findings" if insight.generation < 0 else f"Findings: {insight.faults}, and {notes} notes"
        findings.border_title = told
        view = self.review.view
        matrix = self.query_one(Matrix)
        matrix.border_title = "" if not view.filtered else "filtered"
        attributes.renew()

    def _show_evidence(self) -> None:
        review, pane = self.review, self.query_one(EvidencePane)
        cell = review.cell
        if cell is None:
            pane.show(None, self.mode)
            return
        session = review.session
        if session.evaluation is None or session.measuring or session.problem:
            pane.show(structure_only(session.system, *cell), self.mode)
            return
        generation = session.generation
        self._finding.ask(lambda: Found(generation, review.evidence(cell)))

    # Threads, and what they bring

    def look(self) -> None:
        """Run the checks, in a thread."""
        session, workshop = self.review.session, self.workshop
        generation, system, evaluation = session.generation, session.system, session.evaluation

        def work() -> Message | None:
            encoder = workshop.loaded
            found = look(
                generation,
                system,
                evaluation,
                encoder,
                session.path,
                stale=lambda: session.generation != generation,
            )
            return None if found is None else Looked(found)

        self._looking.ask(work)

    def _evaluate(self) -> Message:
        system = self.review.session.journal.agreed()
        return Evaluated(self.workshop.evaluate(system, lambda done, total: self._post(Progressed(done, total))))

    def _post(self, message: Message) -> None:
        self.post_message(message)

    def _measure(self) -> None:
        work = self.review.session.work()
        if work is None:
            return

        def run() -> Message:
            try:
                return Measured(work.generation, work.run(self.workshop.encode), None)
            except CotsmithError as error:
                return Measured(work.generation, None, error)

        self._measuring.ask(run)

    @on(Progressed)
    def count_images(self, event: Progressed) -> None:
        """How far the encoder is."""
        self._waiting(f"encoding images: {event.done} of {event.total}")

    @on(Evaluated)
    def begin(self, event: Evaluated) -> None:
        """The images are there."""
        self._waiting("")
        if event.evaluation is None:
            return
        self.review.session.begin(event.evaluation)
        skipped = event.evaluation.setting.skipped
        if skipped:
            self.tell(f"{len(skipped)} images are left out: {skipped[0]}", trouble=True)
        self.renew()
        self._measure()
        self.look()

    @on(Measured)
    def take(self, event: Measured) -> None:
        """New words are measured."""
        session = self.review.session
        if event.evaluation is not None:
            taken = session.take(event.generation, event.evaluation)
        else:
            assert event.error is not None
            taken = session.fail(event.generation, event.error)
        if taken:
            self.renew()
            self.look()
        else:
            self._measure()

    @on(Looked)
    def hear(self, event: Looked) -> None:
        """The checks have run."""
        if event.insight.generation != self.review.session.generation:
            return
        first = self.review.insight.generation < 0 or not self.review.insight.suggestions
        self.review.insight = event.insight
        if event.insight.problems:
            self.tell(event.insight.problems[0], trouble=True)
        if first and not self._touched and event.insight.suggestions and self.review.next_in_queue():
            self._touched = True
        self.renew()

    @on(Found)
    def show_evidence(self, event: Found) -> None:
        """The evidence about a cell is there."""
        here = (event.evidence.class_name, event.evidence.attribute)
        if event.generation == self.review.session.generation and here == self.review.cell:
            self.query_one(EvidencePane).show(event.evidence, self.mode)

    @on(Failed)
    def hear_failure(self, event: Failed) -> None:
        """Work failed; everything else goes on."""
        self._waiting("")
        self.tell(f"{event.what}: {event.error.message}", trouble=True)
        if event.what == "measuring":
            self.query_one(Headline).renew()

    def _waiting(self, what: str) -> None:
        headline = self.query_one(Headline)
        headline.waiting = what
        headline.renew()

    def _watch(self) -> None:
        """Look whether somebody else changed the file."""
        if self._asked_outside or self.app.screen is not self or not self.review.session.changed_outside:
            return
        self._asked_outside = True

        async def settle() -> None:
            try:
                await keep_flows.settle_outside(self)
            finally:
                self._asked_outside = self.review.session.changed_outside

        self._flow(settle())

    # Doing

    async def ask(self, dialog: Dialog[T]) -> T | None:
        """Show a dialog, and wait for its answer; only within a flow."""
        return await self.app.push_screen_wait(dialog)

    def edit(self, edits: Sequence[Edit], title: str = "") -> None:
        """Make one step, and show it."""
        self.do(lambda: self.review.edit(edits, title))

    def do(self, act: Callable[[], Made | None]) -> None:
        """Do something that changes the system; what cannot be done is told, and nothing has changed."""
        try:
            made = act()
        except CotsmithError as error:
            self.tell(f"{error.message} {error.hint}".strip(), trouble=True)
            return
        if made is None:
            self.renew()
            return
        self.changed()

    def _flow(self, conversation: Coroutine[Any, Any, object]) -> None:
        async def guarded() -> None:
            try:
                await conversation
            except CotsmithError as error:
                self.tell(f"{error.message} {error.hint}".strip(), trouble=True)

        self.run_worker(guarded(), group="flow")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A read-only review offers nothing that edits."""
        edits = any(known.method == action and known.edits for known in ACTIONS)
        return not (edits and self.review.session.read_only)

    @on(Matrix.Moved)
    def moved(self) -> None:
        """Another cell is selected."""
        self._touched = True
        self.query_one(AttributesPane).follow()
        self.query_one(FindingsPane).draw()
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
    def action_change(self) -> None:
        """Pick the rule."""
        if not self.review.session.read_only:
            self._flow(rule_flows.change_rule(self))

    def action_next(self) -> None:
        """The next cell of the queue."""
        self._jump(1)

    def action_previous(self) -> None:
        """The cell before in the queue."""
        self._jump(-1)

    def _jump(self, step: int) -> None:
        if self.review.next_in_queue(step) is None:
            self.tell("the queue is empty: nothing left that images or checks are against")
            return
        self._touched = True
        self.query_one(StatusLine).clear()
        self.query_one(Matrix).focus()
        self.renew()

    def action_fix(self) -> None:
        """Fix the finding here: the highlighted one in the findings, else the first here, else the next."""
        self._flow(rule_flows.fix_finding(self, self._finding_meant(fixable=True)))

    def action_allow(self) -> None:
        """Accept the finding here."""
        self._flow(rule_flows.allow_finding(self, self._finding_meant(fixable=False)))

    def _finding_meant(self, *, fixable: bool) -> Finding | None:
        pane = self.query_one(FindingsPane)
        if pane.has_focus:
            return pane.finding
        here = self.review.findings_here()
        able = [finding for finding in here if finding.fix is not None]
        if not fixable:
            return (here or ((pane.finding,) if pane.finding else (None,)))[0]
        if able:
            return able[0]
        if here:
            return here[0]
        rest = [finding for finding in self.review.insight.findings if finding.fix is not None]
        marked = pane.finding
        return marked if marked in rest else (rest[0] if rest else None)

    def action_fix_safe(self) -> None:
        """All safe fixes."""
        self._flow(rule_flows.fix_safe(self))

    def action_seen(self) -> None:
        """Mark the cell as seen."""
        self.review.toggle_seen()
        self.renew()

    def action_seen_class(self) -> None:
        """Mark all cells of the class as seen."""
        review = self.review
        if review.cell is not None:
            review.mark_seen([(review.cell[0], name) for name in review.attributes])
            self.renew()

    def action_next_finding(self) -> None:
        """The place of the next finding."""
        self._step_finding(1)

    def action_previous_finding(self) -> None:
        """The place of the finding before."""
        self._step_finding(-1)

    def _step_finding(self, step: int) -> None:
        pane, found = self.query_one(FindingsPane), self.review.insight.findings
        if not found:
            self.tell("no findings")
            return
        pane.highlight((pane.index + step) % len(found))
        self.review.goto(found[pane.index])
        self._touched = True
        self.renew()

    def action_silent(self) -> None:
        """Let the rule say nothing."""
        self.do(lambda: self.review.set_rule(()))

    def action_bulk(self) -> None:
        """One rule for all classes in view."""
        self._flow(rule_flows.change_in_view(self))

    def action_note(self) -> None:
        """Write a note."""
        self._flow(rule_flows.write_note(self))

    def action_lock(self) -> None:
        """Lock or unlock."""
        try:
            keep_flows.toggle_lock(self)
        except CotsmithError as error:
            self.tell(error.message, trouble=True)

    def action_option(self) -> None:
        """Change the options."""
        self._flow(structure_flows.change_options(self))

    def action_prompt(self) -> None:
        """Change the prompts."""
        self._flow(structure_flows.change_prompts(self))

    def action_weight(self) -> None:
        """Change the weight."""
        self._flow(structure_flows.change_weight(self))

    def action_attribute(self) -> None:
        """Change the attributes."""
        self._flow(structure_flows.change_attribute(self))

    def action_class(self) -> None:
        """Change the classes."""
        self._flow(structure_flows.change_class(self))

    def action_describe(self) -> None:
        """Name and describe the system."""
        self._flow(structure_flows.describe_system(self))

    def action_undo(self) -> None:
        """Undo."""
        if not self.review.session.journal.can_undo:
            self.tell("nothing to undo")
            return
        self.do(self.review.undo)

    def action_redo(self) -> None:
        """Redo."""
        if not self.review.session.journal.can_redo:
            self.tell("nothing to do again")
            return
        self.do(self.review.redo)

    def action_save(self) -> None:
        """Save a revision."""
        self._flow(keep_flows.save(self))

    def action_filter(self) -> None:
        """Type a filter."""
        self.add_class("-filtering")
        field = self.query_one("#filter", Field)
        field.value = self.review.view.text
        field.focus()

    @on(Field.Changed, "#filter")
    def filter_rows(self, event: Field.Changed) -> None:
        """Filter as it is typed."""
        if self.has_class("-filtering"):
            self.review.filter(event.value)
            self.query_one(Matrix).renew()
            self._show_evidence()

    @on(Field.Submitted, "#filter")
    def leave_filter(self) -> None:
        """The filter stays, the cursor goes back."""
        self.remove_class("-filtering")
        self.query_one(Matrix).focus()
        self.renew()

    def action_only(self) -> None:
        """Choose what to show."""

        async def choose() -> None:
            items = [Item(key, text, "", text[0]) for key, text in ONLY.items()]
            picked = await self.ask(MenuDialog("show only", items, chosen=self.review.view.only))
            for key in ONLY:
                if key == picked:
                    self.review.only(key)
                    self.renew()

        self._flow(choose())

    def action_sort(self) -> None:
        """The next order."""
        orders = list(SORTS)
        order = orders[(orders.index(self.review.view.sort) + 1) % len(orders)]
        self.review.sort(order)
        self.tell(f"classes {SORTS[order]}")
        self.query_one(Matrix).renew()

    def action_go_class(self) -> None:
        """Go to a class by typing."""

        async def choose() -> None:
            review = self.review
            items = [Item(name, name) for name in review.session.system.classes]
            picked = await self.ask(MenuDialog("go to a class", items, searched=True))
            if picked is not None and review.cell is not None:
                review.select((picked, review.cell[1]))
                self._touched = True
                self.renew()

        self._flow(choose())

    def action_attributes(self) -> None:
        """Go to the attributes."""
        self.add_class("-attributes")
        self.call_after_refresh(self._enter_attributes)

    def _enter_attributes(self) -> None:
        self._retitle()
        self.query_one(AttributesPane).focus()

    def action_matrix(self) -> None:
        """Go back to the matrix; from there, show everything."""
        matrix = self.query_one(Matrix)
        if matrix.has_focus and self.review.view.filtered:
            self.review.show(View(sort=self.review.view.sort))
            self.renew()
        self.remove_class("-filtering", "-attributes")
        matrix.focus()

    def action_evidence(self) -> None:
        """Go to the evidence."""
        self.query_one(EvidencePane).focus()

    def action_findings(self) -> None:
        """Go to the findings."""
        self.remove_class("-attributes")
        self.query_one(FindingsPane).focus()

    def action_images(self) -> None:
        """The next way to show images."""
        modes = list(MODES)
        self.mode = modes[(modes.index(self.mode) + 1) % len(modes)]
        self.tell(MODES[self.mode])
        self._show_evidence()

    def action_theme(self) -> None:
        """The next theme."""
        names = list(NAMES)
        at = names.index(self.app.theme) if self.app.theme in names else -1
        self.app.theme = names[(at + 1) % len(names)]
        self.call_after_refresh(self.renew)

    def action_quit(self) -> None:
        """Leave."""
        self._flow(keep_flows.leave(self))
