"""The sixteen invented creatures of the teaching world. Their names say nothing about their looks.

Several differ in one aspect only; some may look one way or another, or any way, in one aspect.

An encoder turns any word into some vector, so a random deal of sixteen names gets a creature or two right, or none, by
luck alone. Two names were exchanged after the encoder was trained, so that on 640 cards rendered for that purpose the
names alone do as well as chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .vocabulary import ASPECTS


@dataclass(frozen=True, slots=True)
class Creature:
    """For each aspect the keys of the options it may show, and the line printed on its card."""

    looks: Mapping[str, tuple[str, ...]]
    line: str


def _creature(looks: str, line: str) -> Creature:
    """``looks`` has a word per aspect; ``a/b`` is one or the other, ``*`` any of the aspect's options."""
    pairs = zip(ASPECTS, looks.split(), strict=True)
    allowed = {aspect.name: aspect.keys if word == "*" else tuple(word.split("/")) for aspect, word in pairs}
    return Creature(MappingProxyType(allowed), line)


# fmt: off
CREATURES: Mapping[str, Creature] = MappingProxyType({
    "Bimbul": _creature("red round horn plain forest", "Counts everything it meets, and always gets nine."),
    "Gomtu": _creature("red round ears plain forest", "Has been asleep since Tuesday. Nobody knows which one."),
    "Jorrik": _creature("blue serpent spikes stripes sea", "Ties itself into a knot to remember appointments."),
    "Nardle": _creature("green serpent spikes stripes sea", "Gives excellent directions to places it has never been."),
    "Ezzeki": _creature("purple bird antennae spots night", "Sings only when it is certain that nobody listens."),
    "Mivvin": _creature("purple bird antennae spots snow", "Collects echoes and returns them much later."),
    "Rundu": _creature("orange beast ears spots desert", "Runs in circles, but they are very good circles."),
    "Sorrup": _creature("orange beast ears stripes desert", "Will follow anyone who hums the right tune."),
    "Zindel": _creature("yellow fish bare belly sea", "Forgets its own name and is delighted to hear it again."),
    "Ployk": _creature("yellow round bare belly sea", "Thinks slowly, but arrives at interesting places."),
    "Luzzo": _creature("yellow/orange spider flame plain volcano", "Knits. Will not say for whom."),
    "Quimbo": _creature("white beast horn belly *", "Never seen twice in the same place."),
    "Tavvit": _creature("white bird flame * snow", "Changes its coat whenever it is looked at."),
    "Kemmel": _creature("green spider antennae spots desert/forest", "Polite to a fault. The fault is its feet."),
    "Hibbet": _creature("blue fish horn/bare stripes night", "Keeps a diary, but only of the weather."),
    "Yabbo": _creature("purple round flame stripes volcano", "Laughs first, and asks for the joke afterwards."),
})
# fmt: on
