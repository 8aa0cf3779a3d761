"""What an evaluation means, in sentences: what a person should and should not conclude from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..systems.model import System
from ..systems.text import counted, percentage, plain
from .equal_rows import equal_rows
from .evaluation import Evaluation
from .statistics import Interval, Share

if TYPE_CHECKING:
    from .effects import Effect

SIGNIFICANT = 0.05

_NARROW = 0.015
"""Intervals narrower than this are written with a decimal."""

_SHOWN = 5
_UNEVEN = 1.5  # times what each class would have, were they even

FEW = 10
"""Below so many images even a system that names all of them right may have guessed."""


def percent(share: float | None) -> str:
    """A share as people write it, ``46.6 %``; a dash where there is none."""
    return "–" if share is None else f"{percentage(share, 1)} %"


def interval(share: Share) -> str:
    """The 95 % interval of a share as people write it, ``76 – 100 %``; with a decimal where it is narrow."""
    return spread(share.ci95) if share.n else "–"


def spread(ends: Interval) -> str:
    """Two shares and what lies between them, ``76 – 100 %``; with a decimal where they are close."""
    low, high = ends
    digits = 1 if high - low < _NARROW else 0
    return f"{percentage(low, digits)} – {percentage(high, digits)} %"


def turned(effect: Effect, noun: str = "image") -> str:
    """What edits do to images: ``15 images become right, 2 wrong``."""
    right = counted(effect.gained.size, f"{noun} becomes", f"{noun}s become")
    return f"{right} right, {effect.lost.size} wrong"


def probability(p: float) -> str:
    """A p-value, exact to two digits, or a bound where more would be pretence: ``p = 0.031``, ``p < 0.0001``."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}"


def verdict(evaluation: Evaluation) -> tuple[str, ...]:
    """One sentence on the rules, one on the baseline, and one for each thing that could mislead."""
    sentences = [_on_the_rules(evaluation), _on_the_baseline(evaluation), *_cautions(evaluation)]
    return tuple(sentence for sentence in sentences if sentence)


def _on_the_rules(e: Evaluation) -> str:
    control = e.permuted
    if control is None:
        return "With a single class there is nothing to tell apart."
    low, high = e.share.ci95
    if e.n < FEW:
        return f"{counted(e.n, 'image')}: too few to judge the rules by."
    if low > max(control.accuracy, e.chance):
        if _uneven(e) and low <= e.majority[1]:
            return (
                f"Permuted between the classes the rules score less, {percent(control.accuracy)}, but always naming "
                "the commonest class would do about as well as they do."
            )
        return (
            f"The rules matter: permuted between the classes, accuracy falls from {percent(e.accuracy)} "
            f"({interval(e.share)}) to {percent(control.accuracy)}."
        )
    if high < e.chance:
        return f"The rules mislead: permuted between the classes they score more, {percent(control.accuracy)}."
    if e.accuracy > max(control.accuracy, e.chance):
        return f"Too few images, or too weak rules: {percent(e.accuracy)} may still be chance or the control."
    return "The control scores as well as the system: the rules carry nothing that these images show."


def _on_the_baseline(e: Evaluation) -> str:
    gain = 100 * (e.accuracy - float(e.baseline_correct.mean()))
    p = probability(e.mcnemar_p)
    if gain == 0:
        return "The class names alone do exactly as well."
    if e.mcnemar_p >= SIGNIFICANT:
        return f"The class names alone do about as well: the {gain:+.1f} points between them may be luck ({p})."
    side = "Better" if gain > 0 else "Worse"
    return f"{side} than the class names alone by {abs(gain):.1f} points ({p}, McNemar, paired)."


def _cautions(e: Evaluation) -> list[str]:
    found = _silences(e.system)
    name, share = e.majority
    if _uneven(e):
        found.append(
            f'The classes are uneven: naming "{plain(name)}" always would score {percent(share)}; '
            f"the mean over classes is {percent(e.balanced_accuracy)}."
        )
    if e.ties:
        found.append(
            f"For {counted(e.ties, 'image')} several classes share the best score; the first of them in the file is "
            "taken."
        )
    empty = sum(measure.share.n == 0 for measure in e.classes)
    if empty:
        found.append(f"{empty} of {len(e.system.classes)} classes {'has' if empty == 1 else 'have'} no image here.")
    copies = equal_rows(e.images)
    if copies:
        are = "is a copy of another image" if copies == 1 else "are copies of other images"
        found.append(
            f"{counted(copies, 'image')} of {e.n} {are}, or look the same to the encoder; intervals and p-values count "
            "them as more evidence than they are."
        )
    return found


def _uneven(e: Evaluation) -> bool:
    return len(e.system.classes) > 1 and e.majority[1] > _UNEVEN * e.chance


def _silences(system: System) -> list[str]:
    """What of a system never counts: attributes of weight 0, classes of which no rule that counts says anything."""
    found = []
    idle = [f'"{plain(attribute.name)}"' for attribute in system.attributes if attribute.weight == 0]
    counting = [attribute.name for attribute in system.attributes if attribute.weight > 0]
    if idle and counting:
        found.append(f"Of weight 0, so without a say: {', '.join(idle)}.")
    silent = [name for name, row in system.rules.items() if not any(row[attribute] for attribute in counting)]
    if len(silent) == len(system.rules):
        why = "all attributes have weight 0" if idle and not counting else "the rules say nothing"
        found.append(f'Nothing is asked of any image: {why}. So the first class is always named, "{plain(silent[0])}".')
    elif silent:
        names = ", ".join(f'"{plain(name)}"' for name in silent[:_SHOWN]) + (" ..." if len(silent) > _SHOWN else "")
        found.append(f"Never named, for want of a rule that counts: {names}.")
    return found
