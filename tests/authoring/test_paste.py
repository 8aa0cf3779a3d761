"""Prompts go out, replies come in, by hand: through files, pipes and a real terminal."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cotsmith.authoring.asking import ask
from cotsmith.authoring.describing import example, in_words
from cotsmith.authoring.draft_paste import whole_reply
from cotsmith.authoring.draft_task import Task
from cotsmith.authoring.llm import Message, Request
from cotsmith.authoring.models import load_llm
from cotsmith.authoring.paste import prompt_of
from cotsmith.authoring.schema_faults import faults_of
from cotsmith.errors import InputError, LLMError
from cotsmith.systems.edit_json import edit_schema
from cotsmith.systems.file import load
from cotsmith.systems.json_form import Json
from tests.command_line import Command

SCHEMA: dict[str, Json] = {
    "type": "object",
    "properties": {
        "size": {"type": "string", "enum": ["small", "large"], "description": "How big it is."},
        "marks": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}},
    },
    "required": ["size"],
    "additionalProperties": False,
}
RAGGED = """Sure! Here is your system, it isn't long:

```python
system = {
  # colours
  'attributes': {
    'color': {'prompt': 'A creature that is mainly {}.', 'options': ['white', 'gray', 'brown',]},
    'form': {'prompt': 'Its body is {}.', 'options': ['round', 'long']},
  },
  'rules': {
    'Absol': {'color': 'white', 'form': 'long'},
    'Aggron': {'color': 'grey', 'form': 1},
    'Zubat': {'color': ['brown', 'white'], 'form': None},
    'Ghost': {'color': 'white', 'form': 'round'},
    ...
  }
}
```
Hope that helps, you're welcome!
"""
REQUEST = Request("describe", "v1", "Be brief.", (Message("user", "What is it?"),), SCHEMA, 1000)


@pytest.fixture(autouse=True)
def replies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTSMITH_REPLIES_DIR", str(tmp_path / "replies"))


def test_the_prompt_says_the_form_in_words_and_by_example() -> None:
    prompt = prompt_of(REQUEST)
    assert prompt.startswith("Be brief.\n\nWhat is it?")
    assert '- size: one of "small", "large". How big it is.' in prompt
    assert "- marks: a list; each entry is an object (may be left out)." in prompt
    shown = prompt.partition("```json\n")[2].partition("\n```")[0]
    assert faults_of(json.loads(shown), SCHEMA) == ()


def test_a_union_is_described_by_its_alternatives() -> None:
    schema: dict[str, Json] = {"type": "object", "properties": {"edit": edit_schema()}, "required": ["edit"]}
    words = in_words(schema)
    assert 'edit: always "add-option"' in words
    assert words.count("- either an object") == len(edit_schema()["anyOf"])
    assert isinstance(example(schema), dict)


def test_a_reply_from_a_file_needs_no_prompt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reply.txt"
    path.write_text("Sure:\n```python\n{'size': 'small',}\n```\n")
    assert ask(load_llm("paste", reply=str(path)), REQUEST).value == {"size": "small"}
    assert capsys.readouterr().out == ""


def test_faults_of_a_file_are_the_next_prompt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "reply.txt"
    path.write_text('{"size": "huge"}')
    with pytest.raises(LLMError) as caught:
        ask(load_llm("paste", reply=str(path)), REQUEST)
    assert caught.value.exit_code == 3
    told = capsys.readouterr()
    assert "'huge' is not one of ['small', 'large']" in told.out
    assert "What is it?" not in told.out  # the chat knows
    assert (
        f"Paste the prompt in the redirected standard output into the same chat, save the reply in {path}" in told.err
    )


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        ask(load_llm("paste", reply=str(tmp_path / "none.txt")), REQUEST)


def test_the_prompt_may_go_to_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    path = tmp_path / "prompt.md"
    with pytest.raises(LLMError, match="no reply came"):
        ask(load_llm("paste", prompt_to=str(path)), REQUEST)
    assert path.read_text("utf-8") == prompt_of(REQUEST) + "\n"
    assert capsys.readouterr().out == ""


def test_a_pipe_may_hold_several_replies(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    piped = b'{"size": "huge"}\n.\n\xff{"size": "large"}\n'
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(piped)))
    answer = ask(load_llm("paste"), REQUEST)
    assert answer.value == {"size": "large"}
    assert len(answer.exchanges) == 2
    assert "'huge'" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("end", [b"\r.\r", b"\r\x04"], ids=["a single .", "Ctrl-D"])
def test_a_terminal_takes_lines_of_any_length(end: bytes, tmp_path: Path) -> None:
    import pty

    code = (
        "from cotsmith.authoring.paste_terminal import TerminalDesk\n"
        "desk = TerminalDesk(prompt_to='prompt.md')\n"
        "desk.show('The prompt', 0)\n"
        "open('got.txt', 'w').write(desk.read())\n"
    )
    reply = b'{"size": "' + b"x" * 9000 + b'"}'
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=subprocess.PIPE
    ) as process:
        os.close(theirs)
        assert process.stderr is not None
        asked = b""
        while b"Ctrl-D" not in asked:  # it is ready, and says how to end
            asked += os.read(process.stderr.fileno(), 1000)
        sent = reply + end
        while sent:
            sent = sent[os.write(ours, sent[:1000]) :]
            os.read(ours, 65536)  # the echo
        assert process.wait(60) == 0
    os.close(ours)
    assert (tmp_path / "got.txt").read_text().strip() == reply.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("redirected", "where"), [(True, "in the redirected standard output"), (False, "above")])
def test_it_is_said_where_the_prompt_went(redirected: bool, where: str) -> None:
    import pty

    code = (
        "from cotsmith.authoring.paste_terminal import TerminalDesk\n"
        "desk = TerminalDesk()\n"
        "desk.show('The prompt', 1)\n"
        "desk.read()\n"
    )
    ours, theirs = pty.openpty()
    output = subprocess.PIPE if redirected else theirs
    with subprocess.Popen([sys.executable, "-c", code], stdin=theirs, stdout=output, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        assert process.stderr is not None
        told = b""
        while b"Ctrl-D" not in told:
            told += os.read(process.stderr.fileno(), 1000)
        os.write(ours, b"\x04")
        assert process.wait(60) == 0
        if process.stdout is not None:
            assert process.stdout.read() == b"The prompt\n"
    os.close(ours)
    assert f"Paste the prompt {where} with its 1 picture, ".encode() in told


def test_what_a_draft_by_paste_could_not_use_is_said(cotsmith: Command, tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("Absol\nAggron\nZubat\nMew\n")
    (tmp_path / "reply.txt").write_text(RAGGED)
    told = cotsmith("draft", "--classes", "classes.txt", "--model", "paste", "--reply", "reply.txt", "-o", "out.json")
    assert told.code == 0, told.err
    system = load(tmp_path / "out.json")
    assert system.classes == ("Absol", "Aggron", "Zubat", "Mew")
    assert dict(system.rules["Absol"]) == {"color": ("white",), "form": ("long",)}
    assert dict(system.rules["Aggron"]) == {"color": (), "form": ()}
    assert system.rules["Zubat"]["color"] == ("white", "brown")
    for remark in (
        "the reply leaves something out (...)",
        'rules › Aggron › color: "grey" is not an option; did you mean "gray"?; left out',
        'rules › Aggron › form: "1" is not an option; left out',
        'no rules for "Mew"',
        '"Ghost" was not asked for; left out',
    ):
        assert remark in told.err
    (tmp_path / "reply.txt").write_text(RAGGED.replace("'grey'", "'gray'").replace("'form': 1", "'form': 'long'"))
    told = cotsmith("draft", "--classes", "classes.txt", "--model", "paste", "--reply", "reply.txt", "-o", "new.json")
    assert "the reply leaves something out (...)" in told.err
    assert load(tmp_path / "new.json").rules["Aggron"]["color"] == ("gray",)


def test_a_draft_by_paste_is_one_prompt(cotsmith: Command, tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("Absol\nAggron\n")
    options = ("--classes", "classes.txt", "--about", "creatures", "--model", "paste", "-o", "out.json")
    told = cotsmith("draft", *options, stdin="")
    assert told.code == 3
    assert 'The 2 classes:\n["Absol", "Aggron"]' in told.out
    assert "The images: creatures" in told.out
    assert "--reply FILE" in told.err
    told = cotsmith("draft", *options, stdin="I would rather not.\n")
    assert told.code == 3
    assert "The reply is kept in" in told.err
    told = cotsmith("draft", *options, "--json", "--prompt-to", "prompt.md", stdin=RAGGED)
    assert json.loads(told.out)["calls"] == 1
    assert "The 2 classes:" in (tmp_path / "prompt.md").read_text("utf-8")


def test_rules_may_be_written_by_index(cotsmith: Command, tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("\n".join(load("gallery:demo").classes))
    by_index = cotsmith("export", "gallery:demo", "--format", "index").out
    (tmp_path / "reply.txt").write_text(f"Here it is:\n```json\n{by_index}\n```\n")
    told = cotsmith("draft", "--classes", "classes.txt", "--model", "paste", "--reply", "reply.txt", "-o", "out.json")
    assert told.code == 0, told.err
    assert load(tmp_path / "out.json").rules == load("gallery:demo").rules


def test_a_reply_cut_short_in_its_rules_is_not_taken_for_something_else() -> None:
    text = """Sure!
attributes = {'color': {'prompt': 'A bird that is {}.', 'options': ['brown', 'black',]},  # colours
 'size': {'prompt': 'A {} bird.', 'options': ['small', 'large']}}
rules = {'Owl': {'color': 'brown', 'size': 'large'}, 'Crow': {'color': 'blak', 'size': 'large'}, ...}
"""
    system, remarks = whole_reply(text, Task(("Owl", "Crow", "Jay")))
    assert [attribute.name for attribute in system.attributes] == ["color", "size"]
    assert dict(system.rules["Owl"]) == {"color": ("brown",), "size": ("large",)}
    assert dict(system.rules["Crow"]) == {"color": (), "size": ("large",)}
    said = "\n".join(remarks)
    assert "leaves something out" in said
    assert '"blak" is not an option; did you mean "black"?' in said
    assert 'no rules for "Jay"' in said


def test_a_reply_about_other_classes_is_refused() -> None:
    text = '{"attributes": {"color": {"prompt": "{}", "options": ["a", "b"]}}, "rules": {"Heron": {"color": "a"}}}'
    with pytest.raises(InputError, match="no rules for any of the classes"):
        whole_reply(text, Task(("Owl", "Crow")))
