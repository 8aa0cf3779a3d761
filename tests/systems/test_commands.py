"""new, import, export and schema on the command line: data on stdout, the rest on stderr, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cotsmith.systems.file import gallery_names, load, parse, render, save
from cotsmith.systems.skeleton import skeleton
from tests.command_line import Command

REPLY = """\
Of course:
```python
classification_cot = {
    'color': {'prompt': 'A {} one.', 'classes': ['red', 'blue',]},  # two
}
pet_rules = {'Cat': {'color': 0}, 'Dog': {'color': 1}}
```
"""


class TestNew:
    def test_a_skeleton_on_stdout(self, cotsmith: Command) -> None:
        result = cotsmith("new", "Cat", "Mr. Dog", "--attributes", "color, body_size")
        assert (result.code, result.err) == (0, "")
        system = parse(result.out)
        assert system == skeleton(["Cat", "Mr. Dog"], ["color", "body_size"])
        assert system.attributes[1].prompts == ("A photo of something whose body size is {}.",)
        assert result.out == render(system)

    def test_a_skeleton_in_a_file_from_a_list_of_classes(self, cotsmith: Command, tmp_path: Path) -> None:
        (tmp_path / "classes.txt").write_text("Cat\n\n Dog \n", "utf-8")
        options = ("--attributes", "color", "--attributes", "size", "-o", "pets.json")
        result = cotsmith("new", "--classes", "classes.txt", *options)
        assert (result.code, result.out) == (0, "")
        assert "cotsmith check pets.json" in result.err
        assert load("pets.json") == skeleton(["Cat", "Dog"], ["color", "size"], name="pets")
        again = cotsmith("new", "--classes", "-", *options, stdin="Hen\n")
        assert again.code == 2
        assert "pets.json: the file exists already" in again.err
        assert load("pets.json").classes == ("Cat", "Dog")
        assert cotsmith("new", "--classes", "-", *options, "--force", stdin="Hen\n").code == 0
        assert load("pets.json").classes == ("Hen",)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--attributes", "color"), "a system needs at least one class"),
            (("Cat", "--attributes", " ,"), "a system needs at least one attribute"),
            (("Cat", "Cat", "--attributes", "color"), 'the class "Cat" stands twice'),
            (("Cat", "--attributes", "a,a"), 'the attribute "a" stands twice'),
            (("\x1b[2J", "--attributes", "a"), "control character U+001B"),
            (("--classes", "missing.txt", "--attributes", "a"), "missing.txt: there is no such file"),
            (("Cat", "--attributes", "a", "-o", "no/such/x.json"), "Create the folder first."),
            (("Cat",), "Missing option '--attributes'"),
        ],
    )
    def test_what_cannot_be_a_system(self, cotsmith: Command, arguments: tuple[str, ...], message: str) -> None:
        result = cotsmith("new", *arguments)
        assert (result.code, result.out) == (2, "")
        assert message in result.err
        assert "\x1b" not in result.err
        assert os.listdir() == []


class TestImport:
    def test_an_llms_reply_becomes_a_file(self, cotsmith: Command, tmp_path: Path) -> None:
        (tmp_path / "reply.md").write_text(REPLY, "utf-8")
        result = cotsmith("import", "reply.md", "-o", "pets.json", "--name", "pets")
        assert (result.code, result.out) == (0, "")
        assert result.err == "Read as index form: 1 attribute, 2 options, 2 classes.\nNext: cotsmith check pets.json\n"
        system = load("pets.json")
        assert (system.name, system.classes, system.attributes[0].options) == ("pets", ("Cat", "Dog"), ("red", "blue"))

    def test_stdin_to_stdout_with_remarks_on_stderr(self, cotsmith: Command) -> None:
        result = cotsmith("import", "-", stdin="class,color\nCat,red\nDog,blue\n")
        assert result.code == 0
        assert parse(result.out).rules["Dog"]["color"] == ("blue",)
        assert result.err.startswith("warning: prompts were made up for every attribute: edit them\n")

    def test_an_index_out_of_range_writes_nothing(self, cotsmith: Command) -> None:
        result = cotsmith("import", "-", "-o", "pets.json", stdin=REPLY.replace("'color': 1", "'color': 2"))
        assert (result.code, result.out) == (2, "")
        message = "<stdin>:6:52: rules › Dog › color: the index 2 is out of range: the attribute has 2 options, 0 to 1"
        assert result.err.startswith(f"error: {message}\n")
        assert os.listdir() == []

    def test_a_file_that_exists_is_kept(self, cotsmith: Command) -> None:
        save(load("gallery:demo"), "pets.json")
        assert cotsmith("import", "-", "-o", "pets.json", stdin=REPLY).code == 2
        assert load("pets.json") == load("gallery:demo")
        assert cotsmith("import", "-", "-o", "pets.json", "--force", stdin=REPLY).code == 0
        assert load("pets.json").name == "untitled"

    @pytest.mark.parametrize("stdin", ["", "hello", "{", "\0", "[" * 100_000, '{"cotsmith": 1}'])
    def test_bad_input_is_one_message(self, cotsmith: Command, stdin: str) -> None:
        result = cotsmith("import", "-", stdin=stdin)
        assert (result.code, result.out) == (2, "")
        assert result.err.startswith("error: <stdin>:")
        assert "Traceback" not in result.err


class TestExport:
    @pytest.mark.parametrize("form", ["cotsmith", "index", "csv", "markdown"])
    def test_every_example_in_every_form(self, cotsmith: Command, form: str) -> None:
        for name in gallery_names():
            result = cotsmith("export", f"gallery:{name}", "--format", form, "-o", f"{name}.{form}")
            assert (result.code, result.out) == (0, "")
            printed = cotsmith("export", f"gallery:{name}", "--format", form)
            assert (printed.code, printed.err) == (0, result.err)
            assert Path(f"{name}.{form}").read_text("utf-8") == printed.out

    def test_the_forms_that_can_be_imported_come_back(self, cotsmith: Command) -> None:
        system = load("gallery:pokemon-cards")
        for form in ("cotsmith", "index"):
            back = cotsmith("import", "-", stdin=cotsmith("export", "gallery:pokemon-cards", "--format", form).out)
            assert (parse(back.out).attributes, parse(back.out).rules) == (system.attributes, system.rules)

    def test_what_is_lost_is_told(self, cotsmith: Command) -> None:
        result = cotsmith("export", "gallery:pokemon-cards", "--format", "csv")
        assert result.err == "warning: csv cannot hold the description, the prompts, the order of the options\n"

    def test_the_gallery_can_be_copied_but_not_written(self, cotsmith: Command) -> None:
        assert cotsmith("export", "gallery:demo", "-o", "mine.json").code == 0
        assert load("mine.json") == load("gallery:demo")
        refused = cotsmith("export", "mine.json", "-o", "gallery:demo")
        assert (refused.code, refused.err.splitlines()[0]) == (2, "error: gallery:demo: the gallery is read-only")
        assert cotsmith("export", "gallery:demo", "-o", "mine.json").code == 2

    @pytest.mark.parametrize(
        ("file", "message"),
        [
            ("gallery:dmeo", 'did you mean "demo"?'),
            ("x.json", "there is no such file"),
            (".", "is a folder, not a file"),
        ],
    )
    def test_a_file_that_is_not_there(self, cotsmith: Command, file: str, message: str) -> None:
        result = cotsmith("export", file)
        assert (result.code, result.out) == (2, "")
        assert message in result.err


def test_schema_prints_a_schema_that_accepts_every_example(cotsmith: Command) -> None:
    schema = json.loads(cotsmith("schema").out)
    Draft202012Validator.check_schema(schema)
    for name in gallery_names():
        Draft202012Validator(schema).validate(json.loads(render(load(f"gallery:{name}"))))
    assert not Draft202012Validator(schema).is_valid({"cotsmith": 1, "attributes": {}, "rules": {"A": {"a": []}}})


HEAVY = "torch transformers textual openai anthropic rich numpy PIL safetensors"


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", "Cat", "--attributes", "color"],
        ["import", "gallery:demo"],
        ["export", "gallery:demo", "--format", "markdown"],
        ["schema"],
    ],
)
def test_no_verb_loads_what_it_does_not_need(arguments: list[str]) -> None:
    code = (
        "import sys; from cotsmith.cli import run; code = run(sys.argv[1:]); "
        f"print([m for m in {HEAVY.split()} if m in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "[]")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    system = load("gallery:demo")
    save(skeleton([f"class {n}" for n in range(5_000)], ["a", "b"], name=system.name), tmp_path / "big.json")
    script = f'"{sys.executable}" -m cotsmith export big.json | head -1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")
