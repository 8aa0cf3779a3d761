"""Killed with SIGKILL while saving: file and history agree, and nothing that was acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from cotsmith.systems.edits import SetName
from cotsmith.systems.file import load
from cotsmith.systems.history import History, damaged
from tests.systems.history_worlds import save

# For each line "FILE STEP" on stdin a child saves system after system. It writes "ack NUMBER HASH" after each save.
# With STEP >= 0 it kills itself just before or after the STEP-th call that reaches the disk; else the test kills it.
SAVER = """
import os, signal, sys
from cotsmith.systems.edits import SetName, apply
from cotsmith.systems.file import load
from cotsmith.systems.saving import save_revision
import cotsmith.systems.atomic, cotsmith.systems.diff, cotsmith.systems.edit_json

DISK = {"Connection": {"execute", "close"}, "BufferedWriter": {"write"}, "module": {"fsync", "replace", "close"}}

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def work(file, step):
    calls = 0
    def watch(frame, event, function):
        nonlocal calls
        if event not in ("c_call", "c_return"):
            return
        owner = type(getattr(function, "__self__", None)).__name__
        if function.__name__ in DISK.get(owner, ()):
            if calls == step:
                os.kill(os.getpid(), signal.SIGKILL)
            calls += 1
    system = load(file)
    number = 0
    say("ready")
    while True:
        number += 1
        if step >= 0:
            sys.setprofile(watch)
        saved = save_revision(apply(system, [SetName(f"{os.getpid()}-{number}")]), file, kind="person", author="Kim")
        sys.setprofile(None)
        say("ack", saved.revision.number, saved.revision.hash)
        if step >= 0:
            os._exit(0)

for line in sys.stdin:
    file, step = line.rsplit(" ", 1)
    child = os.fork()
    if not child:
        work(file, int(step))
    say("child", child)
    _, status = os.waitpid(child, 0)
    say("dead", os.WTERMSIG(status))
"""


@contextmanager
def saver() -> Iterator[tuple[IO[str], IO[str]]]:
    with subprocess.Popen(
        [sys.executable, "-c", SAVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdin, process.stdout
        process.stdin.close()


def run_until_killed(
    pipes: tuple[IO[str], IO[str]], file: Path, step: int, after: int = 0, delay_s: float = 0
) -> tuple[list[list[str]], int]:
    """One child's acknowledgements, each a number and a hash, and the signal that it died of.

    With ``step`` < 0 it is killed ``delay_s`` seconds after ``after`` saves.
    """
    orders, answers = pipes
    orders.write(f"{file} {step}\n")
    orders.flush()
    acknowledged: list[list[str]] = []
    child = 0
    ready = killed = False
    while True:
        words = answers.readline().split()
        if words[0] == "child":
            child = int(words[1])
        elif words[0] == "ready":
            ready = True
        elif words[0] == "ack":
            acknowledged.append(words[1:])
        elif words[0] == "dead":
            return acknowledged, int(words[1])
        if step < 0 and child and ready and len(acknowledged) == after and not killed:
            killed = True
            time.sleep(delay_s)
            os.kill(child, signal.SIGKILL)


def check(file: Path, acknowledged: list[list[str]]) -> None:
    """File and history are readable and agree, for a reader as for the next to write."""
    name = load(file).name
    history = History.read(file)
    assert history is not None
    with history:
        known = {(str(r.number), r.hash) for r in history.revisions()}
        assert {(number, digest) for number, digest in acknowledged} <= known
        assert history.revisions()[-1].hash == history.file_hash()
        assert {r.kind for r in history.revisions()} == {"person"}
        assert damaged(history) == []
    again = save(file, system=load(file))
    assert (again.changed, again.outside, load(file).name) == (False, None, name)
    assert again.revision is not None
    with History.open(file) as settled:
        assert settled.revisions()[-1] == again.revision
        assert again.revision.hash == settled.file_hash()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL and fork are needed")
def test_killed_at_fifty_random_points_while_saving(tmp_path: Path) -> None:
    file = tmp_path / "pets.json"
    save(file)
    chance = random.Random(7)
    acknowledged: list[list[str]] = []
    with saver() as pipes:
        for _ in range(50):
            new, died_of = run_until_killed(pipes, file, -1, chance.randrange(3), chance.uniform(0, 0.03))
            assert died_of == signal.SIGKILL
            acknowledged += new
            check(file, acknowledged)
    assert acknowledged, "some saves came through"
    assert not list(tmp_path.glob("*.corrupt*"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL and fork are needed")
def test_killed_before_and_after_each_call_that_reaches_the_disk(tmp_path: Path) -> None:
    died_before = {True: 0, False: 0}
    with saver() as pipes:
        for step in range(200):
            file = tmp_path / f"{step}.json"
            save(file, SetName("first"))
            acknowledged, died_of = run_until_killed(pipes, file, step)
            check(file, acknowledged)
            if not died_of:
                break
            died_before[load(file).name == "first"] += 1
    assert acknowledged, "the last one came through"
    assert died_before[True] > 20, "it died in many places before the file was replaced"
    assert died_before[False] > 5, "and in some after"
