"""Twenty questions with a person: which attribute to ask next, and what the answers say so far."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from ..systems.model import Attribute
from ..systems.text import counted, plain
from .twenty_questions import STOP, Probabilities, Reliability, expected_gain, updated

_SHOWN = 3
_MOST_SHOWN = 8
_WORTH_TELLING = 0.005
_NOTHING = 1e-9
_HELP = "Answer with a number or a word of it; ? for don't know, b for back, q to quit."


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
        moved = _moved(game, attribute, read, say)
        if moved is None:
            return game
        game = moved
    return game


def _moved(game: Quiz, attribute: Attribute, read: Callable[[], str | None], say: Callable[[str], None]) -> Quiz | None:
    """The game after the first reply that is one; None where the person leaves, or the lines end."""
    while (reply := read()) is not None:
        word = reply.strip().casefold()
        if word in {"q", "quit"}:
            return None
        if word in {"b", "back"} and game.given:
            return game.back()
        if word in {"b", "back"}:
            say("This is the first question: there is nothing to go back to.")
        elif word in {"?", ""}:
            return game.answered(attribute, None)
        elif (option := _option(attribute, word)) is not None:
            return game.answered(attribute, option)
        else:
            say(f'"{plain(reply.strip())}" is none of the answers, or more than one. {_HELP}')
    return None


def verdict_lines(game: Quiz) -> Iterator[str]:
    """What the answers say: the guess, or that there is none, and the likeliest classes, best first."""
    ranking = game.ranking
    known = sum(option is not None for _, option in game.given)
    after = f"After {counted(known, 'answer')}"
    best = [name for name, probability in ranking if math.isclose(probability, ranking[0][1])]
    if len(best) == len(ranking) > 1:
        yield f"{after} every class is as likely as any other."
        return
    if len(best) > 1:
        yield f"{after} it may be any of {len(best)} classes:"
    else:
        yield (
            f"{after} it is {plain(best[0])}:" if ranking[0][1] >= game.stop else f"{after} it may be {plain(best[0])}:"
        )
    shown = max(_SHOWN, min(len(best), _MOST_SHOWN))
    for name, probability in ranking[:shown]:
        yield f"  {100 * probability:3.0f} %  {plain(name)}"
    left = sum(probability for _, probability in ranking[shown:])
    if left >= _WORTH_TELLING:
        yield f"  {100 * left:3.0f} %  {counted(len(ranking) - shown, 'other')} together"


def _asked(game: Quiz, attribute: Attribute) -> Iterator[str]:
    yield ""
    number = len(game.given) + 1
    yield f"{number}. {plain(attribute.name)}: {plain(attribute.prompts[0].replace('{}', '…'))}"
    for index, option in enumerate(attribute.options, 1):
        yield f"  {index:2}  {plain(option)}"
    if number == 1:
        yield _HELP


def _option(attribute: Attribute, word: str) -> int | None:
    """The option that a person means: its number, its text, or a part of its text that no other has, or begins with."""
    if word.isdecimal() and 1 <= int(word) <= len(attribute.options):
        return int(word) - 1
    folded = [option.casefold() for option in attribute.options]
    if folded.count(word) == 1:
        return folded.index(word)
    for alike in (
        [index for index, option in enumerate(folded) if option.startswith(word)],
        [index for index, option in enumerate(folded) if word in option],
    ):
        if len(alike) == 1:
            return alike[0]
    return None
