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
from PIL import Image

import cotsmith
from cotsmith.cli import VERBS, LazyGroup, run
from cotsmith.cli import cotsmith as group
from cotsmith.environment import OWN

HEAVY = ("torch", "transformers", "textual", "openai", "anthropic", "pyarrow", "datasets", "httpx2")


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
        ("[export]\nformta = 'csv'\n", 'cotsmith.toml: `export` has no option "formta"; did you mean "format"?'),
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
        _ = cotsmith.sistem  # type: ignore[attr-defined]


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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cotsmith check ca", "file,ca\n"),
        ("cotsmith history verify ca", "file,ca\n"),
        ("cotsmith score a.json --data ca", "file,ca\n"),
        ("cotsmith new --classes ca", "file,ca\n"),
        ("cotsmith score g", "file,g\n"),
        ("cotsmith score gallery:p", "plain,gallery:pokemon-cards\n"),
        ("cotsmith score a.json --split t", "plain,train\nplain,test\n"),
        ("cotsmith score a.json --encoder dem", "plain,demo\n"),
        ("cotsmith classify a.json --crop p", "plain,pokemon-artwork\n"),
        ("cotsmith explain O101", "plain,O101\n"),
        ("cotsmith export a.json --format cs", "plain,csv\n"),
        ("cotsmith draft --about x", "\n"),
    ],
)
def test_the_shell_is_told_what_options_and_arguments_take(line: str, expected: str) -> None:
    word = str(len(line.split()) - 1)
    done = cotsmith_process([], _COTSMITH_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=word)
    assert done.stdout == expected


def test_an_encoder_set_for_other_verbs_does_not_slow_a_check_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COTSMITH_ENCODER", "demo")
    assert heavy_modules_after(["check", GALLERY]) == []


def in_shell(line: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of bash in which ``cotsmith`` is this one; its exit code is that of the first command that fails."""
    script = f'cotsmith() {{ "{sys.executable}" -m cotsmith "$@"; }}\n{line}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
    )


BLUE = json.dumps(
    {
        "cotsmith": 1,
        "attributes": {"couleur→": {"prompt": "il est {}", "options": ["bleuté", "青", "rosé"]}},
        "rules": {"É…": {"couleur→": "青"}, "B": {"couleur→": "bleuté"}},
    },
    ensure_ascii=False,
)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize(
    "words", ["questions blue.json", "questions blue.json --json", "check blue.json", "export blue.json --format csv"]
)
def test_any_encoding_of_the_terminal_will_do(tmp_path: Path, encoding: str, words: str) -> None:
    write(tmp_path / "blue.json", BLUE)
    done = in_shell(f"cotsmith {words}", tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == (1 if words.startswith("check") else 0), done.stderr
    assert "stumbled" not in done.stderr


def test_json_keeps_its_texts_in_any_encoding(tmp_path: Path) -> None:
    write(tmp_path / "blue.json", BLUE)
    told = [
        json.loads(in_shell("cotsmith questions blue.json --json", tmp_path, PYTHONIOENCODING=encoding).stdout)
        for encoding in ("ascii", "utf-8")
    ]
    assert told[0] == told[1]


def test_a_system_is_written_as_utf_8_whatever_the_encoding_of_the_terminal(tmp_path: Path) -> None:
    write(tmp_path / "blue.json", BLUE)
    assert in_shell("cotsmith export blue.json > copy.json", tmp_path, PYTHONIOENCODING="cp1252").returncode == 0
    assert json.loads((tmp_path / "copy.json").read_text("utf-8"))["rules"] == json.loads(BLUE)["rules"]


def test_what_a_terminal_cannot_show_is_written_otherwise(tmp_path: Path) -> None:
    write(tmp_path / "blue.json", BLUE)
    shown = in_shell("cotsmith questions blue.json", tmp_path, PYTHONIOENCODING="ascii").stdout
    assert "couleur->" in shown


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("cotsmith questions gallery:demo >&-", 0),
        ("cotsmith schema >&- 2>&-", 0),
        ("cotsmith check missing.json >&-", 2),
        ("cotsmith check missing.json >&- 2>&-", 2),
        ("cotsmith check gallery:demo-draft >&-", 1),
        ("cotsmith check - <&-", 2),
        ("cotsmith classify gallery:demo - --encoder demo <&-", 2),
        ("cotsmith questions gallery:demo > /dev/full", 2),
        ("cotsmith check gallery:demo-draft | head -n 1", 0),
        ("cotsmith check gallery:demo-draft 2>&1 | exec sleep 0", 0),
        ("cotsmith questions gallery:demo | exec sleep 0", 0),
        ("cotsmith --help | exec sleep 0", 0),
    ],
)
def test_a_stream_that_is_closed_or_full_is_no_stumble(tmp_path: Path, line: str, code: int) -> None:
    done = in_shell(line, tmp_path)
    if "|" in line:  # whether the reader leaves before the last line is written is chance
        assert done.returncode in {code, 1}
    else:
        assert done.returncode == code
    for word in ("stumbled", "Traceback", "Exception ignored"):
        assert word not in done.stderr


def test_an_interruption_while_starting_shows_no_traceback(tmp_path: Path) -> None:
    write(tmp_path / "click.py", "raise KeyboardInterrupt\n")
    done = cotsmith_process(["--help"], PYTHONPATH=str(tmp_path))
    assert done.returncode == 130
    assert done.stderr == "error: interrupted\n"


def test_debug_can_be_set_in_the_environment(tmp_path: Path) -> None:
    missing = ["export", str(tmp_path / "missing.json")]
    assert "Traceback" in cotsmith_process(missing, COTSMITH_DEBUG="1").stderr
    assert "Traceback" not in cotsmith_process(missing, COTSMITH_DEBUG="0").stderr


def test_the_configuration_can_be_named_in_the_environment(tmp_path: Path) -> None:
    file = write(tmp_path / "mine.toml", '[export]\nformat = "csv"\n')
    assert cotsmith_process(["export", GALLERY], COTSMITH_CONFIG=str(file)).stdout.startswith("class,")
    done = cotsmith_process(["export", GALLERY], COTSMITH_CONFIG=str(tmp_path / "none.toml"))
    assert done.returncode == 2
    assert "cannot be read: no such file or directory\nCOTSMITH_CONFIG in the environment names" in done.stderr


def test_a_variable_that_does_nothing_is_warned_of() -> None:
    done = cotsmith_process(
        ["schema"], COTSMITH_CROPP="artwork", COTSMITH_ENCODER="demo", COTSMITH_TRUST_REMOTE_CODE="1"
    )
    assert done.returncode == 0
    assert (
        'warning: COTSMITH_CROPP is the variable of no option, and ignored; did you mean "COTSMITH_CROP"?'
        in done.stderr
    )
    assert "warning: COTSMITH_TRUST_REMOTE_CODE is ignored" in done.stderr
    assert "COTSMITH_ENCODER" not in done.stderr


def test_no_variable_lets_a_model_run_its_own_code(tmp_path: Path) -> None:
    write(
        tmp_path / "own.py",
        "from pathlib import Path\n"
        "from cotsmith.scoring import encoders\n"
        "def load(spec, *, trust_remote_code=False, **rest):\n"
        "    Path('seen').write_text(str(trust_remote_code))\n"
        "    raise SystemExit\n"
        "encoders.load_encoder = load\n",
    )
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    program = (
        "import own; from cotsmith.cli import run; run(['classify', 'gallery:demo', 'x.png', '--encoder', 'demo'])"
    )
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "COTSMITH_TRUST_REMOTE_CODE": "1"},
        capture_output=True,
        check=False,
    )
    assert (tmp_path / "seen").read_text() == "False"


def test_every_variable_that_the_sources_read_is_known() -> None:
    root = Path(cotsmith.__file__).parent
    rooms = ("systems", "scoring", "validate", "authoring", "review")
    files = [*root.glob("*.py"), *(file for room in rooms for file in (root / room).rglob("*.py"))]
    read = {name for file in files for name in re.findall(r'environ\S*?"(COTSMITH_\w+)"', file.read_text("utf-8"))}
    assert read
    assert read <= {*OWN}


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {"COTSMITH_BATCH_SIZE": "abc"}, "--batch-size was set by COTSMITH_BATCH_SIZE in the environment."),
        ([], {"COTSMITH_CROP": "foo"}, "--crop was set by COTSMITH_CROP in the environment."),
        ([], {"COTSMITH_SPLIT": "dve"}, "--split was set in cotsmith.toml."),
    ],
)
def test_an_error_names_what_set_a_bad_value(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], expected: str
) -> None:
    (tmp_path / "cards" / "Yabbo").mkdir(parents=True)
    (tmp_path / "cards" / "Yabbo" / "1.png").write_bytes(b"")
    if "COTSMITH_SPLIT" in environment:
        write(tmp_path / "cotsmith.toml", f'split = "{environment.pop("COTSMITH_SPLIT")}"\n')
    words = ["score", "gallery:demo", "--data", "cards", "--encoder", "demo", *arguments]
    done = cotsmith_process(words, cwd=tmp_path, **environment)
    assert done.returncode == 2
    assert expected in done.stderr


def test_a_value_that_was_typed_has_no_other_source(tmp_path: Path) -> None:
    done = cotsmith_process(["score", GALLERY, "--data", "x", "--encoder", "demo", "--crop", "foo"], cwd=tmp_path)
    assert 'error: crop "foo"' in done.stderr or "error: x:" in done.stderr
    assert "was set" not in done.stderr


def test_all_that_is_missing_is_told_at_once() -> None:
    done = cotsmith_process(["score", GALLERY])
    assert done.returncode == 2
    assert "error: --data and --encoder are missing\n" in done.stderr
    assert "cotsmith demo" in done.stderr
    assert "Error:" not in done.stderr
    done = cotsmith_process(["score", "--data", "x"])
    assert "error: FILE... and --encoder are missing\n" in done.stderr


def test_a_path_in_the_configuration_is_meant_from_its_folder(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "cards" / "Nobody").mkdir(parents=True)
    (tmp_path / "cards" / "Nobody" / "1.png").write_bytes(b"")
    write(tmp_path / "cotsmith.toml", 'data = "cards"\n')
    done = cotsmith_process(["score", GALLERY, "--encoder", "demo"], cwd=below)
    assert "Nobody" in done.stderr


def test_tables_have_no_blanks_at_the_ends_of_their_lines() -> None:
    shown = cotsmith_process(["questions", GALLERY]).stdout
    assert shown
    assert not [line for line in shown.splitlines() if line != line.rstrip()]
