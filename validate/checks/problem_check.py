"""What the checks of a file's structure share: they pass on what the reader of the file found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ...systems.problem import Problem
from ..check import Check, Needs
from ..context import Context
from ..finding import Finding, Place, Severity


class ProblemCheck(Check):
    """A check that reports the file's problems of one ``kind``."""

    kind: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    needs: ClassVar[Needs] = "document"
    can_be_allowed = False
    mending = "There is no automatic fix: until the structure is right, cotsmith cannot know what was meant."

    def check(self, context: Context) -> Iterator[Finding]:
        """The problems of this kind, with the positions that the reader gave them."""
        if context.document is not None:
            for problem in context.document.problems:
                if problem.kind == self.kind:
                    yield self.pass_on(problem)

    def pass_on(self, problem: Problem) -> Finding:
        """The problem as a finding."""
        place = Place(problem.path, problem.place, on_key=problem.on_key)
        return Finding(
            *(self.code, self.name, self.severity, problem.message, place, problem.hint),
            line=problem.line,
            column=problem.column,
        )
