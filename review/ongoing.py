"""The line about a refinement, there only while one runs, waits or has failed: the status line stays for edits."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from .cells_text import cut
from .refining import Refining
from .themes import inks


class Ongoing(Static):
    """One line, or none."""

    DEFAULT_CSS = """
    Ongoing { display: none; height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; }
    Ongoing.-some { display: block; }
    """

    def __init__(self, refining: Refining, key: str) -> None:
        super().__init__("", markup=False)
        self.refining = refining
        self._key = key
        self._told = ""

    def on_resize(self) -> None:
        self.renew()

    def tell(self, message: str) -> None:
        """How far the refinement is."""
        self._told = message
        self.renew()

    def renew(self) -> None:
        """Write the line again, from what the refinement is at."""
        text = self._line()
        self.set_class(bool(text), "-some")
        colors = inks(self.app.theme)
        self.update(Text(cut(text, max(20, self.app.size.width - 2)), colors.loss), layout=False)

    def _line(self) -> str:
        if self.refining.running:
            return f"{self._told}; {self._key} cancels"
        found = self.refining.proposals
        if found is None:
            failure = self.refining.failure
            return f"the refinement failed, {self._key} asks again: {failure}" if failure else ""
        count, judged = len(found), len(found.taken) + sum(one.status == "refused" for one in found)
        what = f"{count} proposals of {found.origin.model} wait" if count > 1 else "a proposal waits"
        so_far = f", {judged} judged so far" if judged else ""
        return f"{what}{so_far}: {self._key} goes on"
