"""A CSV matrix is read whatever its separator and quotes, and every fault has its line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import InvalidSystemError
from cotsmith.systems.exporting import export
from cotsmith.systems.import_csv import join_cell, split_cell
from cotsmith.systems.importing import import_text
from cotsmith.systems.model import Attribute, Rule, System
from tests.systems.strategies import systems, texts

COLOR = Attribute("color", ("A photo of something whose color is {}.",), ("red", "blue", "light blue"))
SIZE = Attribute("body_size", ("A photo of something whose body size is {}.",), ("big",))
RULES: dict[str, dict[str, Rule]] = {
    "A": {"color": ("red", "blue"), "body_size": ()},
    "B, C": {"color": ("light blue",), "body_size": ("big",)},
}
READ = System("table", attributes=(COLOR, SIZE), rules=RULES)
TABLE = 'class,color,body_size\nA,red|blue,\n"B, C",light blue,big\n'


@pytest.mark.parametrize(
    "text",
    [
        TABLE,
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("red|blue,", " red | blue || , "),
        TABLE.replace("\n", "\n\n"),
        TABLE.replace("size\n", "size,,\n").replace("big\n", "big,,\n").replace("blue,\n", "blue,,,\n"),
        TABLE.replace("light blue", '"light blue"').replace("class", ""),
        "class;color;body_size\nA;red|blue;\nB, C;light blue;big\n",
        "class\tcolor\tbody_size\nA\tred|blue\t\nB, C\tlight blue\tbig\n",
        '"class";"color";"body_size"\n"A";"red|blue";""\n"B, C";"light blue";"big"',
        f"Here is your table:\n\n```csv\n{TABLE}```\n",
    ],
)
def test_separators_quotes_and_line_ends(text: str) -> None:
    imported = import_text(text, "table.csv")
    assert imported.system == READ
    assert (imported.form, imported.remarks) == ("CSV table", ("prompts were made up for every attribute: edit them",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TABLE.replace("light blue,big", "light blue"), "t.csv:3: the row has 2 cells, the header has 3"),
        (TABLE.replace(",big", ",big,x"), "t.csv:3: the row has 4 cells, the header has 3"),
        (TABLE + "A,red,big\n", 't.csv:4: the class "A" stands twice; first in line 2'),
        (TABLE + "\n,red,big\n", "t.csv:5: the row has no class in its first cell"),
        (TABLE.replace("body_size", "color"), 't.csv:1: the attribute "color" stands twice: in columns 2 and 3'),
        (TABLE.replace("color,", ","), "t.csv:1: column 2 has no name"),
        (TABLE.replace('"B, C"', '"B, C'), "t.csv:3: this is no CSV: unexpected end of data"),
        (TABLE.replace('"B, C"', '"B" C'), "t.csv:3: this is no CSV"),
        (TABLE.replace("blue,big", "\x1b[2J,big"), "control character U+001B"),
        (TABLE.replace("light blue", "x" * 200_000), "t.csv:3: this is no CSV: field larger than field limit"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InvalidSystemError) as caught:
        import_text(text, "t.csv")
    assert message in str(caught.value)


def test_a_quoted_cell_of_several_lines_counts_as_it_should() -> None:
    text = 'class,color\n"A\nB",red\nC,"blue\n"\nD\n'
    with pytest.raises(InvalidSystemError, match=r"t\.csv:6: the row has 1 cell"):
        import_text(text, "t.csv")


def test_a_bar_and_a_backslash_within_an_option() -> None:
    assert split_cell(r"a\|b|c\\|d\e") == ["a|b", "c\\", r"d\e"]
    assert split_cell("|") == split_cell("") == split_cell(" | ") == []


@given(st.lists(texts(), unique=True, max_size=4).map(tuple))
@settings(max_examples=150, deadline=None)
def test_a_cell_comes_apart_as_it_was_joined(options: tuple[str, ...]) -> None:
    assert split_cell(join_cell(options)) == list(options)


@given(systems(3, 3).filter(lambda system: system.attributes and system.rules))
@settings(max_examples=40, deadline=None)
def test_classes_attributes_and_rules_round_trip(system: System) -> None:
    again = import_text(export(system, "csv").text).system
    assert again.classes == system.classes
    assert [a.name for a in again.attributes] == [a.name for a in system.attributes]
    assert [(c, a, set(rule)) for c, a, rule in again.cells()] == [(c, a, set(rule)) for c, a, rule in system.cells()]
