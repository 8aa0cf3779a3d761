"""The figures of an evaluation that a screen asks for, each worked out once, most of them only when they are seen."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..scoring.evaluation import Evaluation
from ..scoring.measures import AttributeMeasure, attribute_measure
from ..scoring.statistics import Share
from ..systems.model import Rule


class Figures:
    """What ``evaluation`` says of attributes, classes and cells, by name.

    ``before`` are the figures that it was made of by edits; what these left alone is taken over from there.
    """

    def __init__(self, evaluation: Evaluation, before: Figures | None = None) -> None:
        self.evaluation = evaluation
        self.class_index = {name: index for index, name in enumerate(evaluation.system.classes)}
        self.attribute_index = {a.name: index for index, a in enumerate(evaluation.system.attributes)}
        self._attributes = {} if before is None else self._unchanged(before)

    def attribute(self, name: str) -> AttributeMeasure | None:
        """The attribute measured, without its contribution, which is dear; None where it was not evaluated."""
        index = self.attribute_index.get(name)
        if index is None:
            return None
        if name not in self._attributes:
            system = self.evaluation.system
            rules = [row[name] for row in system.rules.values()]
            self._attributes[name] = attribute_measure(
                system.attributes[index], rules, self.evaluation.answer_tables[index], system.classes, None
            )
        return self._attributes[name]

    def class_share(self, name: str) -> Share | None:
        """How many images of the class are named right; None where it was not evaluated."""
        index = self.class_index.get(name)
        return None if index is None else Share(int(self._hits[index]), int(self._counts[index]))

    def agreement(self, class_name: str, attribute: str) -> Share | None:
        """The images of the class whose likeliest option its rule names; None without a rule or an evaluation."""
        row, column = self.class_index.get(class_name), self.attribute_index.get(attribute)
        if row is None or column is None:
            return None
        rule = self.evaluation.system.rules[class_name][attribute]
        if not rule:
            return None
        table = self.evaluation.answer_tables[column][row]
        options = self._options[column]
        return Share(sum(int(table[options[option]]) for option in rule), int(self._counts[row]))

    def chosen(self, class_name: str, attribute: str) -> dict[str, Share]:
        """For every option the images of the class that answer it; empty where the cell was not evaluated."""
        row, column = self.class_index.get(class_name), self.attribute_index.get(attribute)
        if row is None or column is None:
            return {}
        table, n = self.evaluation.answer_tables[column][row], int(self._counts[row])
        return {option: Share(int(table[at]), n) for option, at in self._options[column].items()}

    def showing(self, class_name: str, attribute: str, rule: Rule) -> tuple[int, int]:
        """How many images of the class answer one of the rule's options, and how many there are."""
        row, column = self.class_index.get(class_name), self.attribute_index.get(attribute)
        if row is None or column is None:
            return 0, 0
        table, options = self.evaluation.answer_tables[column][row], self._options[column]
        return sum(int(table[options[option]]) for option in rule if option in options), int(self._counts[row])

    @cached_property
    def _options(self) -> list[dict[str, int]]:
        return [{option: at for at, option in enumerate(a.options)} for a in self.evaluation.system.attributes]

    @cached_property
    def _counts(self) -> NDArray[np.intp]:
        return np.bincount(self.evaluation.labels, minlength=len(self.class_index))

    @cached_property
    def _hits(self) -> NDArray[np.intp]:
        e = self.evaluation
        return np.bincount(e.labels[e.correct], minlength=len(self.class_index))

    def _unchanged(self, before: Figures) -> dict[str, AttributeMeasure]:
        new, old = self.evaluation, before.evaluation
        if new.labels is not old.labels or new.system.classes != old.system.classes:
            return {}
        rows, was = new.system.rules, old.system.rules
        changed = [name for name, row in rows.items() if row is not was[name]]
        kept = {}
        for name, measure in before._attributes.items():
            index, at = self.attribute_index.get(name), before.attribute_index[name]
            if (
                index is not None
                and new.answers[index].chosen is old.answers[at].chosen
                and new.system.attributes[index].options == old.system.attributes[at].options
                and all(rows[c][name] == was[c][name] for c in changed)
            ):
                kept[name] = measure
        return kept
