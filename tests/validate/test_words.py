"""Texts compared by what they say: the same in other letters, and different in spite of the same letters."""

from __future__ import annotations

import pytest

from cotsmith.systems.model import Attribute, System
from cotsmith.validate.containment import special_cases
from cotsmith.validate.context import Context
from cotsmith.validate.visible import is_catch_all, unseen
from cotsmith.validate.words import name_forms, same_meaning, same_name, same_thing, same_words, singular, stem

SAME = [
    ("White", "white"),
    ("a single white horn", "one white horn"),
    ("a pair of long ears", "two long ears"),
    ("a pair of long ears", "2 long ears"),
    ("grey fur", "Gray fur"),
    ("black and white", "white & black"),
    ("black and white stripes", "white and black stripes"),
    ("horns and red wings", "red wings and horns"),
    ("red, white and blue", "blue, red, white"),
    ("long, thin body", "thin, long body"),
    ("round/plump", "plump and round"),
    ("large round eyes", "round, large eyes"),
    ("curved beak", "beak curved"),
    ("horn white single a", "a single white horn"),
    ("worm-like", "worm like"),
    ("the bird’s nest", "bird nest"),
    ("Pokémon-like", "pokemon like"),
]

DIFFERENT = [
    ("white with black stripes", "black with white stripes"),
    ("a tail on a fin", "a fin on a tail"),
    ("sky blue", "blue sky"),
    ("milk chocolate", "chocolate milk"),
    ("light blue", "blue"),
    ("two horns", "one horn"),
    ("no horn", "a horn"),
    ("dark brown light legs", "light brown dark legs"),
    ("C", "C#"),
    ("1.5", "15"),
    ("50%", "50"),
    ("shorts", "short"),
    ("glass", "glasses"),
    ("red and white", "red or white"),
    ("+", "-"),
    ("?", "!"),
    ("猫", "犬"),
    ("no wings and a tail", "a tail and wings"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_in_other_letters(one: str, other: str) -> None:
    assert same_words(one) == same_words(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_in_spite_of_the_letters(one: str, other: str) -> None:
    assert same_thing(one) != same_thing(other)
    assert same_meaning(one) != same_meaning(other)


def test_order_counts_where_it_is_asked_for() -> None:
    assert same_words("red, white and blue") == same_words("blue, white, red")
    assert same_words("red, white and blue", ordered=True) != same_words("blue, white, red", ordered=True)


def test_plural_and_synonyms_are_taken_away_one_after_the_other() -> None:
    assert same_words("a red wing") != same_words("red wings")
    assert same_thing("a red wing") == same_thing("red wings")
    assert same_thing("a big beak") != same_thing("a large bill")
    assert same_meaning("a big beak") == same_meaning("a large bill")
    assert same_meaning("a big red beak") == same_meaning("a red, large beak")


@pytest.mark.parametrize(
    ("plural", "one"),
    [("leaves", "leaf"), ("boxes", "box"), ("bodies", "body"), ("noses", "nose"), ("tomatoes", "tomato")]
    + [(word, word) for word in ("grass", "iris", "cactus", "pants", "bus", "lens", "gas", "is", "species")],
)
def test_singular(plural: str, one: str) -> None:
    assert singular(plural) == one


@pytest.mark.parametrize(
    ("word", "root"),
    [("striped", "stripe"), ("stripes", "stripe"), ("spotted", "spot"), ("veined", "vein"), ("scaled", "scale")]
    + [(word, word) for word in ("ring", "rowing", "red", "seed", "bed")],
)
def test_stem(word: str, root: str) -> None:
    assert stem(word) == root


def test_class_names_in_the_shapes_in_which_data_sets_have_them() -> None:
    assert name_forms("001.Black_footed_Albatross") >= {("black", "foot", "albatross")}
    assert name_forms("HerbaceousVegetation") >= {("herbaceous", "vegetation"), ("herbaceousvegetation",)}
    assert name_forms("crane (bird)") == {("crane", "bird"), ("crane",)}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Golden Retriever", "golden_retrievers", True),
        ("GoldenRetriever", "golden retriever", True),
        ("134.crane", "517.crane", True),
        ("Speed limit 30", "Speed limit 50", False),
        ("1 euro", "2 euro", False),
        ("2-door car", "4-door car", False),
        ("Nidoran♂", "Nidoran♀", False),
        ("Absol", "Absol G", False),
        ("C", "C++", False),
        ("A", "The", False),
    ],
)
def test_the_same_class_name(one: str, other: str, same: bool) -> None:
    assert (same_name(one) == same_name(other)) is same


@pytest.mark.parametrize(
    "option",
    ["nocturnal", "a loud call", "smells of garlic", "sweet and sour", "used for cutting", "native to Asia", "No"],
)
def test_what_no_picture_shows(option: str) -> None:
    assert unseen(option)[0]


@pytest.mark.parametrize(
    "option",
    ["a friendly face", "loud colors", "a round sound hole", "sweet potato cubes", "no horns", "rough bark", "warm"],
)
def test_what_a_picture_shows_after_all(option: str) -> None:
    assert unseen(option) == ("", "")


@pytest.mark.parametrize(
    "option", ["other", "Others", "none of the above", "N/A", "n.a.", "unknown", "other colors", "various", "None"]
)
def test_catch_alls(option: str) -> None:
    assert is_catch_all(option)


@pytest.mark.parametrize(
    "option", ["nothing on its head", "no horns", "mixed colors", "another-worldly glow", "-", "?"]
)
def test_what_only_sounds_like_a_catch_all(option: str) -> None:
    assert not is_catch_all(option)


def special(*options: str, prompt: str = "A bird with {}.") -> dict[str, list[str]]:
    return special_cases(Attribute("part", (prompt,), options))


def test_special_cases() -> None:
    assert special("a crest", "a red crest") == {"a crest": ["a red crest"]}
    assert special("wings", "two wings") == {"wings": ["two wings"]}
    assert special("leaves", "compound leaves", "long compound leaves") == {
        "leaves": ["compound leaves", "long compound leaves"],
        "compound leaves": ["long compound leaves"],
    }


@pytest.mark.parametrize(
    "options",
    [
        ("blue", "light blue"),
        ("long", "very long"),
        ("striped", "boldly striped"),
        ("a horn", "two horns"),
        ("wings", "no wings"),
        ("red", "red and white"),
        ("a tail", "a tail with a tuft"),
        ("a single white horn", "a tiny white horn on head"),
        ("wood", "dark wood"),
        ("triangular", "cropped triangular"),
    ],
)
def test_what_people_read_as_different_answers(options: tuple[str, ...]) -> None:
    assert special(*options) == {}


def leaks(option: str, *classes: str, prompt: str = "A picture of {}.", name: str = "part") -> list[str]:
    """The classes that the option gives away, shown by the first class."""
    attribute = Attribute(name, (prompt,), (option, "something else entirely"))
    rules = {c: {name: (attribute.options[min(i, 1)],)} for i, c in enumerate(classes)}
    return Context(System(attributes=(attribute,), rules=rules)).leaks[name][option]


@pytest.mark.parametrize(
    ("option", "classes"),
    [
        ("a zebra's mane", ("Zebra",)),
        ("several ZEBRAS", ("zebra",)),
        ("fields of annual crops", ("AnnualCrop",)),
        ("a spotted coat", ("Spots",)),
        ("the legs of a house sparrow", ("House Sparrow", "Crow")),
        ("wolf-like ears", ("wolf",)),
        ("a peeled orange", ("Orange", "Lemon")),
        ("normal", ("normal", "pneumonia")),
        ("cat", ("cat", "dog")),
    ],
)
def test_names_that_leak(option: str, classes: tuple[str, ...]) -> None:
    assert leaks(option, *classes) == [classes[0]]


@pytest.mark.parametrize(
    ("option", "classes"),
    [
        ("wolf-like ears", ("fox", "wolf")),
        ("orange and segmented", ("Orange", "Lemon")),
        ("bright orange", ("Orange", "Lemon")),
        ("normal heart size", ("normal", "pneumonia")),
        ("one loop and two lines", ("1", "2")),
        ("a category", ("cat",)),
        ("a row of seats", ("Rowing",)),
        ("horseshoes", ("horse",)),
        ("short sleeves", ("Shorts",)),
        ("a sparrow", ("House Sparrow",)),
        ("vitamin C", ("B", "C")),
    ],
)
def test_words_that_are_no_leak(option: str, classes: tuple[str, ...]) -> None:
    assert leaks(option, *classes) == []


def test_a_colour_is_no_leak_where_colours_are_asked_for() -> None:
    assert leaks("an orange", "Orange", "Lemon") == ["Orange"]
    assert leaks("an orange", "Orange", "Lemon", prompt="Its color is like {}.") == []
