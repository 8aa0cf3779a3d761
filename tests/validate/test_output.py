"""Findings written down: text with carets, JSON, GitHub, SARIF."""

from __future__ import annotations

import json

import pytest

from cotsmith.systems.document import parse_document
from cotsmith.systems.edit_json import edits_from_json
from cotsmith.systems.file import load
from cotsmith.systems.model import Attribute, System
from cotsmith.validate.codes import CHECKS
from cotsmith.validate.engine import check
from cotsmith.validate.excerpt import WIDTH, cells, excerpt
from cotsmith.validate.finding import Finding, Place
from cotsmith.validate.output import as_github, as_json, as_text, summary
from cotsmith.validate.sarif import as_sarif

TEXT = """\
{
  "cotsmith": 1,
  "attributes": {
    "fur": {"prompt": "Its fur is {}.", "options": ["gray", "Grey"]}
  },
  "rules": {
    "wolf": {"fur": "gray"},
    "mouse": {"fur": "Grey"}
  }
}
"""


@pytest.fixture
def duplicate() -> Finding:
    (finding,) = check(parse_document(TEXT, "animals.json"))
    return finding


def test_text_is_a_compilers(duplicate: Finding) -> None:
    assert as_text(duplicate, TEXT).split("\n") == [
        'animals.json:4:61: O101 duplicate-option: "Grey" says the same as "gray"',
        '  4 | … {}.", "options": ["gray", "Grey"]}'.replace("… {}", '    "fur": {"prompt": "Its fur is {}'),
        "    | " + " " * 60 + "^^^^^^",
        "  help: Keep one of them.",
        '  fix: Merge "Grey" into "gray". The two no longer share one answer\'s probability.',
    ]


def test_text_without_a_file_names_the_place() -> None:
    (finding,) = check(parse_document(TEXT).system)
    assert finding.line is None
    assert as_text(finding, "").startswith('attributes › fur › Grey: O101 duplicate-option: "Grey"')


def test_json_has_what_a_script_needs(duplicate: Finding) -> None:
    value = json.loads(json.dumps(as_json(duplicate)))
    assert value["code"] == "O101"
    assert value["name"] == "duplicate-option"
    assert (value["path"], value["line"], value["column"]) == ("animals.json", 4, 61)
    assert value["place"] == "attributes › fur › Grey"
    assert value["fix"]["safe"] is True
    assert edits_from_json(value["fix"]["edits"]) == duplicate.fix.edits if duplicate.fix else ()


def test_github_commands_escape_what_would_end_them() -> None:
    finding = Finding("O101", "duplicate-option", "note", "100%\nof it: a, b", source="a,b:c.json", line=3, column=5)
    assert as_github(finding) == (
        "::notice file=a%2Cb%3Ac.json,line=3,col=5,title=O101 duplicate-option::100%25%0Aof it: a, b"
    )


def test_sarif_has_every_check_as_a_rule_and_every_finding_as_a_result(duplicate: Finding) -> None:
    findings = [duplicate, *check("gallery:pokemon-cards")]
    log = as_sarif(findings)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(CHECKS)
    for finding, result in zip(findings, run["results"], strict=True):
        assert result["ruleId"] == finding.code == rules[result["ruleIndex"]]["id"]
        assert result["level"] in {"error", "warning", "note"}
        region = result["locations"][0]["physicalLocation"]["region"]
        assert (region["startLine"], region["startColumn"]) == (finding.line, finding.column)
    first = run["results"][0]["locations"][0]
    assert first["physicalLocation"]["artifactLocation"]["uri"] == "animals.json"
    assert first["logicalLocations"] == [{"fullyQualifiedName": "attributes › fur › Grey"}]


@pytest.mark.parametrize(
    ("path", "uri"),
    [("my files/ü.json", "my%20files/%C3%BC.json"), ("/tmp/a b.json", "file:///tmp/a%20b.json")],
)
def test_sarif_writes_paths_as_uris(path: str, uri: str) -> None:
    log = as_sarif([Finding("S101", "invalid-json", "error", "broken", source=path, line=1, column=1)])
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == uri


def test_the_summary_counts_what_can_be_fixed(duplicate: Finding) -> None:
    assert summary([], 1) == "no findings"
    assert summary([], 3) == "no findings in 3 files"
    assert summary([duplicate], 1) == "1 finding; 1 can be fixed with --fix"
    other = Finding("C101", "indistinguishable-classes", "warning", "same", source="other.json")
    assert summary([duplicate, other], 3) == "2 findings in 2 of 3 files; 1 can be fixed with --fix"


def test_an_excerpt_of_a_long_line_shows_the_place() -> None:
    line = "{" + ", ".join(f'"key {i}": "value {i}"' for i in range(100)) + "}"
    column = line.index('"value 50"') + 1
    source, carets = excerpt(line, 1, column)
    assert cells(source) <= WIDTH + 1
    assert source[len(carets) - len('"value 50"') : len(carets)] == '"value 50"'
    assert carets.strip() == "^" * len('"value 50"')


def test_an_excerpt_counts_cells_not_characters() -> None:
    source, carets = excerpt('  "毛": "灰"', 1, 8)
    assert source == '  "毛": "灰"'
    assert (len(carets) - len(carets.lstrip()), len(carets.strip())) == (cells('  "毛": '), cells('"灰"'))


def test_an_excerpt_obeys_no_control_character() -> None:
    source, carets = excerpt('\t"a\x1b[31m": "b"', 1, 12)
    assert source == ' "a\\x1b[31m": "b"'
    assert source[carets.index("^") : carets.index("^") + 3] == '"b"'
    assert excerpt("one line", 9, 1) == ("", "")


def test_findings_are_safe_to_print() -> None:
    attribute = Attribute("fur", ("{}",), ("gray", "Gray"))
    system = System(attributes=(attribute,), rules={"wolf": {"fur": ("gray",)}, "mouse": {"fur": ("Gray",)}})
    for finding in (*check(system), *check(load("gallery:demo-draft"))):
        text = as_text(finding, "")
        assert all(line.isprintable() for line in text.split("\n"))
    place = Place(("rules", "a\x1b[2J"), "rules › a\\x1b[2J")
    assert "\x1b" not in as_text(Finding("C106", "x", "note", "m", place, source="\x1b]0;x", line=1, column=1), "")
