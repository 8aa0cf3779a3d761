"""The effect of a diff as a table for people, as Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..systems.markdown import escape, table
from ..systems.text import counted
from .comparison_report import pair_json
from .diff_effect import DiffEffect, Figures
from .report import interval, literal, plain_table
from .statistics import Share
from .verdict import percent, probability

if TYPE_CHECKING:
    from rich.console import RenderableType

_SHOWN = 8


def effect_json(effect: DiffEffect) -> dict[str, Any]:
    """What ``diff --json --data`` adds under ``effect``; shares are fractions, None where one system has no figure."""
    setting = effect.after.setting
    return {
        "n": effect.pair.n,
        "left_out": effect.left_out,
        "before": _share(effect.before.share),
        "after": _share(effect.after.share),
        **pair_json(effect.pair),
        "attributes": [_figures(figures) for figures in effect.attributes],
        "gained_classes": [_figures(figures) for figures in effect.gained],
        "lost_classes": [_figures(figures) for figures in effect.lost],
        "settings": {
            "encoder": setting.encoder,
            "encoder_key": setting.encoder_key,
            "data": setting.data,
            "split": setting.split,
            "crop": str(setting.crop) if setting.crop else None,
            "combine": effect.after.combine,
        },
    }


def effect_report(effect: DiffEffect) -> RenderableType:
    """Accuracy before and after, of the system and attribute by attribute; the classes that gained and lost."""
    from rich.console import Group

    figures = plain_table("", ">before", ">after", ">points", "95 % after")
    figures.add_row(*map(literal, ("system", *_numbers(_whole(effect)), interval(effect.after.share))))
    for one in effect.attributes:
        after = "" if one.after is None else interval(one.after)
        figures.add_row(*map(literal, (f"  {one.name}", *_numbers(one), after)))
    parts: list[RenderableType] = [literal(_setting(effect)), figures, literal(_verdict(effect))]
    parts += [literal(line) for line in _class_lines(effect)]
    return Group(*parts)


def effect_markdown(effect: DiffEffect) -> str:
    """The same for a pull request."""
    rows = [("**system**", *_numbers(_whole(effect)))]
    rows += [(escape(one.name), *_numbers(one)) for one in effect.attributes]
    sentences = [_setting(effect), _verdict(effect), *_class_lines(effect)]
    return "\n\n".join(
        [escape(sentences[0]), table(("", "before", "after", "points"), rows), *map(escape, sentences[1:])]
    )


def _whole(effect: DiffEffect) -> Figures:
    return Figures("system", effect.before.share, effect.after.share)


def _numbers(figures: Figures) -> tuple[str, str, str]:
    before = "new" if figures.before is None else percent(figures.before.value)
    after = "gone" if figures.after is None else percent(figures.after.value)
    change = figures.change
    return before, after, "" if change is None else f"{100 * change:+.1f}"


def _setting(effect: DiffEffect) -> str:
    setting = effect.after.setting
    text = f"{counted(effect.pair.n, 'image')} of {setting.data}, split {setting.split}, {setting.encoder}"
    if effect.left_out:
        text += f"; {effect.left_out} left out, of classes that only one of the two has"
    return text


def _verdict(effect: DiffEffect) -> str:
    pair = effect.pair
    if not pair.gained and not pair.lost:
        return "No image changes sides."
    chance = "" if pair.p < 0.05 else ": it may be chance"
    return f"{counted(pair.gained, 'image')} gained, {pair.lost} lost: McNemar {probability(pair.p)}{chance}."


def _class_lines(effect: DiffEffect) -> Iterator[str]:
    for word, classes in (("gained", effect.gained), ("lost", effect.lost)):
        if classes:
            yield f"{word}  {_listed(classes)}"


def _listed(classes: Sequence[Figures]) -> str:
    parts = []
    for figures in classes[:_SHOWN]:
        assert figures.before is not None
        assert figures.after is not None
        change = figures.after.hits - figures.before.hits
        parts.append(f"{figures.name} {change:+d} ({figures.before.hits} → {figures.after.hits} of {figures.after.n})")
    more = len(classes) - _SHOWN
    return ", ".join(parts) + (f", {more} more" if more > 0 else "")


def _share(share: Share) -> dict[str, Any]:
    return {"accuracy": share.value, "ci95": list(share.ci95) if share.n else None}


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "name": figures.name,
        "before": None if figures.before is None else figures.before.value,
        "after": None if figures.after is None else figures.after.value,
        "n": (figures.after or figures.before or Share(0, 0)).n,
    }
