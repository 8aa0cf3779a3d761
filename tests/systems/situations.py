"""A small zoo, and named situations with the exact edits that a diff should find: what minimal means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
from cotsmith.systems.model import Allowance, Attribute, System

_TABLE = """
falcon  brown  bird       short  feathers  cliffs
raven   black  bird       long   feathers  forest
swan    white  bird       short  feathers  lake
wolf    gray   quadruped  long   fur       forest
bear    brown  quadruped  short  fur       forest
seal    gray   fish       short  fur       sea
shark   gray   fish       long   scales    sea
cobra   brown  snake      long   scales    desert
"""
_ATTRIBUTES = (
    Attribute("color", ("This animal is mainly {} in color.",), ("white", "gray", "brown", "black")),
    Attribute("form", ("Its body has the form of a {}.",), ("bird", "quadruped", "fish", "snake")),
    Attribute("tail", ("A photo of a {} tail.",), ("short", "long")),
    Attribute("cover", ("Skin under {}.",), ("feathers", "fur", "scales")),
    Attribute("home", ("It lives near the {}.",), ("cliffs", "forest", "lake", "sea", "desert")),
)
_LENIENT = Allowance("O103", "home", "kept for later")

ZOO = System(
    name="zoo",
    attributes=_ATTRIBUTES,
    rules={
        name: {a.name: (option,) for a, option in zip(_ATTRIBUTES, options, strict=True)}
        for name, *options in (line.split() for line in _TABLE.strip().splitlines())
    },
    notes={("wolf", None): "also in parks", ("wolf", "home"): "or tundra"},
    allow=(Allowance("A101", "tail", "only two"), _LENIENT),
)
"""Eight animals, five attributes; every option is used."""

CROWD = System(
    attributes=(Attribute("color", ("A {} thing.",), ("red", "blue")), Attribute("size", ("{} in size",), ("s", "m"))),
    rules={f"class {n}": {"color": ("red",) if n < 40 else ("blue",), "size": ("sm"[n % 2],)} for n in range(60)},
)
"""Sixty classes, forty of them red."""


GEMS = System(
    attributes=(Attribute("hue", ("a {} gem",), ("red", "green")), Attribute("cut", ("{}",), ("round", "flat"))),
    rules={"Ruby": {"hue": ("red",), "cut": ("flat",)}, "Jade": {"hue": ("green",), "cut": ("flat",)}},
)
"""Two classes with two rules each."""


@dataclass(frozen=True)
class Situation:
    """``made`` leads from ``before`` to the new system; ``found`` is what a diff should say (``made`` by default)."""

    title: str
    made: tuple[Edit, ...]
    found: tuple[Edit, ...]
    before: System

    @property
    def after(self) -> System:
        return apply(self.before, self.made)


def _case(title: str, *made: Edit, found: Iterable[Edit] | None = None, before: System = ZOO) -> Situation:
    return Situation(title, made, made if found is None else tuple(found), before)


def _set(class_name: str, attribute: str, *options: str) -> SetRule:
    return SetRule(class_name, attribute, options)


_EYES = Attribute("eyes", ("Its eyes are {}.",), ("round", "slits"))
_NEW_COLOR = Attribute("color", ("Lit by {}.",), ("day", "night"))
_OWL = {"color": ("brown",), "form": ("bird",), "cover": ("feathers",)}
_ARTICHOKE = {"color": ("gray", "brown"), "form": ("snake",), "home": ("desert",)}

OTHER = System(
    name="tools",
    description="Things from the shed",
    class_prompts=("A drawing of {}.",),
    attributes=(
        Attribute("use", ("Meant to {} something.",), ("cut", "hit")),
        Attribute("grip", ("Held by its {} grip.",), ("wooden", "steel")),
    ),
    rules={"saw": {"use": ("cut",), "grip": ("wooden",)}, "hammer": {"use": ("hit",), "grip": ("steel",)}},
    temperature=2.0,
)
"""A system that has nothing in common with the zoo."""


def _become(goal: System, start: System) -> list[Edit]:
    """From ``start`` to ``goal``, everything removed and everything added."""
    return [
        SetName(goal.name),
        SetDescription(goal.description),
        SetClassPrompts(goal.class_prompts),
        SetTemperature(goal.temperature),
        *map(RemoveAllowance, start.allow),
        *map(RemoveClass, start.classes),
        *(RemoveAttribute(a.name) for a in start.attributes),
        *map(AddAttribute, goal.attributes),
        *(AddClass(name, None, row) for name, row in goal.rules.items()),
    ]


def _trade_rows(one: str, other: str) -> list[Edit]:
    """Every rule of the two classes exchanged, cell by cell."""
    names = [a.name for a in ZOO.attributes]
    return [SetRule(x, a, ZOO.rules[y][a]) for x, y in ((one, other), (other, one)) for a in names]


SITUATIONS = (
    _case("nothing"),
    _case("an option of 40 classes reworded", RewordOption("color", "red", "bright crimson"), before=CROWD),
    _case("two options merged", MergeOptions("color", "black", "gray")),
    _case(
        "two options merged that most classes named both",
        MergeOptions("color", "black", "gray"),
        before=apply(ZOO, [SetRule(name, "color", ("gray", "black")) for name in ("wolf", "seal", "shark")]),
    ),
    _case("three options merged into one", MergeOptions("home", "lake", "sea"), MergeOptions("home", "desert", "sea")),
    _case("an option of 40 classes merged", MergeOptions("color", "red", "blue"), before=CROWD),
    _case("an attribute renamed", RenameAttribute("cover", "skin")),
    _case("an attribute renamed and moved", RenameAttribute("cover", "skin"), MoveAttribute("skin", 0)),
    _case(
        "an attribute renamed, its prompt changed",
        RenameAttribute("cover", "skin"),
        SetPrompts("skin", ("What covers the body: {}.",)),
    ),
    _case(
        "an attribute renamed, an option reworded, a rule changed",
        RenameAttribute("cover", "skin"),
        RewordOption("skin", "fur", "thick fur"),
        _set("seal", "skin", "scales"),
    ),
    _case(
        "an attribute renamed, all its options reworded",
        RenameAttribute("cover", "skin"),
        RewordOption("skin", "feathers", "plumage"),
        RewordOption("skin", "fur", "hair"),
        RewordOption("skin", "scales", "plates"),
    ),
    _case("one of the options moved", MoveOption("home", "desert", 0)),
    _case("an option moved and reworded", RewordOption("home", "desert", "sand"), MoveOption("home", "sand", 1)),
    _case("an attribute moved", MoveAttribute("home", 1)),
    _case("a class moved", MoveClass("cobra", 2)),
    _case("a class renamed", RenameClass("cobra", "viper")),
    _case(
        "a class of few rules renamed beyond recognition",
        RenameClass("Ruby", "Carmine"),
        _set("Jade", "hue"),
        before=GEMS,
    ),
    _case("a class renamed by one letter", RenameClass("falcon", "falcons")),
    _case(
        "a class respelled and described anew",
        RenameClass("cobra", "Cobra"),
        _set("Cobra", "color", "gray"),
        _set("Cobra", "form", "fish"),
        _set("Cobra", "tail"),
        _set("Cobra", "cover"),
    ),
    _case("a class renamed and moved", RenameClass("cobra", "viper"), MoveClass("viper", 0)),
    _case(
        "a class renamed and two of its rules changed",
        RenameClass("cobra", "king cobra"),
        _set("king cobra", "color", "gray"),
        _set("king cobra", "home", "forest"),
    ),
    _case("a class with notes renamed", RenameClass("wolf", "grey wolf")),
    _case(
        "all classes renamed",
        *(RenameClass(name, str(number)) for number, name in enumerate(ZOO.classes)),
    ),
    _case(
        "an option added and used by three classes",
        AddOption("color", "red", 1),
        _set("falcon", "color", "red"),
        _set("seal", "color", "red"),
        _set("cobra", "color", "brown", "red"),
        found=[
            AddOption("color", "red", 1),
            _set("falcon", "color", "red"),
            _set("seal", "color", "red"),
            _set("cobra", "color", "red", "brown"),
        ],
    ),
    _case("an option added at the end", AddOption("tail", "none")),
    _case("an option removed", RemoveOption("home", "forest")),
    _case(
        "an option removed, its classes spread",
        RemoveOption("home", "forest"),
        _set("raven", "home", "cliffs"),
        _set("wolf", "home", "lake"),
        _set("bear", "home", "sea"),
    ),
    _case(
        "an option split in two",
        RewordOption("home", "forest", "dark forest"),
        AddOption("home", "light forest", 2),
        _set("bear", "home", "light forest"),
    ),
    _case(
        "reworded and merged in one attribute",
        MergeOptions("color", "black", "gray"),
        RewordOption("color", "gray", "gray or black"),
    ),
    _case(
        "an option replaced by one for other classes",
        RemoveOption("color", "black"),
        AddOption("color", "blackish"),
        _set("seal", "color", "blackish"),
    ),
    _case("an attribute added with rules", AddAttribute(_EYES, 1, {"swan": ("round",), "cobra": ("slits",)})),
    _case("an attribute removed", RemoveAttribute("tail")),
    _case(
        "an attribute replaced by another question",
        RemoveAttribute("tail"),
        AddAttribute(_EYES, None, {"swan": ("round",), "cobra": ("slits",)}),
    ),
    _case(
        "another question under the same name",
        RemoveAttribute("color"),
        AddAttribute(_NEW_COLOR, 0, {"wolf": ("night",), "swan": ("day",)}),
    ),
    _case("a class added with rules", AddClass("owl", 1, _OWL)),
    _case("a class removed", RemoveClass("wolf")),
    _case("a class replaced by another", RemoveClass("bear"), AddClass("artichoke", 4, _ARTICHOKE)),
    _case("a prompt changed", SetPrompts("tail", ("Its tail is {}.",))),
    _case("a prompt added", SetPrompts("tail", ("A photo of a {} tail.", "Its tail is {}."))),
    _case("several things about one attribute", SetPrompts("tail", ("Its tail: {}.",)), SetWeight("tail", 2.0)),
    _case("a weight", SetWeight("tail", 0.5)),
    _case("a note on a class", SetNote("flies fast", "falcon")),
    _case("a note on an attribute", SetNote("without feathers", attribute="tail")),
    _case("a note on a cell removed, another changed", SetNote("", "wolf"), SetNote("tundra", "wolf", "home")),
    _case("an allowance added", AddAllowance(Allowance("C101", "", "twins"))),
    _case("an allowance removed", RemoveAllowance(_LENIENT)),
    _case("an allowance given twice", AddAllowance(_LENIENT)),
    _case("two allowances exchanged", RemoveAllowance(_LENIENT), AddAllowance(_LENIENT, 0)),
    _case("the name", SetName("animals")),
    _case("the description", SetDescription("What lives here")),
    _case("the class prompts", SetClassPrompts(("A photo of a {}.", "{}"))),
    _case("the temperature", SetTemperature(0.5)),
    _case("a rule", _set("wolf", "color", "white")),
    _case("a rule widened", _set("wolf", "color", "white", "gray")),
    _case("a rule that no longer says anything", _set("wolf", "color")),
    _case(
        "the names of two classes swapped",
        *_trade_rows("raven", "seal"),
        found=[
            RenameClass("raven", "raven (2)"),
            RenameClass("seal", "raven"),
            RenameClass("raven (2)", "seal"),
            MoveClass("raven", 1),
            MoveClass("seal", 5),
        ],
    ),
    _case(
        "the names of two attributes swapped",
        RenameAttribute("color", "x"),
        RenameAttribute("form", "color"),
        RenameAttribute("x", "form"),
        found=[
            RenameAttribute("color", "color (2)"),
            RenameAttribute("form", "color"),
            RenameAttribute("color (2)", "form"),
        ],
    ),
    _case(
        "the texts of two options swapped",
        RewordOption("color", "red", "x"),
        RewordOption("color", "blue", "red"),
        RewordOption("color", "x", "blue"),
        found=[
            RewordOption("color", "red", "red (2)"),
            RewordOption("color", "blue", "red"),
            RewordOption("color", "red (2)", "blue"),
        ],
        before=CROWD,
    ),
    _case("everything different", *_become(OTHER, ZOO)),
)
