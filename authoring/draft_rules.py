"""The rules of a draft: batches of classes asked in parallel, split when too large, retried alone when they fail."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event

from ..errors import Interrupted, LLMError
from ..systems.text import counted, plain
from ..terminal import Progress
from .batches import halves
from .draft_store import Step
from .failures import BudgetSpent, Truncated

POLL_S = 0.2
"""How often a person's wish to stop is looked for."""

GIVE_UP_AFTER = 3
"""So many failures before anything has worked mean that nothing will."""

_SHOWN = 5

Batch = tuple[str, ...]
Ask = Callable[[Batch, Callable[[], bool]], Step]
"""Asks for the rules of a batch; the second argument tells whether to stop."""


@dataclass(slots=True)
class _Work:
    """What is still to be asked, what runs, and what failed with which error."""

    waiting: deque[Batch]
    running: dict[Future[Step], Batch] = field(default_factory=dict)
    failed: list[tuple[Batch, LLMError]] = field(default_factory=list)
    done: list[Step] = field(default_factory=list)


def ask_all(
    todo: Sequence[Batch],
    ask: Ask,
    *,
    parallel: int,
    keep: Callable[[Step], None],
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    already: int = 0,
) -> list[Step]:
    """Ask for every batch; each answer is given to ``keep`` as it comes. The order is that of the answers.

    ``keep`` is called in the threads that ask, several at a time: Ctrl-C, which ends the main thread wherever it is,
    loses no answer.

    A batch whose reply was cut off is split in two. One that fails is asked again, alone, when the others are done.
    ``progress`` is told ``(done, total)`` classes, of which ``already`` were done before.

    Raises:
        LLMError: a batch failed twice, or nothing works; what came is kept.
        Interrupted: ``cancelled`` became true or Ctrl-C was pressed; what came is kept.
    """
    work = _Work(deque(todo))
    total = already + sum(map(len, todo))
    stop = Event()

    def stopping() -> bool:
        return stop.is_set() or (cancelled is not None and cancelled())

    def asked(batch: Batch) -> Step:
        step = ask(batch, stopping)
        keep(step)
        return step

    def finish(step: Step) -> None:
        work.done.append(step)
        if progress is not None:
            progress(already + sum(len(one.classes) for one in work.done), total)

    if progress is not None:
        progress(already, total)
    try:
        with ThreadPoolExecutor(max_workers=max(1, parallel), thread_name_prefix="draft") as pool:
            try:
                _drain(work, lambda batch: pool.submit(asked, batch), finish, parallel, stopping)
                _retry(work, lambda batch: pool.submit(asked, batch), finish, stopping)
            finally:
                stop.set()
    except KeyboardInterrupt:
        raise Interrupted("interrupted") from None
    return work.done


def _drain(
    work: _Work,
    submit: Callable[[Batch], Future[Step]],
    finish: Callable[[Step], None],
    parallel: int,
    stopping: Callable[[], bool],
) -> None:
    """Run what is waiting, ``parallel`` at a time."""
    while work.waiting or work.running:
        if stopping():
            raise Interrupted("interrupted")
        while work.waiting and len(work.running) < parallel:
            batch = work.waiting.popleft()
            work.running[submit(batch)] = batch
        ready, _ = wait(work.running, timeout=POLL_S, return_when=FIRST_COMPLETED)
        for future in ready:
            batch = work.running.pop(future)
            error = future.exception()
            if error is None:
                finish(future.result())
            elif isinstance(error, LLMError):
                _failed(work, batch, error)
            else:
                raise error


def _failed(work: _Work, batch: Batch, error: LLMError) -> None:
    if isinstance(error, Truncated) and len(batch) > 1:
        work.waiting.extend(halves(batch))
        return
    work.failed.append((batch, error))
    if isinstance(error, BudgetSpent) or (not work.done and len(work.failed) >= GIVE_UP_AFTER):
        raise error


def _retry(
    work: _Work, submit: Callable[[Batch], Future[Step]], finish: Callable[[Step], None], stopping: Callable[[], bool]
) -> None:
    """Ask once more for what failed, one batch at a time."""
    again, work.failed = deque(batch for batch, _ in work.failed), []
    while again:
        if stopping():
            raise Interrupted("interrupted")
        batch = again.popleft()
        try:
            finish(submit(batch).result())
        except LLMError as error:
            if isinstance(error, Truncated) and len(batch) > 1:
                again.extendleft(reversed(halves(batch)))
            else:
                work.failed.append((batch, error))
    if work.failed:
        raise _summary(work.failed)


def _summary(failed: Sequence[tuple[Batch, LLMError]]) -> LLMError:
    """One error for all that failed twice: how many classes, which, and why the first one did."""
    names = [plain(name) for batch, _ in failed for name in batch]
    shown = ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
    first = failed[0][1]
    return LLMError(
        f"{counted(len(names), 'class has', 'classes have')} no rules ({shown}): {first.message}",
        where=first.where,
        hint=first.hint,
    )
