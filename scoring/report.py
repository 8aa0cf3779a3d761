"""An evaluation as tables for people: 80 columns, nothing said by colour alone, foreign text shown literally."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..systems.model import Rule
from ..systems.text import counted, plain
from .classifier import Prediction
from .evaluation import Evaluation
from .statistics import Share
from .suggestions import FALSE_DISCOVERIES
from .verdict import interval as interval
from .verdict import percent, spread, verdict

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

_BAR = 20
_WEAKEST = 8
_SWITCHES = 12
_SWITCHES_TITLE = "Rules whose switch to one option would help most"
_LUCK = "luck?"


def evaluation_report(evaluation: Evaluation, *, cells: bool = False) -> RenderableType:
    """The whole report as one rich renderable."""
    from rich.console import Group

    parts: list[RenderableType] = [_setting(evaluation), _gap(), _headline(evaluation), _gap()]
    parts += [literal(sentence) for sentence in verdict(evaluation)]
    if evaluation.permuted is not None:
        parts.append(literal(f"* the lowest and the highest of {evaluation.permuted.count} permutations."))
    parts += [_gap(), _attributes(evaluation), literal(_units(evaluation))]
    for title, table in (
        ("Commonest wrong answer to each attribute", _confusions(evaluation)),
        ("Weakest classes", _weakest(evaluation)),
        (_SWITCHES_TITLE, _switches(evaluation) if cells else None),
    ):
        if table is not None and table.row_count:
            parts += [_gap(), literal(title), table]
            if title is _SWITCHES_TITLE:
                parts.append(literal(_MEANING_OF_SWITCHES))
        elif table is not None and cells and title is _SWITCHES_TITLE:
            parts += [_gap(), literal("No rule's switch to one other option would raise accuracy on these images.")]
    return Group(*parts)


def prediction_report(image: str, prediction: Prediction, *, top: int = 3) -> RenderableType:
    """One image's class, the ``top`` best with their scores, and for each attribute what was seen and expected."""
    from rich.console import Group

    best = ", ".join(f"{name} {score:.3f}" for name, score in list(prediction.scores.items())[:top])
    table = plain_table("", "seen", ">", "expected", ">", "")
    for reason in prediction.why:
        share = "" if reason.probability is None else f"{reason.probability:.2f}"
        agrees = "" if not reason.expected or reason.seen in reason.expected else "differs"
        cells = (reason.attribute, reason.seen, f"{reason.seen_probability:.2f}", _rule(reason.expected), share, agrees)
        table.add_row(*(literal(cell) for cell in cells))
    parts: list[RenderableType] = [literal(f"{image}: {prediction.label}"), _indented(literal(best))]
    if prediction.tied:
        parts.append(_indented(literal(f"the same score: {', '.join(prediction.tied)}")))
    return Group(*parts, _indented(table))


def _setting(e: Evaluation) -> Table:
    table = plain_table("", "", header=False)
    known = [measure for measure in e.classes if measure.share.n]
    images = f"{e.n} of {counted(len(known), 'class', 'classes')}, split {e.setting.split}"
    if e.setting.crop:
        images += f", crop {e.setting.crop.shown}"
    rows = [("system", e.system.name), ("images", images), ("from", e.setting.data), ("encoder", e.setting.encoder)]
    if e.combine != "sum":
        rows.append(("combine", e.combine))
    for name, value in rows:
        if value:
            table.add_row(literal(name), literal(value))
    return table


def _headline(e: Evaluation) -> Table:
    table = plain_table("", ">accuracy", ">95 % interval", "", ">texts")
    table.add_row(literal("chance"), literal(percent(e.chance)), _gap(), _bar(e.chance), _gap())
    _add_share(table, "class names alone", e.baseline, e.baseline_texts)
    if e.permuted is not None:
        control = e.permuted
        cells = ("rules permuted", percent(control.accuracy), f"{spread((control.lowest, control.highest))} *")
        table.add_row(*map(literal, cells), _bar(control.accuracy), literal(e.system_texts))
    _add_share(table, "this system", e.share, e.system_texts)
    if len(e.system.classes) > 5:
        table.add_row(literal("  among its best 5"), literal(percent(e.top(5))))
    return table


def _add_share(table: Table, name: str, share: Share, texts: int) -> None:
    table.add_row(
        literal(name), literal(percent(share.value)), literal(interval(share)), _bar(share.value or 0.0), literal(texts)
    )


def _attributes(e: Evaluation) -> Table:
    table = plain_table("attribute", ">right", ">95 %", ">chance", ">splits", ">tells", ">brings", ">n")
    for measure in e.attributes:
        brings = "–" if measure.contribution is None else f"{100 * measure.contribution:+.1f}"
        table.add_row(
            literal(measure.name),
            literal(percent(measure.share.value)),
            literal(interval(measure.share)),
            literal(percent(measure.chance)),
            literal(f"{measure.separating_power:.2f}"),
            literal(f"{measure.information:.2f}"),
            literal(brings),
            literal(measure.share.n),
        )
    return table


def _units(e: Evaluation) -> str:
    noise = max(measure.noise for measure in e.attributes)
    return (
        "splits: bits by which the rules split the classes. tells: bits that the answers give of the class, of which "
        f"noise alone would show up to {noise:.2f}. brings: points of accuracy lost without the attribute."
    )


def _confusions(e: Evaluation) -> Table:
    table = plain_table("attribute", "expected", "seen", ">images", "most of them")
    for measure in e.attributes:
        worst = measure.worst
        if worst is not None:
            cells = (measure.name, _rule(worst.expected), worst.predicted, worst.count, worst.class_name)
            table.add_row(*map(literal, cells))
    return table


def _weakest(e: Evaluation) -> Table:
    table = plain_table("class", ">right", ">95 %", ">n", "mostly taken for")
    missed = [measure for measure in e.classes if measure.share.hits < measure.share.n]
    for measure in sorted(missed, key=lambda m: m.share.hits / m.share.n)[:_WEAKEST]:
        taken = f"{plain(measure.confused_with or '')} ({measure.confused_count})"
        share = measure.share
        table.add_row(*map(literal, (measure.name, percent(share.value), interval(share), share.n, taken)))
    return table


def _switches(e: Evaluation) -> Table:
    table = plain_table("class", "attribute", "rule", ">agrees", "preferred", ">points", "")
    helpful = [(cell, cell.switch) for cell in e.cells if cell.switch is not None and cell.switch.helps]
    helpful.sort(key=lambda pair: (not pair[1].certain, -pair[1].change))
    for cell, switch in helpful[:_SWITCHES]:
        rule = _rule(e.system.rules[cell.class_name][cell.attribute])
        agrees = percent(cell.agreement.value if cell.agreement else None)
        figures = (agrees, cell.preferred or "", f"{100 * switch.change:+.1f}", "" if switch.certain else _LUCK)
        table.add_row(*map(literal, (cell.class_name, cell.attribute, rule, *figures)))
    return table


_MEANING_OF_SWITCHES = (
    f"{_LUCK}: among as many switches as were tried, so much is gained by luck as well (q > {FALSE_DISCOVERIES:g}). "
    "Each is measured alone, on the images that suggest it: confirm it on others."
)


def _rule(rule: Rule) -> str:
    return " | ".join(rule) or "–"


def _bar(share: float) -> Text:
    return literal("█" * round(_BAR * share))


def literal(value: object) -> Text:
    """Anything as text that rich shows as it is."""
    from rich.text import Text

    return Text(plain(str(value)))


def _indented(part: RenderableType) -> RenderableType:
    from rich.padding import Padding

    return Padding(part, (0, 0, 0, 2))


def _gap() -> Text:
    return literal("")


def plain_table(*titles: str, header: bool = True) -> Table:
    """A table without rules; a title that begins with ``>`` heads a column of numbers, aligned to the right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=header, header_style="bold")
    for title in titles:
        numbers = title.startswith(">")
        table.add_column(
            literal(title.removeprefix(">")),
            justify="right" if numbers else "left",
            no_wrap=numbers,
            overflow="fold",
        )
    return table
