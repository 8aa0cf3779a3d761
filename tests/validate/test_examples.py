"""Every check against its own examples, and its documentation."""

from __future__ import annotations

import pytest

from cotsmith.systems.edits import apply
from cotsmith.systems.file import render
from cotsmith.validate.check import Check, Example
from cotsmith.validate.codes import CHECKS, all_checks
from cotsmith.validate.example import document_of, findings_in, fixed_text

VALID = [pytest.param(c, e, id=f"{c.code}-{i}") for c in all_checks() for i, e in enumerate(c.valid)]
INVALID = [pytest.param(c, e, id=f"{c.code}-{i}") for c in all_checks() for i, e in enumerate(c.invalid)]
MENDED = [pytest.param(c, e, id=c.code) for c in all_checks() for e in c.invalid if e.fixed is not None]


@pytest.mark.parametrize(("check", "example"), VALID)
def test_a_valid_example_has_no_finding(check: Check, example: Example) -> None:
    assert findings_in(check, example) == ()


@pytest.mark.parametrize(("check", "example"), INVALID)
def test_an_invalid_example_has_its_findings(check: Check, example: Example) -> None:
    findings = findings_in(check, example)
    assert sorted(finding.place.name for finding in findings) == sorted(example.places)
    assert example.places, "an invalid example says where its findings are"
    for finding in findings:
        assert (finding.code, finding.name, finding.severity) == (check.code, check.name, check.severity)
        assert finding.line is not None
        assert finding.message


@pytest.mark.parametrize(("check", "example"), MENDED)
def test_an_invalid_example_is_mended(check: Check, example: Example) -> None:
    system = document_of(example).system
    for finding in findings_in(check, example):
        assert finding.fix is not None
        system = apply(system, finding.fix.edits)
    assert render(system) == fixed_text(example)


@pytest.mark.parametrize(("code", "check"), zip(CHECKS, all_checks(), strict=True))
def test_a_check_documents_itself(code: str, check: Check) -> None:
    assert check.code == code
    assert check.name == check.name.lower().replace(" ", "-")
    for text in (check.summary, check.fault, check.harm, check.instead, check.mending):
        assert text.strip() == text
        assert text.endswith((".", ":", "?"))
    assert check.valid
    assert check.invalid


def test_no_code_or_name_is_given_twice() -> None:
    assert len({check.code for check in all_checks()}) == len({check.name for check in all_checks()}) == len(CHECKS)
