"""The page that reproduces the case study is run as it stands, against stand-ins that are named here and nowhere else.

What stands for what:

- the hub's data set: one of the same shape on a server of this machine, its images on another, cards of the demo's
  creatures under the names of the page; so ``--allow-private-urls`` is added to ``--data``, and nothing else to it;
- jina-clip-v1 and -v2: folders with their interface, which have no revision, so ``--revision`` is left out;
- the repositories that are asked for their commits: local ones, by git's own ``insteadOf``;
- the LLM: the whole page runs first with a scripted server, recorded, and then again with the recording alone;
- the review's person: somebody who looks, and leaves.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

import cotsmith
from cotsmith.cli import run
from cotsmith.scoring.demo.creatures import CREATURES
from cotsmith.systems.diff import diff
from cotsmith.systems.edit_json import to_json
from cotsmith.systems.edits import SetRule
from cotsmith.systems.file import load
from tests.authoring.jina_folder import save_jina_like
from tests.authoring.loopback import Act, Loopback, Seen
from tests.authoring.over_http import point_at, said, schema_of, use_keys
from tests.authoring.world import group_of
from tests.review.test_killed import PATIENCE_S, Terminal
from tests.scoring.hub_stand_in import hub
from tests.scoring.image_server import Request, serving

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "case-study.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(py|bash)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
QUESTIONS = {
    "dominant_color": "main_color",
    "primary_form": "body_form",
    "key_trait": "head_feature",
    "body_shape": "markings",
    "background_scene": "scene",
}
"""What the page asks, and the demo's question that is asked instead."""


def names() -> dict[str, str]:
    """The page's classes, each with the creature that stands for it."""
    listed = re.search(r"NAMES = (\[.*?\])", PAGE, re.DOTALL)
    assert listed is not None
    return dict(zip(json.loads(re.sub(r",\s*\]", "]", listed[1])), CREATURES, strict=False))


@pytest.fixture
def place(tmp_path: Path, cards: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to work in, with all stand-ins running but the LLM."""
    use_keys(monkeypatch, tmp_path)
    models = tmp_path / "models"
    for name, pixels in (("jina-clip-v1", 64), ("jina-clip-v2", 40)):
        save_jina_like(models / name, pixels=pixels, logit_scale=cotsmith.load_encoder("demo").logit_scale)
    _repositories(tmp_path / "git", monkeypatch)
    with card_table(cards) as table, hub({"TheFusion21/PokemonCards": {"train.csv": table}}) as running:
        monkeypatch.setenv("HF_ENDPOINT", running.endpoint)
        yield tmp_path


@contextmanager
def card_table(cards: Path) -> Iterator[bytes]:
    """The data set's table, while its images can be fetched; other names than the page's stand in it, too."""
    rows = io.StringIO()
    table = csv.writer(rows)
    table.writerow(["id", "image_url", "caption", "name", "hp", "set_name"])
    creatures = {creature: name for name, creature in names().items()}
    with serving() as server:
        for number, path in enumerate(sorted(cards.glob("*/*/*.jpg"))):
            content = path.read_bytes()

            def answer(request: Request, content: bytes = content) -> None:
                request.reply(200, content, Content_Type="image/jpeg")

            name = creatures.get(path.parent.name, "Pikachu")
            address = server.address(f"/{number}_hires.jpg", answer)
            table.writerow([f"set-{number}", address, f"A card with the title {name}", name, 60, "A set"])
        yield rows.getvalue().encode()


def test_the_page_runs_from_the_first_command_to_the_last(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recording = place / "recording.jsonl"
    with Loopback(answer) as server, monkeypatch.context() as asked:
        point_at(server, asked)
        asked.setenv("COTSMITH_MODEL", "openai/m")
        asked.setenv("COTSMITH_RECORD", str(recording))
        first = _run(place / "recorded", place / "models", monkeypatch, capsys, review=False)
        assert server.seen
    monkeypatch.setenv("COTSMITH_MODEL", f"replay:{recording}")
    second = _run(place / "replayed", place / "models", monkeypatch, capsys, review=True)
    verbs = [
        "draft",
        *["check"] * 2,
        *["score"] * 3,
        "review",
        "refine",
        *["optimize"] * 2,
        *["score"] * 2,
        "log",
        "diff",
    ]
    assert [verb for verb, _ in second] == verbs
    assert (place / "replayed" / "pokemon.json").read_bytes() == (place / "recorded" / "pokemon.json").read_bytes()
    assert [verb for verb, _ in first] == [verb for verb in verbs if verb != "review"]
    optimised = [said for verb, said in second if verb == "optimize"]
    assert all("dev, chosen on it" in text and "\ntest " in text for text in optimised)
    assert "test, without an LLM" in optimised[1]
    rows = list(csv.DictReader((place / "replayed" / "cards.csv").open(encoding="utf-8")))
    assert {row["label"] for row in rows} == set(names())


def test_the_page_names_its_stand_ins_and_quotes_the_recipe() -> None:
    assert "against stand-ins" in PAGE
    assert len(names()) == 13
    assert "as remembered" in PAGE
    for share, count in ((31.36, 37), (46.61, 55), (16.10, 19), (38.14, 45)):
        assert f"{share:.2f} %" in PAGE
        assert round(100 * count / 118, 2) == share


def _run(
    folder: Path,
    models: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    review: bool,
) -> list[tuple[str, str]]:
    """Every block of the page in order; the verbs, each with what it printed."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    done = []
    for language, text in BLOCKS:
        if language == "py":
            online = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(folder / "hub")}
            subprocess.run([sys.executable, "-c", text], env=online, check=True, capture_output=True)
            continue
        lines = text.splitlines()
        for name, value in _exported([line for line in lines if not line.startswith("cotsmith ")]).items():
            monkeypatch.setenv(name, value)
        for line in lines:
            if line.startswith("cotsmith "):
                words = _standing(shlex.split(os.path.expandvars(line))[1:], models)
                if words[0] != "review":
                    code = run(words)
                    shown = capsys.readouterr()
                    assert code in ({0, 1} if words[0] == "check" else {0}), f"{line}\n{shown.err}"
                    done.append((words[0], shown.out))
                elif review:
                    _look(words)
                    done.append((words[0], ""))
    return done


def _exported(lines: list[str]) -> Mapping[str, str]:
    """What the lines export when a shell runs them."""
    if not lines:
        return {}
    script = "\n".join(["set -eu", *lines, 'printf "%s\\n" "$V1" "$V2"'])
    out = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True).stdout
    found = dict(zip(("V1", "V2"), out.split(), strict=True))
    assert all(re.fullmatch(r"[0-9a-f]{40}:[0-9a-f]{40}", value) for value in found.values()), found
    return found


def _standing(words: list[str], models: Path) -> list[str]:
    """A command with the stand-ins in their places."""
    words = [str(models / word.removeprefix("jinaai/")) if word.startswith("jinaai/") else word for word in words]
    if "--revision" in words:
        at = words.index("--revision")
        del words[at : at + 2]
    return [*words, "--allow-private-urls"] if "--data" in words else words


def _look(words: list[str]) -> None:
    """The review on a terminal, until its figures are there; then it is left."""
    terminal = Terminal(*words[1:])
    terminal.wait_for("cells seen")
    terminal.press(b"q")
    with suppress(OSError):  # the terminal is gone when the process is
        while os.read(terminal.master, 65536):
            pass
    assert terminal.process.wait(PATIENCE_S) == 0


def _repositories(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repositories with a commit each under ``folder``, which git takes for those of the hub."""
    who = ["-c", "user.name=cotsmith", "-c", "user.email=tests@cotsmith.invalid"]
    for name in re.findall(r"https://huggingface\.co/(jinaai/[\w-]+) HEAD", PAGE):
        place = folder / name
        subprocess.run(["git", "init", "-q", str(place)], check=True)
        subprocess.run(["git", "-C", str(place), *who, "commit", "-q", "--allow-empty", "-m", name], check=True)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{folder}/.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://huggingface.co/")


def answer(seen: Seen) -> Act:
    """The scripted LLM: it drafts the demo's flawed draft in the page's words, and knows what is wrong with it."""
    asked = schema_of(seen)["properties"]
    if "attributes" in asked:
        return Act(json.dumps({"attributes": _attributes()}))
    if "rules" in asked:
        rows = asked["rules"]["items"]["properties"]["class"]["enum"]
        return Act(json.dumps({"rules": [_row(name) for name in rows], "new_options": []}))
    if "new_instruction" in asked:
        return Act(json.dumps({"new_instruction": "Look at the images."}))
    text = said(seen)
    wrong = _wrong()
    chosen = [edit for edit in wrong if edit.class_name in group_of(text)] if "[[ ## group ## ]]" in text else wrong[:1]
    if "images are named right" not in text:  # a draft is checked without images
        chosen = []
    proposals = [{"rationale": "it looks so", "edit": to_json(edit)} for edit in chosen]
    return Act(json.dumps({"proposals": proposals}))


def _attributes() -> list[dict[str, Any]]:
    drafted = {attribute.name: attribute for attribute in load("gallery:demo-draft").attributes}
    return [
        {"name": name, "prompt": drafted[other].prompts[0], "options": list(drafted[other].options)}
        for name, other in QUESTIONS.items()
    ]


def _row(name: str) -> dict[str, Any]:
    rules = load("gallery:demo-draft").rules[names()[name]]
    return {"class": name, **{question: list(rules[other]) for question, other in QUESTIONS.items()}}


def _wrong() -> list[SetRule]:
    """What is to be set right in the draft, in the page's words."""
    questions = {other: question for question, other in QUESTIONS.items()}
    creatures = {creature: name for name, creature in names().items()}
    return [
        SetRule(creatures[edit.class_name], questions[edit.attribute], edit.rule)
        for edit in diff(load("gallery:demo-draft"), load("gallery:demo"))
        if isinstance(edit, SetRule) and edit.class_name in creatures and edit.attribute in questions
    ]
