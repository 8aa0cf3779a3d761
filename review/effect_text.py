"""What an edit changed, in a line that a person reads at a glance: overall, in its attributes, in its classes."""

from __future__ import annotations

from collections.abc import Sequence

from ..scoring.effects import Effect
from ..scoring.statistics import Share
from ..systems.edits import Edit, touches
from ..systems.text import counted, percentage, plain
from .figures import Figures

_SHOWN = 3


def points(change: float | None) -> str:
    """A change of accuracy in points, such as ``+6.2``; ``±0`` for none."""
    if change is None:
        return ""
    text = f"{100 * change:+.1f}"
    return "±0" if text in ("+0.0", "-0.0") else text


def percent(share: Share | None) -> str:
    """``81 %``, in a column; ``100 %`` and ``0 %`` only where that is so. ``–`` without images."""
    if share is None or share.value is None:
        return "–"
    return f"{percentage(share.value, fixed=True)} %"


def accuracy(share: Share) -> str:
    """``81.2 %``; ``100.0 %`` and ``0.0 %`` only where that is so."""
    return "–" if share.value is None else f"{percentage(share.value, 1)} %"


def interval(share: Share, *, fixed: bool = False) -> str:
    """The 95 % interval, ``(76–100)``; nothing without images. ``fixed`` as of a percentage."""
    low, high = (percentage(end, fixed=fixed) for end in share.ci95)
    return f"({low}–{high})" if share.n else ""


def summary(effect: Effect) -> str:
    """``81.2 → 87.5 % (+6.2): 15 images right, 0 wrong``."""
    before, after = (percentage(share.value or 0, 1) for share in (effect.before, effect.after))
    if not effect.gained.size and not effect.lost.size:
        return f"no image changes ({after} %)"
    gained, lost = effect.gained.size, effect.lost.size
    moved = [f"{gained} more right"] if gained else []
    moved += [f"{lost} more wrong"] if lost else []
    return f"{before} → {after} % ({points(effect.change)}), {' and '.join(moved)} of {effect.after.n}"


def parts(edits: Sequence[Edit], before: Figures | None, after: Figures | None, effect: Effect) -> str:
    """The attributes that the edits touch and the classes that gained or lost, each before and after."""
    told = []
    if before is not None and after is not None:
        for name in dict.fromkeys(attribute for edit in edits if (attribute := touches(edit)[1]) is not None):
            old, new = before.attribute(name), after.attribute(name)
            if old is not None and new is not None and old.share != new.share:
                told.append(f"{plain(name)} {_bare(old.share)} → {percent(new.share)}")
    moved = sorted(effect.classes, key=lambda c: -abs((c.after.hits - c.before.hits) / max(1, c.after.n)))
    told += [f"{plain(c.name)} {_bare(c.before)} → {percent(c.after)}" for c in moved[:_SHOWN]]
    if len(moved) > _SHOWN:
        told.append(f"{counted(len(moved) - _SHOWN, 'class', 'classes')} more")
    return ", ".join(told)


def _bare(share: Share) -> str:
    return percent(share).removesuffix(" %")
