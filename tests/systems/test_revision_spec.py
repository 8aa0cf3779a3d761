"""A revision named wherever a file is read: from the history, from git, and what only looks like one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cotsmith.errors import InputError
from cotsmith.systems.edits import SetName
from cotsmith.systems.file import load, read
from cotsmith.systems.history import History
from cotsmith.systems.revision_spec import file_of, split_git, split_revision
from tests.systems.history_worlds import PETS, save


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("pokemon.json@3", ("pokemon.json", "3")),
        ("a/b c.json@~1", ("a/b c.json", "~1")),
        ("x@y.json@~", ("x@y.json", "~")),
        ("x.json@A1b2c3", ("x.json", "A1b2c3")),
        ("@3", ("", "3")),
        ("x.json", None),
        ("x.json@", None),
        ("x.json@abc", None),
        ("x.json@latest", None),
        ("x.json@-1", None),
        ("someone@example.org", None),
    ],
)
def test_what_names_a_revision_of_a_history(source: str, parts: tuple[str, str] | None) -> None:
    assert split_revision(source) == parts


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("HEAD~2:pokemon.json", ("HEAD~2", "pokemon.json")),
        ("main:a/b.json", ("main", "a/b.json")),
        ("pokemon.json", None),
        (":x", None),
        ("x:", None),
    ],
)
def test_what_names_a_file_in_git(source: str, parts: tuple[str, str] | None) -> None:
    assert split_git(source) == parts


@pytest.mark.usefixtures("folder")
def test_a_revision_is_read_where_a_file_is() -> None:
    for name in ("a", "b", "c"):
        save(Path("pets.json"), SetName(name))
    assert [load(f"pets.json@{name}").name for name in ("1", "~1", "3", "~0")] == ["a", "b", "c", "c"]
    with History.open("pets.json") as history:
        assert load(f"pets.json@{history.find('2').hash[:6]}").name == "b"
    assert read("pets.json@1").name == "pets.json@1"
    Path("pets.json").unlink()
    assert load("pets.json@2").name == "b"


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_really_called_so_comes_first() -> None:
    save(Path("pets.json"))
    save(Path("pets.json@1"), SetName("a file"))
    save(Path("HEAD:pets.json"), SetName("another"))
    assert load("pets.json@1").name == "a file"
    assert load("HEAD:pets.json").name == "another"
    assert load("pets.json@~0") == PETS


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("pets.json@4", "there is no revision 4; the last is 1"),
        ("pets.json@ffff", "there is no revision ffff"),
        ("pets.json@~1", "there is only one revision"),
        ("bare.json@1", "has no history yet"),
        ("none.json@1", "there is no such file"),
        ("@1", "names no file"),
        ("HEAD:pets.json", "git has no"),
        ("--help:pets.json", "git has no"),
    ],
)
def test_a_revision_that_is_not_there_is_an_error(source: str, message: str) -> None:
    save(Path("pets.json"))
    Path("bare.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load(source)


def git(*arguments: str) -> None:
    identity = ["-c", "user.name=Kim", "-c", "user.email=kim@example.org"]
    subprocess.run(["git", *identity, *arguments], check=True, capture_output=True)


def test_a_file_is_read_from_git_from_the_top_and_from_a_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q")
    (folder / "cards").mkdir()
    for name in ("a", "b"):
        save(folder / "cards" / "pets.json", SetName(name))
        git("add", "cards/pets.json")
        git("commit", "-q", "-m", name)
    assert [load(f"{rev}:cards/pets.json").name for rev in ("HEAD", "HEAD~1")] == ["b", "a"]
    monkeypatch.chdir(folder / "cards")
    assert load("HEAD~1:pets.json").name == load("HEAD~1:./pets.json").name == "a"


def test_a_change_that_git_made_is_recorded_with_its_commit(folder: Path) -> None:
    file = folder / "pets.json"
    git("init", "-q")
    save(file)
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace('"red"', '"scarlet"'), encoding="utf-8")
    git("add", "pets.json")
    git("commit", "-q", "-m", "A better word")
    saved = save(file, SetName("b"))
    assert saved.outside is not None
    assert (saved.outside.author, saved.outside.kind) == ("Kim", "hand")
    assert saved.outside.reason.startswith("A better word (git ")


@pytest.mark.parametrize(
    ("source", "path"),
    [("-", None), ("gallery:demo", None), ("a.json", "a.json"), ("a.json@3", "a.json"), ("HEAD:a.json", "a.json")],
)
def test_the_file_behind_a_source(source: str, path: str | None) -> None:
    assert file_of(source) == (None if path is None else Path(path))
