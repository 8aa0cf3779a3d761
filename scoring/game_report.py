"""Twenty questions as a table for people, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .quiz import Quiz
from .report import interval, literal, plain_table
from .statistics import Share
from .twenty_questions import Game
from .verdict import percent

if TYPE_CHECKING:
    from rich.console import RenderableType


def game_json(game: Game) -> dict[str, Any]:
    """What ``questions --data --json`` adds: accuracy by the number of questions allowed, beside the whole system."""
    return {
        "stop": game.stop,
        "reliability_from": game.reliability_from,
        "first": game.first,
        "budgets": [
            {"questions": b.questions, "asked": b.asked, "vectors": b.vectors, **_share(b.share)} for b in game.budgets
        ],
        "system": {**_share(game.full), "vectors": game.full_vectors},
    }


def quiz_json(game: Quiz) -> dict[str, Any]:
    """What ``questions --quiz --json`` prints: every class with its probability, best first, and the answers."""
    attributes = game.reliability.system.attributes
    return {
        "classes": [{"class": name, "probability": probability} for name, probability in game.ranking],
        "answers": [
            {"attribute": attributes[at].name, "option": None if option is None else attributes[at].options[option]}
            for at, option in game.given
        ],
    }


def _share(share: Share) -> dict[str, Any]:
    return {"accuracy": share.value, "ci95": list(share.ci95), "n": share.n}


def game_report(game: Game) -> RenderableType:
    """One row for each number of questions allowed, and the whole system below."""
    from rich.console import Group

    table = plain_table("questions", ">asked", ">vectors", ">right", ">95 %")
    for b in game.budgets:
        name = f"at most {b.questions}" if b.questions else "none"
        figures = (name, f"{b.asked:.1f}", f"{b.vectors:.1f}", percent(b.share.value), interval(b.share))
        table.add_row(*map(literal, figures))
    count = len(game.budgets) - 1
    figures = ("all at once", f"{count}.0", f"{game.full_vectors}.0", percent(game.full.value), interval(game.full))
    table.add_row(*map(literal, figures))
    said = (
        f"Each image is asked what is expected to tell most ({game.first} first), until one class has {game.stop:.0%}. "
        f"How far answers can be trusted: from {game.reliability_from}. So the game has learnt from labelled images; "
        "the system all at once has not: its rules are all it knows. asked, vectors: means over the images."
    )
    return Group(table, literal(""), literal(said))
