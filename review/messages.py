"""What threads tell the main screen: they post these, and never touch a widget."""

from __future__ import annotations

from textual.message import Message

from ..authoring.locks import Cell
from ..errors import CotsmithError
from ..scoring.evaluation import Evaluation
from .evidence import Evidence
from .insight import Insight


class Progressed(Message):
    """So many images are encoded."""

    def __init__(self, done: int, total: int) -> None:
        super().__init__()
        self.done, self.total = done, total


class Evaluated(Message):
    """The first evaluation is there; None where there are no images."""

    def __init__(self, evaluation: Evaluation | None) -> None:
        super().__init__()
        self.evaluation = evaluation


class Measured(Message):
    """An edit with new words is measured, or could not be."""

    def __init__(self, generation: int, evaluation: Evaluation | None, error: CotsmithError | None) -> None:
        super().__init__()
        self.generation, self.evaluation, self.error = generation, evaluation, error


class Looked(Message):
    """The checks have run."""

    def __init__(self, insight: Insight) -> None:
        super().__init__()
        self.insight = insight


class Found(Message):
    """The evidence about a cell is there."""

    def __init__(self, generation: int, evidence: Evidence) -> None:
        super().__init__()
        self.generation, self.evidence = generation, evidence

    def is_of(self, cell: Cell, generation: int) -> bool:
        """Whether it is about ``cell`` of the system as it is."""
        return self.generation == generation and (self.evidence.class_name, self.evidence.attribute) == cell
