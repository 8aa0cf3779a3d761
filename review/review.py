"""The review without a screen: a session, what was found about it, the cells in view, the one selected, the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..authoring.locks import Cell
from ..errors import HistoryError, UsageError
from ..scoring.statistics import Share
from ..scoring.suggestions import Suggestion
from ..systems.describe import describe_rule
from ..systems.edits import Edit, RenameAttribute, RenameClass, SetRule
from ..systems.model import Rule, System
from ..systems.text import counted, plain
from ..validate.finding import Finding
from ..validate.fixing import fix_all
from .evidence import Evidence, evidence_of, structure_only
from .insight import Insight
from .marks import Marked, marked
from .queue import Queue
from .ranking import is_odd, nearest_cell
from .seen_marks import SeenMarks
from .session import Made, Session
from .view import Facts, Only, Sort, View, rows


class Review:
    """Everything that a screen shows, and everything that a key does, as plain calls.

    Attributes:
        session: the system, its journal and its evaluation.
        insight: findings, gains and locks; of an older generation while newer ones are looked for.
        view: what filters and sorts the classes; ``rows`` are those that it leaves.
        cell: the selected class and attribute; None in a system without either.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.insight = Insight()
        self.view = View()
        self.seen = SeenMarks(None if session.read_only else session.journal.history)
        self.rows: tuple[str, ...] = ()
        self.cell: Cell | None = None
        self._last: Cell | None = None
        self._queue = Queue(self.seen)
        self._texts: dict[str, tuple[object, str]] = {}
        self.show()

    # What is in view

    def show(self, view: View | None = None) -> None:
        """Work out the rows anew, under another ``view`` if one is given; the selected cell stays where it can."""
        if view is not None:
            self.view = view
        self.rows = rows(self.session.system.classes, self.view, self._facts())
        names = self.attributes
        self._last = self.cell or self._last
        if not self.rows or not names:
            self.cell = None
            return
        class_name, attribute = self._last or (self.rows[0], names[0])
        self.cell = (
            class_name if class_name in self.rows else self.rows[0],
            attribute if attribute in names else names[0],
        )

    def filter(self, text: str) -> None:
        """Show only classes with ``text`` in their name or in one of their rules."""
        self.show(replace(self.view, text=text))

    def only(self, what: Only) -> None:
        """Show only classes of one kind."""
        self.show(replace(self.view, only=what))

    def sort(self, order: Sort) -> None:
        """Order the classes."""
        self.show(replace(self.view, sort=order))

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes' names, the columns."""
        return tuple(a.name for a in self.session.system.attributes)

    @property
    def near(self) -> Cell | None:
        """The selected cell; where no class is in view, the last one that was; None in a system without any cell."""
        classes, names = self.session.system.classes, self.attributes
        if self.cell is not None or not classes or not names:
            return self.cell
        class_name, attribute = self._last or (classes[0], names[0])
        return class_name if class_name in classes else classes[0], attribute if attribute in names else names[0]

    def select(self, cell: Cell) -> None:
        """Select a cell; where the view hides its class, the view shows everything again."""
        if cell[0] not in self.session.system.rules or cell[1] not in self.attributes:
            return
        self.cell = cell
        if cell[0] not in self.rows:
            self.show(replace(self.view, text="", only="all"))

    def marked(self, cell: Cell) -> Marked:
        """How a cell is marked and tinted."""
        session = self.session
        silent = not session.system.rules[cell[0]][cell[1]]
        return marked(
            None if session.figures is None else self._agreement(cell),
            silent=silent,
            gain=cell in self.insight.gains,
            fault=cell in self.insight.by_cell,
            locked=cell in self.insight.locked,
            seen=self.seen.has(session.system, cell),
        )

    def evidence(self, cell: Cell) -> Evidence:
        """What there is to see of a cell; without images, or while its rule is being measured, the structure."""
        session = self.session
        class_name, attribute = cell
        e = session.evaluation
        if e is None or session.measuring or session.problem or e.system != session.system:
            return structure_only(session.system, class_name, attribute)
        return evidence_of(e, class_name, attribute)

    # Editing

    def edit(self, edits: Sequence[Edit], title: str = "") -> Made:
        """Make one step; what a person sets is seen."""
        made = self.session.edit(edits, title)
        self.followed(made.edits)
        return made

    def settle_outside(self, system: System, title: str) -> Made:
        """As the session's, and the marks follow what was renamed outside."""
        return self._renamed(self.session.settle_outside(system, title))

    def take_outside(self, title: str) -> Made:
        """As the session's, and the marks follow what was renamed outside."""
        return self._renamed(self.session.take_outside(title))

    def set_rule(self, rule: Rule, classes: Iterable[str] | None = None) -> Made | None:
        """Set the rule of the selected cell, or of ``classes`` in its attribute; None where nothing changes."""
        if self.cell is None:
            return None
        class_name, attribute = self.cell
        names = [class_name] if classes is None else list(classes)
        system = self.session.system
        options = system.attribute(attribute).options
        ordered = tuple(option for option in options if option in rule)
        edits = [SetRule(name, attribute, ordered) for name in names if system.rules[name][attribute] != ordered]
        if not edits:
            self.mark_seen([(name, attribute) for name in names])
            return None
        return self.edit(edits)

    def undo(self) -> Made | None:
        """Undo the last step, and show where it was."""
        return self._moved(self.session.undo())

    def redo(self) -> Made | None:
        """Do the last undone step again, and show where it is."""
        return self._moved(self.session.redo())

    def refresh(self) -> None:
        """After anything changed beneath: the rows anew."""
        self.show()

    # Findings

    def findings_here(self) -> tuple[Finding, ...]:
        """The findings about the selected cell."""
        return self.insight.by_cell.get(self.cell, ()) if self.cell is not None else ()

    def findings_near(self) -> tuple[Finding, ...]:
        """The findings about no cell that lead to the selected one: about its option, its attribute, its class."""
        return self.insight.near.get(self.cell, ()) if self.cell is not None else ()

    def fix(self, finding: Finding) -> Made:
        """Apply the fix of a finding.

        Raises:
            UsageError: it has none.
            EditError: the system has changed, and the fix no longer applies.
        """
        if finding.fix is None:
            raise UsageError(f"{finding.code} {finding.name} has no fix", hint=plain(finding.hint))
        return self.edit(finding.fix.edits, f"fixed {finding.code} {finding.name}: {plain(finding.fix.title)}")

    def safe_fixes(self) -> tuple[Edit, ...]:
        """The edits of all safe fixes together, one after the other until none is left."""
        return fix_all(self.session.system).edits

    def goto(self, finding: Finding) -> None:
        """Select the place of a finding, as near as there is a cell."""
        here = self.near
        cell = None if here is None else nearest_cell(finding.place, self.session.system, here)
        if cell is not None:
            self.select(cell)

    # The queue

    @property
    def queue(self) -> Queue:
        """The cells worth looking at that were not seen."""
        return self._queue.follow(self.insight, self.session.system)

    def next_in_queue(self, step: int = 1) -> Cell | None:
        """Select the next cell of the queue, or with ``step`` -1 the one before; None, and no move, at its end."""
        cell = self.queue.beside(self.cell, step)
        if cell is not None:
            self.select(cell)
        return cell

    def why_here(self) -> str:
        """What speaks against the selected cell: a change that gains, or a finding; ``""`` for nothing."""
        if self.cell is None:
            return ""
        gain = self.insight.gains.get(self.cell)
        if gain is not None and not self._odd(gain):
            rule = describe_rule(gain.edit.rule)
            return f"{rule} instead would name {counted(gain.gained, 'more image')} right, {gain.lost} wrong: enter"
        for finding in self.findings_near():
            mend = ": f mends it" if finding.fix is not None else ""
            return f"{finding.code} {finding.name}: {finding.message}{mend}"
        if gain is not None:
            rule = describe_rule(gain.edit.rule)
            return f"{rule} would name {gain.gained} more right, but hardly an image shows it: judge for yourself"
        return "the images do not show what the rule says" if self.marked(self.cell).level == "bad" else ""

    # Seen

    def mark_seen(self, cells: Iterable[Cell], *, seen: bool = True) -> None:
        """Mark cells as looked at, or take the marks away."""
        self.seen.mark(self.session.system, list(cells), seen=seen)

    def toggle_seen(self) -> bool:
        """Turn the selected cell's mark round; returns whether it is seen now."""
        if self.cell is None:
            return False
        now = not self.seen.has(self.session.system, self.cell)
        self.mark_seen([self.cell], seen=now)
        return now

    @property
    def progress(self) -> tuple[int, int]:
        """How many cells were seen, and how many there are."""
        system = self.session.system
        return len(self.seen.cells(system)), len(system.rules) * len(system.attributes)

    # The rest

    def keep(self) -> str:
        """See to it that what was done is still on disk; what a person should know of that, or ``""``."""
        journal = self.session.journal
        try:
            journal.secure()
        except HistoryError as error:
            return f"edits are not kept now: {error.message}"
        notice = journal.take_notice()
        if notice:
            self.seen.keep()
        return notice or self.seen.warning

    def _odd(self, one: Suggestion) -> bool:
        return self.session.figures is not None and is_odd(one, self.session.figures)

    def _agreement(self, cell: Cell) -> Share | None:
        """The agreement with a rule as it stands; None while it is being measured."""
        figures = self.session.figures
        if figures is None:
            return None
        measured = figures.evaluation.system.rules.get(cell[0], {}).get(cell[1])
        same = measured == self.session.system.rules[cell[0]][cell[1]]
        return figures.agreement(*cell) if same else None

    def followed(self, edits: Sequence[Edit]) -> None:
        """After ``edits`` were made: what they set is seen, and the rows anew."""
        self.seen.follow(self.session.system, edits)
        self.show()

    def _renamed(self, made: Made) -> Made:
        self.followed([edit for edit in made.edits if isinstance(edit, RenameClass | RenameAttribute)])
        return made

    def _moved(self, made: Made | None) -> Made | None:
        if made is None:
            return None
        cells = [(edit.class_name, edit.attribute) for edit in made.edits if isinstance(edit, SetRule)]
        if cells and self.cell not in cells:
            self.select(cells[0])
        self.show()
        return made

    def _facts(self) -> Facts:
        system, figures, insight = self.session.system, self.session.figures, self.insight
        gains: dict[str, float] = {}
        for one in insight.suggestions:
            gains[one.edit.class_name] = max(gains.get(one.edit.class_name, 0.0), one.change)
        faulty = {cell[0] for cell, found in insight.by_cell.items() if found}
        for finding in insight.findings:
            match finding.place.path:
                case ("rules", str(name), *_):
                    faulty.add(name)
        locked = {cell[0] for cell in insight.locked}

        def text(name: str) -> str:
            row = system.rules[name]
            known = self._texts.get(name)
            if known is None or known[0] is not row:
                words = "\n".join([name, *(option for rule in row.values() for option in rule)]).casefold()
                known = self._texts[name] = row, words
            return known[1]

        def accuracy(name: str) -> float | None:
            share = None if figures is None else figures.class_share(name)
            return None if share is None else share.value

        seen, names = self.seen.cells(system), self.attributes

        def unseen(name: str) -> bool:
            return not all((name, attribute) in seen for attribute in names)

        return Facts(
            text,
            accuracy,
            lambda name: gains.get(name, 0.0),
            {
                "gain": lambda name: name in gains,
                "findings": lambda name: name in faulty,
                "unseen": unseen,
                "locked": lambda name: name in locked,
            },
        )
