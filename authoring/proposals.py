"""Proposals as one value: decided one by one, each measured alone and on top of those already accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import CotsmithError, EditError, EncoderError, Interrupted, UsageError
from ..systems.describe import describe
from ..systems.edits import Edit, apply
from ..systems.json_form import Json
from ..systems.model import System
from ..systems.text import plain
from ..terminal import Progress
from .dependencies import needed, steps_to
from .llm import Usage
from .locks import Cell, renamed, touched
from .proposal import Proposal, Status

if TYPE_CHECKING:
    from ..scoring.effects import Effect
    from ..scoring.encoder import Vectors
    from ..scoring.evaluation import Evaluation

Encode: TypeAlias = "Callable[[list[str]], Vectors]"
"""Texts in, ``(M, D) float32`` out: an encoder's ``encode_texts``."""

Vector: TypeAlias = NDArray[np.float32]

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Origin:
    """Where proposals come from: the model and its prompt, what it cost, and the exchanges, for the history."""

    model: str = ""
    prompt_version: str = ""
    usage: Usage = field(default_factory=Usage)
    calls: int = 0
    seconds: float = 0.0
    exchanges: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Suggested edits of ``system`` and what became of them; a value: each decision returns a new one.

    Made by ``propose`` (or ``proposals_of``), measured by ``measure``. ``accept``, ``refuse``, ``reopen`` and ``edit``
    decide; after each, every open proposal's status and ``cumulative`` effect are those on top of what is accepted.
    ``taken`` are the indexes of the accepted ones, in the order in which they were taken. ``unusable`` says what the
    LLM wrote that is no edit at all, a sentence each.

    Attributes:
        system: as it was when the proposals were made; ``result`` is what it has become.
        locked: the cells of ``system`` that a person set.
        evaluation: of ``system``, or None without images; ``current`` is that of ``result``.
    """

    system: System
    items: tuple[Proposal, ...]
    locked: frozenset[Cell] = frozenset()
    taken: tuple[int, ...] = ()
    result: System = field(default_factory=System)
    evaluation: Evaluation | None = None
    current: Evaluation | None = None
    encode: Encode | None = None
    unusable: tuple[str, ...] = ()
    origin: Origin = field(default_factory=Origin)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Proposal]:
        return iter(self.items)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The accepted edits in the order taken: ``apply(system, edits) == result``."""
        return tuple(self.items[index].edit for index in self.taken)

    @property
    def open(self) -> tuple[int, ...]:
        """The indexes of those that nobody has decided: neither accepted nor refused, without conflict, applicable."""
        return tuple(index for index, one in enumerate(self.items) if one.status == "open")

    def before(self, index: int) -> System:
        """The system that the proposal at ``index`` is made for: with what was accepted, and what it requires.

        For ``describe(edit, before)``, which then shows the old value.
        """
        if index in self.taken:
            return apply(self.system, self.edits[: self.taken.index(index)])
        *required, _ = self.steps(index)
        try:
            return apply(self.result, [self.items[step].edit for step in required])
        except EditError:
            return self.result

    def steps(self, index: int) -> tuple[int, ...]:
        """The indexes of what is taken when ``index`` is: those that it requires and that are not taken yet, and it."""
        return tuple(step for step in steps_to(index, self.items) if step not in self.taken)

    def marginal(self, index: int) -> Effect | None:
        """What taking the one at ``index`` changes from where things stand; None without images or if it cannot be."""
        if self.current is None:
            return None
        return _effect(self.current, self.current, [self.items[step].edit for step in self.steps(index)], self.encode)

    def accept(self, index: int, *, override_lock: bool = False) -> Proposals:
        """Take the proposal at ``index``, and first those that it requires.

        Raises:
            UsageError: it is invalid, or it or one that it requires touches a locked cell without ``override_lock``.
        """
        if index in self.taken:
            return self
        steps = self.steps(index)
        for step in steps:
            one = _judged(self, step)
            if one.status == "invalid":
                raise UsageError(f"the proposal does not apply: {one.reason}", where=describe(one.edit, self.system))
            if one.status == "conflict" and not override_lock:
                raise UsageError(
                    one.reason, where=describe(one.edit, self.system), hint="Override the lock to take it."
                )
        items = list(self.items)
        for step in steps:
            items[step] = replace(items[step], status="accepted", reason="")
        return _settled(replace(self, items=tuple(items), taken=(*self.taken, *steps)), steps)

    def refuse(self, index: int, reason: str = "") -> Proposals:
        """Refuse the proposal at ``index``; ``reason`` is remembered for the LLM. Those that require it open again."""
        kept = self._without(index)
        items = list(kept.items)
        items[index] = replace(items[index], status="refused", reason=reason)
        return _settled(replace(kept, items=tuple(items)))

    def reopen(self, index: int) -> Proposals:
        """Undo the decision on the proposal at ``index``; those accepted that require it open again, too."""
        return _settled(self._without(index))

    def edit(self, index: int, edit: Edit) -> Proposals:
        """Put another ``edit`` in the place of the one at ``index``, which opens again; ``edited`` then says so.

        What requires what is worked out anew, and what each does alone of those that this concerns.
        """
        kept = self._without(index)
        items = list(kept.items)
        items[index] = Proposal(edit, items[index].rationale, edited=True)
        found = with_requirements(self.system, items)
        if self.evaluation is not None:
            found = tuple(
                replace(one, effect=_alone(self.evaluation, found, at, self.encode))
                if index in steps_to(at, found) or index in steps_to(at, self.items)
                else one
                for at, one in enumerate(found)
            )
        return _settled(replace(kept, items=found))

    def _without(self, index: int) -> Proposals:
        """These with ``index``, and those accepted that require it, open."""
        gone = {index} | {i for i in self.taken if index in steps_to(i, self.items)}
        items = tuple(replace(one, status="open", reason="") if i in gone else one for i, one in enumerate(self.items))
        return replace(self, items=items, taken=tuple(i for i in self.taken if i not in gone))


def proposals_of(
    system: System,
    suggested: Sequence[tuple[Edit, str]],
    *,
    locked: frozenset[Cell] = frozenset(),
    unusable: Sequence[str] = (),
    origin: Origin | None = None,
) -> Proposals:
    """Proposals for ``system`` from edits and their rationales: what each requires is found, locks are respected.

    An edit that does not apply, even after what it requires, becomes ``invalid``; one by which a locked cell would
    read otherwise a ``conflict``. Both carry the reason.
    """
    items = with_requirements(system, [Proposal(edit, rationale) for edit, rationale in suggested])
    origin = origin or Origin()
    return _settled(Proposals(system, items, locked, result=system, unusable=tuple(unusable), origin=origin))


def measure(
    proposals: Proposals,
    evaluation: Evaluation,
    encode: Encode | None = None,
    *,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Proposals:
    """The proposals with their effects on the images of ``evaluation``, which is of ``proposals.system``.

    ``effect`` is each one alone (with what it requires), ``cumulative`` on top of those accepted. ``encode`` gives the
    vectors of new texts, each asked for once. What cannot be measured (an attribute is left without options) keeps
    ``None``. ``progress`` is told ``(done, total)`` proposals.

    Raises:
        Interrupted: ``cancelled`` became true.
        EncoderError: ``encode`` failed.
    """
    if evaluation.system != proposals.system:
        raise UsageError("the evaluation is of another system than the proposals are for")
    encode = None if encode is None else _remembering(encode)
    items = list(proposals.items)
    for index, one in enumerate(items):
        if cancelled is not None and cancelled():
            raise Interrupted("interrupted; the proposals are not measured")
        items[index] = replace(one, effect=_alone(evaluation, items, index, encode))
        if progress is not None:
            progress(index + 1, len(items))
    return _settled(replace(proposals, items=tuple(items), evaluation=evaluation, current=None, encode=encode))


def with_requirements(system: System, items: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """``items`` with ``requires`` worked out: which others bring the attribute or option that an edit names."""
    found = needed(system, [one.edit for one in items])
    return tuple(replace(one, requires=requires) for one, requires in zip(items, found, strict=True))


def _settled(proposals: Proposals, appended: Sequence[int] | None = None) -> Proposals:
    """These with result, statuses and cumulative effects worked out anew.

    ``appended`` are the last of what is taken, where nothing else changed since ``current`` was measured.
    """
    proposals = _retaken(proposals, appended)
    return replace(proposals, items=tuple(_judged(proposals, index) for index in range(len(proposals.items))))


def _retaken(proposals: Proposals, appended: Sequence[int] | None) -> Proposals:
    """The result and its evaluation after what is taken; what does not apply any more opens again."""
    items, taken = list(proposals.items), list(proposals.taken)
    result, current = proposals.result, proposals.current
    if appended is None or (current is None and proposals.evaluation is not None):
        appended, result, current = tuple(taken), proposals.system, proposals.evaluation
    for index in appended:
        try:
            result = apply(result, [items[index].edit])
        except EditError:
            taken.remove(index)
            items[index] = replace(items[index], status="open", reason="")
            continue
        cumulative = None
        if proposals.evaluation is not None and current is not None:
            current = _with(current, [items[index].edit], proposals.encode)
            cumulative = None if current is None else proposals.evaluation.effect_to(current)
        items[index] = replace(items[index], cumulative=cumulative)
    return replace(proposals, items=tuple(items), taken=tuple(taken), result=result, current=current)


def _judged(proposals: Proposals, index: int) -> Proposal:
    """The proposal at ``index`` with its status and cumulative effect on top of what is taken."""
    one = proposals.items[index]
    if index in proposals.taken:
        return one
    steps = [proposals.items[step].edit for step in proposals.steps(index)]
    status, reason = _standing(proposals, steps)
    cumulative = None
    if status != "invalid" and proposals.evaluation is not None and proposals.current is not None:
        cumulative = _effect(proposals.evaluation, proposals.current, steps, proposals.encode)
    if one.status == "refused":
        return replace(one, cumulative=cumulative)
    return replace(one, status=status, reason=reason, cumulative=cumulative)


def _standing(proposals: Proposals, steps: Sequence[Edit]) -> tuple[Status, str]:
    """Whether ``steps``, the last of which is the proposal, can be taken now; and why not."""
    try:
        before = apply(proposals.result, steps[:-1])
        after = apply(before, steps[-1:])
    except EditError as error:
        return "invalid", f"{error.message}. {error.hint}" if error.hint else error.message
    if after == before:
        return "invalid", "it changes nothing"
    locked = [reduce(renamed, proposals.edits, cell) for cell in proposals.locked]
    held = touched(proposals.result, steps, locked)
    if held:
        names = ", ".join(f"{plain(c)} › {plain(a)}" for c, a in held[:_SHOWN])
        more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
        return "conflict", f"a person set {names}{more}"
    return "open", ""


def _alone(evaluation: Evaluation, items: Sequence[Proposal], index: int, encode: Encode | None) -> Effect | None:
    """What the one at ``index`` changes by itself, with what it requires."""
    steps = [items[step].edit for step in steps_to(index, items)]
    return _effect(evaluation, evaluation, steps, encode)


def _effect(evaluation: Evaluation, current: Evaluation, steps: Sequence[Edit], encode: Encode | None) -> Effect | None:
    """What leads from ``evaluation`` to ``current`` after ``steps``; None where that cannot be measured."""
    after = _with(current, steps, encode)
    return None if after is None else evaluation.effect_to(after)


def _with(current: Evaluation, steps: Sequence[Edit], encode: Encode | None) -> Evaluation | None:
    try:
        return current.with_edits(steps, encode)
    except EncoderError:
        raise
    except CotsmithError:  # it does not apply, leaves nothing to ask, or makes texts that nobody can encode
        return None


def _remembering(encode: Encode) -> Encode:
    """``encode`` that is asked for a text only once: each proposal is measured again after every decision."""
    known: dict[str, Vector] = {}

    def remembered(texts: list[str]) -> Vectors:
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, encode(missing), strict=True))
        return np.stack([known[text] for text in texts])

    return remembered
