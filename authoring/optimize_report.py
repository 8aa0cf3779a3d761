"""What an optimisation found, for people and for programs: the climb, the gain on dev and on test, the edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..scoring.comparison import Pair
from ..scoring.verdict import percent, probability
from ..systems.edit_json import edits_to_json, to_json
from ..systems.json_form import Json
from .cost import cost_json, cost_text
from .optimize import Optimization
from .optimizing import SIGNIFICANT, Optimized
from .proposals import Proposals
from .proposals_report import lines, points, proposals_json


def optimize_json(result: Optimization, decided: Proposals, revisions: Sequence[int]) -> dict[str, Json]:
    """What ``optimize --json`` prints: accuracies are shares of 1.

    ``candidates`` counts them, ``climb`` lists them with the revisions under which they are kept; ``best`` is the
    number of the one that was chosen. ``edits`` lead from the system to it. ``control`` is the engine without an LLM.
    """
    found = result.found
    climb = [
        {
            "candidate": one.number,
            "revision": revisions[one.number - 1] if one.number <= len(revisions) else None,
            "train": one.train_accuracy,
            "dev": one.dev_accuracy,
            "dev_cross_entropy": one.dev_loss,
            "edits": [to_json(edit) for edit in one.move.edits],
            "rationale": one.move.rationale,
        }
        for one in found.candidates
    ]
    cost = cost_json(found.cost.usage, found.cost.calls, found.seconds)
    return {
        "engine": found.engine,
        "model": found.cost.model or None,
        "seed": found.seed,
        "candidates": len(found.candidates),
        "best": found.best,
        **cost,
        "stopped": found.stopped,
        "interrupted": result.interrupted,
        **_measured(found),
        "control": None if result.control is None else {"engine": "greedy", **_measured(result.control)},
        "edits": edits_to_json([one.edit for one in found.proposals]),
        "proposals": proposals_json([decided]),
        "climb": climb,
    }


def _measured(found: Optimized) -> dict[str, Json]:
    return {
        "train": {"before": found.before.train.accuracy, "after": found.after.train.accuracy},
        "dev": _pair_json(found.dev, found.before.dev.accuracy, found.after.dev.accuracy),
        "test": _pair_json(found.test, found.before.test.accuracy, found.after.test.accuracy),
        "gap": found.gap,
        "improved": found.improved,
    }


def _pair_json(pair: Pair, before: float, after: float) -> dict[str, Json]:
    return {
        "before": before,
        "after": after,
        "n": pair.n,
        "gained": pair.gained,
        "lost": pair.lost,
        "mcnemar_p": pair.p,
    }


def optimize_lines(result: Optimization, decided: Proposals) -> Iterator[str]:
    """What ``optimize`` prints."""
    found = result.found
    yield from lines(decided)
    if len(decided):
        yield ""
    yield f"{'':<22}{'n':>6}{'before':>10}{'after':>10}{'points':>9}"
    rows = [("dev, chosen on it", found.dev, found), ("test", found.test, found)]
    if result.control is not None:
        rows.append(("test, without an LLM", result.control.test, result.control))
    for name, pair, one in rows:
        three = one.before.dev if pair is one.dev else one.before.test
        after = three.accuracy + pair.difference
        yield (
            f"{name:<22}{pair.n:>6,}{percent(three.accuracy):>10}{percent(after):>10}{points(pair.difference):>9}"
            f"  {probability(pair.p)}"
        )
    yield ""
    yield verdict(found)
    if result.control is not None:
        yield against(found, result.control)
    yield f"Ended: {found.stopped}."
    if found.cost.calls:
        yield cost_text(found.cost.usage, found.cost.calls, found.seconds)
    if result.note:
        yield result.note


def verdict(found: Optimized) -> str:
    """What the test images say, in a sentence."""
    if not len(found.proposals):
        return "Nothing was found that dev images call better."
    if found.improved:
        return "On test images, which nothing saw before, the system is better by more than chance."
    if found.test.difference < 0 and found.test.p < SIGNIFICANT:
        return "On test images the system is worse: what was chosen on dev does not hold."
    return "On test images the change may be luck."


def against(found: Optimized, control: Optimized) -> str:
    """Whether the LLM beat the engine without one, image by image on test."""
    from ..scoring.comparison import paired

    pair = paired(control.after.test.correct, found.after.test.correct)
    if pair.p >= SIGNIFICANT:
        return f"Held against the search without an LLM, the difference may be luck ({probability(pair.p)})."
    better = "better" if pair.difference > 0 else "worse"
    return f"It is {better} than the search without an LLM ({probability(pair.p)})."
