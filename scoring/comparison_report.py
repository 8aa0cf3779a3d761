"""A comparison as a table for people, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..systems.text import counted
from .comparison import Contestant, Pair, described
from .report import interval, literal, plain_table
from .summary import evaluation_json
from .verdict import percent, probability

if TYPE_CHECKING:
    from rich.console import RenderableType


def comparison_json(contestants: Sequence[Contestant], *, cells: bool = False) -> dict[str, Any]:
    """What ``score --json`` prints of several: ``{"compared": [...]}``, each as it would be alone, and more.

    ``file`` is the system as it was given; ``versus_first`` is None for the first.
    """
    return {
        "compared": [
            {
                "file": one.system,
                **evaluation_json(one.evaluation, cells=cells),
                "versus_first": None if one.versus is None else pair_json(one.versus),
            }
            for one in contestants
        ]
    }


def pair_json(pair: Pair) -> dict[str, Any]:
    """A paired comparison: the change in accuracy, images gained and lost, and McNemar's p."""
    return {"difference": pair.difference, "gained": pair.gained, "lost": pair.lost, "mcnemar_p": pair.p}


def comparison_report(contestants: Sequence[Contestant]) -> RenderableType:
    """One row for each system on each encoder."""
    from rich.console import Group

    encoders = {one.encoder for one in contestants}
    first = contestants[0].evaluation
    head = f"{counted(first.n, 'image')} of {first.setting.data}, split {first.setting.split}; the first is what "
    head += f"others are held against. Chance {percent(first.chance)}."
    files = {one.system for one in contestants}
    shown = {"system": len(files) > 1 or len(encoders) == 1, "encoder": len(encoders) > 1}
    titles = [title for title, is_shown in shown.items() if is_shown]
    table = plain_table(*titles, ">right", ">95 %", ">names", ">points", ">p", ">texts")
    for one in contestants:
        e, versus = one.evaluation, one.versus
        points = "" if versus is None else f"{100 * versus.difference:+.1f}"
        p = "" if versus is None else probability(versus.p).removeprefix("p = ").removeprefix("p ")
        names = {"system": one.system, "encoder": one.encoder}
        named = [names[title] for title in titles]
        figures = (percent(e.accuracy), interval(e.share), percent(e.baseline.value), points, p, e.system_texts)
        table.add_row(*map(literal, (*named, *figures)))
    parts: list[RenderableType] = [literal(head), literal(""), table, literal("")]
    if len(encoders) == 1:
        parts.insert(0, literal(f"encoder {first.setting.encoder}"))
    elif len(files) == 1:
        parts.insert(0, literal(f"system {contestants[0].system}"))
    parts.append(literal("names: the class names alone. points: more than the first; p: McNemar, paired, exact."))
    parts += [literal(sentence) for sentence in described(contestants)]
    return Group(*parts)
