"""Findings written down: as text like a compiler's, as JSON, and as commands for GitHub's log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..systems.edit_json import edits_to_json
from ..systems.text import counted, plain
from .excerpt import excerpt
from .finding import Finding, Fix


def as_text(finding: Finding, text: str) -> str:
    """``path:line:col: CODE name: message``, the line of the file with carets, what to do, and the fix.

    ``text`` is the file's; ``""`` leaves the excerpt out.
    """
    lines = [f"{_position(finding)}: {finding.code} {finding.name}: {finding.message}"]
    source, carets = excerpt(text, finding.line, finding.column) if finding.line and finding.column else ("", "")
    if source and text:
        number = str(finding.line)
        margin = " " * len(number)
        lines += [f"  {number} | {source}", f"  {margin} | {carets}"]
    if finding.hint:
        lines.append(f"  help: {finding.hint}")
    if finding.fix:
        lines.append(f"  fix{'' if finding.fix.safe else ' (unsafe)'}: {finding.fix.title}{_effect(finding.fix)}")
    return "\n".join(lines)


def as_json(finding: Finding) -> dict[str, Any]:
    """The finding as a JSON object; ``path`` is the file, ``place`` the place in the system."""
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "message": finding.message,
        "hint": finding.hint,
        "path": finding.source,
        "line": finding.line,
        "column": finding.column,
        "place": finding.place.name,
        "also": [place.name for place in finding.also],
        "fix": _fix_json(finding.fix) if finding.fix else None,
    }


def as_github(finding: Finding) -> str:
    """A workflow command, which GitHub shows beside the line in a pull request."""
    level = {"error": "error", "warning": "warning", "note": "notice"}[finding.severity]
    properties = {
        "file": finding.source,
        "line": str(finding.line or 1),
        "col": str(finding.column or 1),
        "title": f"{finding.code} {finding.name}",
    }
    listed = ",".join(f"{key}={_escaped(value, ':,')}" for key, value in properties.items())
    message = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
    return f"::{level} {listed}::{_escaped(message, '')}"


def summary(findings: Sequence[Finding], files: int) -> str:
    """One line: how many findings, and how many of them can be fixed."""
    if not findings:
        return "no findings" if files == 1 else f"no findings in {files} files"
    safe = sum(finding.fix is not None and finding.fix.safe for finding in findings)
    unsafe = sum(finding.fix is not None and not finding.fix.safe for finding in findings)
    parts = [counted(len(findings), "finding")]
    if files > 1:
        parts[0] += f" in {len({finding.source for finding in findings})} of {files} files"
    if safe:
        parts.append(f"{safe} can be fixed with --fix")
    if unsafe:
        parts.append(f"{unsafe} {'more ' if safe else ''}with --unsafe-fixes, which need a look")
    return "; ".join(parts)


def _position(finding: Finding) -> str:
    if finding.line is None:
        return finding.place.name or finding.source or "system"
    return f"{plain(finding.source)}:{finding.line}:{finding.column}"


def _effect(fix: Fix) -> str:
    return f". {fix.effect}" if fix.effect else ". Every image keeps its answer."


def _fix_json(fix: Fix) -> dict[str, Any]:
    return {"title": fix.title, "safe": fix.safe, "effect": fix.effect, "edits": edits_to_json(fix.edits)}


def _escaped(text: str, also: str) -> str:
    for char in "%\r\n" + also:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
