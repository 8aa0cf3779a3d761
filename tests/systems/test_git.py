"""In a real git repository, set up as the docs say, `git diff` shows edits and `git merge` merges them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cotsmith.systems.edit_json import edits_from_json
from cotsmith.systems.edits import AddClass, Edit, RenameClass, RewordOption, SetName, SetRule, apply
from cotsmith.systems.file import load
from cotsmith.systems.file import save as write
from cotsmith.systems.history import History
from cotsmith.systems.model import System
from cotsmith.systems.saving import record_outside_change
from tests.command_line import Command
from tests.systems.history_worlds import PETS, save

PAGE = (Path(__file__).parents[2] / "docs" / "history.md").read_text("utf-8")
FILE = Path("draft.json")


def fenced(language: str, containing: str = "") -> str:
    """What the page says to write or to run."""
    found = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (text,) = [each for each in found if containing in each]
    return str(text)


class Repository:
    """A new repository, set up by the lines of the docs, with one commit of a system."""

    def __init__(self) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(Path.cwd()),
            "GIT_CONFIG_NOSYSTEM": "1",
            **{
                f"GIT_{who}_{what}": value
                for who in ("AUTHOR", "COMMITTER")
                for what, value in (("NAME", "Kim"), ("EMAIL", "kim@example.org"))
            },
        }
        self("init", "-q", "-b", "main")
        Path(".gitattributes").write_text(fenced("gitattributes"), "utf-8")
        Path(".gitignore").write_text(fenced("gitignore"), "utf-8")
        for line in fenced("sh", "git config").splitlines():
            subprocess.run(["sh", "-c", line], env=self.environment, check=True)
        self.commit("first", PETS)

    def __call__(self, *arguments: str, fails: bool = False) -> str:
        done = subprocess.run(["git", *arguments], env=self.environment, capture_output=True, text=True, check=False)
        assert bool(done.returncode) == fails, done.stderr
        return done.stdout + done.stderr

    def commit(self, subject: str, *content: System) -> None:
        for system in content:
            write(system, FILE)
        self("add", "-A")
        self("commit", "-qm", subject)

    def branches(self, ours: list[Edit], theirs: list[Edit]) -> None:
        """A branch `theirs` beside the current one, each with a commit."""
        self("checkout", "-qb", "theirs")
        self.commit("theirs", apply(PETS, theirs))
        self("checkout", "-q", "main")
        self.commit("ours", apply(PETS, ours))


@pytest.fixture
def git(cotsmith: Command) -> Repository:
    assert callable(cotsmith), "its folder is the current one"
    return Repository()


def test_diff_shows_edits(git: Repository) -> None:
    write(apply(PETS, [RewordOption("color", "blue", "sky blue"), RenameClass("Ash", "Ashley")]), FILE)
    expected = (
        "draft.json  (2 edits)\n\nattribute color\n  option  blue → sky blue  (3 rules)\n\nclasses\n  Ash → Ashley\n\n"
    )
    assert git("diff") == expected
    git.commit("second")
    assert git("diff", "HEAD~1", "HEAD") == expected
    assert git("log", "-1", "-p", "--ext-diff", "--format=%s").replace("\n\n\n", "\n\n") == f"second\n\n{expected}"


def test_diff_shows_files_that_come_and_go_and_what_is_no_system(git: Repository) -> None:
    FILE.unlink()
    gone = git("diff")
    assert gone.startswith("draft.json  (")
    assert "- attribute color" in gone
    FILE.write_text('{"no": "system"\n', "utf-8")
    assert '+{"no": "system"' in git("diff")
    git("rm", "-q", "--cached", "draft.json")
    git("commit", "-qm", "gone")
    write(PETS, FILE)
    git("add", "draft.json")
    assert "+ attribute color" in git("diff", "--cached")


def test_diff_says_what_is_another_where_no_edit_is(git: Repository) -> None:
    FILE.write_text(json.dumps(json.loads(FILE.read_text("utf-8"))), "utf-8")
    assert git("diff").startswith("draft.json  (0 edits)\n\n  only the layout\n")
    git("checkout", "-q", "draft.json")
    FILE.chmod(0o755)
    assert git("diff").startswith("draft.json  (0 edits)\n\n  mode 100644 → 100755\n")


def test_what_is_no_system_has_the_colours_that_git_gives(git: Repository) -> None:
    FILE.write_text('{"no": "system"}\n', "utf-8")
    git.commit("broken")
    FILE.write_text('{"no": "good"}\n', "utf-8")
    git.environment["GIT_PAGER_IN_USE"] = "1"
    git.environment.pop("NO_COLOR", None)
    git.environment["TERM"] = "xterm"
    assert '\x1b[31m-{"no": "system"}\x1b[0m\n\x1b[32m+{"no": "good"}\x1b[0m\n' in git("diff")


def test_merge_takes_the_edits_of_both(git: Repository) -> None:
    ours: list[Edit] = [SetRule("Ash", "color", ("blue",)), AddClass("Gus", None, {"color": ("red",)})]
    theirs: list[Edit] = [RewordOption("color", "blue", "sky blue"), RenameClass("Ash", "Ashley")]
    git.branches(ours, theirs)
    git("merge", "-q", "theirs", "-m", "both")
    assert load(FILE) == apply(PETS, (*ours, *theirs))
    assert git("status", "--porcelain") == ""


def test_lines_that_git_alone_could_not_merge(git: Repository) -> None:
    """Two cells of one class stand on one line."""
    git.branches([SetRule("Ash", "color", ("blue",))], [SetRule("Ash", "size", ("huge",))])
    git("merge", "-q", "theirs", "-m", "both")
    assert load(FILE) == apply(PETS, [SetRule("Ash", "color", ("blue",)), SetRule("Ash", "size", ("huge",))])


def test_a_conflict_stops_git_is_listed_and_can_be_seen_again(git: Repository, cotsmith: Command) -> None:
    git.branches(
        [SetRule("Ash", "color", ("blue",)), SetName("ours")],
        [SetRule("Ash", "color", ("green",)), SetRule("Bo", "size", ("huge",))],
    )
    told = git("merge", "theirs", "-m", "both", fails=True)
    assert "draft.json:\n1 conflict; ours is taken:\n  Ash › color › rule\n" in told
    assert "Edit draft.json where theirs is right, then: git add draft.json\n" in told
    assert git("status", "--porcelain").startswith("UU draft.json")
    taken: list[Edit] = [SetRule("Ash", "color", ("blue",)), SetName("ours"), SetRule("Bo", "size", ("huge",))]
    assert load(FILE) == apply(PETS, taken)
    again, theirs = (line.split()[1:] for line in fenced("text", "cotsmith merge :1:").splitlines())
    shown = cotsmith(*again)
    assert shown.code == 1
    (conflict,) = json.loads(shown.out)["conflicts"]
    assert (conflict["class"], conflict["attribute"], conflict["theirs"]) == ("Ash", "color", '"green"')
    assert cotsmith(*theirs).code == 0
    assert load(FILE) == apply(PETS, [SetRule("Ash", "color", ("green",)), *taken[1:]])
    write(apply(PETS, taken), FILE)
    git("add", "draft.json")
    git("-c", "core.editor=true", "merge", "--continue")
    assert edits_from_json(json.loads(cotsmith("diff", "HEAD~1:draft.json", "--json").out)) == (taken[2],)


def test_what_is_no_system_is_merged_as_text(git: Repository) -> None:
    git("checkout", "-qb", "theirs")
    FILE.write_text("first\n\n\n\nlast, changed\n", "utf-8")
    git.commit("theirs")
    git("checkout", "-q", "main")
    git("checkout", "-qb", "ours")
    FILE.write_text("{ broken\n", "utf-8")
    git.commit("ours")
    told = git("merge", "theirs", "-m", "both", fails=True)
    assert "draft.json: not all three are valid systems; merged as text" in told
    assert "<<<<<<<" in FILE.read_text("utf-8")


def test_what_git_brought_in_is_recorded_with_its_commit(git: Repository) -> None:
    save(FILE)
    git("checkout", "-qb", "theirs")
    git.commit("a better name", apply(PETS, [SetName("theirs")]))
    found = record_outside_change(FILE)
    assert found is not None
    assert (found.kind, found.author) == ("hand", "Kim")
    assert found.reason == f"a better name (git {git('rev-parse', '--short', 'HEAD').strip()})"
    git("checkout", "-q", "main")
    back = record_outside_change(FILE)
    assert back is not None
    assert back.reason == "changed outside cotsmith: again as in revision 1"
    assert git("status", "--porcelain") == "", "the database is ignored"
    with History.open(FILE) as history:
        assert len(history.revisions()) == 3


def test_a_file_that_is_still_to_be_merged_is_told_as_such(cotsmith: Command) -> None:
    assert cotsmith("diff", "--git", "draft.json").out == "draft.json is still to be merged\n"


def test_the_verbs_refuse_what_git_would_not_give(cotsmith: Command) -> None:
    assert cotsmith("diff", "--git", "a", "b").code == 2
    assert cotsmith("merge", "--git", "a", "b").code == 2
