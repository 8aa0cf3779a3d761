"""The reference page of each check, made from its class: `python -m cotsmith.validate.reference [--check]`."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..systems.text import did_you_mean, plain
from ..terminal import note
from .check import FAMILIES, Check
from .codes import CHECKS, all_checks, names
from .example import NAME, findings_in, fixed_text, text_of
from .output import as_text

FOLDER = Path(__file__).parent.parent / "docs" / "checks"

_NEEDS = {
    "document": "the file",
    "system": "the system; no model, no images",
    "evaluation": "labelled images and an encoder (`--data`, `--encoder`)",
}


def page(check: Check) -> str:
    """The page of one check, in Markdown."""
    parts = [
        f"# {check.code} {check.name}",
        check.summary,
        _facts(check),
        "## What it finds",
        check.fault,
        "## Why it matters",
        check.harm,
        "## Example",
        *_invalid(check),
        "## What to write instead",
        check.instead,
        *_valid(check),
        "## Fix",
        check.mending,
        *_fixed(check),
        *_acceptance(check),
    ]
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def find_check(entry: str) -> Check:
    """The check with this code or name, in whatever case. Raises ``UsageError`` with the nearest otherwise."""
    for check in all_checks():
        if entry.lower() in {check.code.lower(), check.name}:
            return check
    raise UsageError(
        f'"{plain(entry)}" is not a check{did_you_mean(entry, names())}', hint="`cotsmith explain` lists all checks."
    )


def check_json(check: Check) -> dict[str, Any]:
    """What is known of a check, as a JSON object."""
    return {
        "code": check.code,
        "name": check.name,
        "family": check.family,
        "severity": check.severity,
        "status": CHECKS[check.code][1],
        "needs": check.needs,
        "summary": check.summary,
        "fault": check.fault,
        "harm": check.harm,
        "instead": check.instead,
        "mending": check.mending,
    }


def index() -> str:
    """The page that lists all checks, in Markdown."""
    parts = [
        "# Checks",
        "What `cotsmith check` can find. A code, the beginning of one, a family or a name selects checks: "
        "`--select O,C101`, `--ignore near-duplicate-option`. `cotsmith explain CODE` shows a page in the terminal.",
    ]
    for letter, family in FAMILIES.items():
        checks = [check for check in all_checks() if check.code.startswith(letter)]
        rows = [
            f"| [{c.code}]({c.code}-{c.name}.md) | {c.name} | {c.summary} | {c.severity} | {_fixable(c)} "
            f"| {CHECKS[c.code][1]} |"
            for c in checks
        ]
        head = ["| code | name | what | severity | fix | status |", "|---|---|---|---|---|---|"]
        parts += [f"## {letter}: {family}", "\n".join([*head, *rows])]
    return "\n\n".join(_wrapped(part) for part in parts) + "\n"


def pages() -> dict[str, str]:
    """Every file of the reference, by name."""
    return {"index.md": index(), **{f"{check.code}-{check.name}.md": page(check) for check in all_checks()}}


def out_of_step(folder: Path) -> list[str]:
    """The files of ``folder`` that are missing, too many or other than the checks make them."""
    wanted = pages()
    present = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))


def write(folder: Path) -> None:
    """Write all pages, and remove those of checks that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def main() -> None:
    """Write the reference, or with ``--check`` fail when it is out of step."""
    if "--check" not in sys.argv:
        write(FOLDER)
    elif stale := out_of_step(FOLDER):
        note(f"docs/checks is out of step with the checks: {', '.join(stale)}; run `make docs`")
        sys.exit(1)


def _facts(check: Check) -> str:
    sharper = "; finds more with `--encoder`" if check.sharper_with_encoder else ""
    status = CHECKS[check.code][1]
    return (
        f"Family: {check.family}. Severity: {check.severity}. Needs: {_NEEDS[check.needs]}{sharper}. Status: {status}."
    )


def _invalid(check: Check) -> list[str]:
    example = check.invalid[0]
    text = text_of(example.system)
    found = "\n".join(as_text(finding, text) for finding in findings_in(check, example))
    evidence = " --data IMAGES --encoder ENCODER" if check.needs == "evaluation" else ""
    return [_block("json", text), f"`cotsmith check {NAME}{evidence}` says:", _block("text", found)]


def _valid(check: Check) -> list[str]:
    """The example without the fault, unless only its images differ."""
    return [] if check.needs == "evaluation" else [_block("json", text_of(check.valid[0].system))]


def _fixed(check: Check) -> list[str]:
    example = next((example for example in check.invalid if example.fixed is not None), None)
    return [_block("json", fixed_text(example))] if example else []


def _fixable(check: Check) -> str:
    fixes = [finding.fix for example in check.invalid for finding in findings_in(check, example) if finding.fix]
    if not fixes:
        return ""
    return "safe" if any(fix.safe for fix in fixes) else "unsafe"


def _acceptance(check: Check) -> list[str]:
    if not check.can_be_allowed:
        return []
    place = check.invalid[0].places[0]
    entry = f'"allow": [{{"check": "{check.name}", "place": "{_json(place)}", "reason": "..."}}]'
    words = "If the finding is right and the system is meant so, say it in the file, with the reason:"
    return ["## Accept it", words, _block("json", entry)]


def _json(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _wrapped(part: str) -> str:
    """A paragraph in lines of 120 characters; code, tables and headings as they are."""
    if part.startswith(("```", "|", "#")):
        return part
    return textwrap.fill(part, 120, break_long_words=False, break_on_hyphens=False)


def _block(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


if __name__ == "__main__":
    main()
