"""Optimise a system on labelled images, with an LLM or without: the one call that the command line makes, too."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from ..errors import UsageError
from ..systems.file import render
from .climb import Record
from .llm import LLM, Streaming
from .locks import Cell
from .optimizing import BUDGETS, Engine, Optimized, run_engine
from .standing import Pace, Standing

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder
    from ..scoring.evaluation import Data
    from ..scoring.scores import Combine
    from ..scoring.threefold import Threefold
    from ..systems.model import System
    from ..terminal import Progress

EngineName: TypeAlias = Literal["dspy", "greedy"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True, eq=False)
class Optimization:
    """``found`` by the engine that was asked for; ``control`` is what the engine without an LLM finds on its own.

    ``control`` is None where that is the engine, and where a person ended the run before it was through. ``note`` says
    how the images were split, if that was done here.
    """

    found: Optimized
    control: Optimized | None
    note: str
    interrupted: bool = False


def optimize(
    system: System,
    data: Data,
    encoder: Encoder,
    *,
    engine: EngineName = "greedy",
    llm: LLM | None = None,
    calls: Path | None = None,
    budget: int | Literal["light", "medium", "heavy"] = "medium",
    max_tokens: int | None = None,
    seed: int = 0,
    patience: int = 3,
    combine: Combine = "sum",
    locked: frozenset[Cell] = frozenset(),
    batch_size: int | None = None,
    progress: Progress | None = None,
    record: Record | None = None,
    standing: Callable[[Standing], None] | None = None,
    watch: Callable[[Streaming], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Optimization:
    """Let an engine improve ``system`` on the train images of ``data``, choose on dev, and report on test once.

    Nothing is overwritten: ``found.proposals`` are the edits, to be accepted or not. The encoder never changes.

    Args:
        data: images with splits; those that name none are split by content. See ``threefold``.
        engine: ``greedy``, coordinate ascent without an LLM; ``dspy``, which has ``llm`` propose and GEPA improve how.
        calls: the file in which finished calls are kept, so that the same run again makes none of them twice; it is
            removed when the run is complete. Left out, nothing is kept.
        budget: how many candidates may be taken, and with an LLM how many calls made: ``light`` 20, ``medium`` 60,
            ``heavy`` 200.
        max_tokens: no further call is made when so many tokens are spent, in and out together; None for no limit.
        patience: it stops after so many candidates in a row that make dev no better by more than chance.
        locked: cells that a person set; they stay.
        progress: told ``(done, total)`` images as they are encoded.
        record: told of each candidate as soon as it is measured, with its evaluation on dev.
        standing: told how far it is after each call, and before ``record`` of each candidate.
        watch: told how a reply of the LLM comes.
        cancelled: when it becomes true, or at Ctrl-C, the best so far is the result.

    Raises:
        UsageError: no LLM for ``dspy``, packages that are missing, an unknown budget, ``calls`` of another run.
        DataError: no test images, or none to learn from.
        LLMError: the first call fails already.
    """
    from ..scoring.dataset import Dataset
    from ..scoring.evaluation import evaluate
    from ..scoring.splitting import split_dataset
    from ..scoring.threefold import threefold

    most = budget_of(budget)
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine}", hint=f"Choose one of {', '.join(ENGINES)}.")
    if engine == "dspy":
        from .dspy_engine import check_dspy

        check_dspy()
        if llm is None:
            raise UsageError("the engine dspy needs an LLM", hint="Give one, or choose greedy.")
    if isinstance(data, Dataset) and not data.splits:
        data = split_dataset(data).dataset
    whole = evaluate(system, data, encoder, combine=combine, seed=seed, batch_size=batch_size, progress=progress)
    start = threefold(whole)

    def run(name: EngineName, chosen: Engine | None, record: Record | None) -> Optimized:
        return run_engine(
            start,
            chosen,
            name=name,
            budget=most,
            seed=seed,
            patience=patience,
            encode=encoder.encode_texts,
            locked=locked,
            record=record,
            cancelled=cancelled,
        )

    pace = Pace(most, start.dev.accuracy, standing)
    if engine == "greedy" or llm is None:
        found = run("greedy", None, pace.recording(record))
        return Optimization(found, None, start.note, found.interrupted)
    from .dspy_engine import DSPyEngine
    from .memo import RememberingLLM

    memo = RememberingLLM(
        llm, calls, most=most, max_tokens=max_tokens, task=_task(start, llm, seed), called=pace.called
    )
    pace.follow(memo)
    found = run("dspy", DSPyEngine(memo, seed=seed, watch=watch), pace.recording(record))
    if found.interrupted:
        return Optimization(found, None, start.note, True)
    control = run("greedy", None, None)
    if control.interrupted:
        return Optimization(found, None, start.note, True)
    if found.cost.failure is None:
        memo.forget()
    return Optimization(found, control, start.note)


def _task(start: Threefold, llm: LLM, seed: int) -> str:
    """What the calls of a run are for: runs of the same task may share their calls."""
    digest = hashlib.sha256(json.dumps([llm.name, start.dev.combine, seed]).encode())
    digest.update(render(start.dev.system).encode("utf-8", "surrogatepass"))
    for part in (start.train, start.dev):
        digest.update(part.images.tobytes())
        digest.update(part.labels.tobytes())
    return digest.hexdigest()


def budget_of(budget: int | str) -> int:
    """How many candidates and calls a budget allows: a number, or a name of ``BUDGETS``. Raises ``UsageError``."""
    if isinstance(budget, str) and budget in BUDGETS:
        return BUDGETS[budget]
    try:
        number = int(budget)
    except ValueError:
        number = 0
    if number < 1:
        raise UsageError(f'"{budget}" is no budget', hint=f"Give {', '.join(BUDGETS)}, or a number from 1.")
    return number
