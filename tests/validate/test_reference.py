"""The reference pages: made from the checks, and in step with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cotsmith.systems.document import parse_document
from cotsmith.validate import reference
from cotsmith.validate.check import Check
from cotsmith.validate.codes import all_checks
from cotsmith.validate.reference import FOLDER, index, main, out_of_step, page, pages, write


def test_the_pages_in_docs_are_in_step() -> None:
    assert out_of_step(FOLDER) == []


def test_every_check_has_a_page_and_a_row() -> None:
    assert set(pages()) == {"index.md", *(f"{check.code}-{check.name}.md" for check in all_checks())}
    for link in re.findall(r"\]\(([^)]+\.md)\)", index()):
        assert link in pages()


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.code)
def test_a_page_shows_the_fault_and_the_way_out(check: Check) -> None:
    text = page(check)
    for heading in ("What it finds", "Why it matters", "Example", "What to write instead", "Fix"):
        assert f"\n## {heading}\n" in text
    blocks = re.findall(r"```(json|text)\n(.*?)\n```", text, re.DOTALL)
    assert any(kind == "text" and f"{text.split()[1]} {text.split()[2]}: " in block for kind, block in blocks)
    for kind, block in blocks[2:]:
        if kind == "json" and not block.startswith('"allow"'):
            assert parse_document(block).problems == ()
    assert (
        max(len(line) for line in text.split("\n") if not line.startswith(("  ", "example.json", "{", '"allow"')))
        <= 120
    )


def test_pages_out_of_step_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path)
    assert out_of_step(tmp_path) == []
    (tmp_path / "index.md").write_text("old")
    (tmp_path / "X101-gone.md").write_text("gone")
    (tmp_path / "O101-duplicate-option.md").unlink()
    assert out_of_step(tmp_path) == ["O101-duplicate-option.md", "X101-gone.md", "index.md"]
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr("sys.argv", ["reference", "--check"])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    monkeypatch.setattr("sys.argv", ["reference"])
    main()
    assert out_of_step(tmp_path) == []
