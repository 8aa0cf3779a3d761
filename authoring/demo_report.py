"""What the demo tells a newcomer, step by step, in 80 columns."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..scoring.verdict import percent, probability, turned
from ..systems.describe import describe
from ..systems.edit_json import edits_to_json
from ..systems.edits import apply
from ..systems.text import counted, percentage, plain
from ..validate.finding import Finding
from .demo import CROP, PER_CLASS, Workspace
from .demo_loop import CORRECTIONS, Begun, Loop
from .demo_replies import ABOUT
from .proposals import Proposals
from .proposals_report import MARKS, in_order, points, proposals_json

if TYPE_CHECKING:
    from rich.console import Console

    from ..scoring.evaluation import Evaluation


class Tour:
    """Prints the steps in order, each with the command that does the same; holds the console and the step's number."""

    def __init__(self, console: Console, workspace: Workspace) -> None:
        self._console = console
        self._workspace = workspace
        self._step = 0

    def cards(self) -> None:
        """Where the cards lie, and what is special about this world."""
        self._head("The task")
        self._say(
            f"{PER_CLASS} cards each of 16 invented creatures lie in {self._workspace.cards}, for dev and for test. No "
            "encoder has ever heard their names. They are printed on the cards, though, so everything here looks at "
            f"the artwork alone (--crop {CROP}): what is said of names below holds only so. The encoder bundled here, "
            "a real but tiny CLIP, was trained on looks, never on names. It proves nothing about other encoders; it "
            "shows how one works."
        )
        self._say(
            "A system names them: a table of small questions, such as the main colour, and of the answer that each "
            "creature should get. The encoder answers the questions; the answers add up to a name."
        )

    def draft(self, begun: Begun) -> None:
        """What the LLM wrote, which is none here."""
        self._head("An LLM drafts a system")
        self._command(_draft_words(self._workspace, self._workspace.draft))
        system = begun.drafted.system
        self._say(
            f"{counted(begun.drafted.calls, 'reply', 'replies')}: {len(system.attributes)} questions with "
            f"{system.option_count} options, then the rules of {len(system.classes)} classes. No LLM is asked here: "
            f"{self._workspace.replies} holds replies written by hand, with mistakes that LLMs make, and they go the "
            "way of real ones. Yours goes the same way with --model openai/NAME, anthropic/NAME, or paste for a chat "
            "window."
        )

    def findings(self, begun: Begun) -> None:
        """What the checks say about the draft, and what was safe to repair without asking."""
        self._head("The checks look at it, and repair what is safe")
        self._command(["check", str(self._workspace.draft), "--fix"])
        for finding in begun.findings:
            if finding.severity != "note":
                self._item(f"{finding.code} {finding.name}", _placed(finding))
        notes = Counter(finding.name for finding in begun.findings if finding.severity == "note")
        for name, count in notes.items():
            self._say(f"and {counted(count, 'note')} of the kind {name}, which a person may find useful.")
        for applied in begun.fixed.applied:
            for step in applied.steps:
                self._item("fixed", step)

    def score(self, dev: Evaluation) -> None:
        """What images say of the draft."""
        self._head("Images measure it")
        self._command(["score", str(self._workspace.draft), *_looking(self._workspace, "dev")])
        weak = [one.name for one in dev.classes if one.share.hits == 0]
        self._say(
            f"{percent(dev.accuracy)} of {dev.n} dev cards are named right. {_listed(weak)} never are: their rules are "
            "wrong, or those of another class. That is what no check can know, and what images tell."
        )

    def corrections(self, begun: Begun) -> None:
        """What a person changed after that, as edits."""
        self._head("A person corrects what they see; the LLM will not undo it")
        self._command(["review", str(self._workspace.draft), *_looking(self._workspace)])
        before = begun.fixed.system
        for edit in CORRECTIONS:
            self._item("edit", describe(edit, before))
            before = apply(before, [edit])

    def proposals(self, loop: Loop) -> None:
        """What the LLM proposes then, each proposal measured before anybody takes it."""
        self._head("The LLM proposes edits; each is measured before it is taken")
        words = ["refine", str(self._workspace.corrected), *_looking(self._workspace)]
        self._command([*words, "--model", _model(self._workspace), "--accept", "improved"])
        (proposals,) = loop.refined.rounds
        for index in in_order(proposals):
            one = proposals.items[index]
            self._item(MARKS[one.status], describe(one.edit, proposals.before(index)))
            self._item("", f"{_figures(proposals, index)} “{one.rationale}”")
        self._say(
            "It was sent the system, the person's edits and note, the findings, what the images say. One proposal "
            "named an option that does not exist: it went back once, with the reason, and came corrected. Two that "
            "sound well make it worse. One would undo the person. What is refused is remembered, and told to it the "
            "next time."
        )

    def scores(self, measured: Mapping[str, Evaluation]) -> None:
        """The versions side by side on the same test cards, with what a number needs beside it."""
        from rich.table import Table
        from rich.text import Text

        last = list(measured.values())[-1]
        self._head(f"All are measured on {last.n} test cards that nobody has looked at")
        self._command(["score", str(self._workspace.corrected), *_looking(self._workspace, "test")])
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
        self._console.print(_indented(table))
        if measured["corrected by a person"].accuracy == measured["draft"].accuracy:
            self._say(
                "What the person corrected moves nothing by itself: a class with one wrong rule is still named by its "
                "others. It keeps the LLM from undoing what is known, and counts where images are harder."
            )
        gain = 100 * (last.accuracy - (last.baseline.value or 0))
        self._say(
            f"The refined system names {gain:.0f} points more than the class names alone "
            f"({probability(last.mcnemar_p)}, McNemar, paired), and nothing was trained on the names. With its rules "
            "permuted between the classes it would be as bad as guessing, or worse: the rules do the work."
        )

    def example(self, loop: Loop) -> None:
        """What it is all for: a card named, and why."""
        from ..scoring.report import prediction_report

        card, named = loop.example
        self._head("That is what it is for: to name a card, and to say why")
        self._command(["classify", str(self._workspace.corrected), str(card), "--encoder", "demo", "--crop", CROP])
        self._console.print(_indented(prediction_report(str(card), named)))

    def next_steps(self, loop: Loop) -> None:
        """Commands to try, each one line."""
        workspace = self._workspace
        for path in loop.kept:
            self._say(f"{path} differs from the demo's and was kept; what is told here is about the demo's own.")
        self._head("Now you")
        self._say("What was done, and the same again, step by step, in a file of your own:")
        mine = workspace.folder / "mine.json"
        for words in (
            ["log", str(workspace.corrected)],
            ["diff", str(workspace.draft), str(workspace.corrected)],
            _draft_words(workspace, mine),
            ["refine", str(mine), *_looking(workspace), "--model", _model(workspace)],
            ["review", str(mine), *_looking(workspace)],
            ["questions", str(workspace.corrected)],
        ):
            self._command(words)

    def _head(self, text: str) -> None:
        self._step += 1
        self._console.print()
        self._console.print(f"{self._step}. {text}", style="bold")

    def _say(self, text: str) -> None:
        from rich.text import Text

        self._console.print(_indented(Text(plain(text))))

    def _command(self, words: Sequence[str]) -> None:
        """A command in one line of the output, however narrow the terminal, so that it can be copied."""
        self._console.print(f"   $ {plain(shlex.join([_this_command(), *words]))}", style="cyan", soft_wrap=True)

    def _item(self, label: str, text: str) -> None:
        from rich.table import Table
        from rich.text import Text

        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=30 if " " in label else 8, no_wrap=True)
        row.add_column()
        row.add_row(Text(label), Text(plain(text)))
        self._console.print(_indented(row))


def demo_json(workspace: Workspace, loop: Loop) -> dict[str, object]:
    """The same as one JSON object."""
    from ..scoring.summary import evaluation_json

    begun, refined = loop.begun, loop.refined
    return {
        "folder": str(workspace.folder),
        "kept": [str(path) for path in loop.kept],
        "model": begun.drafted.model,
        "findings": [{"code": f.code, "name": f.name, "message": f.message} for f in begun.findings],
        "fixes": edits_to_json(begun.fixed.edits),
        "corrections": edits_to_json(CORRECTIONS),
        "accuracy": {
            "draft": loop.dev.accuracy,
            "before": None if refined.before is None else refined.before.accuracy,
            "after": None if refined.after is None else refined.after.accuracy,
        },
        "proposals": proposals_json(refined.rounds),
        "scores": {name: evaluation_json(evaluation) for name, evaluation in loop.test.items()},
    }


def _placed(finding: Finding) -> str:
    """The message, with the attribute that it is about."""
    path = finding.place.path
    return f"{path[1]}: {finding.message}" if path[:1] == ("attributes",) and len(path) > 1 else finding.message


def _figures(proposals: Proposals, index: int) -> str:
    """What a proposal does to the dev cards, alone or on top of those taken; or why nobody asks them."""
    one = proposals.items[index]
    if one.effect is None or one.status in ("conflict", "invalid"):
        return f"{one.reason}."
    alone = f"alone {points(one.effect.change)} points"
    if one.status == "accepted":
        return f"{alone}: {turned(one.effect, 'card')}."
    return f"{alone}; with those taken {one.reason}."


def _draft_words(workspace: Workspace, output: Path) -> list[str]:
    about = ["--classes", str(workspace.classes), "--about", ABOUT, "--rounds", "0"]
    return ["draft", *about, "--model", _model(workspace), "-o", str(output)]


def _looking(workspace: Workspace, split: str = "") -> list[str]:
    return [
        *("--data", str(workspace.cards), "--encoder", "demo", "--crop", CROP),
        *(("--split", split) if split else ()),
    ]


def _model(workspace: Workspace) -> str:
    return f"replay:{workspace.replies}"


def _indented(what: object) -> object:
    from rich.padding import Padding

    return Padding(what, (0, 0, 0, 3))  # type: ignore[arg-type]  # whatever rich can print


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def _this_command() -> str:
    """How to call cotsmith again from here: by its name where the shell finds it, else by the way it was called."""
    if shutil.which("cotsmith") or Path(sys.argv[0]).name != "cotsmith":
        return "cotsmith"
    return os.path.relpath(sys.argv[0])


def _interval(low: float, high: float) -> str:
    return f"{percentage(low, 1)}–{percentage(high, 1)}"
