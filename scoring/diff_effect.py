"""What the difference between two systems does on labelled images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..errors import DataError
from ..systems.changes import Changes
from ..systems.edits import RenameClass, apply
from ..systems.model import System
from ..systems.text import plain
from .comparison import Pair, paired
from .encoder import Encoder
from .evaluation import Data, Evaluation, evaluate
from .reuse import with_system
from .scores import Combine
from .statistics import Share

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Figures:
    """The accuracy of one attribute or class before and after; None where the system did not have it.

    ``name`` is the one after, unless only the old system has it.
    """

    name: str
    before: Share | None
    after: Share | None

    @property
    def change(self) -> float | None:
        """The change in accuracy; None where either is missing."""
        if self.before is None or self.after is None or self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


@dataclass(frozen=True, eq=False)
class DiffEffect:
    """Two systems measured on the same images.

    ``pair`` holds the new one against the old; ``left_out`` counts images, of all splits, whose class only one of them
    has.
    """

    before: Evaluation
    after: Evaluation
    pair: Pair
    attributes: tuple[Figures, ...]
    classes: tuple[Figures, ...]
    left_out: int

    @property
    def gained(self) -> tuple[Figures, ...]:
        """The classes of which more images are right, the most gained first."""
        return tuple(sorted((c for c in self.classes if _hits(c) > 0), key=lambda c: -_hits(c)))

    @property
    def lost(self) -> tuple[Figures, ...]:
        """The classes of which fewer images are right, the most lost first."""
        return tuple(sorted((c for c in self.classes if _hits(c) < 0), key=_hits))


def measure_diff(
    old: System,
    new: System,
    changes: Sequence[Changes],
    dataset: Data,
    load: Callable[[], Encoder],
    *,
    split: str = "all",
    combine: Combine = "sum",
    batch_size: int | None = None,
    progress: Progress | None = None,
) -> DiffEffect:
    """Measure both systems on the images of those classes that both have; ``changes`` lead from ``old`` to ``new``.

    A class that was renamed is one class, under the name that the labels use.

    Raises:
        DataError: no image is left, or labels are of neither.
        InvalidSystemError, EncoderError: as ``evaluate``.
    """
    labels = set(dataset.labels)
    old, new = _renamed(old, changes, labels, forward=True), _renamed(new, changes, labels, forward=False)
    # A label that neither knows is likely misspelt: `evaluate` refuses it.
    kept = dataset.select(lambda label, _: (label in old.rules) == (label in new.rules))
    if not len(kept):
        raise DataError("no image is of a class that both systems have", where=plain(dataset.name))
    encoder = load()
    after = evaluate(new, kept, encoder, split=split, combine=combine, batch_size=batch_size, progress=progress)
    before = with_system(after, old, encoder)
    return DiffEffect(
        before=before,
        after=after,
        pair=paired(before.correct, after.correct),
        attributes=_attributes(before, after, changes),
        classes=_classes(before, after),
        left_out=len(dataset) - len(kept),
    )


def _renamed(system: System, changes: Sequence[Changes], labels: set[str], *, forward: bool) -> System:
    """``system`` with its classes called as the labels call them, where a rename explains the difference."""
    for group in changes:
        if group.kind == "class" and group.state == "changed" and group.name != group.old_name:
            mine, other = (group.old_name, group.name) if forward else (group.name, group.old_name)
            if mine in system.rules and mine not in labels and other in labels and other not in system.rules:
                system = apply(system, [RenameClass(mine, other)])
    return system


def _attributes(before: Evaluation, after: Evaluation, changes: Sequence[Changes]) -> tuple[Figures, ...]:
    groups = [group for group in changes if group.kind == "attribute"]
    old_names = {group.name: group.old_name for group in groups if group.state == "changed"}
    added = {group.name for group in groups if group.state == "added"}
    old = {measure.name: measure.share for measure in before.attributes}
    found = []
    for measure in after.attributes:
        was = None if measure.name in added else old.pop(old_names.get(measure.name, measure.name), None)
        found.append(Figures(measure.name, was, measure.share))
    return (*found, *(Figures(name, share, None) for name, share in old.items()))


def _classes(before: Evaluation, after: Evaluation) -> tuple[Figures, ...]:
    old = {measure.name: measure.share for measure in before.classes}
    return tuple(Figures(m.name, old.get(m.name), m.share) for m in after.classes if m.share.n)


def _hits(figures: Figures) -> int:
    return 0 if figures.before is None or figures.after is None else figures.after.hits - figures.before.hits
