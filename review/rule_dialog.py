"""Picks the rule of a cell: its options in the order of the evidence, by typing, several at once, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Resize
from textual.geometry import Size
from textual.widgets import Static

from ..scoring.effects import Effect
from ..systems.model import NO_RULE, Rule, text_problem
from ..systems.text import plain
from .asking import Aside
from .cells_text import bar, cut, fit
from .dialogs import Dialog
from .effect_text import percent, points, summary
from .evidence import Choice, Evidence
from .field import Field
from .line_list import LineList
from .themes import Inks, inks

_MOST_LINES = 16
_AROUND = 6
"""Lines of the dialog that are not the list: its border, the field and the line below, what is told."""


@dataclass(frozen=True, slots=True)
class Picked:
    """The rule that was picked; ``new_options`` are those in it that the attribute does not have yet."""

    rule: Rule
    new_options: tuple[str, ...] = ()


class RuleDialog(Dialog[Picked]):
    """Enter takes the highlighted option, or the set that Tab has put together.

    What is typed and is no option yet stands last in the list, to be taken as a new one, unless ``fixed``. ``effect``
    tells what a rule would change where ``evidence`` does not, ``aside`` in a thread where there is one; ``told`` says
    whom it is for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False, id="menu-up", priority=True),
        Binding("down", "step(1)", "Down", show=False, id="menu-down", priority=True),
        Binding("pageup", "step(-10)", "Up", show=False, id="menu-page-up", priority=True),
        Binding("pagedown", "step(10)", "Down", show=False, id="menu-page-down", priority=True),
        Binding("tab", "any_of", "Any of several", show=False, id="any-of", priority=True),
    ]

    def __init__(
        self,
        evidence: Evidence,
        effect: Callable[[Rule], Effect | None],
        *,
        told: str = "",
        fixed: bool = False,
        aside: Aside | None = None,
    ) -> None:
        super().__init__()
        self._aside = aside
        self._evidence = evidence
        self._effect = effect
        self._told = told
        self._fixed = fixed
        self._fitted: Size | None = None
        self._typed = ""
        self._set: list[str] | None = None
        self._added: list[str] = []
        self._left: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        e = self._evidence
        with Vertical() as box:
            box.border_title = Text(plain(self._told or f"{e.class_name} › {e.attribute}"))
            box.border_subtitle = "⏎ takes it · tab any of several · type to search"
            yield Field(placeholder="type to search" + ("" if self._fixed else ", or a new option"), compact=True)
            yield LineList(always=True)
            yield Static("", markup=False, classes="told")

    def on_mount(self) -> None:
        self._search()
        self._fit(self.app.size)
        self.query_one(Field).focus()

    def on_resize(self, event: Resize) -> None:
        """Fit the new size."""
        if event.size != self._fitted:
            self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """The list gives way to what is told below it, also where there is little room."""
        lines, self._fitted = self.query_one(LineList), size
        lines.styles.max_height = max(1, min(_MOST_LINES, size.height * 9 // 10 - _AROUND))
        self._show(lines.index)

    @on(Field.Changed)
    def search(self, event: Field.Changed) -> None:
        """Keep the options that hold the text."""
        self._typed = event.value.strip()
        self._search()
        self._show(0)

    @on(LineList.Highlighted)
    def tell(self) -> None:
        """What the highlighted choice would change."""
        self._tell()

    @on(Field.Submitted)
    @on(LineList.Chosen)
    def answer(self) -> None:
        """Take the set, or the highlighted choice, or what was typed as a new option."""
        if self._set is not None:
            rule = self._ordered(self._set)
            self.dismiss(Picked(rule, tuple(option for option in rule if option in self._added)))
        elif self._on_new:
            self.dismiss(Picked((self._typed,), (self._typed,)))
        elif self._left:
            self.dismiss(Picked(self._left[self.query_one(LineList).index].rule))

    def action_step(self, step: int) -> None:
        """Highlight the next choice."""
        self.query_one(LineList).action_move(step)

    def action_any_of(self) -> None:
        """Put the highlighted option into the set or take it out; the set begins with the rule as it is."""
        at = self.query_one(LineList).index
        if self._on_new:
            self._added.append(self._typed)
            option = self._typed
        elif not self._left or self._left[at].rule == NO_RULE:
            return
        else:
            option = self._left[at].rule[0]
        chosen = list(self._evidence.rule) if self._set is None else self._set
        self._set = [one for one in chosen if one != option] if option in chosen else [*chosen, option]
        self._search()
        self._show(at)

    @property
    def _choices(self) -> tuple[Choice, ...]:
        added = (Choice((option,), None, None, named=False) for option in self._added)
        return (*self._evidence.by_evidence, *added)

    @property
    def _offers_new(self) -> bool:
        """Whether what is typed can be taken as a new option."""
        known = {_name(choice).casefold() for choice in self._choices}
        return not self._fixed and not text_problem(self._typed) and self._typed.casefold() not in known

    @property
    def _on_new(self) -> bool:
        return self._offers_new and self.query_one(LineList).index == len(self._left)

    @property
    def _width(self) -> int:
        return max(30, min(72, int(self.app.size.width * 0.96) - 4))

    def _ordered(self, options: list[str]) -> Rule:
        known = [choice.rule[0] for choice in self._evidence.choices if choice.rule]
        return tuple(option for option in [*known, *self._added] if option in options)

    def _search(self) -> None:
        wanted = self._typed.casefold()
        self._left = tuple(choice for choice in self._choices if wanted in _name(choice).casefold())

    def _show(self, index: int) -> None:
        colors = inks(self.app.theme)
        width = self._width
        lines = [_line(choice, self._set, width, colors) for choice in self._left]
        if self._offers_new:
            what = "⏎ adds" if not lines else "+ adds"
            lines.append(Text(cut(f'{what} the option "{plain(self._typed)}"', width), colors.text))
        elif not lines and self._typed:
            problem = text_problem(self._typed)
            lines = [Text(f"not an option: {problem}" if problem else "no option holds this text", colors.soft)]
        self.query_one(LineList).show(lines, index)
        self._tell()

    def _tell(self) -> None:
        rule: Rule | None = None
        at = self.query_one(LineList).index
        if self._set is not None:
            rule = self._ordered(self._set)
        elif at < len(self._left):
            rule = self._left[at].rule
        known = [choice.effect for choice in self._evidence.choices if choice.rule == rule]
        self._write(rule, known[0] if known else None)
        if rule is not None and not any(known) and not set(rule) & set(self._added):
            self.run_worker(self._find_effect(rule), group="effect", exclusive=True)

    async def _find_effect(self, rule: Rule) -> None:
        """What a rule would change, as soon as it is known."""
        found = self._effect(rule) if self._aside is None else await self._aside(lambda: self._effect(rule))
        if found is not None:
            self._write(rule, found)

    def _write(self, rule: Rule | None, effect: Effect | None) -> None:
        told = ""
        if rule is not None:
            words = " or ".join(plain(option) for option in rule) if rule else "says nothing"
            told = cut(words, self._width) + "\n"
            told += "" if effect is None else cut(summary(effect), self._width)
        self.query_one(".told", Static).update(Text(told))


def _name(choice: Choice) -> str:
    return choice.rule[0] if choice.rule else "(says nothing)"


def _line(choice: Choice, chosen: list[str] | None, width: int, colors: Inks) -> Text:
    named = choice.named if chosen is None else bool(choice.rule) and choice.rule[0] in chosen
    text = Text().append("● " if named else "  ", colors.loss)
    share = choice.share
    if share is not None:
        text.append(f"{bar(share.value or 0, 5)}{percent(share):>6} ", colors.gain)
    elif choice.effect is not None:
        text.append(" " * 12)
    room = width - text.cell_len - 8
    text.append(fit(_name(choice), room), colors.text if choice.rule else colors.soft)
    if choice.effect is not None:
        change = points(choice.change)
        tone = colors.gain if change.startswith("+") else colors.loss if change.startswith("-") else colors.faint
        text.append(f"{change:>7}", tone)
    return text
