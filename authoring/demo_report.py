"""What the demo tells a newcomer, step by step, in 80 columns."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..scoring.verdict import percent, probability
from ..systems.describe import describe
from ..systems.edit_json import edits_to_json
from ..systems.edits import Edit, apply
from ..systems.model import System
from ..systems.text import counted, plain
from ..validate.finding import Finding
from ..validate.fixing import Fixed
from .demo import CROP, DRAFT, PER_CLASS, Workspace

if TYPE_CHECKING:
    from rich.console import Console

    from ..scoring.evaluation import Evaluation


class Tour:
    """Prints the steps in order; holds the console and the number of the step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step = 0

    def cards(self, workspace: Workspace) -> None:
        """Where the cards lie, and what is special about this world."""
        self._head("The task")
        self._say(
            f"{PER_CLASS} cards each of 16 invented creatures lie in {workspace.cards}, for dev and for test. No "
            "encoder has ever heard their names. They are printed on the cards, though, so everything here looks at "
            f"the artwork alone (--crop {CROP}): what is said of names below holds only so. The encoder bundled here, "
            "a real but tiny CLIP, was trained on looks, never on names. It proves nothing about other encoders; it "
            "shows how one works."
        )
        for path in workspace.kept:
            self._say(f"{path} differs from the demo's and was kept; what follows is about the demo's own.")

    def findings(self, findings: Sequence[Finding]) -> None:
        """What the checks say about the draft."""
        self._head("An LLM drafted a system (recorded); the checks look at it")
        for finding in findings:
            if finding.severity != "note":
                self._item(f"{finding.code} {finding.name}", f"{finding.place.name}: {finding.message}")
        notes = Counter(f.name for f in findings if f.severity == "note")
        for name, count in notes.items():
            self._say(f"and {counted(count, 'note')} of the kind {name}, which a person may find useful.")

    def fixes(self, fixed: Fixed, left: Sequence[Finding]) -> None:
        """What was safe to repair without asking."""
        self._head("What is safe to repair is repaired")
        for applied in fixed.applied:
            for step in applied.steps:
                self._item("fixed", step)
        faults = sum(f.severity != "note" for f in left)
        verb = "is" if faults == 1 else "are"
        self._say(
            f"{counted(faults, 'fault')} {verb} left for a person: no machine can know what the creatures look like."
        )

    def corrections(self, edits: Sequence[Edit], before: System) -> None:
        """What a person changed after that, as edits."""
        self._head("A person corrects the rest; the difference is a handful of edits")
        for edit in edits:
            self._item("edit", describe(edit, before))
            before = apply(before, [edit])

    def scores(self, measured: Mapping[str, Evaluation]) -> None:
        """The systems side by side on the same test cards, with what a number needs beside it."""
        from rich.table import Table
        from rich.text import Text

        last = list(measured.values())[-1]
        self._head(f"All are measured on the same {last.n} test cards, the printed names cropped away")
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column("")
        for title in ("accuracy", "95 % interval", "rules permuted"):
            table.add_column(title, justify="right")
        table.add_row(Text("chance"), Text(percent(last.chance)))
        low, high = last.baseline.ci95
        table.add_row(Text("class names alone"), Text(percent(last.baseline.value)), Text(_interval(low, high)))
        for name, evaluation in measured.items():
            low, high = evaluation.share.ci95
            control = evaluation.permuted.accuracy if evaluation.permuted else None
            table.add_row(
                Text(name), Text(percent(evaluation.accuracy)), Text(_interval(low, high)), Text(percent(control))
            )
        self._console.print(table)
        gain = 100 * (last.accuracy - (last.baseline.value or 0))
        self._say(
            f"The corrected system names {gain:.0f} points more than the class names alone "
            f"({probability(last.mcnemar_p)}, McNemar, paired), and nothing was trained on the names. With its rules "
            "permuted between the classes it would be as bad as guessing, or worse: the rules do the work."
        )

    def next_steps(self, workspace: Workspace) -> None:
        """Commands to try, each one line."""
        self._head("Now you")
        options = f"--data {workspace.cards} --encoder demo --crop {CROP} --split test"
        card = workspace.cards / "test" / "Yabbo" / "000.jpg"
        me = _this_command()
        for command in (
            f"{me} check {workspace.draft}",
            f"{me} score {workspace.corrected} {options}",
            f"{me} classify {workspace.corrected} {card} --encoder demo --crop {CROP}",
            f"{me} diff {workspace.draft} {workspace.corrected}",
            f"{me} questions {workspace.corrected}",
            f"{me} review {workspace.draft} --data {workspace.cards} --encoder demo --crop {CROP}",
        ):
            self._console.print(f"  {plain(command)}", soft_wrap=True)

    def _head(self, text: str) -> None:
        self._step += 1
        self._console.print()
        self._console.print(f"{self._step}. {text}", style="bold")

    def _say(self, text: str) -> None:
        from rich.padding import Padding
        from rich.text import Text

        self._console.print(Padding(Text(plain(text)), (0, 0, 0, 3)))

    def _item(self, label: str, text: str) -> None:
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=32 if " " in label else 5, no_wrap=True)
        row.add_column()
        row.add_row(Text(label), Text(plain(text)))
        self._console.print(Padding(row, (0, 0, 0, 3)))


def demo_json(
    workspace: Workspace,
    findings: Sequence[Finding],
    fixed: Fixed,
    corrections: Sequence[Edit],
    measured: Mapping[str, Evaluation],
) -> dict[str, object]:
    """The same as one JSON object."""
    from ..scoring.summary import evaluation_json

    return {
        "folder": str(workspace.folder),
        "kept": [str(path) for path in workspace.kept],
        "draft": DRAFT,
        "findings": [{"code": f.code, "name": f.name, "message": f.message} for f in findings],
        "fixes": edits_to_json(fixed.edits),
        "corrections": edits_to_json(corrections),
        "scores": {name: evaluation_json(evaluation) for name, evaluation in measured.items()},
    }


def _this_command() -> str:
    """How to call cotsmith again from here: by its name where the shell finds it, else by the way it was called."""
    if shutil.which("cotsmith") or Path(sys.argv[0]).name != "cotsmith":
        return "cotsmith"
    return os.path.relpath(sys.argv[0])


def _interval(low: float, high: float) -> str:
    return f"{100 * low:.1f}–{100 * high:.1f}"
