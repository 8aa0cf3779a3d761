"""Hypothesis strategies: valid systems, and edits that apply to a given system, with text as nasty as it comes."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from cotsmith.systems.edits import (
    AddAllowance,
    AddAttribute,
    AddClass,
    AddOption,
    Edit,
    MergeOptions,
    MoveAttribute,
    MoveClass,
    MoveOption,
    RemoveAllowance,
    RemoveAttribute,
    RemoveClass,
    RemoveOption,
    RenameAttribute,
    RenameClass,
    RewordOption,
    SetClassPrompts,
    SetDescription,
    SetName,
    SetNote,
    SetPrompts,
    SetRule,
    SetTemperature,
    SetWeight,
    apply,
)
from cotsmith.systems.model import Allowance, Attribute, Rule, System, text_problem

NASTY = (
    "[/red]",
    "[bold]x",
    "<script>",
    "{}",
    "{0.__class__}",
    "a{b}c",
    "}{",
    "null",
    "🦄",
    "👩‍🚀 astronaut",
    "زرقاء",
    "עברית",
    "全角テキスト",
    "é",
    "e\u0301",
    "ﬁ",
    "ß",
    "%s %d",
    'say "hi"',
    "back\\slash",
    "a|b",
    "a, b",
    "…",
    "-",
    "0",
    "same",
    "Same",
)
FREE = ("two\nlines", "tab\there", "\x1b[31mred", " padded ", "\u202eevil", "*md* `code`", "[/]")


def texts() -> st.SearchStrategy[str]:
    """Names and options: whatever ``text_problem`` lets through."""
    visible = st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])
    drawn = st.text(visible, min_size=1, max_size=12).map(str.strip).filter(lambda text: not text_problem(text))
    return st.sampled_from(NASTY) | st.sampled_from("abcdef") | drawn


def free_texts() -> st.SearchStrategy[str]:
    """Descriptions and notes: any Unicode text, empty too, line breaks and control characters included."""
    drawn = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    return st.just("") | st.sampled_from(FREE) | texts() | drawn


def prompts() -> st.SearchStrategy[str]:
    """Templates with exactly one ``{}`` and no other brace."""
    pieces = texts().map(lambda text: text.replace("{", "(").replace("}", ")"))
    plain = st.sampled_from(("{}", "A photo of {}.", "It is {} in color."))
    return plain | st.builds(lambda before, after: f"{before} {{}} {after}", pieces, pieces)


def weights() -> st.SearchStrategy[float]:
    """0, or within the bounds of the format."""
    return st.sampled_from((0.0, 0.5, 1.0, 2.0)) | st.floats(1e-6, 1e6)


def temperatures() -> st.SearchStrategy[float]:
    """Finite and > 0."""
    return st.sampled_from((0.5, 1.0, 2.0)) | st.floats(1e-6, 1e6)


def allowances() -> st.SearchStrategy[Allowance]:
    """Any three texts."""
    return st.builds(Allowance, st.sampled_from(("O101", "unused")) | texts(), free_texts(), free_texts())


def prompt_tuples() -> st.SearchStrategy[tuple[str, ...]]:
    """One to three different prompts."""
    return st.lists(prompts(), min_size=1, max_size=3, unique=True).map(tuple)


def attributes(name: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Attribute]:
    """One attribute with up to five options."""
    options = st.lists(texts(), max_size=5, unique=True).map(tuple)
    return st.builds(Attribute, texts() if name is None else name, prompt_tuples(), options, weights(), free_texts())


def rules_of(attribute: Attribute) -> st.SearchStrategy[Rule]:
    """A rule of ``attribute``, its options in any order."""
    if not attribute.options:
        return st.just(())
    one = st.sampled_from(attribute.options).map(lambda option: (option,))
    return st.just(()) | one | st.lists(st.sampled_from(attribute.options), max_size=3, unique=True).map(tuple)


@st.composite
def systems(draw: st.DrawFn, max_classes: int = 5, max_attributes: int = 4) -> System:
    """Any valid system: attributes without options, no classes at all, notes and allowances included."""
    chosen = draw(st.lists(attributes(), max_size=max_attributes, unique_by=lambda a: a.name))
    names = draw(st.lists(texts(), max_size=max_classes, unique=True))
    rules = {name: {a.name: draw(rules_of(a)) for a in chosen if draw(st.integers(0, 9))} for name in names}
    places = [(name, column) for name in names for column in (None, *(a.name for a in chosen))]
    noted = draw(st.lists(st.sampled_from(places), max_size=3, unique=True)) if places else []
    return System(
        name=draw(texts()),
        description=draw(free_texts()),
        class_prompts=draw(prompt_tuples()),
        attributes=tuple(chosen),
        rules=rules,
        temperature=draw(temperatures()),
        notes={place: draw(free_texts().filter(bool)) for place in noted},
        allow=tuple(draw(st.lists(allowances(), max_size=3))),
    )


@st.composite
def edits_for(draw: st.DrawFn, system: System) -> Edit:
    """An edit that applies to ``system``; now and then one that changes nothing."""
    kinds = [_system_edits(system), _new_attributes(system), _new_classes(system)]
    if system.attributes:
        kinds += [_attribute_edits(system)] * 2
    if any(a.options for a in system.attributes):
        kinds += [_option_edits(system)] * 2
    if system.rules:
        kinds += [_class_edits(system)]
    if system.rules and system.attributes:
        kinds += [_cell_edits(system)] * 2
    return draw(draw(st.sampled_from(kinds)))


@st.composite
def edited(draw: st.DrawFn, system: System, max_edits: int = 6) -> tuple[tuple[Edit, ...], System]:
    """A list of edits that applies to ``system``, and the system that it leads to."""
    edits: list[Edit] = []
    for _ in range(draw(st.integers(0, max_edits))):
        edits.append(draw(edits_for(system)))
        system = apply(system, edits[-1:])
    return tuple(edits), system


def _unused(taken: Sequence[str]) -> st.SearchStrategy[str]:
    return texts().filter(lambda text: text not in taken)


def _names(system: System) -> list[str]:
    return [a.name for a in system.attributes]


def _place_for(count: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(0, count)


@st.composite
def _system_edits(draw: st.DrawFn, system: System) -> Edit:
    count = len(system.allow)
    kinds: list[st.SearchStrategy[Edit]] = [
        st.builds(SetName, texts()),
        st.builds(SetDescription, free_texts()),
        st.builds(SetClassPrompts, prompt_tuples()),
        st.builds(SetTemperature, temperatures()),
        st.builds(AddAllowance, allowances(), _place_for(count)),
    ]
    if system.allow:
        known = st.sampled_from(system.allow)
        kinds += [st.builds(RemoveAllowance, known), st.builds(AddAllowance, known, _place_for(count))]
    return draw(st.one_of(kinds))


@st.composite
def _new_attributes(draw: st.DrawFn, system: System) -> Edit:
    new = draw(attributes(_unused(_names(system))))
    rules = {name: draw(rules_of(new)) for name in system.rules if draw(st.booleans())}
    return AddAttribute(new, draw(_place_for(len(system.attributes))), rules)


@st.composite
def _new_classes(draw: st.DrawFn, system: System) -> Edit:
    rules = {a.name: draw(rules_of(a)) for a in system.attributes if draw(st.booleans())}
    return AddClass(draw(_unused(system.classes)), draw(_place_for(len(system.rules))), rules)


@st.composite
def _attribute_edits(draw: st.DrawFn, system: System) -> Edit:
    attribute = draw(st.sampled_from(system.attributes))
    name = st.just(attribute.name)
    kinds: list[st.SearchStrategy[Edit]] = [
        st.builds(RemoveAttribute, name),
        st.builds(RenameAttribute, name, _unused(_names(system)) | name),
        st.builds(MoveAttribute, name, st.integers(0, len(system.attributes) - 1)),
        st.builds(SetPrompts, name, prompt_tuples()),
        st.builds(SetWeight, name, weights()),
        st.builds(SetNote, free_texts(), attribute=name),
        st.builds(AddOption, name, _unused(attribute.options), _place_for(len(attribute.options))),
    ]
    return draw(st.one_of(kinds))


@st.composite
def _option_edits(draw: st.DrawFn, system: System) -> Edit:
    attribute = draw(st.sampled_from([a for a in system.attributes if a.options]))
    option = draw(st.sampled_from(attribute.options))
    others = [o for o in attribute.options if o != option]
    fixed = st.just(attribute.name), st.just(option)
    kinds: list[st.SearchStrategy[Edit]] = [
        st.builds(RemoveOption, *fixed),
        st.builds(RewordOption, *fixed, _unused(attribute.options) | fixed[1]),
        st.builds(MoveOption, *fixed, st.integers(0, len(others))),
    ]
    if others:
        kinds.append(st.builds(MergeOptions, *fixed, st.sampled_from(others)))
    return draw(st.one_of(kinds))


@st.composite
def _class_edits(draw: st.DrawFn, system: System) -> Edit:
    name = st.sampled_from(system.classes)
    kinds: list[st.SearchStrategy[Edit]] = [
        st.builds(RemoveClass, name),
        st.builds(RenameClass, name, _unused(system.classes)),
        st.builds(MoveClass, name, st.integers(0, len(system.rules) - 1)),
        st.builds(SetNote, free_texts(), name),
    ]
    return draw(st.one_of(kinds))


@st.composite
def _cell_edits(draw: st.DrawFn, system: System) -> Edit:
    attribute = draw(st.sampled_from(system.attributes))
    class_name = draw(st.sampled_from(system.classes))
    if draw(st.integers(0, 3)):
        return SetRule(class_name, attribute.name, draw(rules_of(attribute)))
    return SetNote(draw(free_texts()), class_name, attribute.name)
