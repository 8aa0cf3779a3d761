"""The verb ``optimize``: an engine improves a system on train, chooses on dev, and reports on test."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from click.core import ParameterSource

from ..errors import HistoryError, Interrupted, UsageError
from ..scoring.options import DataChoice, EncoderChoice, combine_option, data_options, encoder_options
from ..systems.describe import describe
from ..systems.sources import GALLERY, STDIN
from ..systems.text import counted, percentage, plain
from ..terminal import json_option, note, out, out_json, progress, warn
from .llm_options import LLMChoice, llm_options
from .optimize import ENGINES, EngineName, budget_of, optimize

if TYPE_CHECKING:
    from ..scoring.evaluation import Evaluation
    from ..scoring.scores import Combine
    from .climb import Candidate
    from .llm import LLM
    from .optimize import Optimization
    from .proposals import Proposals
    from .standing import Standing
    from .waiting import StatusLine

Accept = Literal["ask", "all", "improved", "none"]


@dataclass(slots=True)
class _Climb:
    """What a person and the history are told of a climb; ``revisions`` are the numbers of its candidates."""

    file: str
    recorded: bool
    line: StatusLine
    standing: Standing | None = None
    revisions: list[int] = field(default_factory=list)

    def stand(self, standing: Standing) -> None:
        """Show how far it is, where somebody looks."""
        self.standing = standing
        asked = "" if standing.calls is None else f"call {standing.calls + 1}, "
        self.line.say(str(standing), label=f"{asked}dev {percentage(standing.best, 1)}% so far")

    def tell(self, candidate: Candidate, dev: Evaluation) -> None:
        """Record one candidate on a branch of the history, and say how good it is."""
        edits = "; ".join(plain(describe(edit)) for edit in candidate.move.edits)
        mark = "best so far" if candidate.best else "no better"
        self.line.clear()
        note(f"candidate {candidate.number}: dev {percentage(candidate.dev_accuracy, 1)}%, {mark}: {edits}")
        if self.standing is not None:
            note(f"  {self.standing}")
        if self.recorded:
            self._record(candidate, dev)

    def _record(self, candidate: Candidate, dev: Evaluation) -> None:
        from ..systems.saving import record_candidate
        from .keeping import measured_json

        try:
            revision = record_candidate(
                candidate.system,
                self.file,
                parent=self.revisions[-1] if self.revisions else None,
                reason=candidate.move.rationale,
                edits=candidate.move.edits,
                evaluation=measured_json(dev),
            )
            self.revisions.append(revision.number)
        except HistoryError as error:
            warn(f"the candidates are not recorded: {error}")
            self.recorded = False


@click.command("optimize")
@click.argument("file", metavar="FILE")
@data_options(split="all")
@encoder_options
@combine_option
@llm_options
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    help="dspy: an LLM proposes, DSPy and GEPA improve how; greedy: without an LLM. [default: dspy with a model]",
)
@click.option(
    "--budget",
    metavar="light|medium|heavy|N",
    default="medium",
    show_default=True,
    help="How many candidates may be taken, and calls made: 20, 60, 200, or N.",
)
@click.option("--seed", metavar="N", type=int, default=0, show_default=True, help="Of whatever is random.")
@click.option(
    "--patience",
    metavar="N",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Stop after so many candidates in a row that make dev no better by more than chance.",
)
@click.option(
    "--accept",
    type=click.Choice(["ask", "all", "improved", "none"]),
    help="Which edits to take: ask one by one, all, those that improve dev beyond noise, or none. "
    "[default: ask on a terminal, else none]",
)
@click.option("--override-locks", is_flag=True, help="Let edits change cells that a person set, too.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted run: no finished call is made again.")
@click.option("--force", is_flag=True, help="Forget an interrupted run.")
@json_option
@click.pass_context
def optimize_command(
    ctx: click.Context,
    file: str,
    data: DataChoice,
    encoder: EncoderChoice,
    combine: Combine,
    llm: LLMChoice,
    engine: EngineName | None,
    budget: str,
    seed: int,
    patience: int,
    accept: Accept | None,
    override_locks: bool,
    resume: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Improve a system on labelled images until dev images say it gets no better.

    An engine climbs on the train images, dev images choose the best candidate, and test images, which nothing saw
    before, say once what it is worth. The encoder never changes. What comes out are edits to be accepted, as in
    refine; each candidate is a revision on a branch of the history, so log shows the climb. Ctrl-C keeps the best.

    \b
    Example:
      cotsmith optimize birds.json --data birds/ --encoder demo --engine greedy
    """
    from ..scoring.evaluation import check_evaluable
    from ..systems.file import load
    from .locks import locked_cells
    from .waiting import StatusLine

    if ctx.get_parameter_source("split") is ParameterSource.COMMANDLINE:
        raise UsageError("optimize learns on train, chooses on dev and reports on test", hint="Leave out --split.")
    most, name = budget_of(budget), engine or ("dspy" if llm.spec else "greedy")
    in_place = not (file == STDIN or file.startswith(GALLERY))
    chosen = _accept(accept, in_place=in_place)
    client = _client(llm, as_json=as_json) if name == "dspy" else None
    calls = _calls(file, resume=resume, force=force) if client and in_place else None
    system = load(file)
    locked = locked_cells(file, system) if in_place and not override_locks else frozenset()
    dataset = data.load_split(system)
    check_evaluable(system, dataset)
    model = encoder.load()
    with progress("images") as tell, StatusLine("the first call", "calls", quiet=client is None) as line:
        climb = _Climb(file, in_place, line)
        result = optimize(
            system,
            dataset,
            model,
            engine=name,
            llm=client,
            calls=calls,
            budget=most,
            max_tokens=llm.max_tokens,
            seed=seed,
            patience=patience,
            combine=combine,
            locked=locked,
            batch_size=encoder.batch_size,
            progress=tell,
            record=climb.tell,
            standing=climb.stand,
            watch=line.watch,
        )
    if in_place:
        _measured(result, file)
    decided = _decided(result, chosen)
    number = _kept(result, decided, file, chosen)
    _tell(result, decided, climb, file, number, as_json=as_json)
    code = _ended(result, resumable=calls is not None and calls.exists())
    if code:
        ctx.exit(code)


def _client(llm: LLMChoice, *, as_json: bool) -> LLM:
    """The LLM, once it is sure that it can be asked dozens of times."""
    from .dspy_engine import check_dspy

    check_dspy()
    if llm.by_hand:
        raise UsageError(
            "optimize asks an LLM dozens of times, which nobody wants to carry by hand",
            hint="Refine with --model paste instead, or optimize with --engine greedy, which asks nothing.",
        )
    llm.check_output(as_json=as_json)
    return llm.load()


def _ended(result: Optimization, *, resumable: bool) -> int:
    """Say what to do where it did not end by itself; returns the exit code."""
    again = "; --resume goes on, and makes no finished call again" if resumable else ""
    failure = result.found.cost.failure
    if result.interrupted:
        note(f"interrupted{again}")
        return Interrupted.exit_code
    if failure is not None:
        warn(f"the LLM failed, so there may be more to find{again}: {failure}")
        return failure.exit_code
    return 0


def _measured(result: Optimization, file: str) -> None:
    """Keep with the history what the system scored before."""
    from ..systems.saving import record_evaluation
    from .keeping import measured_json

    warning = record_evaluation(file, measured_json(result.found.before.dev))
    if warning:
        warn(warning)


def _accept(accept: Accept | None, *, in_place: bool) -> Accept:
    """How to decide, once it is sure that it can be done, before anything is encoded or asked."""
    from .refine_command import nobody_answers

    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    chosen: Accept = accept or ("ask" if terminal and in_place else "none")
    if chosen != "none" and not in_place:
        raise UsageError("only a file can be changed in place", hint="--accept none shows what was found.")
    if chosen == "ask" and nobody_answers():
        raise UsageError(
            "nobody can be asked: standard input is no terminal and holds no answers",
            hint="Run it on a terminal, or say what to take with --accept all, improved or none.",
        )
    return chosen


def _calls(file: str, *, resume: bool, force: bool) -> Path:
    """Where finished calls are kept; raises ``UsageError`` where an interrupted run lies that nobody disposed of."""
    path = Path(f"{file}.optimize.partial")
    if path.exists() and not resume:
        if not force:
            raise UsageError(
                "an optimisation was interrupted here",
                where=plain(str(path)),
                hint="Go on with --resume, or begin anew with --force.",
            )
        path.unlink()
    return path


def _decided(result: Optimization, accept: Accept) -> Proposals:
    from .choosing import take_all, take_improving

    proposals = result.found.proposals
    match accept:
        case "all":
            return take_all(proposals)
        case "improved":
            return take_improving(proposals)
        case "ask":
            from .ask_person import ask_person
            from .refine_command import edit_text, read_line

            return ask_person(proposals, read_line, note, edit_text)
        case "none":
            return proposals


def _kept(result: Optimization, decided: Proposals, file: str, accept: Accept) -> int | None:
    """Save what was accepted; returns the number of the revision."""
    from .keeping import keep_decisions

    if accept == "none":
        return None
    found = result.found
    reason = f"optimised ({found.engine}, seed {found.seed}): {len(decided.taken)} of {counted(len(decided), 'edit')}"
    saved = keep_decisions(
        decided, file, by="images" if accept == "improved" else "person", reason=reason, kind="optimiser"
    )
    for one in saved:
        for warning in one.warnings:
            warn(warning)
    return next((one.revision.number for one in reversed(saved) if one.revision is not None), None)


def _tell(
    result: Optimization, decided: Proposals, climb: _Climb, file: str, number: int | None, *, as_json: bool
) -> None:
    from .optimize_report import optimize_json, optimize_lines

    if as_json:
        out_json({"file": file, "revision": number, **optimize_json(result, decided, climb.revisions)})
        return
    for line in optimize_lines(result, decided):
        out(line)
    if number is not None:
        note(f"{plain(file)}, revision {number}; what changed: cotsmith diff {plain(file)}@~1 {plain(file)}")
    elif len(decided) and not decided.taken:
        note("nothing is written; --accept improved, all or ask takes edits")
    if climb.revisions:
        note(f"the climb: cotsmith log {plain(file)}")
