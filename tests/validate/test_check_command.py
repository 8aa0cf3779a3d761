"""The verbs check, explain and questions, as a person runs them."""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from cotsmith.cli import run
from cotsmith.scoring.demo.world import render_card
from cotsmith.systems import gallery
from cotsmith.systems.edits import apply
from cotsmith.systems.file import load
from cotsmith.validate.codes import CHECKS
from cotsmith.validate.fixing import fix_all

GALLERY = Path(gallery.__file__ or "").parent
CARDS = "gallery:pokemon-cards"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    return Path(shutil.copy(GALLERY / "demo-draft.json", tmp_path / "draft.json"))


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return Path(shutil.copy(Path(__file__).with_name("corpus") / "fruit.json", tmp_path / "fruit.json"))


def test_findings_are_data_and_the_summary_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", CARDS]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith(f"{CARDS}:85:5: C104 one-attribute-apart: ")
    assert "C101 indistinguishable-classes" in out
    assert err == "2 findings\n"


def test_exit_codes(clean: Path, draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"cotsmith": 1,')
    missing = tmp_path / "missing.json"
    assert run(["check", str(clean)]) == 0
    assert run(["check", str(draft)]) == 1
    assert run(["check", str(draft), "--exit-zero"]) == 0
    assert run(["check", str(broken)]) == 2
    assert run(["check", str(broken), "--exit-zero"]) == 2
    assert run(["check", str(missing)]) == 2
    assert run(["check", str(clean), str(draft)]) == 1
    capsys.readouterr()
    assert run(["check", str(missing), str(draft), str(broken)]) == 2
    out, err = capsys.readouterr()
    assert "S101 invalid-json" in out
    assert "O101 duplicate-option" in out, "the files that can be read are checked all the same"
    assert "missing.json: there is no such file" in err


def test_json(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(draft), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert {"code", "name", "message", "path", "line", "column", "fix"} <= set(findings[0])
    assert run(["check", str(draft), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == findings
    assert run(["check", CARDS, "--select", "S", "--json"]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_github_and_sarif(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", str(draft), "--format", "github"])
    assert all(line.startswith(("::warning ", "::notice ")) for line in capsys.readouterr().out.splitlines())
    run(["check", str(draft), "--format", "sarif"])
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"]


def test_standard_input(draft: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(draft.read_bytes())))
    assert run(["check", "-", "--select", "O101"]) == 1
    assert capsys.readouterr().out.startswith("<stdin>:")


def test_fix_writes_what_diff_shows(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = draft.read_text("utf-8")
    assert run(["check", str(draft), "--diff"]) == 1
    out, err = capsys.readouterr()
    assert draft.read_text("utf-8") == before
    assert '-        "a pair of long ears",' in out.splitlines()
    assert "would fix O101 duplicate-option: head_feature: merge option" in err
    assert run(["check", str(draft), "--fix"]) == 1
    assert "fixed O101 duplicate-option: head_feature: merge option" in capsys.readouterr().err
    assert load(draft) == fix_all(load("gallery:demo-draft")).system
    fixed = draft.read_text("utf-8")
    run(["check", str(draft), "--fix"])
    assert draft.read_text("utf-8") == fixed


def test_unsafe_fixes_are_taken_only_when_wanted(draft: Path) -> None:
    run(["check", str(draft), "--fix"])
    assert any(a.name == "eyes" for a in load(draft).attributes)
    run(["check", str(draft), "--fix", "--unsafe-fixes"])
    assert not any(a.name == "eyes" for a in load(draft).attributes)


def test_a_file_without_anything_to_fix_is_not_written(clean: Path) -> None:
    clean.write_text(clean.read_text("utf-8").replace("\n", "\n\n", 1), "utf-8")
    before = clean.read_text("utf-8")
    assert run(["check", str(clean), "--fix"]) == 0
    assert clean.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--select", "duplicate-opton"], 'did you mean "duplicate-option"?'),
        (["--ignore", "Z"], "is not a check"),
        (["--fix", "--diff"], "--fix writes and --diff only shows"),
        (["--unsafe-fixes"], "Add --fix or --diff"),
        (["--fix"], "only a file can be mended in place"),
        (["--data", "images"], "--data needs an encoder"),
        (["--format", "xml"], "Invalid value for '--format'"),
    ],
)
def test_usage_errors(arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", CARDS, *arguments]) == 2
    out, err = capsys.readouterr()
    assert complaint in err
    assert out == ""


def test_evidence_needs_images_and_an_encoder(draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for creature in load(draft).classes:
        for seed in range(8):
            place = tmp_path / "cards" / "dev" / creature
            place.mkdir(parents=True, exist_ok=True)
            render_card(creature, seed).save(place / f"{seed}.jpg")
    arguments = ["--data", str(tmp_path / "cards"), "--encoder", "demo", "--crop", "artwork", "--no-cache"]
    assert run(["check", str(draft), *arguments, "--select", "E103", "--json"]) == 1
    places = {finding["place"] for finding in json.loads(capsys.readouterr().out)}
    assert "rules › Rundu › markings" in places
    assert "rules › Sorrup › markings" in places
    assert run(["check", str(draft), *arguments, "--fix", "--unsafe-fixes"]) == 1
    assert 'Rundu › markings: "bold stripes" -> "dark spots"' in capsys.readouterr().err
    empty = tmp_path / "empty.json"
    empty.write_text('{"cotsmith": 1, "attributes": {}, "rules": {}}', "utf-8")
    assert run(["check", str(empty), *arguments]) == 1
    assert "S112 empty-system" in capsys.readouterr().out


def test_explain_by_code_and_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "c101"]) == 0
    by_code = capsys.readouterr().out
    assert run(["explain", "indistinguishable-classes"]) == 0
    assert capsys.readouterr().out == by_code
    assert by_code.startswith("# C101 indistinguishable-classes\n")
    assert run(["explain", "C101", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["family"] == "classes"


def test_explain_is_laid_out_on_a_terminal_and_markdown_elsewhere(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["explain", "C101"]) == 0
    assert capsys.readouterr().out.startswith("# C101 indistinguishable-classes\n")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(["explain", "C101"]) == 0
    shown = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert shown.startswith("C101 indistinguishable-classes")
    assert "\nWhat it finds" in shown
    assert not re.search("```|^#|`", shown, re.MULTILINE)
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 80


def test_explain_lists_all_checks(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(CHECKS)
    assert run(["explain", "--json"]) == 0
    assert [check["code"] for check in json.loads(capsys.readouterr().out)] == list(CHECKS)
    assert run(["explain", "indistinguishable-clases"]) == 2
    assert 'did you mean "indistinguishable-classes"?' in capsys.readouterr().err


def test_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["questions", CARDS]) == 0
    out = capsys.readouterr().out
    assert '2 attributes separate all that can be separated (no fewer do): "key_trait", "background_scene".' in out
    assert '"Bulbasaur", "Celebi & Venusaur", "Venusaur" have the same rules.' in out
    assert run(["questions", CARDS, "--json"]) == 0
    value = json.loads(capsys.readouterr().out)
    assert value["smallest"] == {"attributes": ["key_trait", "background_scene"], "proven": True}
    assert value["attributes"][0]["attribute"] == "primary_form"
    assert value["indistinguishable"][0]["classes"] == ["Bulbasaur", "Celebi & Venusaur", "Venusaur"]


def test_the_edits_in_the_json_apply(draft: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cotsmith.systems.edit_json import edits_from_json

    run(["check", str(draft), "--json", "--select", "O101"])
    (finding,) = json.loads(capsys.readouterr().out)
    changed = apply(load(draft), edits_from_json(finding["fix"]["edits"]))
    assert "a pair of long ears" not in changed.attribute("head_feature").options
