"""Findings as SARIF 2.1.0, the format that code scanning services read."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .check import Check
from .codes import all_checks
from .finding import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """One log with one run: all checks as rules, the findings as results."""
    checks = all_checks()
    index = {check.code: position for position, check in enumerate(checks)}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "cotsmith",
                        "version": version("cotsmith"),
                        "rules": [_rule(check) for check in checks],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(finding, index[finding.code]) for finding in findings],
            }
        ],
    }


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.code,
        "name": check.name,
        "shortDescription": {"text": check.summary},
        "fullDescription": {"text": f"{check.fault} {check.harm}"},
        "help": {"text": check.instead},
        "defaultConfiguration": {"level": check.severity},
        "properties": {"tags": [check.family]},
    }


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(finding.source)},
            "region": {"startLine": finding.line or 1, "startColumn": finding.column or 1},
        }
    }
    if finding.place.name:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.place.name}]
    message = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity,
        "message": {"text": message},
        "locations": [location],
    }


def _uri(source: str) -> str:
    """A relative reference for a relative path, so that a service finds the file in its checkout."""
    path = Path(source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/:")
