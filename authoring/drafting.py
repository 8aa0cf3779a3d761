"""Draft a system with an LLM: attributes and options first, then rules in batches, then its own findings mended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..systems.edits import AddOption, Edit, SetRule, apply
from ..systems.json_form import Json
from ..systems.model import Attribute, System
from ..systems.text import plain
from ..terminal import Progress
from ..validate.engine import check
from ..validate.finding import Finding
from .batches import batches
from .cost import cost_text
from .draft_rules import Batch, ask_all
from .draft_schema import (
    Wish,
    attributes_check,
    read_attributes,
    read_rows,
    rules_check,
)
from .draft_store import DraftStore, Step
from .draft_task import Task, attributes_request, batch_size, check_task, rules_request
from .llm import LLM, Request, Streaming, Usage
from .mending import mend
from .prompt import load_prompt

if TYPE_CHECKING:
    from .budget import Budget

PARALLEL = 4
"""So many batches are asked for at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A drafted system: what it cost, what its checks still find, and the exchanges, for the history.

    ``remarks`` say what a person should know: options that were asked for later, findings that could not be mended.
    """

    system: System
    findings: tuple[Finding, ...]
    model: str
    prompt_version: str
    usage: Usage
    calls: int
    seconds: float
    exchanges: tuple[Json, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """What the history says of the revision."""
        cost = cost_text(self.usage, self.calls, self.seconds)
        return f"drafted with prompts {self.prompt_version}: {cost}"


def draft(
    llm: LLM,
    task: Task,
    *,
    parallel: int = PARALLEL,
    budget: Budget | None = None,
    store: DraftStore | None = None,
    progress: Progress | None = None,
    watch: Callable[[Streaming], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Draft:
    """Draft a system for the classes of ``task``.

    First attributes and options; then the rules, in batches of similar classes, ``parallel`` at a time, under schemas
    whose enums are the options; options that are asked for on the way are added as edits. Then the checks run, and
    what they find is sent back ``task.rounds`` times.

    Args:
        store: keeps each answer as it comes, and gives those of an interrupted run, which are not asked for again.
        progress: told ``(done, total)`` classes that have their rules.
        watch: told how far the reply is that is waited for alone: the attributes, the mending; of the rules only
            why a request is sent again. Called from several threads then.

    Raises:
        UsageError: no two classes, one that cannot be a name or stands twice; attributes that cannot be.
        LLMError: the LLM cannot be reached, or answers what cannot be used; what came is in ``store``.
        Interrupted: ``cancelled`` became true, or Ctrl-C; what came is in ``store``.
    """
    from .budget import Budget

    started = time.monotonic()
    check_task(task)
    budget = Budget() if budget is None else budget
    known = tuple(store.steps) if store is not None else ()
    calls, spent = budget.calls, budget.spent
    session = _Session(llm, task, budget, store, watch, cancelled)
    attributes = session.attributes()
    system, remarks = session.rules(attributes, parallel, progress)
    mended = mend(llm, system, task.rounds, budget=budget, watch=watch, cancelled=cancelled)
    exchanges = tuple(exchange for step in session.steps for exchange in step.exchanges)
    return Draft(
        mended.system,
        check(mended.system),
        model=llm.name,
        prompt_version="+".join(dict.fromkeys([*_versions(), *mended.prompt_versions])),
        # What the budget counted holds the calls that came to nothing, too.
        usage=sum((step.usage for step in known), start=budget.spent - spent),
        calls=sum(len(step.exchanges) for step in known) + budget.calls - calls,
        seconds=time.monotonic() - started,
        exchanges=exchanges + mended.exchanges,
        remarks=(*remarks, *mended.remarks),
    )


@dataclass(slots=True)
class _Session:
    """One draft under way: who is asked, and what was answered."""

    llm: LLM
    task: Task
    budget: Budget
    store: DraftStore | None
    watch: Callable[[Streaming], None] | None
    cancelled: Callable[[], bool] | None
    steps: list[Step] = field(default_factory=list)

    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes, from the store or from the LLM."""
        known = self.store.steps[:1] if self.store else []
        if known:
            self.steps.append(known[0])
        else:
            named = self.task.attributes if isinstance(self.task.attributes, tuple) else ()
            step = self._ask(attributes_request(self.task), attributes_check(named), watch=self.watch, longer=True)
            self._keep(step)
        return read_attributes(self.steps[0].value)

    def rules(
        self, attributes: Sequence[Attribute], parallel: int, progress: Progress | None
    ) -> tuple[System, list[str]]:
        """The system with the rules of every class, and what to say about options that were asked for."""
        known = self.store.steps[1:] if self.store else []
        self.steps += known
        done = {name for step in known for name in step.classes}
        pictures = max((len(found) for found in self.task.pictures.values()), default=0)
        # The same batches whether or not the draft was interrupted, so that a recording of it can be replayed.
        every = batches(self.task.classes, batch_size(len(attributes), pictures))
        left = [tuple(name for name in batch if name not in done) for batch in every]
        todo = [batch for batch in left if batch]

        def told(streaming: Streaming) -> None:
            # Of replies that come side by side only what they wait for is worth a line.
            if self.watch is not None and streaming.note:
                self.watch(streaming)

        def ask(batch: Batch, stopping: Callable[[], bool]) -> Step:
            request = rules_request(self.task, attributes, batch)
            alone = len(batch) == 1  # and cannot be split when its reply is cut off
            step = self._ask(request, rules_check(attributes, batch), watch=told, cancelled=stopping, longer=alone)
            return replace(step, classes=batch)

        ask_all(
            todo,
            ask,
            parallel=parallel,
            keep=self._keep,
            progress=progress,
            cancelled=self.cancelled,
            already=len(done),
        )
        return assembled(self.task, attributes, self.steps[1:])

    def _ask(
        self,
        request: Request,
        check_value: Callable[[Json], Sequence[str]],
        *,
        watch: Callable[[Streaming], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        longer: bool = False,
    ) -> Step:
        from .asking import ask

        answer = ask(
            self.llm,
            request,
            check=check_value,
            budget=self.budget,
            watch=watch,
            cancelled=cancelled or self.cancelled,
            longer=longer,
        )
        return Step(answer.value, (), answer.usage, tuple(exchange.to_json() for exchange in answer.exchanges))

    def _keep(self, step: Step) -> None:
        if self.store is not None:
            self.store.add(step)
        self.steps.append(step)


def assembled(task: Task, attributes: Sequence[Attribute], steps: Sequence[Step]) -> tuple[System, list[str]]:
    """The system from the answers of all batches, with the options asked for added as edits; and remarks on these."""
    rules: dict[str, Mapping[str, tuple[str, ...]]] = {}
    wishes: list[Wish] = []
    for step in steps:
        rows = read_rows(step.value, attributes, step.classes)
        rules |= rows.rules
        wishes += rows.wishes
    system = System(
        name=task.name,
        description=task.about.strip(),
        attributes=tuple(attributes),
        rules={name: rules.get(name, {}) for name in task.classes},
    )
    edits = wished_edits(system, wishes)
    added = [f'"{plain(edit.option)}" ({plain(edit.attribute)})' for edit in edits if isinstance(edit, AddOption)]
    remarks = [f"options added while the rules were written: {', '.join(added)}"] if added else []
    return apply(system, edits), remarks


def wished_edits(system: System, wishes: Sequence[Wish]) -> list[Edit]:
    """The edits that grant ``wishes``: each option once, whoever asked and however it is capitalised."""
    edits: list[Edit] = []
    for wish in wishes:
        options = system.attribute(wish.attribute).options
        option = next((known for known in options if known.casefold() == wish.option.casefold()), None)
        new: list[Edit] = []
        if option is None:
            option = wish.option
            new.append(AddOption(wish.attribute, option))
        for class_name in wish.classes:
            rule = system.rules[class_name][wish.attribute]
            if option not in rule:
                new.append(SetRule(class_name, wish.attribute, (*rule, option)))
        system = apply(system, new)
        edits += new
    return edits


def _versions() -> list[str]:
    return [load_prompt(name).version for name in ("draft-attributes", "draft-rules")]
