"""An evaluation as one page: readable offline and on paper, without a script, with nothing said by colour alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.metadata import version

import numpy as np

from ..systems.text import counted, percentage, plain
from .cells import CellMeasure
from .curve import Curve
from .curve_report import sheet, told
from .drawing import as_svg
from .evaluation import Evaluation
from .html_style import STYLE
from .statistics import Interval, Share
from .verdict import interval, percent, spread, verdict
from .worst_images import Mistake, thumbnail, worst_mistakes

_MOST_ROWS = 200
_MOST_CONFUSED = 40
_ACROSS = 12  # columns of the matrix of cells that fit on a sheet of paper
_DENSE = 16


def html_report(evaluation: Evaluation, curve: Curve | None, command: str) -> str:
    """The whole page. ``command`` is the command line that made it; "" where there was none."""
    title = f"{text(evaluation.system.name)}: {percent(evaluation.accuracy)}"
    parts = [
        *_headline(evaluation),
        *_attributes(evaluation),
        *_cells(evaluation),
        *_confusion(evaluation),
        *(_curve(curve) if curve else ()),
        *_mistakes(evaluation),
        *_settings(evaluation, command),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
    )


def text(value: object) -> str:
    """Anything from outside as text of the page: visible, and never markup. A number stays with its percent sign."""
    return escape(plain(str(value))).replace(" %", "\N{NO-BREAK SPACE}%")


def name_of(value: str) -> str:
    """A name as text that may be broken after an underscore, as between words."""
    return text(value).replace("_", "_<wbr>")


def _headline(e: Evaluation) -> Iterator[str]:
    yield f"<header><h1>{text(e.system.name)}</h1>"
    yield f'<p class="soft">{counted(e.n, "image")} of {text(e.setting.data)}, split {text(e.setting.split)}; '
    yield f"encoder {text(e.setting.encoder)}</p>"
    yield f'<p class="big">{percent(e.accuracy)}</p>'
    yield f'<p class="soft">right, 95 % interval {interval(e.share)}</p></header><main>'
    yield from (f"<p>{text(sentence)}</p>" for sentence in verdict(e))
    yield '<h2>Beside the controls</h2><table class="bars"><tr><th></th><th></th><th class="n">right</th>'
    yield '<th class="n hide">95 %</th><th class="n">texts</th></tr>'
    yield _bar_row("chance", e.chance, None, "", "")
    yield _bar_row("class names alone", e.baseline.value, e.baseline.ci95, interval(e.baseline), str(e.baseline_texts))
    if e.permuted:
        ends = (e.permuted.lowest, e.permuted.highest)
        yield _bar_row("rules permuted", e.permuted.accuracy, ends, f"{spread(ends)} *", str(e.system_texts))
    yield _bar_row("this system", e.accuracy, e.share.ci95, interval(e.share), str(e.system_texts))
    if len(e.system.classes) > 5:
        yield _bar_row("among its best 5", e.top(5), None, "", "")
    yield _bar_row("mean over classes", e.balanced_accuracy, None, "", "")
    yield "</table>"
    if e.permuted:
        yield f'<p class="soft">* the lowest and the highest of {e.permuted.count} permutations.</p>'


def _bar_row(name: str, share: float | None, ends: Interval | None, shown: str, last: str) -> str:
    return (
        f'<tr><td>{name_of(name)}</td><td class="b">{_bar(share, ends)}</td><td class="n">{percent(share)}</td>'
        f'<td class="n hide">{shown}</td><td class="n">{last}</td></tr>'
    )


def _bar(share: float | None, ends: Interval | None, mark: float | None = None) -> str:
    inner = f'<i style="width:{100 * (share or 0):.1f}%"></i>'
    if ends:
        inner += f'<u style="left:{100 * ends[0]:.1f}%;width:{100 * (ends[1] - ends[0]):.1f}%"></u>'
    if mark is not None:
        inner += f'<s style="left:{100 * mark:.1f}%"></s>'
    return f'<div class="bar" aria-hidden="true">{inner}</div>'


def _attributes(e: Evaluation) -> Iterator[str]:
    yield '<h2>Attributes</h2><p class="soft">How often the likeliest option is one that the rule names; the thin line '
    yield "is the 95 % interval, the upright one chance. Brings: points of accuracy lost without the attribute.</p>"
    yield '<table class="bars"><tr><th></th><th></th><th class="n">right</th><th class="n hide">95 %</th>'
    yield '<th class="n">brings</th></tr>'
    for m in e.attributes:
        share: Share = m.share
        brings = "–" if m.contribution is None else f"{100 * m.contribution:+.1f}".replace("-0.0", "+0.0")
        bar = _bar(share.value, share.ci95 if share.n else None, m.chance)
        yield (
            f'<tr><td>{name_of(m.name)}</td><td class="b">{bar}</td><td class="n">{percent(share.value)}</td>'
            f'<td class="n hide">{interval(share)}</td><td class="n">{brings}</td></tr>'
        )
    yield "</table>"


def _tint(share: float) -> str:
    return f'style="background:rgba(var(--cool),{0.75 * share:.2f})"'


def _cells(e: Evaluation) -> Iterator[str]:
    yield '<h2>Rules against images</h2><p class="soft">The percentage of a class\'s images that answer as its rule '
    yield "says; – where there is no rule, · where there are no images, ▲ where the images prefer another option and "
    yield "switching to it would raise accuracy, △ where that may be luck.</p>"
    names = [attribute.name for attribute in e.system.attributes]
    cells = {(cell.class_name, cell.attribute): cell for cell in e.cells}
    weakest = sorted(e.classes, key=lambda m: m.share.value if m.share.value is not None else 2.0)[:_MOST_ROWS]
    kept = {measure.name for measure in weakest}
    if len(kept) < len(e.classes):
        yield f"<p>The {len(kept)} weakest of {len(e.classes)} classes.</p>"
    for start in range(0, len(names), _ACROSS):
        part = names[start : start + _ACROSS]
        yield '<div class="wide"><table class="grid"><thead><tr><th></th>'
        yield "".join(f"<th>{name_of(name)}</th>" for name in part) + "</tr></thead>"
        for class_name in e.system.classes:
            if class_name in kept:
                row = "".join(_cell(cells[class_name, name]) for name in part)
                yield f'<tr><th scope="row">{text(class_name)}</th>{row}</tr>'
        yield "</table></div>"


def _cell(cell: CellMeasure) -> str:
    if cell.agreement is None:
        return "<td>–</td>"
    share = cell.agreement.value
    if share is None:
        return "<td>·</td>"
    mark, title = "", ""
    if cell.switch is not None and cell.switch.helps:
        mark = " ▲" if cell.switch.certain else " △"
        title = f' title="{text(cell.preferred)}: {100 * cell.switch.change:+.1f} points"'
    return f"<td {_tint(share)}{title}>{percentage(share, fixed=True)}{mark}</td>"


def _confusion(e: Evaluation) -> Iterator[str]:
    table = np.asarray(e.confusion)
    off = table.copy()
    np.fill_diagonal(off, 0)
    yield "<h2>What is taken for what</h2>"
    if not off.any():
        yield "<p>No image was taken for another class.</p>"
        return
    if len(table) <= _MOST_CONFUSED:
        yield '<p class="soft">Rows: the true class; columns: the answer; numbers are images, right ones framed.</p>'
        dense = " dense" if len(table) > _DENSE else ""
        yield f'<div class="wide whole"><table class="grid{dense}"><thead><tr><th></th>'
        yield "".join(f'<th><span class="v">{text(name)}</span></th>' for name in e.system.classes) + "</tr></thead>"
        for index, name in enumerate(e.system.classes):
            row = "".join(_count(table[index], other, own=other == index) for other in range(len(table)))
            yield f'<tr><th scope="row">{text(name)}</th>{row}</tr>'
        yield "</table></div>"
        return
    yield "<table><tr><th>true class</th><th>taken for</th><th>images</th></tr>"
    for place in np.argsort(-off, axis=None, kind="stable")[:_MOST_CONFUSED]:
        true, taken = divmod(int(place), len(table))
        if off[true, taken]:
            names = f"<td>{text(e.system.classes[true])}</td><td>{text(e.system.classes[taken])}</td>"
            yield f'<tr>{names}<td class="n">{off[true, taken]}</td></tr>'
    yield "</table>"


def _count(row: Sequence[int] | np.ndarray[tuple[int, ...], np.dtype[np.intp]], other: int, *, own: bool) -> str:
    count, total = int(row[other]), int(sum(row))
    frame = ' class="own"' if own else ""
    return f"<td{frame} {_tint(count / total)}>{count}</td>" if count else f"<td{frame}></td>"


def _curve(curve: Curve) -> Iterator[str]:
    yield f'<h2>What more questions bring</h2><p class="soft">{text(told(curve))}</p>'
    yield as_svg(sheet(curve), embedded=True)


def _mistakes(e: Evaluation) -> Iterator[str]:
    found = worst_mistakes(e)
    if not found:
        return
    wrong = e.n - e.share.hits
    yield f'<h2>The worst images</h2><p class="soft">{len(found)} of {wrong} that are wrong, the clearest mistakes '
    yield "first.</p>"
    if not any(mistake.path for mistake in found):
        yield "<p>The data are embeddings, which have no pictures to show.</p>"
    yield '<div class="images">'
    yield from (_figure(e, mistake) for mistake in found)
    yield "</div>"


def _figure(e: Evaluation, mistake: Mistake) -> str:
    address = thumbnail(e, mistake)
    picture = f'<img src="{address}" alt="{text(mistake.label)}">' if address else ""
    reasons = "".join(
        f"<li>{text(m.attribute)}: {text(m.seen)} ({percentage(m.probability)} %), "
        f"not {text(' or '.join(m.expected))}</li>"
        for m in mistake.why
    )
    why = f"<ul>{reasons}</ul>" if reasons else "<p>Every answer fits its class's rules, which fit another as well.</p>"
    return (
        f"<figure>{picture}<figcaption><b>{text(mistake.label)}</b>, taken for <b>{text(mistake.predicted)}</b>"
        f'<br><span class="soft">{text(mistake.shown)}</span>{why}</figcaption></figure>'
    )


def _settings(e: Evaluation, command: str) -> Iterator[str]:
    setting = e.setting
    rows = [
        ("cotsmith", version("cotsmith")),
        ("system", e.system.name),
        ("encoder", setting.encoder_key or setting.encoder),
        ("data", setting.data),
        ("split", setting.split),
        ("crop", setting.crop.shown if setting.crop else "none"),
        ("combine", e.combine),
        ("seed", e.seed),
        ("logit scale", f"{e.logit_scale:.6g}"),
        ("temperature", f"{e.system.temperature:g}"),
        ("images left out", len(setting.skipped)),
    ]
    yield "<h2>To see this again</h2>"
    if command:
        yield f"<pre>{_command(command)}</pre>"
    yield "<table>" + "".join(f"<tr><th>{name}</th><td>{text(value)}</td></tr>" for name, value in rows) + "</table>"
    if setting.skipped:
        yield "<h2>Images left out</h2><ul>"
        yield from (f"<li>{text(item)}</li>" for item in setting.skipped)
        yield "</ul>"
    yield "</main>"


def _command(line: str) -> str:
    """A command line that is broken between words only, not at the hyphens of its options."""
    return " ".join(f"<span>{text(word)}</span>" for word in line.split(" "))
