"""Small questions: a text, a choice, a yes or no. Each is dismissed with its answer, or with None by Escape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Key
from textual.widgets import Static

from ..systems.text import plain
from .cells_text import cut, fit
from .dimmed import Over
from .field import Field
from .line_list import LineList
from .themes import inks

T = TypeVar("T")


class Dialog(Over[T | None], Generic[T]):
    """A box over the screen; Escape answers nothing."""

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 90%; background: $surface;
        border: round $primary; padding: 0 1; border-title-color: $text; border-subtitle-color: $text-muted;
    }
    Dialog LineList { height: auto; max-height: 16; background: $surface; }
    Dialog Field { border: none; height: 1; background: $panel; padding: 0 1; margin-bottom: 1; }
    Dialog .told { color: $text-muted; margin-bottom: 1; height: auto; }
    Dialog VerticalScroll { height: auto; max-height: 100%; scrollbar-size-vertical: 1; }
    Dialog .problem { color: $warning; height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Cancel", show=False, id="cancel")]

    def action_give_up(self) -> None:
        """Answer nothing."""
        self.dismiss(None)


class TextDialog(Dialog[str]):
    """Asks for a line of text; ``problem`` says why a text cannot be, or ``""``.

    Attributes:
        asks: the question, its title.
        typed: what was typed over the first value; ``""`` while that stands.
        earlier: what was typed when the question was given up before; the key up brings it back.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "bring_back", "What was typed before", show=False, id="bring-back", priority=True)
    ]

    def __init__(
        self,
        title: str,
        value: str = "",
        *,
        told: str = "",
        problem: Callable[[str], str] = lambda text: "",
        leaves: str = "leaves it",
    ) -> None:
        super().__init__()
        self.asks = title
        self.typed = ""
        self.earlier = ""
        self._value = value
        self._told = told
        self._problem = problem
        self._leaves = leaves

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(plain(self.asks))
            box.border_subtitle = f"⏎ takes it, esc {self._leaves}"
            if self._told:
                yield Static(plain(self._told), classes="told", markup=False)
            yield Field(self._value, compact=True)
            yield Static("", classes="problem", markup=False)

    def on_mount(self) -> None:
        if self.earlier and self.earlier != self._value:
            self._tell(f"↑ brings back what you had typed: {self.earlier}")

    @on(Field.Changed)
    def judge(self, event: Field.Changed) -> None:
        """Say at once what is wrong with the text."""
        if event.value == self._value and not self.typed:
            return  # as it was shown first
        text = event.value.strip()
        self.typed = "" if event.value == self._value else text
        self._tell(self._problem(text) if text else "")

    @on(Field.Submitted)
    def answer(self, event: Field.Submitted) -> None:
        """Answer with the text, unless it cannot be."""
        text = event.value.strip()
        problem = self._problem(text)
        if problem:
            self._tell(problem)
        else:
            self.dismiss(text)

    def action_bring_back(self) -> None:
        """What was typed when this was given up before."""
        if self.earlier:
            field = self.query_one(Field)
            field.value = self.earlier
            field.cursor_position = len(self.earlier)

    def _tell(self, message: str) -> None:
        self.query_one(".problem", Static).update(Text(cut(message, 300)))


@dataclass(frozen=True, slots=True)
class Item:
    """A choice: its ``id``, what it is called, and a remark; ``key`` chooses it at once.

    ``also`` is found by searching, as the label is, and not shown.
    """

    id: str
    label: str
    remark: str = ""
    key: str = ""
    also: str = ""


class MenuDialog(Dialog[str]):
    """Asks for one of several; answers its id. ``searched`` lets the person narrow them down by typing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False, id="menu-up", priority=True),
        Binding("down", "step(1)", "Down", show=False, id="menu-down", priority=True),
    ]

    def __init__(
        self, title: str, items: Sequence[Item], *, told: str = "", chosen: str = "", searched: bool = False
    ) -> None:
        super().__init__()
        self._title = title
        self._items = tuple(items)
        self._left = self._items
        self._told = told
        self._chosen = chosen
        self._searched = searched

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(plain(self._title))
            box.border_subtitle = "type to search, ⏎ takes it" if self._searched else "⏎ takes it, esc leaves it"
            if self._told:
                yield Static(plain(self._told), classes="told", markup=False)
            if self._searched:
                yield Field(compact=True)
            yield LineList(always=True)

    def on_mount(self) -> None:
        ids = [item.id for item in self._items]
        self._show(ids.index(self._chosen) if self._chosen in ids else 0)
        (self.query_one(Field) if self._searched else self.query_one(LineList)).focus()

    def on_key(self, event: Key) -> None:
        """A choice's own key takes it."""
        if self._searched or not event.character:
            return
        for item in self._items:
            if item.key == event.character:
                event.stop()  # or the screen below would take it for its own
                self.dismiss(item.id)

    @on(Field.Changed)
    def search(self, event: Field.Changed) -> None:
        """Keep the items that hold the text: first those whose label begins with it, then whose label holds it."""
        wanted = event.value.casefold()
        found = [item for item in self._items if wanted in f"{item.label} {item.also}".casefold()]
        labels = {item.id: item.label.casefold() for item in found}
        found.sort(key=lambda item: (not labels[item.id].startswith(wanted), wanted not in labels[item.id]))
        self._left = tuple(found)
        self._show(0)

    @on(Field.Submitted)
    @on(LineList.Chosen)
    def answer(self) -> None:
        """Answer with the highlighted one."""
        if self._left:
            self.dismiss(self._left[self.query_one(LineList).index].id)

    def action_step(self, step: int) -> None:
        """Highlight the next item."""
        self.query_one(LineList).action_move(step)

    def _show(self, index: int) -> None:
        colors = inks(self.app.theme)
        widest = max((len(item.label) for item in self._items), default=0)
        lines = []
        for item in self._left:
            line = Text().append(
                f"{item.key}  " if any(each.key for each in self._items) else "", f"bold {colors.loss}"
            )
            line.append(fit(item.label, min(widest, 44)) + "  ", colors.text)
            line.append(plain(item.remark), colors.soft)
            lines.append(line)
        if not lines:
            lines.append(Text("nothing here holds this text", colors.soft))
        self.query_one(LineList).show(lines, index)


class ConfirmDialog(Dialog[bool]):
    """Shows what would be done; Enter does it. What ``later`` finds out is added when it is there."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,y", "agree", "Yes", show=False, id="agree")]

    def __init__(
        self,
        title: str,
        lines: Sequence[Text],
        *,
        yes: str = "does it",
        later: Callable[[], Awaitable[Sequence[Text]]] | None = None,
    ) -> None:
        super().__init__()
        self._later = later
        self._title = title
        self._lines = lines
        self._yes = yes

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = Text(plain(self._title))
            box.border_subtitle = f"⏎ {self._yes}, esc leaves it"
            with VerticalScroll():
                yield Static(Text("\n").join(self._lines), markup=False)

    def on_mount(self) -> None:
        if self._later is not None:
            self.run_worker(self._add(self._later()))

    async def _add(self, later: Awaitable[Sequence[Text]]) -> None:
        more = await later
        self.query_one(Static).update(Text("\n").join([*self._lines, *more]))

    def action_agree(self) -> None:
        """Yes."""
        self.dismiss(True)
