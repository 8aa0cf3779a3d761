"""The evidence about a cell as text for a narrow pane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from ..scoring.worst_images import Mistake
from ..systems.describe import describe_rule
from ..systems.text import plain
from .cells_text import bar, cut, fit
from .effect_text import percent, points
from .evidence import Choice, Evidence
from .themes import Inks

_BAR = 4
_MISTAKES, _REASONS = 6, 3
_NOTHING = "says nothing"


def evidence_text(
    evidence: Evidence, width: int, colors: Inks, *, measured: bool, expected: bool = False, notes: Sequence[str] = ()
) -> Text:
    """The options with what images show and what each would change; then which images are mistaken, and why.

    ``notes`` stand above. ``measured`` says whether images were looked at, ``expected`` whether they will be; where
    there are none, the text tells what they would show.
    """
    text = Text(no_wrap=True, overflow="crop")
    _agreement(text, evidence, width, colors, measured=measured)
    for note in notes:
        _wrapped(text, plain(note), width, colors.loss)
    shows_change = any(choice.effect is not None for choice in evidence.choices)
    if measured and evidence.right is not None:
        bars = _bars(width)
        head = f"{'images':<{bars + 6}}  {'option':<{max(1, width - bars - 14)}}" + ("if set" if shows_change else "")
        text.append(head + "\n", colors.faint)
    for choice in evidence.by_evidence if measured else evidence.choices:
        _choice(text, choice, width, colors, bars=evidence.right is not None)
    if measured:
        _mistakes(text, evidence, width, colors)
    elif not expected:
        _wrapped(
            text,
            "\nWith --data and --encoder this pane shows which option the images of this class show, what each change "
            "would do to accuracy, and the images that are taken for another class.",
            width,
            colors.faint,
        )
    return text


def _agreement(text: Text, evidence: Evidence, width: int, colors: Inks, *, measured: bool) -> None:
    share = evidence.agreement
    if not evidence.rule:
        _wrapped(text, "The rule says nothing here.", width, colors.soft)
    elif share is None or share.value is None:
        told = "No image tells." if measured else f"Rule: {describe_rule(evidence.rule)}"
        _wrapped(text, told, width, colors.soft)
    else:
        good = share.value >= 0.8
        verdict = f"{share.hits} of {share.n} agree with the rule"
        _wrapped(text, verdict, width, colors.gain if good else colors.loss)


def _choice(text: Text, choice: Choice, width: int, colors: Inks, *, bars: bool) -> None:
    name = choice.rule[0] if choice.rule else _NOTHING
    dot = "●" if choice.named else " "
    change = points(choice.change)
    right = f"{'' if choice.named and change == '±0' else change:>6}" if choice.effect is not None else ""
    left = ""
    if bars:
        share = choice.share
        wide = _bars(width)
        left = " " * (wide + 6) if share is None else f"{bar(share.value or 0, wide)}{percent(share):>5} "
    room = width - len(left) - len(right) - 2
    tone = colors.text if choice.named or (choice.share is not None and choice.share.hits) else colors.soft
    text.append(left, colors.gain)
    text.append(dot + " ", colors.loss)
    text.append(fit(name, room), f"bold {tone}" if choice.named else tone)
    change_tone = colors.gain if change.startswith("+") else colors.loss if change.startswith("-") else colors.faint
    text.append(right + "\n", change_tone)


def _mistakes(text: Text, evidence: Evidence, width: int, colors: Inks) -> None:
    if not evidence.right or not evidence.right.n:
        return
    n, wrong = evidence.right.n, evidence.wrong
    if not wrong:
        text.append("\n")
        _wrapped(text, f"All {n} images of this class are named right.", width, colors.soft)
        return
    text.append("\n")
    _wrapped(text, f"{wrong} of {n} images named wrong", width, colors.soft)
    groups = grouped(evidence.mistakes)
    for count, predicted, reasons in groups[:_MISTAKES]:
        text.append(cut(f"{count} taken for {predicted}", width) + "\n", colors.loss)
        for reason, times in reasons[:_REASONS]:
            shown = f" {times}×" if times < count else ""
            text.append(f"  {cut(reason, width - 2 - len(shown))}{shown}\n", colors.soft)
    if len(groups) > _MISTAKES:
        text.append(f"and for {len(groups) - _MISTAKES} other classes\n", colors.faint)


def _bars(width: int) -> int:
    return _BAR if width >= 36 else 0


def grouped(mistakes: Sequence[Mistake]) -> list[tuple[int, str, list[tuple[str, int]]]]:
    """Mistakes by what they were taken for, the commonest first, with what spoke for that and how often."""
    counts, reasons = Counter[str](), dict[str, Counter[str]]()
    for mistake in mistakes:
        counts[mistake.predicted] += 1
        reasons.setdefault(mistake.predicted, Counter()).update(why(mistake))
    return [(count, predicted, reasons[predicted].most_common()) for predicted, count in counts.most_common()]


def why(mistake: Mistake) -> tuple[str, ...]:
    """What spoke against the true class, the likeliest misread first."""
    if not mistake.why:
        return ("every answer fits, the other class as well",)
    worst = sorted(mistake.why, key=lambda misread: -misread.probability)
    return tuple(f"{m.attribute} looks like {m.seen}" for m in worst)


def _wrapped(text: Text, words: str, width: int, style: str) -> None:
    line = ""
    if words.startswith("\n"):
        text.append("\n")
        words = words[1:]
    for word in words.split(" "):
        if line and len(line) + 1 + len(word) > width:
            text.append(line + "\n", style)
            line = word
        else:
            line = f"{line} {word}" if line else word
    text.append(cut(line, width) + "\n", style)
