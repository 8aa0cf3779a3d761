"""log, show, restore and history on the command line, from the first save to a restored one."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cotsmith.systems.decisions import change_locks, lock_changes, refusals, remember_refusals
from cotsmith.systems.edit_json import edits_from_json
from cotsmith.systems.edits import AddOption, RewordOption, SetName, SetRule, apply
from cotsmith.systems.file import load, render
from cotsmith.systems.history import History, history_path
from cotsmith.systems.saving import record_evaluation, save_revision
from tests.command_line import Command
from tests.systems.history_worlds import PETS, save

FILE = Path("pets.json")
GREEN = SetRule("Cleo", "color", ("green",))
FIGURES = {"n": 100, "encoder": "demo", "data": "cards", "split": "dev"}


@pytest.fixture
def cotsmith(cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """In a folder with a file of three revisions, two of them measured; the file was changed by hand since."""
    for name in ("COLUMNS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (("COUNT", "1"), ("KEY_0", "user.name"), ("VALUE_0", "Robin")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    save(FILE, reason="begin")
    record_evaluation(FILE, {"accuracy": 0.5, "ci95": [0.4, 0.6], **FIGURES})
    edits = (GREEN, RewordOption("color", "red", "scarlet"))
    exchange = {"model": "example/model", "input_tokens": 1200, "output_tokens": 300, "seconds": 2.5}
    system = apply(PETS, edits)
    save_revision(system, FILE, kind="llm", author="example/model", reason="refined", edits=edits, exchanges=[exchange])
    record_evaluation(FILE, {"accuracy": 0.9, "ci95": [0.83, 0.94], **FIGURES})
    save_revision(apply(system, [SetName("b")]), FILE, kind="person", author="Kim")
    FILE.write_text(FILE.read_text("utf-8").replace('"scarlet"', '"crimson"'), "utf-8")
    return cotsmith


class TestLog:
    def test_a_line_for_each_revision_the_newest_first_with_accuracies_drawn(self, cotsmith: Command) -> None:
        result = cotsmith("log", "pets.json")
        hashes = [r["hash"][:7] for r in json.loads(cotsmith("log", "pets.json", "--json").out)]
        assert result.code == 0
        assert result.err == "pets.json was changed since revision 3: cotsmith diff pets.json\n"
        assert result.out.splitlines() == [
            "                                  40       94 %",
            f" 3  {hashes[0]}     now  Kim                       1 name",
            f" 2  {hashes[1]}     now  model   90.0         ─●─  refined",
            f" 1  {hashes[2]}     now  Kim     50.0 ──●──        begin",
            "accuracy on 100 images of cards, split dev, encoder demo",
        ]

    def test_json_has_all_that_is_known_of_each(self, cotsmith: Command) -> None:
        found = json.loads(cotsmith("log", "pets.json", "--json").out)
        keys = {"revision", "hash", "parent", "author", "kind", "reason", "time", "accuracy", "edits"}
        assert all(keys <= set(each) for each in found)
        assert [(e["revision"], e["parent"], e["author"], e["kind"], e["reason"], e["accuracy"]) for e in found] == [
            (3, 2, "Kim", "person", "", None),
            (2, 1, "example/model", "llm", "refined", 0.9),
            (1, None, "Kim", "person", "begin", 0.5),
        ]
        assert edits_from_json(found[1]["edits"]) == (GREEN, RewordOption("color", "red", "scarlet"))
        assert found[2]["edits"] == []

    def test_an_accuracy_says_all_only_where_that_is_so(self, cotsmith: Command) -> None:
        cotsmith("history", "record", "pets.json", "-m", "by hand")
        record_evaluation(FILE, {"accuracy": 0.9998, "ci95": [0.83, 0.9999], **FIGURES, "n": 10_000})
        log = cotsmith("log", "pets.json").out.splitlines()
        assert log[0].endswith(" 99.99 %")
        assert " 99.9 " in log[1]
        assert "accuracy  99.98 % (83 – 99.99 %) on 10000 images" in cotsmith("show", "pets.json@4").out

    def test_only_the_last(self, cotsmith: Command) -> None:
        assert [r["revision"] for r in json.loads(cotsmith("log", "pets.json", "-n", "2", "--json").out)] == [3, 2]
        assert cotsmith("log", "pets.json", "-n", "0").code == 2

    def test_accuracies_made_otherwise_are_marked_and_not_drawn(self, cotsmith: Command) -> None:
        cotsmith("history", "record", "pets.json", "-m", "by hand")
        record_evaluation(FILE, {"accuracy": 0.7, "ci95": [0.6, 0.8], **FIGURES, "split": "test"})
        lines = cotsmith("log", "pets.json").out.splitlines()
        assert [line[26:34].strip() for line in lines[1:5]] == ["70.0", "", "90.0*", "50.0*"]
        assert sum("●" in line for line in lines) == 1
        assert lines[-1].startswith("* measured otherwise")

    def test_no_history_is_no_error_but_no_file_is(self, cotsmith: Command) -> None:
        Path("new.json").write_text(render(PETS), "utf-8")
        result = cotsmith("log", "new.json")
        assert (result.code, result.out) == (0, "")
        assert "has no history yet" in result.err
        assert json.loads(cotsmith("log", "new.json", "--json").out) == []
        assert not history_path("new.json").exists()
        assert "there is no such file" in cotsmith("log", "none.json").err
        assert cotsmith("log", "gallery:demo").code == 2

    def test_lines_fit_a_terminal_and_obey_no_one(self, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        save(FILE, reason="\x1b[31m" + "very long reasons " * 20)
        monkeypatch.setenv("COLUMNS", "60")
        monkeypatch.setenv("GIT_PAGER_IN_USE", "1")
        lines = cotsmith("log", "pets.json", "--color", "never").out.splitlines()
        assert max(map(len, lines)) == 60
        assert "\\x1b[31mve…" in lines[1]
        assert "\x1b[" in cotsmith("log", "pets.json").out
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in cotsmith("log", "pets.json").out


class TestShow:
    def test_who_when_why_how_well_and_what(self, cotsmith: Command) -> None:
        known = json.loads(cotsmith("show", "pets.json@2", "--json").out)
        result = cotsmith("show", "pets.json@2")
        assert (result.code, result.err) == (0, "")
        assert result.out.splitlines() == [
            "revision 2 of pets.json",
            f"  hash      {known['hash']}",
            "  parent    1",
            "  author    example/model (LLM)",
            f"  time      {known['time'].replace('T', ' ').replace('Z', ' UTC')}",
            "  reason    refined",
            "  accuracy  90.0 % (83 – 94 %) on 100 images of cards, split dev, encoder demo",
            "  LLM       1 exchange with example/model, 1,200 input tokens, 300 output tokens, 2.5 s",
            "",
            "attribute color",
            "  option  red → scarlet  (1 rule)",
            "",
            "classes",
            "  Cleo  color  blue → green",
        ]

    @pytest.mark.parametrize("name", ["@3", "", "@~0"])
    def test_the_last_revision(self, cotsmith: Command, name: str) -> None:
        assert cotsmith("show", f"pets.json{name}").out.endswith("system\n  name  pets → b\n")

    def test_the_file_as_it_was_byte_by_byte(self, cotsmith: Command) -> None:
        known = json.loads(cotsmith("show", "pets.json@1", "--json").out)
        text = cotsmith("show", "pets.json@1", "--text").out
        assert text == known["text"] == render(PETS)
        assert hashlib.sha256(text.encode()).hexdigest() == known["hash"]
        assert cotsmith("show", f"pets.json@{known['hash'][:6]}", "--text").out == text

    def test_what_there_is_not(self, cotsmith: Command) -> None:
        assert "there is no revision 9; the last is 3" in cotsmith("show", "pets.json@9").err
        assert "names no file" in cotsmith("show", "@1").err
        assert cotsmith("show", "none.json@1").code == 2

    def test_a_revision_that_was_no_system(self, cotsmith: Command) -> None:
        FILE.write_text("{ broken", "utf-8")
        cotsmith("restore", "pets.json@1")
        assert "no valid system" in cotsmith("show", "pets.json@4").out
        assert cotsmith("show", "pets.json@4", "--text").out == "{ broken"
        assert "no valid system" in cotsmith("log", "pets.json").out

    def test_a_revision_whose_layout_alone_changed(self, cotsmith: Command) -> None:
        FILE.write_text(json.dumps(json.loads(FILE.read_text("utf-8"))), "utf-8")
        cotsmith("history", "record", "pets.json")
        FILE.write_text(render(load(FILE)), "utf-8")
        cotsmith("history", "record", "pets.json")
        assert cotsmith("show", "pets.json").out.endswith("Only the layout changed.\n")
        assert cotsmith("log", "pets.json").out.splitlines()[1].endswith("only the layout")


class TestRestore:
    def test_a_restored_revision_is_a_new_one_and_nothing_is_lost(self, cotsmith: Command) -> None:
        by_hand = FILE.read_bytes()
        result = cotsmith("restore", "pets.json@1", "-m", "the colours were right")
        assert (result.code, result.out) == (0, "")
        assert result.err == (
            "pets.json was changed outside cotsmith; that is kept as revision 4\n"
            "pets.json is again as in revision 1 (now revision 5).\n"
        )
        assert load(FILE) == PETS
        five, four, *_ = json.loads(cotsmith("log", "pets.json", "--json").out)
        assert (five["revision"], five["parent"], five["reason"], five["accuracy"]) == (
            5,
            4,
            "the colours were right",
            0.5,
        )
        assert (four["kind"], four["hash"]) == ("hand", hashlib.sha256(by_hand).hexdigest())
        cotsmith("restore", "pets.json@4")
        assert FILE.read_bytes() == by_hand

    def test_what_the_file_is_already(self, cotsmith: Command) -> None:
        cotsmith("restore", "pets.json@3")
        again = cotsmith("restore", "pets.json@~0")
        assert again.err == "pets.json is as in revision 5 already.\n"
        assert len(json.loads(cotsmith("log", "pets.json", "--json").out)) == 5

    def test_a_file_that_was_deleted_comes_back(self, cotsmith: Command) -> None:
        FILE.unlink()
        assert cotsmith("restore", "pets.json@3").code == 0
        assert load(FILE).name == "b"

    def test_it_must_be_told_which(self, cotsmith: Command) -> None:
        result = cotsmith("restore", "pets.json")
        assert (result.code, result.err.splitlines()[0]) == (2, "error: pets.json: which revision?")


class TestRecord:
    def test_an_edit_by_hand_with_its_reason(self, cotsmith: Command) -> None:
        assert cotsmith("history", "record", "pets.json", "-m", "a darker red").err == (
            "pets.json is now revision 4.\n"
        )
        newest = json.loads(cotsmith("log", "pets.json", "--json").out)[0]
        assert " ".join(newest) == "revision hash parent author kind reason time accuracy edits"
        assert (newest["kind"], newest["author"], newest["reason"]) == ("person", "Robin", "a darker red")
        assert edits_from_json(newest["edits"]) == (RewordOption("color", "scarlet", "crimson"),)
        assert "nothing to record" in cotsmith("history", "record", "pets.json").err
        assert len(json.loads(cotsmith("log", "pets.json", "--json").out)) == 4

    def test_a_damaged_history_is_not_set_aside_in_silence(self, cotsmith: Command) -> None:
        history_path(FILE).write_bytes(b"garbage" * 1000)
        told = cotsmith("history", "record", "pets.json").err
        assert "was set aside as pets.history.db.corrupt-1" in told
        assert told.endswith("pets.json is now revision 1.\n")

    def test_it_begins_a_history(self, cotsmith: Command) -> None:
        Path("new.json").write_text(render(PETS), "utf-8")
        assert cotsmith("history", "record", "new.json", "-m", "mine").code == 0
        assert [r["reason"] for r in json.loads(cotsmith("log", "new.json", "--json").out)] == ["mine"]

    @pytest.mark.parametrize("file", ["none.json", "pets.json@2", "-", "gallery:demo"])
    def test_only_a_file_can_be_recorded(self, cotsmith: Command, file: str) -> None:
        assert cotsmith("history", "record", file).code == 2
        assert not Path("none.history.db").exists()


class TestTransport:
    def test_a_history_moves_with_all_it_holds(self, cotsmith: Command) -> None:
        assert cotsmith("history", "export", "pets.json", "-o", "all.jsonl").code == 0
        exported = Path("all.jsonl").read_text("utf-8")
        assert cotsmith("history", "export", "pets.json").out == exported
        assert [json.loads(line).get("revision") for line in exported.splitlines()] == [None, 1, 2, 3]
        Path("copy.json").write_bytes(FILE.read_bytes())
        result = cotsmith("history", "import", "copy.json", "all.jsonl")
        assert result.err == (
            "3 revisions added to the history of copy.json.\n"
            "copy.json is not as in the last: cotsmith restore copy.json@3\n"
        )
        assert cotsmith("history", "export", "copy.json").out == exported.replace('"pets.json"', '"copy.json"')
        for revision in (1, 2, 3):
            one, other = (
                json.loads(cotsmith("show", f"{file}@{revision}", "--json").out) for file in ("pets.json", "copy.json")
            )
            assert one == other
        again = cotsmith("history", "import", "copy.json", "-", stdin=exported)
        assert again.err.startswith("0 revisions added")

    def test_what_a_person_decided_moves_along(self, cotsmith: Command) -> None:
        with History.open(FILE) as history:
            change_locks(history, [("Ash", "color"), ("Bo", "form")], locked=True)
            remember_refusals(history, [{"edit": {"edit": "set-name", "name": "x"}, "reason": "no"}])
        exported = cotsmith("history", "export", "pets.json").out
        Path("copy.json").write_bytes(FILE.read_bytes())
        assert cotsmith("history", "import", "copy.json", "-", stdin=exported).code == 0
        with History.open(FILE) as one, History.open("copy.json") as other:
            assert lock_changes(one) == lock_changes(other) != []
            assert refusals(one) == refusals(other) != []
        assert cotsmith("history", "export", "copy.json").out == exported.replace('"pets.json"', '"copy.json"')
        save(Path("third.json"))
        Path("third.history.db").unlink()
        broken = exported.replace('"locked":true,', "")
        assert (
            "a lock has class, attribute, locked and time"
            in cotsmith("history", "import", "third.json", "-", stdin=broken).err
        )

    def test_a_longer_export_continues_a_history_and_another_one_is_refused(self, cotsmith: Command) -> None:
        Path("copy.json").write_bytes(FILE.read_bytes())
        first = cotsmith("history", "export", "pets.json").out
        cotsmith("history", "import", "copy.json", "-", stdin=first)
        cotsmith("history", "record", "pets.json")
        longer = cotsmith("history", "export", "pets.json").out
        assert cotsmith("history", "import", "copy.json", "-", stdin=longer).err.startswith("1 revision added")
        refused = cotsmith("history", "import", "copy.json", "-", stdin=first)
        assert (refused.code, "has 4 revisions, the export only 3" in refused.err) == (2, True)
        save(Path("other.json"))
        save(Path("other.json"), SetName("c"))
        refused = cotsmith("history", "import", "other.json", "-", stdin=first)
        assert "is another one" in refused.err
        assert len(json.loads(cotsmith("log", "other.json", "--json").out)) == 2

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("scarlet", "purple", "the text does not match its hash"),
            ('"revision":2', '"revision":5', "revision 2 is due here, not 5"),
            ('"kind":"llm"', '"kind":"cat"', '"kind" is one of'),
            ('"evaluations":[{', '"evaluations":[1,{', "an evaluation is an object"),
            ('"cotsmith_history":1', '"cotsmith_history":7', "newer cotsmith"),
            ('"cotsmith_history":1', '"a":1', "no export of a history"),
            ('"parent":1', '"parent":"x"', "a whole number is needed"),
            ("}\n", "}\n[1]\n", "a line is an object"),
            ("}\n", "}\n{\n", "not a line of JSON"),
        ],
    )
    def test_a_broken_export_adds_nothing(self, cotsmith: Command, old: str, new: str, message: str) -> None:
        text = cotsmith("history", "export", "pets.json").out
        assert old in text
        Path("copy.json").write_bytes(FILE.read_bytes())
        result = cotsmith("history", "import", "copy.json", "-", stdin=text.replace(old, new))
        assert (result.code, message in result.err) == (2, True), result.err
        assert json.loads(cotsmith("log", "copy.json", "--json").out) == []

    def test_bytes_that_are_no_text_survive(self, cotsmith: Command) -> None:
        FILE.write_bytes(b"caf\xe9 \xff\n")
        cotsmith("history", "record", "pets.json")
        Path("copy.json").write_bytes(FILE.read_bytes())
        cotsmith("history", "import", "copy.json", "-", stdin=cotsmith("history", "export", "pets.json").out)
        done = subprocess.run(
            [sys.executable, "-m", "cotsmith", "show", "copy.json@4", "--text"], capture_output=True, check=True
        )
        assert done.stdout == b"caf\xe9 \xff\n"

    def test_an_export_replaces_nothing_unasked(self, cotsmith: Command) -> None:
        Path("all.jsonl").touch()
        assert cotsmith("history", "export", "pets.json", "-o", "all.jsonl").code == 2
        assert cotsmith("history", "export", "pets.json", "-o", "all.jsonl", "--force").code == 0
        assert cotsmith("history", "import", "pets.json", "none.jsonl").code == 2


def test_verify_rebuilds_every_text(cotsmith: Command) -> None:
    whole = cotsmith("history", "verify", "pets.json")
    assert (whole.code, whole.out, whole.err) == (0, "", "3 revisions, 0 damaged.\n")
    with sqlite3.connect(history_path(FILE)) as connection:
        connection.execute("UPDATE revision SET content = x'00' WHERE number = 2")
    connection.close()
    broken = cotsmith("history", "verify", "pets.json")
    assert broken.code == 1
    assert broken.out.splitlines()[0].startswith("pets.json@2: the text of revision 2 is damaged")
    assert broken.err == "3 revisions, 2 damaged.\n", "the third is a delta against the second"


class TestTroubles:
    """What a person sees when the history cannot be used: an error that says what to do, and never a lost file."""

    def test_a_newer_schema(self, cotsmith: Command) -> None:
        with sqlite3.connect(history_path(FILE)) as connection:
            connection.execute("PRAGMA user_version = 99")
        connection.close()
        for arguments in (
            ("log", "pets.json"),
            ("show", "pets.json@1"),
            ("diff", "pets.json"),
            ("diff", "pets.json@1"),
        ):
            result = cotsmith(*arguments)
            assert (result.code, result.out) == (2, "")
            assert "written by a newer cotsmith (schema 99" in result.err
            assert "Update cotsmith." in result.err
        saved = cotsmith("export", "gallery:demo", "-o", "pets.json", "--force")
        assert saved.code == 0
        assert saved.err.startswith("warning: saved without history: ")
        assert "newer cotsmith" in saved.err
        assert load(FILE) == load("gallery:demo")

    def test_a_corrupt_database(self, cotsmith: Command) -> None:
        history_path(FILE).write_bytes(b"SQLite format 3\x00" + b"garbage" * 1000)
        result = cotsmith("log", "pets.json")
        assert (result.code, "the history is damaged" in result.err) == (2, True)
        saved = cotsmith("export", "gallery:demo", "-o", "pets.json", "--force")
        assert (saved.code, "set aside as pets.history.db.corrupt-1" in saved.err) == (0, True)
        assert [r["kind"] for r in json.loads(cotsmith("log", "pets.json", "--json").out)] == ["import", "hand"]

    def test_a_locked_database(self, cotsmith: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        assert save_revision.__kwdefaults__ is not None
        monkeypatch.setitem(save_revision.__kwdefaults__, "timeout", 0.05)
        other = sqlite3.connect(history_path(FILE), isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        assert cotsmith("log", "pets.json").code == 0, "reading waits for nobody"
        saved = cotsmith("export", "gallery:demo", "-o", "pets.json", "--force")
        other.execute("ROLLBACK")
        other.close()
        assert (saved.code, "another process is writing the history" in saved.err) == (0, True)
        assert load(FILE) == load("gallery:demo")
        assert cotsmith("history", "record", "pets.json").err == "pets.json is now revision 4.\n"

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
    def test_a_read_only_folder(self, cotsmith: Command) -> None:
        Path().chmod(0o500)
        try:
            assert cotsmith("log", "pets.json").code == 0
            assert cotsmith("restore", "pets.json@1").code == 2
        finally:
            Path().chmod(0o700)
        assert "crimson" in FILE.read_text("utf-8")


HEAVY = "torch transformers textual openai anthropic rich numpy PIL safetensors"


@pytest.mark.usefixtures("cotsmith")
@pytest.mark.parametrize(
    "arguments",
    [
        ["log", "pets.json"],
        ["show", "pets.json@2"],
        ["diff", "pets.json"],
        ["diff", "pets.json@1", "pets.json@2", "--format", "markdown"],
        ["merge", "pets.json@1", "pets.json@2", "pets.json@1"],
        ["history", "verify", "pets.json"],
        ["restore", "pets.json@1"],
    ],
)
def test_no_verb_of_history_loads_what_it_does_not_need(arguments: list[str]) -> None:
    code = (
        "import sys; from cotsmith.cli import run; code = run(sys.argv[1:]); "
        f"print([m for m in {HEAVY.split()} if m in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "[]")


def test_every_verb_that_writes_records_a_revision(cotsmith: Command) -> None:
    Path("table.csv").write_text("class,color\nCat,red\nDog,blue\n", "utf-8")
    cotsmith("import", "table.csv", "-o", "new.json")
    cotsmith("new", "Cat", "--attributes", "color", "-o", "new.json", "--force")
    cotsmith("export", "pets.json", "-o", "new.json", "--force")
    system = apply(load("new.json"), [AddOption("color", "cyan")])
    Path("new.json").write_text(render(system), "utf-8")
    cotsmith("check", "new.json", "--fix", "--select", "O101,O103")
    cotsmith("merge", "pets.json@1", "pets.json@2", "pets.json@3", "-o", "new.json", "--force")
    cotsmith("restore", "new.json@1")
    cotsmith("export", "new.json", "--format", "csv", "-o", "table.csv", "--force")
    found = json.loads(cotsmith("log", "new.json", "--json").out)[::-1]
    assert [(r["kind"], r["reason"]) for r in found] == [
        ("import", "imported from table.csv"),
        ("person", "begun with 1 class and 1 attribute"),
        ("import", "copy of pets.json"),
        ("hand", "changed outside cotsmith"),
        ("check-fix", "fixed O103 unused-option"),
        ("person", "merge of pets.json@3"),
        ("person", "restored revision 1"),
    ]
    assert not Path("table.csv.history.db").exists()


def test_the_history_tells_of_conflicts_and_who_prevailed(cotsmith: Command) -> None:
    for name, colour in (("base", "red"), ("ours", "green"), ("theirs", "blue")):
        save(Path(f"{name}.json"), SetRule("Ash", "color", (colour,)))
    merging = ("merge", "base.json", "ours.json", "theirs.json", "-o", "out.json", "--force")
    assert (cotsmith(*merging).code, cotsmith(*merging, "--prefer", "theirs").code) == (1, 0)
    found = json.loads(cotsmith("log", "out.json", "--json").out)[::-1]
    assert [r["reason"] for r in found] == [
        "merge of theirs.json; 1 conflict, ours taken",
        "merge of theirs.json; 1 conflict, theirs taken",
    ]


@pytest.mark.parametrize("verb", [("check", "pets.json@1", "--fix"), ("export", "gallery:demo", "-o", "pets.json@1")])
def test_a_revision_is_never_written(cotsmith: Command, verb: tuple[str, ...]) -> None:
    assert cotsmith(*verb).code == 2
    assert not Path("pets.json@1").exists()
