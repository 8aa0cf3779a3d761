"""Every form is recognised by its content; what was assumed is told; what is wrong is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import CotsmithError, InputError, InvalidSystemError
from cotsmith.systems.exporting import export
from cotsmith.systems.file import load, parse, render
from cotsmith.systems.importing import Imported, import_file, import_text
from cotsmith.systems.model import Attribute, System
from tests.systems.strategies import systems

REPLY = """\
Sure! Here's the system (I hope it's {what} you wanted):

```python
# The groups.
classification_cot = {
    'dominant_color': {
        'prompt': "This creature's body is mainly {} in color.",
        'classes': [
            'white',   # Absol's fur
            "gray",
            'brown',
        ],
    },
    'form': {'prompt': 'It looks like {form}.', 'classes': ['a wolf', 'a dinosaur',]},
}

pokemon_rules = {
    'Absol': {'dominant_color': 0, 'form': 0},   # easy
    'Aggron': {'dominant_color': [1, 0], 'form': None},
    'Weedle': [2, 1],
}
```

Let me know if you'd like {more}!
"""
READ = System(
    "reply",
    attributes=(
        Attribute("dominant_color", ("This creature's body is mainly {} in color.",), ("white", "gray", "brown")),
        Attribute("form", ("It looks like {}.",), ("a wolf", "a dinosaur")),
    ),
    rules={
        "Absol": {"dominant_color": ("white",), "form": ("a wolf",)},
        "Aggron": {"dominant_color": ("gray", "white")},
        "Weedle": {"dominant_color": ("brown",), "form": ("a dinosaur",)},
    },
)


def read(text: str, source: str = "reply.txt") -> Imported:
    return import_text(text, source)


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(text)
    return str(caught.value)


class TestAnLlmsReply:
    def test_a_python_dict_with_comments_trailing_commas_and_single_quotes(self) -> None:
        assert read(REPLY) == Imported(READ, "index form", ())

    def test_it_may_stand_bare_in_a_module_in_prose_or_in_two_blocks(self) -> None:
        bare = REPLY.split("```python\n")[1].split("```")[0]
        module = f'"""Groups {{ and rules."""\nimport os\nROOT = os.curdir\n\n\ndef main():\n    pass\n\n\n{bare}'
        blocks = REPLY.replace("\npokemon_rules", "```\nAnd the rules:\n```\npokemon_rules")
        inside = "system = {'classification_cot': " + bare.split("classification_cot = ")[1].replace(
            "\npokemon_rules = ", ", 'rules': "
        )
        for text in (bare, module, f"Here it is,\n{bare}\nIsn't it?", blocks, inside.rstrip() + "}"):
            assert read(text).system == READ

    def test_an_index_out_of_range_is_refused_with_class_attribute_index_and_count(self) -> None:
        message = refused(REPLY.replace("[1, 0]", "[1, 7]"))
        place = "reply.txt:19:34: rules › Aggron › dominant_color: "
        assert message.startswith(f"{place}the index 7 is out of range: the attribute has 3 options, 0 to 2\n")

    def test_every_fault_is_told(self) -> None:
        place = "reply.txt:19:34: rules › Aggron › dominant_color: "
        text = REPLY.replace("[2, 1]", "[2, 1, 0]").replace("'form': 0", "'frm': 'x'").replace("[1, 0]", "[-1, 1.5]")
        lines = refused(text).splitlines()
        assert lines[:-2] == [
            "reply.txt: 4 problems",
            'reply.txt:18:36: rules › Absol › frm: "frm" is not an attribute; did you mean "form"?',
            f"{place}the index -1 is out of range: the attribute has 3 options, 0 to 2",
            f"{place}an index is a whole number, not 1.5",
            "reply.txt:20:15: rules › Weedle: a class has an index for every attribute, not 3 indexes for 2 attributes",
        ]

    def test_one_that_was_cut_off_is_not_completed(self) -> None:
        end = REPLY.index("'Weedle'")
        assert "never closed; the text may have been cut off" in refused(REPLY[:end])
        assert "there are no rules" in refused(REPLY[: REPLY.index("pokemon_rules")])

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"Absol": {"dominant_color": 0, ', '"Absol": {"dominant_color": 0 '),
            ('"rules":', "rules:"),
            ('"prompt": "It', '"prompt" "It'),
            ('"Absol"', "“Absol”"),
        ],
    )
    def test_broken_json_is_repaired_where_that_is_no_guess_and_that_is_told(self, old: str, new: str) -> None:
        text = export(READ, "index").text.replace("\n", "").replace("  ", "")
        assert old in text
        remark = "the text was broken and has been repaired: check the result"
        assert read(f"Here: {text.replace(old, new)}") == Imported(READ, "index form", (remark,))

    @pytest.mark.parametrize(
        ("old", "new"), [("'Absol':", "'Absol'"), ("'prompt': 'It", "'prompt' 'It"), ("'a wolf'", "'a 'wolf''")]
    )
    def test_what_could_mean_two_things_is_refused(self, old: str, new: str) -> None:
        assert old in REPLY
        assert "Known forms" in refused(REPLY.replace(old, new))

    def test_a_missing_comma_between_options_is_not_guessed_at(self) -> None:
        # Python would read one option "graybrown", and every index behind it would be off by one.
        text = REPLY.replace('"gray",', '"gray"')
        assert refused(text).startswith('reply.txt:10:13: a comma is missing within "graybrown"')
        prompt = REPLY.replace('color.",', 'color"\n ".",')
        assert read(prompt).system == READ

    def test_code_is_never_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        code = "__import__('pathlib').Path('ran').touch()"
        for text in (f"x = {{'a': {code}}}", f"{{'classification_cot': {code}, 'rules': {{}}}}", code):
            refused(text)
        assert list(tmp_path.iterdir()) == []


class TestTheIndexForm:
    def test_variants_of_groups(self) -> None:
        for groups in (
            {"c": {"prompt": "A {} one.", "options": ["x", "y"]}},
            {"c": {"text": "A {} one.", "labels": [" x", "y\n"]}},
            {"c": {"template": "A {option} one.", "choices": {"0": "x", "1": "y"}}},
            [{"name": "c", "question": "A {} one.", "classes": ["x", "y"]}],
        ):
            for key in ("classification_cot", "classification_groups"):
                imported = read(
                    json.dumps({"task": {key: groups, "my_rules": {"A": {"c": 1}, "B": ["0"], "C": {"c": "x"}}}})
                )
                assert imported.system.attributes == (Attribute("c", ("A {} one.",), ("x", "y")),)
                assert [row["c"] for row in imported.system.rules.values()] == [("y",), ("x",), ("x",)]
                assert imported.remarks == ()

    def test_rules_within_the_groups_object(self) -> None:
        text = json.dumps({"classification_cot": {"groups": {"c": ["x", "y"]}, "rules": {"A": {"c": 1}}}})
        assert read(text).system.rules["A"]["c"] == ("y",)

    def test_a_prompt_that_is_missing_is_made_up_and_an_unknown_key_is_told(self) -> None:
        text = (
            '{"classification_groups": {"eye_color": {"options": ["x"], "kind": 3}}, "rules": {"A": {"eye_color": 0}}}'
        )
        imported = read(text)
        assert imported.system.attributes[0].prompts == ("A photo of something whose eye color is {}.",)
        assert imported.remarks == ('eye_color: ignored "kind"', 'prompts were made up for "eye_color": edit them')

    def test_an_option_that_stands_twice_keeps_its_indexes(self) -> None:
        text = '{"classification_cot": {"c": ["x", "y", "x", "z"]}, "rules": {"A": {"c": 2}, "B": {"c": 3}}}'
        imported = read(text)
        assert imported.system.attributes[0].options == ("x", "y", "z")
        assert [row["c"] for row in imported.system.rules.values()] == [("x",), ("z",)]
        assert 'c has "x" twice; kept once' in imported.remarks

    def test_weights_and_notes_are_kept(self) -> None:
        group = {"prompt": "{}", "options": ["x"], "weight": 2, "note": "why"}
        imported = read(json.dumps({"classification_cot": {"c": group}, "rules": {}}))
        assert imported.system.attributes == (Attribute("c", ("{}",), ("x",), 2.0, "why"),)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('{"classification_cot": {"c": ["x"]}}', "there are no rules"),
            ('{"classification_cot": 3, "rules": {}}', "an object of groups by name, not a number"),
            ('{"classification_cot": {"c": 3}, "rules": {}}', "c: a group is an object with a prompt and options"),
            ('{"classification_cot": {"c": {}}, "rules": {}}', 'c: the group has no "options"'),
            ('{"classification_cot": {"c": {"options": "x"}}, "rules": {}}', "c: the options are a list of texts"),
            ('{"classification_cot": {"c": [1]}, "rules": {}}', "c › #1: an option is a text, not a number"),
            ('{"classification_cot": {"c": ["x"], "c ": []}, "rules": {}}', "the group stands twice"),
            ('{"classification_cot": {"c": {"classes": {"0": "x", "2": "y"}}}, "rules": {}}', "numbered with gaps"),
            ('{"classification_cot": {"c": {"prompt": "no slot", "options": []}}, "rules": {}}', "exactly one {}"),
            (
                '{"classification_cot": {"c": {"prompt": "{0.__class__}", "options": []}}, "rules": {}}',
                "exactly one {}",
            ),
            ('{"classification_cot": {"c": ["x", ""]}, "rules": {}}', 'option "": it is empty'),
            ('{"classification_cot": {"c": ["x"]}, "rules": [1]}', "the rules are an object of classes, not a list"),
            ('{"classification_cot": {"c": ["x"]}, "rules": {"A": 0}}', "A: a class has an index for every attribute"),
            ('{"classification_cot": {"c": ["x"]}, "rules": {"A": {"c": true}}}', "a whole number, not true"),
            ('{"classification_cot": {"c": ["red"]}, "rules": {"A": {"c": "rde"}}}', 'did you mean "red"?'),
            (
                '{"classification_cot": {"c": []}, "rules": {"A": {"c": 0}}}',
                "the index 0 is out of range: it has no options",
            ),
            ('{"classification_cot": {"c": ["x"]}, "rules": {"A": {}, " A": {}}}', "the class stands twice"),
            ('{"classification_cot": {"c": ["x"]}, "rules": {"A": {"c": 0, "c": 1}}}', 'the key "c" stands twice'),
        ],
    )
    def test_what_is_wrong_is_named(self, text: str, message: str) -> None:
        assert message in refused(text)
        assert re.match(r"reply\.txt:1:\d+: ", refused(text))


class TestOurOwnForm:
    def test_a_cotsmith_file_in_json_python_or_without_its_version(self) -> None:
        text = render(READ)
        data = json.loads(text)
        assert read(text) == Imported(READ, "cotsmith", ())
        assert read(f"Here:\n{data!r}\n") == Imported(READ, "cotsmith", ())
        assert read(text.replace('"brown"\n', '"brown", // last\n')).system == READ
        del data["cotsmith"]
        assert read(json.dumps(data)) == Imported(READ, "cotsmith", ('"cotsmith": 1 was missing; read as format 1',))

    def test_problems_have_their_position(self) -> None:
        text = render(READ).replace('"a wolf",', '"wolf",', 1)
        assert refused(text).startswith(
            'reply.txt:23:50: rules › Absol › form: "a wolf" is not an option; did you mean'
        )
        assert 'reply.txt:24:50: rules › Absol › form: "a wolf" is not an option' in refused("So:\n" + text)

    def test_rules_by_index_under_attributes(self) -> None:
        text = '{"attributes": {"c": {"prompt": "{}", "options": ["x", "y"]}}, "rules": {"A": {"c": [1]}}}'
        assert read(text).system.rules["A"]["c"] == ("y",)


class TestDescriptors:
    def test_class_to_attribute_to_descriptors(self) -> None:
        data = {
            "Abyssinian": {"Coat": ["short\n", "ticked", "short"], "Tail": "long"},
            "Bengal": {"Coat": ["ticked", ""]},
        }
        imported = read(json.dumps(data), "cats/descriptions_bag.json")
        assert imported.form == "descriptors"
        assert imported.system == System(
            "descriptions_bag",
            attributes=(
                Attribute("Coat", ("A photo of something whose Coat is {}.",), ("short", "ticked")),
                Attribute("Tail", ("A photo of something whose Tail is {}.",), ("long",)),
            ),
            rules={"Abyssinian": {"Coat": ("short", "ticked"), "Tail": ("long",)}, "Bengal": {"Coat": ("ticked",)}},
        )
        assert imported.remarks == (
            "prompts were made up for every attribute: edit them",
            "a descriptor stands twice in Abyssinian › Coat › short; kept once",
        )

    def test_class_to_descriptors_is_one_attribute(self) -> None:
        imported = read('{"hen": ["two legs", "red comb"], "cock": ["red comb"], "egg": []}')
        assert imported.system.attributes == (
            Attribute("descriptor", ("A photo of something with {}.",), ("two legs", "red comb")),
        )
        assert imported.remarks[1] == "no descriptors for egg: their rules are null"

    def test_what_is_wrong_is_named(self) -> None:
        assert "hen › legs: a descriptor is a text, not a number" in refused('{"hen": {"legs": ["two", 2]}}')
        assert "the class stands twice" in refused('{"hen": [], "hen ": []}')
        assert "control character" in refused('{"hen": ["\\u001b[2J"]}')


@pytest.mark.parametrize(
    "text", ["", "hello", "[1, 2]", "{}", '"text"', "3", '{"a": 1}', "a = 1", "# Title\n\nSome prose."]
)
def test_what_is_no_system_is_refused_with_the_forms_that_are_known(text: str) -> None:
    assert refused(text).startswith("reply.txt: no form of system was recognised\nKnown forms:")


@pytest.mark.parametrize(
    "text", ["```a\n" * 20_000, "x y {" + "/* " * 100_000, "x y {" + "''' a " * 20_001, "x y {" + "{ " * 100_000]
)
def test_a_text_made_to_be_slow_is_refused_at_once(text: str) -> None:
    assert "Known forms" in refused(text)


def test_the_name_is_the_given_one_the_systems_own_or_the_files(tmp_path: Path) -> None:
    path = tmp_path / "my cards.txt"
    path.write_text(REPLY, "utf-8")
    assert import_file(path).system.name == "my cards"
    assert import_file(path, name="x").system.name == "x"
    assert import_file("gallery:pokemon-cards").system == load("gallery:pokemon-cards")
    assert import_file("gallery:pokemon-cards", name="x").system.name == "x"
    assert import_text(REPLY).system.name == import_text(REPLY, "<stdin>").system.name == "untitled"


def test_a_name_that_cannot_be_one_is_refused() -> None:
    with pytest.raises(InvalidSystemError, match="name"):
        import_text(REPLY, name=" ")


@given(st.integers(0, len(REPLY)), st.integers(0, 12), st.text(max_size=3))
@settings(max_examples=150, deadline=None)
def test_any_damaged_reply_is_read_or_refused(at: int, length: int, put: str) -> None:
    try:
        read(REPLY[:at] + put + REPLY[at + length :])
    except CotsmithError:
        return


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "{}", "x", "c", "\ud800", " y", "0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["classification_cot", "classification_groups", "rules", "x_rules", "attributes"])
            | st.sampled_from(
                ["cotsmith", "prompt", "options", "classes", "name", "weight", "note", "c", "A", "0", ""]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(JUNK, st.sampled_from([json.dumps, repr, lambda value: f"so: {value!r}"]))
@settings(max_examples=300, deadline=None)
def test_any_value_is_read_or_refused(value: object, write: object) -> None:
    assert callable(write)
    try:
        imported = read(write(value))
    except CotsmithError:
        return
    assert parse(render(imported.system)) == imported.system


@given(systems())
@settings(max_examples=60, deadline=None)
def test_the_index_form_round_trips(system: System) -> None:
    exported = export(system, "index")
    again = import_text(exported.text, name=system.name).system
    assert (again.attributes, again.rules, list(again.rules)) == (system.attributes, system.rules, list(system.rules))
    assert (again == system) == (exported.lost == ())


class TestWhereItIs:
    @pytest.mark.parametrize(
        ("text", "place"),
        [
            ('{"classification_cot": {"c": ["x"]}, "rules": {"A": {"c": 3}}}', "1:59: rules › A › c"),
            ('So: {"classification_cot": {"c": ["x"]}, "rules":\n {"A": {"c": 3}}}', "2:14: rules › A › c"),
            ("é = 1\nclassification_cot = {'é': ['x']}\nrules = {'É': {'é': (0, 3)}}", "3:21: rules › É › é"),
            ("So: {'classification_cot': {'é': ['x']}, # no\n 'rules': {'É': {'q': 3}}}", "2:18: rules › É › q"),
            ('{"A": {"c": "x"}, "B": {"c": ["x", 3]}}', "1:30: B › c"),
            ('{"classification_cot": {"c": {"prompt": "{} {}", "options": ["x"]}}, "rules": {}}', "1:25: c"),
            ('{"classification_cot": {"c": ["x"]}, "rules": {"A\\u202e": {}}}', "1:48: rules › A\\u202e"),
            ('{"a": {"c": "\\u202ex"}}', "1:13: a › c"),
            ("So: {'a': 1, 'é': 2, 'a': 3}", "1:22"),
            ('So: {"a": 1, "é": 2, "a": 3}', "1:22"),
        ],
    )
    def test_a_fault_is_told_by_line_and_column(self, text: str, place: str) -> None:
        assert refused(text).startswith(f"reply.txt:{place}: ")

    @pytest.mark.parametrize("text", ['{"classification_cot": {"c": ["x"]}, "rules": {"A": {"c": %s}}}'])
    @pytest.mark.parametrize("around", ["%s", "So: %s", "x = %s # Python"])
    def test_a_number_of_thousands_of_digits_is_told_as_that(self, text: str, around: str) -> None:
        said = refused(around % (text % ("9" * 5000)))
        assert said.startswith("reply.txt:1")
        assert "a number has thousands of digits" in said
        assert "sys." not in said

    def test_hints_are_about_what_is_wrong(self) -> None:
        unknown = '{"classification_cot": {"c": ["x"]}, "rules": {"A": {"d": 0}}}'
        assert refused(unknown).endswith('\nThe attributes are "c".')
        beyond = unknown.replace('"d": 0', '"c": 3')
        assert refused(beyond).endswith("\nAn index counts the attribute's options from 0.")
