"""What the images say of one cell: which options they show, what each would change, and which images are mistaken."""

from __future__ import annotations

from dataclasses import dataclass

from ..scoring.effects import Effect
from ..scoring.evaluation import Evaluation
from ..scoring.statistics import Share
from ..scoring.worst_images import Mistake, mistakes_of
from ..systems.model import NO_RULE, Attribute, Rule, System
from .figures import Figures


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A rule that the cell could have: one option, or ``()`` for none.

    ``share``: the class's images whose likeliest option it is; ``effect``: what setting it would change. Both are
    None where no image tells.
    """

    rule: Rule
    share: Share | None
    effect: Effect | None
    named: bool

    @property
    def change(self) -> float | None:
        """The accuracy after minus the accuracy before."""
        return None if self.effect is None else self.effect.change


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """One cell: its rule, every choice in the order of the attribute, the one for no rule last, and the mistakes.

    ``mistakes`` are the class's wrongly named images that lag furthest, ``wrong`` counts them all.
    """

    class_name: str
    attribute: str
    rule: Rule
    choices: tuple[Choice, ...]
    agreement: Share | None = None
    right: Share | None = None
    mistakes: tuple[Mistake, ...] = ()

    @property
    def wrong(self) -> int:
        """How many images of the class are named wrong."""
        return 0 if self.right is None else self.right.n - self.right.hits

    @property
    def by_evidence(self) -> tuple[Choice, ...]:
        """The choices, what most images show first, then what gains most; no rule last."""
        return tuple(
            sorted(
                self.choices,
                key=lambda c: (
                    not c.rule,
                    -(c.share.hits if c.share is not None else 0),
                    -round(c.change or 0.0, 9),
                    not c.named,
                ),
            )
        )


def structure_only(system: System, class_name: str, attribute: str) -> Evidence:
    """The cell without a word from the images."""
    return choices_of(system.attribute(attribute), class_name, system.rules[class_name][attribute])


def choices_of(attribute: Attribute, class_name: str, rule: Rule) -> Evidence:
    """What a class could show in an attribute, which may stand in no system yet, without a word from the images."""
    choices = [Choice((option,), None, None, option in rule) for option in attribute.options]
    return Evidence(class_name, attribute.name, rule, (*choices, Choice(NO_RULE, None, None, not rule)))


def evidence_of(evaluation: Evaluation, class_name: str, attribute: str, most: int = 200) -> Evidence:
    """The cell with all that the images say; at most ``most`` mistakes."""
    figures = Figures(evaluation)
    system = evaluation.system
    rule = system.rules[class_name][attribute]
    shares = figures.chosen(class_name, attribute)
    choices = tuple(
        Choice(one.rule, shares[one.rule[0]] if one.rule else None, one.effect, _named(one.rule, rule))
        for one in evaluation.what_if(class_name, attribute)
    )
    return Evidence(
        class_name,
        attribute,
        rule,
        choices,
        figures.agreement(class_name, attribute),
        figures.class_share(class_name),
        mistakes_of(evaluation, class_name, most),
    )


def _named(choice: Rule, rule: Rule) -> bool:
    return choice[0] in rule if choice else not rule
