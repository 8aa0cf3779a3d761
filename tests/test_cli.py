"""The command line's manners: quick help, lazy verbs, streams, exit codes, configuration."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

import cotsmith
from cotsmith.cli import VERBS, LazyGroup, run
from cotsmith.cli import cotsmith as group

HEAVY = ("torch", "transformers", "textual", "openai", "anthropic")


def cotsmith_process(
    arguments: Sequence[str], *, cwd: Path | None = None, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cotsmith", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
    )


def heavy_modules_after(arguments: Sequence[str]) -> list[str]:
    """Which of the heavy packages one run of the command line has imported, asked of a process of its own."""
    program = (
        "import sys, json\n"
        "from cotsmith.cli import run\n"
        f"code = run({list(arguments)!r})\n"
        f"print(json.dumps([code, [m for m in {HEAVY!r} if m in sys.modules]]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code in (0, 1), done.stderr
    assert isinstance(modules, list)
    return modules


GALLERY = "gallery:pokemon-cards"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", GALLERY],
        ["diff", "gallery:demo", "gallery:demo-draft"],
        ["export", GALLERY, "--format", "csv"],
        ["import", GALLERY],
        ["schema"],
        ["questions", GALLERY],
        ["new", "cat", "dog", "--attributes", "colour"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_verbs_that_only_read_files_load_nothing_heavy(arguments: list[str]) -> None:
    assert heavy_modules_after(arguments) == []


def test_importing_the_package_loads_nothing_heavy() -> None:
    program = f"import sys, cotsmith; print([m for m in {HEAVY!r} + ('numpy', 'click') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("verb", VERBS)
def test_the_table_says_what_the_command_says(verb: str) -> None:
    command = LazyGroup(name="cotsmith").get_command(click.Context(group), verb)
    assert command is not None
    assert command.name == verb
    assert command.get_short_help_str(limit=200) == VERBS[verb][1]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_shows_its_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"Usage: cotsmith {verb}")
    assert VERBS[verb][1].rstrip(".")[:40] in " ".join(shown.split())


def test_an_unknown_verb_is_a_usage_error_with_a_suggestion() -> None:
    done = cotsmith_process(["scoer"])
    assert done.returncode == 2
    assert 'did you mean "score"?' in done.stderr
    assert done.stdout == ""


def test_errors_go_to_stderr_without_a_traceback(tmp_path: Path) -> None:
    done = cotsmith_process(["export", str(tmp_path / "missing.json"), "--format", "csv"])
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "missing.json" in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = cotsmith_process(["--debug", "export", str(tmp_path / "missing.json"), "--format", "csv"])
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    shell = f"{sys.executable} -m cotsmith export {GALLERY} --format markdown | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "error" not in done.stderr.lower()


def test_control_characters_in_an_error_are_shown_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "gallery:\x1b[31mred", "--format", "csv"]) == 2
    shown = capsys.readouterr().err
    assert "\x1b" not in shown
    assert "\\x1b[31mred" in shown


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_configuration_sets_a_default_and_the_command_line_wins(tmp_path: Path) -> None:
    write(tmp_path / "cotsmith.toml", '[export]\nformat = "csv"\n')
    assert cotsmith_process(["export", GALLERY], cwd=tmp_path).stdout.startswith("class,")
    shown = cotsmith_process(["export", GALLERY, "--format", "cotsmith"], cwd=tmp_path).stdout
    assert shown.startswith("{")


def test_configuration_in_pyproject_is_found_from_a_folder_below(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.cotsmith.export]\nformat = "csv"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert cotsmith_process(["export", GALLERY], cwd=below).stdout.startswith("class,")


def test_an_environment_variable_sets_an_option() -> None:
    assert cotsmith_process(["export", GALLERY], COTSMITH_FORMAT="csv").stdout.startswith("class,")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("encodr = 'demo'\n", 'did you mean "encoder"?'),
        ("[export]\nformta = 'csv'\n", 'did you mean "format"?'),
        ("[score]\ntrust_remote_code = true\n", "command line only"),
        ("trust-remote-code = true\n", "command line only"),
        ("not toml", "not TOML"),
    ],
)
def test_a_bad_configuration_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    write(tmp_path / "cotsmith.toml", text)
    done = cotsmith_process(["export", GALLERY, "--format", "csv"], cwd=tmp_path)
    assert done.returncode == 2
    assert re.sub(r"\s+", " ", expected) in done.stderr
    assert "Traceback" not in done.stderr


def test_public_names_resolve_and_are_documented() -> None:
    for name in cotsmith.__all__:
        assert getattr(cotsmith, name).__doc__, name


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="sistem"):
        _ = cotsmith.sistem


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_the_shell(shell: str) -> None:
    done = cotsmith_process(["completion", shell])
    assert done.returncode == 0
    assert "_COTSMITH_COMPLETE" in done.stdout


def test_the_shell_is_told_the_verbs_and_options() -> None:
    def told(line: str, word: str) -> str:
        return cotsmith_process([], _COTSMITH_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=word).stdout

    assert "plain,score" in told("cotsmith sco", "1")
    assert "plain,--encoder" in told("cotsmith score --enc", "2")


def test_an_encoder_set_for_other_verbs_does_not_slow_a_check_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTSMITH_ENCODER", "demo")
    assert heavy_modules_after(["check", GALLERY]) == []
