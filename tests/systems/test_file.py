"""Loading, saving, parsing and rendering: round trips, and that nothing but a CotsmithError ever comes out."""

from __future__ import annotations

import io
import os
import stat
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cotsmith.errors import CotsmithError, InputError, InvalidSystemError, UsageError
from cotsmith.systems.file import load, parse, read, render, save
from cotsmith.systems.model import Allowance, Attribute, System
from cotsmith.systems.sources import SIZE_LIMIT
from tests.systems.strategies import systems

COLOR = Attribute("color", ("A photo of a {} thing.",), ("red", "blue"))
SMALL = System("small", "Two things.", attributes=(COLOR,), rules={"A": {"color": ("red",)}, "B": {}})
GOOD = render(SMALL)


@given(systems())
@settings(max_examples=80, deadline=None)
def test_what_is_rendered_parses_to_an_equal_system_with_the_same_text(system: System) -> None:
    text = render(system)
    again = parse(text)
    assert again == system
    assert render(again) == text
    assert text.endswith("}\n")


@given(systems())
@settings(max_examples=50, deadline=None)
def test_no_rendered_text_holds_a_control_character_that_a_terminal_obeys(system: System) -> None:
    assert all(char == "\n" or char.isprintable() or char.isspace() for char in render(system) if char < "\xa0")
    assert "\u202e" not in render(system)


def test_the_canonical_text_has_an_option_and_a_class_a_line() -> None:
    system = System(
        "pets",
        "Cats & dogs",
        ("a photo of a {}", "{}"),
        (COLOR, Attribute("size", ("{}", "a {} one"), (), 2, "a note")),
        {"Cat": {"color": ("red", "blue")}, "Ħund": {"color": ("blue",)}},
        0.5,
        {("Ħund", "color"): "why\nnot", ("Cat", None): "x\u202e"},
        (Allowance("C101", "", "twins"),),
    )
    expected = """\
{
  "cotsmith": 1,
  "name": "pets",
  "description": "Cats & dogs",
  "class_prompt": ["a photo of a {}", "{}"],
  "temperature": 0.5,
  "attributes": {
    "color": {
      "prompt": "A photo of a {} thing.",
      "options": [
        "red",
        "blue"
      ]
    },
    "size": {
      "prompt": [
        "{}",
        "a {} one"
      ],
      "options": [],
      "weight": 2,
      "note": "a note"
    }
  },
  "rules": {
    "Cat": {"color": ["red", "blue"], "size": null},
    "Ħund": {"color": "blue", "size": null}
  },
  "notes": {
    "classes": {
      "Cat": "x\\u202e"
    },
    "cells": {
      "Ħund": {"color": "why\\nnot"}
    }
  },
  "allow": [
    {"check": "C101", "place": "", "reason": "twins"}
  ]
}
"""
    assert render(system) == expected
    assert parse(expected) == system


def test_save_and_load_through_a_file(tmp_path: Path) -> None:
    path = tmp_path / "small.json"
    save(SMALL, path)
    assert path.read_text("utf-8") == GOOD
    assert load(path) == load(str(path)) == System.load(path) == SMALL
    SMALL.save(path)
    assert os.listdir(tmp_path) == ["small.json"]


def test_a_byte_order_mark_is_tolerated(tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(path) == SMALL


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    document = read("-")
    assert (document.name, document.system) == ("<stdin>", SMALL)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\t", "the file is empty"),
        (b"\x1f\x8b\x08\x00rest", "this is gzip data, not UTF-8 text\nUnpack it first."),
        (b"PK\x03\x04rest", "this is a ZIP archive (or an Excel workbook), not UTF-8 text\nUnpack it first, or"),
        (b"\x89PNG\r\n", "this is a PNG image, not UTF-8 text"),
        ("{}".encode("utf-16"), "this is UTF-16 text, not UTF-8 text"),
        (b'{"a": "\x00"}', "this is binary data, not text"),
        (b'{"a":\n "\xe9t\xe9"}', "not UTF-8 text: byte 0xe9 in line 2"),
    ],
)
def test_a_file_that_is_no_text_is_named_for_what_it_is(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {message}")


def test_a_gigantic_file_is_refused_without_reading_it_all(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(SIZE_LIMIT + 1)
    with pytest.raises(InputError, match="larger than 64 MiB"):
        load(path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("missing/small.json", "there is no such file"),
        (".", "is a folder, not a file"),
        ("a\0b", "cannot be read: embedded null byte"),
        ("n" * 5000, "cannot be read: file name too long"),
        ("gallery:pokemon-card", 'the gallery has no "pokemon-card"; did you mean "pokemon-cards"?'),
        ("gallery:../file", "It has: gallery:"),
        ("gallery:", "It has: gallery:"),
    ],
)
def test_a_source_that_is_not_there(source: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        load(source)
    assert message in str(caught.value)


def test_a_misspelt_path_is_answered_with_the_nearest_one(tmp_path: Path) -> None:
    save(SMALL, tmp_path / "small.json")
    with pytest.raises(InputError, match=r"Did you mean .*small\.json"):
        load(tmp_path / "smal.json")
    with pytest.raises(InputError, match=r"Did you mean .*small\.json"):
        load(tmp_path / "small")
    with pytest.raises(InputError, match="Examples that ship with cotsmith"):  # alike in nothing but the ending
        load(tmp_path / "birds.json")


class TestSaving:
    def test_permissions_and_symbolic_links_are_kept(self, tmp_path: Path) -> None:
        (tmp_path / "real").mkdir()
        path, link = tmp_path / "real" / "small.json", tmp_path / "link.json"
        save(System(), path)
        path.chmod(0o640)
        link.symlink_to(path)
        save(SMALL, link)
        assert link.is_symlink()
        assert load(path) == SMALL
        assert stat.S_IMODE(path.stat().st_mode) == 0o640

    def test_a_new_file_obeys_the_umask(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            save(SMALL, tmp_path / "small.json")
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "small.json").stat().st_mode) == 0o640

    def test_a_pipe_is_written_to_and_stays_a_pipe(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        received: list[str] = []
        reader = threading.Thread(target=lambda: received.append(path.read_text("utf-8")))
        reader.start()
        save(SMALL, path)
        reader.join()
        assert received == [GOOD]
        assert stat.S_ISFIFO(path.stat().st_mode)

    def test_a_disk_that_fills_up_leaves_the_old_file_and_nothing_else(self, tmp_path: Path) -> None:
        resource = pytest.importorskip("resource")
        path = tmp_path / "small.json"
        save(SMALL, path)
        big = System("big", "x" * 100_000)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        try:
            with pytest.raises(InputError, match=r"small\.json: cannot be written: file too large"):
                save(big, path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert path.read_text("utf-8") == GOOD
        assert os.listdir(tmp_path) == ["small.json"]

    @pytest.mark.parametrize(
        ("path", "message"),
        [
            ("/dev/full", "cannot be written: no space left on device"),
            ("/proc/small.json", "cannot be written"),
            ("missing/small.json", "Create the folder first."),
            ("a\0b", "cannot be written"),
            (".", "is a folder, not a file"),
        ],
    )
    def test_a_place_that_cannot_be_written(self, path: str, message: str) -> None:
        with pytest.raises(InputError) as caught:
            save(SMALL, path)
        assert message in str(caught.value)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
    def test_a_write_protected_file_stays(self, tmp_path: Path) -> None:
        path = tmp_path / "small.json"
        save(SMALL, path)
        path.chmod(0o444)
        with pytest.raises(InputError, match="write-protected"):
            save(System(), path)
        assert load(path) == SMALL

    def test_the_gallery_and_standard_output_are_no_files(self) -> None:
        with pytest.raises(UsageError, match="cotsmith export gallery:pokemon-cards -o"):
            save(SMALL, "gallery:pokemon-cards")
        with pytest.raises(UsageError):
            save(SMALL, "-")

    def test_what_load_would_refuse_is_not_written(self, tmp_path: Path) -> None:
        path = tmp_path / "x.json"
        with pytest.raises(InvalidSystemError, match=r"description: it holds half of a surrogate"):
            save(System(description="\ud800"), path)
        assert not path.exists()


@given(st.binary(max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_bytes_load_or_raise_a_cotsmith_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    path.write_bytes(content)
    with pytest.raises(CotsmithError):
        load(path)


@pytest.mark.parametrize("source", [None, 3, b"cards.json", {"cotsmith": 1}])
def test_what_is_no_path_is_refused(source: object) -> None:
    with pytest.raises(UsageError, match=f"named by its path, not by {type(source).__name__}"):
        System.load(source)  # type: ignore[arg-type]
