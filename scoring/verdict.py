"""What an evaluation means, in sentences: what a person should and should not conclude from it."""

from __future__ import annotations

from ..systems.text import counted, plain
from .evaluation import Evaluation
from .statistics import Share

SIGNIFICANT = 0.05

_NARROW = 0.015
"""Intervals narrower than this are written with a decimal."""


FEW = 10
"""Below so many images even a system that names all of them right may have guessed."""


def percent(share: float | None) -> str:
    """A share as people write it, ``46.6 %``; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f} %"


def interval(share: Share) -> str:
    """The 95 % interval of a share as people write it, ``76 – 100 %``; with a decimal where it is narrow."""
    if not share.n:
        return "–"
    low, high = share.ci95
    digits = 1 if high - low < _NARROW else 0
    return f"{100 * low:.{digits}f} – {100 * high:.{digits}f} %"


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
    found = []
    name, share = e.majority
    if share > 1.5 * e.chance and len(e.system.classes) > 1:
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
        found.append(f"{empty} of {len(e.system.classes)} classes have no image here.")
    return found
