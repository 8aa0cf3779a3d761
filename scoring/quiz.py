"""Twenty questions with a person: which attribute to ask next, and what the answers say so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..systems.model import Attribute
from ..systems.text import plain
from .twenty_questions import STOP, Probabilities, Reliability, expected_gain, updated

_SHOWN = 3
_NOTHING = 1e-9
_HELP = "Answer with a number; ? for don't know, b for back, q to quit."


@dataclass(frozen=True, slots=True)
class Quiz:
    """A game as far as it has come: ``given`` are the attributes asked, by index, each with the option's index, or
    None where the person did not know."""

    reliability: Reliability
    stop: float = STOP
    given: tuple[tuple[int, int | None], ...] = ()

    @property
    def posterior(self) -> Probabilities:
        """How likely each class is by the answers, ``(C,)``; equally likely at first."""
        size = len(self.reliability.system.classes)
        found = np.full((1, size), 1 / size)
        for index, option in self.given:
            if option is not None:
                found = updated(found, self.reliability.tables[index], np.array([option]))
        return np.asarray(found[0])

    @property
    def ranking(self) -> tuple[tuple[str, float], ...]:
        """The classes with their probabilities, best first, equal ones in the system's order."""
        posterior = self.posterior
        order = np.argsort(-posterior, kind="stable")
        return tuple((self.reliability.system.classes[index], float(posterior[index])) for index in order)

    @property
    def question(self) -> Attribute | None:
        """The attribute to ask next; None when the game is over."""
        posterior = self.posterior[None]
        asked = {index for index, _ in self.given}
        tables = enumerate(self.reliability.tables)
        gains = {index: float(expected_gain(posterior, table)[0]) for index, table in tables if index not in asked}
        if posterior.max() >= self.stop or not gains or max(gains.values()) <= _NOTHING:
            return None
        return self.reliability.system.attributes[max(gains, key=lambda index: (gains[index], -index))]

    def answered(self, attribute: Attribute, option: int | None) -> Quiz:
        """The game after an answer; None for a person who does not know."""
        index = self.reliability.system.attributes.index(attribute)
        return Quiz(self.reliability, self.stop, (*self.given, (index, option)))

    def back(self) -> Quiz:
        """The game before the last answer."""
        return Quiz(self.reliability, self.stop, self.given[:-1])


def quiz(start: Quiz, read: Callable[[], str | None], say: Callable[[str], None]) -> Quiz:
    """Play with a person, who answers in lines of text; ends when the class is clear, or the lines end."""
    game = start
    while (attribute := game.question) is not None:
        for line in _asked(game, attribute):
            say(line)
        reply = read()
        if reply is None or reply.strip().casefold() in {"q", "quit"}:
            return game
        word = reply.strip().casefold()
        if word in {"b", "back"}:
            game = game.back()
        elif word in {"?", ""}:
            game = game.answered(attribute, None)
        elif (option := _option(attribute, word)) is not None:
            game = game.answered(attribute, option)
        else:
            say(f'"{plain(reply.strip())}" is none of the answers. {_HELP}')
    return game


def verdict_lines(game: Quiz) -> Iterator[str]:
    """What the answers say, best class first."""
    ranking = game.ranking
    known = sum(option is not None for _, option in game.given)
    yield f"After {known} answer{'' if known == 1 else 's'}:"
    for name, probability in ranking[:_SHOWN]:
        yield f"  {100 * probability:3.0f} %  {plain(name)}"


def _asked(game: Quiz, attribute: Attribute) -> Iterator[str]:
    yield ""
    number = len(game.given) + 1
    yield f"{number}. {plain(attribute.name)}: {plain(attribute.prompts[0].replace('{}', '…'))}"
    for index, option in enumerate(attribute.options, 1):
        yield f"  {index:2}  {plain(option)}"
    if number == 1:
        yield _HELP


def _option(attribute: Attribute, word: str) -> int | None:
    """The option that a person means: its number, its text, or the beginning of its text if only one begins so."""
    if word.isdecimal() and 1 <= int(word) <= len(attribute.options):
        return int(word) - 1
    folded = [option.casefold() for option in attribute.options]
    if folded.count(word) == 1:
        return folded.index(word)
    begun = [index for index, option in enumerate(folded) if option.startswith(word)]
    return begun[0] if len(begun) == 1 else None
