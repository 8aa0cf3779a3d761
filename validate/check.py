"""What a check is: one fault, its documentation, examples with and without it, and the code that finds it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from .context import Context
from .finding import WHOLE, Finding, Fix, Place, Severity

if TYPE_CHECKING:
    from ..scoring.encoder import Encoder
    from ..scoring.evaluation import Evaluation
    from ..systems.model import System

Needs: TypeAlias = Literal["document", "system", "evaluation"]
"""What must be at hand before a check can run: the file, a valid system, or its evaluation on images as well."""

FAMILIES = {
    "S": "structure",
    "O": "options",
    "A": "attributes",
    "C": "classes",
    "E": "evidence",
}
"""The first letter of a code, and what its checks are about."""


@dataclass(frozen=True, slots=True)
class Example:
    """A small system, with or without the fault.

    ``system`` is what stands in a file: an object, to which the format's version and a name are added, or the raw
    text. In an invalid example ``places`` names where the findings are and ``fixed`` is the object after all fixes.
    """

    system: Mapping[str, Any] | str
    places: tuple[str, ...] = ()
    fixed: Mapping[str, Any] | None = None
    encoder: Callable[[], Encoder] | None = None
    evidence: Callable[[System], Evaluation] | None = None


class Check(ABC):
    """One fault that a careful expert would point out.

    The texts are Markdown. ``fault`` says what is found, ``harm`` why it matters, ``instead`` what to write, and
    ``mending`` what the fix does and whether it is safe (or why there is none). ``sharper_with_encoder``: it runs
    without an encoder, but finds more with one. ``can_be_allowed``: an entry of the file's allow list can accept it.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = "warning"
    needs: ClassVar[Needs] = "system"
    sharper_with_encoder: ClassVar[bool] = False
    can_be_allowed: ClassVar[bool] = True
    summary: ClassVar[str]
    fault: ClassVar[str]
    harm: ClassVar[str]
    instead: ClassVar[str]
    mending: ClassVar[str] = "There is no automatic fix: only the author knows what was meant."
    valid: ClassVar[tuple[Example, ...]]
    invalid: ClassVar[tuple[Example, ...]]

    @abstractmethod
    def check(self, context: Context) -> Iterator[Finding]:
        """Every place in ``context`` that has the fault."""

    @property
    def family(self) -> str:
        """What the check is about: structure, options, attributes, classes or evidence."""
        return FAMILIES[self.code[0]]

    def finding(
        self,
        message: str,
        place: Place = WHOLE,
        *,
        hint: str = "",
        fix: Fix | None = None,
        also: tuple[Place, ...] = (),
    ) -> Finding:
        """A finding of this check."""
        return Finding(self.code, self.name, self.severity, message, place, hint, fix, also)
