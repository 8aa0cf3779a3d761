"""A fit as a table for people, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..systems.edits import describe
from .comparison import Pair
from .comparison_report import pair_json
from .evaluation import Evaluation
from .fitting import Fit
from .report import interval, literal, plain_table
from .summary import evaluation_json
from .verdict import percent, probability

if TYPE_CHECKING:
    from rich.console import RenderableType


def fit_json(fit: Fit) -> dict[str, Any]:
    """What ``score --fit --json`` prints: the edits, and the evaluations before and after on dev and test."""
    from ..systems.edit_json import edits_to_json

    def both(before: Evaluation | None, after: Evaluation | None, pair: Pair | None) -> Any:
        if before is None or after is None or pair is None:
            return None
        return {"before": evaluation_json(before), "after": evaluation_json(after), "change": pair_json(pair)}

    return {
        "edits": edits_to_json(fit.edits),
        "fitted_on": {"split": "dev", "n": fit.images},
        "dev": both(fit.before_dev, fit.fitted_dev, fit.dev),
        "test": both(fit.before_test, fit.fitted_test, fit.test),
    }


def fit_report(fit: Fit) -> RenderableType:
    """Before and after on both splits, the edits, and what to make of them."""
    from rich.console import Group

    table = plain_table("", ">n", ">before", ">after", ">95 %", ">points", ">p")
    for name, after, pair in (
        ("dev, fitted on it", fit.fitted_dev, fit.dev),
        ("test", fit.fitted_test, fit.test),
    ):
        if after is None or pair is None:
            continue
        before = after.accuracy - pair.difference
        p = probability(pair.p).removeprefix("p = ").removeprefix("p ")
        figures = (name, pair.n, percent(before), percent(after.accuracy), interval(after.share))
        table.add_row(*map(literal, (*figures, f"{100 * pair.difference:+.1f}", p)))
    parts: list[RenderableType] = [table, literal(""), literal(_meaning(fit))]
    if fit.edits:
        parts += [literal(""), literal("Edits:"), *(literal(f"  {describe(edit)}") for edit in fit.edits)]
    return Group(*parts)


def _meaning(fit: Fit) -> str:
    if not fit.edits:
        return "Nothing to change: equal weights at the present temperature fit best."
    if fit.test is None:
        return "There are no test images: the gain on dev, where it was fitted, is flattered."
    if fit.test.p < 0.05:
        better = "better" if fit.test.difference > 0 else "worse"
        return f"On test images, which the fit never saw, the fitted system is {better} ({probability(fit.test.p)})."
    return f"On test images, which the fit never saw, the change may be luck ({probability(fit.test.p)})."
