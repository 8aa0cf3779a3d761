"""`refine --accept ask`: proposals one at a time, at a real terminal, from a pipe, and where nobody is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cotsmith.authoring.ask_person import ask_person
from cotsmith.authoring.proposals import Proposals, proposals_of
from cotsmith.systems.edit_json import to_json
from cotsmith.systems.edits import AddOption, Edit, SetRule
from cotsmith.systems.file import load
from cotsmith.systems.saving import save_revision
from tests.command_line import Command

from .loopback import RESPONSES, Act, Loopback
from .over_http import MODELS, addresses, point_at, use_keys

CHANGES = (("Rundu", "dark spots"), ("Sorrup", "bold stripes"), ("Bimbul", "bold stripes"), ("Gomtu", "dark spots"))
REFINE = ("refine", "draft.json", "--model", MODELS[RESPONSES])


def reply() -> Act:
    edits = [{"edit": "set-rule", "class": c, "attribute": "markings", "rule": option} for c, option in CHANGES]
    edits.append({"edit": "set-rule", "class": "Yabbo", "attribute": "scene", "rule": "tall trees"})
    return Act(json.dumps({"proposals": [{"rationale": f"why {e['class']}", "edit": e} for e in edits]}))


@pytest.fixture(autouse=True)
def draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_keys(monkeypatch, tmp_path)
    save_revision(load("gallery:demo-draft"), tmp_path / "draft.json", kind="llm", author="x", reason="")
    return tmp_path / "draft.json"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with Loopback([reply()]) as found:
        point_at(found, monkeypatch)
        yield found


class Terminal:
    """A command at a pseudo-terminal; its standard output goes elsewhere, as with ``> file``."""

    def __init__(self, arguments: list[str], folder: Path, environment: dict[str, str]) -> None:
        import pty

        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cotsmith", *arguments],
            cwd=folder,
            env={**os.environ, **environment, "TERM": "dumb"},
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.shown = ""

    def until(self, text: str) -> str:
        """Read until ``text`` is shown; returns what was shown since the last time."""
        while text not in self.shown:
            got = os.read(self._ours, 4096)
            assert got, self.shown
            self.shown += got.decode("utf-8", "replace")
        before, _, self.shown = self.shown.partition(text)
        return before

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode() + b"\n")

    def end(self) -> Any:
        """The JSON on standard output, once the command is done."""
        out, _ = self.process.communicate(timeout=120)
        os.close(self._ours)
        assert self.process.returncode == 0, self.shown
        return json.loads(out)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_person_at_a_terminal_is_asked_one_at_a_time(draft: Path, server: Loopback) -> None:
    """Asking is the default there: help, take, refuse with a reason, change in an editor, leave."""
    editor = draft.with_name("editor.py")
    editor.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[-1])\n"
        "path.write_text(path.read_text().replace('bold stripes', 'a light belly patch'))\n"
    )
    environment = {**addresses(server), "EDITOR": f"{sys.executable} {editor}", "VISUAL": ""}
    terminal = Terminal([*REFINE, "--json"], draft.parent, environment)
    question = "take it? [y/n/e/q/?] "
    asked = terminal.until(question)
    assert "1 of 5" in asked
    assert "Rundu" in asked
    assert "why Rundu" in asked
    terminal.type("?")
    helped = terminal.until(question)
    assert all(f"{key}  " in helped for key in "yneq?")
    terminal.type("y")
    asked = terminal.until(question)
    assert "2 of 5" in asked
    assert "Sorrup" in asked
    terminal.type("n")
    terminal.until("why not?")
    terminal.type("its stripes are faint")
    assert "Bimbul" in terminal.until(question)
    terminal.type("e")
    changed = terminal.until(question)
    assert "Bimbul" in changed
    assert "a light belly patch" in changed
    terminal.type("y")
    assert "Gomtu" in terminal.until(question)
    terminal.type("q")
    result = terminal.end()
    told = {one["edit"]["class"]: one for one in result["proposals"]}
    statuses = {name: one["status"] for name, one in told.items()}
    assert statuses == {
        "Rundu": "accepted",
        "Sorrup": "refused",
        "Bimbul": "accepted",
        "Gomtu": "open",
        "Yabbo": "open",
    }
    assert told["Sorrup"]["reason"] == "its stripes are faint"
    assert told["Bimbul"]["edited"] is True
    rules = load(draft).rules
    assert rules["Rundu"]["markings"] == ("dark spots",)
    assert rules["Bimbul"]["markings"] == ("a light belly patch",)
    assert rules["Gomtu"] == load("gallery:demo-draft").rules["Gomtu"]


def test_answers_may_come_through_a_pipe(draft: Path, server: Loopback, cotsmith: Command) -> None:
    assert server
    told = cotsmith(*REFINE, "--accept", "ask", "--json", stdin="y\nn\n\nY\n")
    assert told.code == 0, told.err
    statuses = [one["status"] for one in json.loads(told.out)["proposals"]]
    assert sorted(statuses) == ["accepted", "accepted", "open", "open", "refused"]
    assert "the input ended: what was not answered is left undecided" in told.err
    assert load(draft).rules["Rundu"]["markings"] == ("dark spots",)


def test_without_a_terminal_nothing_is_taken_unless_it_is_said_what(
    draft: Path, server: Loopback, cotsmith: Command
) -> None:
    before = draft.read_bytes()
    told = cotsmith(*REFINE)
    assert told.code == 0
    assert "--accept says what to take" in told.err
    assert draft.read_bytes() == before
    assert len(server.seen) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no /dev/null")
@pytest.mark.parametrize("closed", [False, True], ids=["/dev/null", "closed"])
def test_where_nobody_can_answer_that_is_told_before_anything_is_sent(
    closed: bool, draft: Path, server: Loopback
) -> None:
    command = [sys.executable, "-m", "cotsmith", *REFINE, "--accept", "ask"]
    if closed:
        command = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
    told = subprocess.run(
        command,
        cwd=draft.parent,
        env={**os.environ, **addresses(server)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert told.stderr.startswith("error: nobody can be asked")
    assert "--accept all, improved or none" in told.stderr
    assert server.seen == []


def test_feedback_and_answers_cannot_both_come_from_standard_input(server: Loopback, cotsmith: Command) -> None:
    told = cotsmith(*REFINE, "--accept", "ask", "--feedback", "-", stdin="more stripes\ny\n")
    assert told.code == 2
    assert "both read standard input" in told.err
    assert server.seen == []


def suggested(*edits: Edit) -> Proposals:
    return proposals_of(
        load("gallery:demo-draft"), [(edit, "") for edit in edits], locked=frozenset({("Rundu", "eyes")})
    )


def asking(proposals: Proposals, *answers: str, edited: str = "", **options: Any) -> tuple[Proposals, str]:
    """``ask_person`` with these answers; what was told."""
    waiting = list(answers)
    told: list[str] = []
    decided = ask_person(
        proposals, lambda _: waiting.pop(0) if waiting else None, told.append, lambda _: edited or None, **options
    )
    return decided, "\n".join(told)


def test_what_requires_another_is_asked_about_after_it() -> None:
    proposals = suggested(AddOption("markings", "zigzags"), SetRule("Rundu", "markings", ("zigzags",)))
    refused, _ = asking(proposals, "n", "")
    assert refused.items[0].status == "refused"
    left, told = asking(proposals.refuse(0).reopen(0), "q")
    assert left.taken == ()
    assert "1 of 2" in told
    decided, _ = asking(proposals, "y", "y")
    assert decided.taken == (0, 1)


def test_a_conflict_is_told_and_asked_about_only_with_the_override() -> None:
    proposals = suggested(SetRule("Rundu", "eyes", ("narrow slit eyes",)))
    decided, told = asking(proposals, "y")
    assert decided.taken == ()
    assert "left alone, a person set Rundu › eyes" in told
    decided, told = asking(proposals, "y", override_locks=True)
    assert "locked: a person set Rundu › eyes" in told
    assert decided.taken == (0,)


@pytest.mark.parametrize(
    ("edited", "message"),
    [
        ("{", "that is not JSON"),
        ('{"edit": "paint"}', "paint"),
        (
            '{"edit": "set-rule", "class": "Rundu", "attribute": "markings", "rule": "dots"}',
            "that cannot be taken",
        ),
        ("[" * 100_000, "that is not JSON"),
    ],
    ids=["no JSON", "no edit", "no option", "nested without end"],
)
def test_an_edit_that_cannot_be_is_told_and_asked_about_again(edited: str, message: str) -> None:
    proposals = suggested(SetRule("Rundu", "markings", ("dark spots",)))
    decided, told = asking(proposals, "e", "y", edited=edited)
    assert message in told
    assert decided.edits == (SetRule("Rundu", "markings", ("dark spots",)),)


def test_what_an_llm_says_is_shown_as_text() -> None:
    odd = "[red]x[/red] \x1b[2J{0}"
    proposals = proposals_of(load("gallery:demo-draft"), [(AddOption("markings", "zigzags"), odd)])
    _, told = asking(proposals, "q")
    assert "[red]x[/red] \\x1b[2J{0}" in told


def test_an_edit_that_is_left_as_it_was_stays_the_llms() -> None:
    edit = SetRule("Rundu", "markings", ("dark spots",))
    decided, told = asking(suggested(edit), "e", "y", edited=json.dumps(to_json(edit), indent=4))
    assert "it is as it was" in told
    assert (decided.items[0].status, decided.items[0].edited) == ("accepted", False)
