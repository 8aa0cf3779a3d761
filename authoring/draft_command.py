"""The verb ``draft``: from class names to a first system, by an LLM."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from ..errors import CotsmithError, Interrupted, UsageError
from ..scoring.options import DataChoice, data_options
from ..systems.text import counted, plain
from ..terminal import json_option, note, out, out_json, progress, warn
from .draft_task import Task
from .llm_options import LLMChoice, llm_options

if TYPE_CHECKING:
    from ..scoring.dataset import Dataset
    from ..systems.saving import Saved
    from .draft_store import DraftStore
    from .drafting import Draft
    from .llm import LLM


_RESUME = "Go on with the same command and --resume."


@dataclass(frozen=True, slots=True)
class _Output:
    """Where the draft goes, and how."""

    file: str
    force: bool
    resume: bool
    as_json: bool


@click.command()
@click.option(
    "--classes",
    metavar="FILE|DIR",
    help="The class names, one a line; - is standard input; a folder of class folders, or a manifest. "
    "[default: the labels of --data]",
)
@click.option("--about", metavar="TEXT", default="", help="What the images are: the more exact, the better the draft.")
@click.option("--attributes", metavar="A,B,...|N", help="The attributes' names, or how many.")
@click.option("--like", metavar="SYSTEM", help="Start from the attributes of this system.")
@click.option(
    "--show-images", metavar="K", type=click.IntRange(0, 10), default=0, help="Send K images of each class, of --data."
)
@click.option("--name", metavar="NAME", help="The system's name; by default that of the output.")
@data_options(split="dev", required=False)
@llm_options
@click.option(
    "--rounds",
    metavar="N",
    type=click.IntRange(0, 10),
    default=1,
    show_default=True,
    help="How often the findings of the checks are sent back to be mended.",
)
@click.option(
    "--parallel",
    metavar="N",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="How many requests run at a time.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the system to FILE.")
@click.option("--force", is_flag=True, help="Replace FILE if it exists; forget an interrupted draft.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted draft.")
@click.option("--dry-run", is_flag=True, help="Print the prompts and an estimate of the tokens; spend nothing.")
@json_option
def draft(
    classes: str | None,
    about: str,
    attributes: str | None,
    like: str | None,
    show_images: int,
    name: str | None,
    data: DataChoice | None,
    llm: LLMChoice,
    rounds: int,
    parallel: int,
    output: str | None,
    force: bool,
    resume: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Let an LLM write the first version: attributes and options, then the rules of every class.

    The draft is checked at once, and what is found sent back. Every answer is kept as it comes in FILE.partial, so an
    interrupted draft goes on with --resume.

    \b
    Example:
      cotsmith draft --classes birds.txt --about "photos of birds" --model openai/NAME -o birds.json
    """
    from ..systems.file import load
    from ..systems.output import check_output, is_file
    from .class_list import classes_from
    from .draft_task import check_task

    if not is_file(output) and not dry_run:
        raise UsageError("a draft goes into a file, so that nothing that it cost is lost", hint="Add -o FILE.")
    check_output(output, force=force)
    llm.check_output(as_json=as_json)
    if show_images and data is None:
        raise UsageError("--show-images needs the images", hint="Add --data, or leave it out.")
    client = None if dry_run else llm.load()
    started_from = load(like) if like is not None else None
    dataset = data.load_images() if data is not None else None
    names = classes_from(classes, dataset, started_from)
    task = Task(
        names,
        about=about,
        attributes=wanted_attributes(attributes),
        like=started_from,
        name=_name(name, output),
        rounds=rounds,
    )
    check_task(task)
    if show_images and dataset is not None and data is not None:
        task = _with_pictures(task, dataset, data.split, show_images)
    if client is None:
        _dry_run(task, paste=llm.by_hand, as_json=as_json)
        return
    assert output is not None
    _run(client, llm, task, _Output(output, force, resume, as_json), parallel)


def wanted_attributes(text: str | None) -> tuple[str, ...] | int | None:
    """What ``--attributes`` says: names, a number, or nothing."""
    if text is None or not text.strip():
        return None
    if text.strip().isdecimal():
        return int(text)
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _name(name: str | None, output: str | None) -> str:
    from ..systems.import_texts import name_from

    return name or name_from(output or "")


def _with_pictures(task: Task, dataset: Dataset, split: str, count: int) -> Task:
    from .pictures import sample_pictures

    with progress("pictures") as tell:
        found = sample_pictures(dataset.split(split), task.classes, count, progress=tell)
    bare = [plain(name) for name, pictures in found.items() if not pictures]
    if bare:
        warn(f"no picture of {', '.join(bare[:5])}{' ...' if len(bare) > 5 else ''}")
    return replace(task, pictures={name: pictures for name, pictures in found.items() if pictures})


def _dry_run(task: Task, *, paste: bool, as_json: bool) -> None:
    from .dry_run import draft_preview, preview_json, preview_text

    preview = draft_preview(task, paste=paste)
    if as_json:
        out_json(preview_json(preview))
    else:
        out(preview_text(preview))


def _run(client: LLM, choice: LLMChoice, task: Task, output: _Output, parallel: int) -> None:
    """Draft, write, tell."""
    from .draft_store import DraftStore

    if choice.by_hand:
        from .draft_paste import draft_in_one

        made, store = draft_in_one(client, task), None
    else:
        store = DraftStore.open(output.file, task.fingerprint(), resume=output.resume, force=output.force)
        try:
            made = _drafted(client, choice, task, store, parallel)
        except (Interrupted, KeyboardInterrupt) as error:
            raise Interrupted(f"interrupted; {_kept(store, task)}", hint=_RESUME if store.steps else "") from error
        except CotsmithError:
            if store.steps:
                note(f"{_kept(store, task)}. {_RESUME}")
            raise
        finally:
            if not store.steps:
                store.finish()
    saved = _saved(made, output.file)
    if store is not None:
        store.finish()
    _tell(made, saved, output)


def _drafted(client: LLM, choice: LLMChoice, task: Task, store: DraftStore, parallel: int) -> Draft:
    from .drafting import draft as draft_system
    from .waiting import StatusLine

    with StatusLine("draft", "classes with rules") as line:
        return draft_system(
            client,
            task,
            parallel=parallel,
            budget=choice.budget(),
            store=store,
            progress=line.tell,
            watch=line.watch,
        )


def _kept(store: DraftStore, task: Task) -> str:
    done = sum(len(step.classes) for step in store.steps)
    what = f"the rules of {done} of {len(task.classes)} classes are" if done else "what came is"
    return f"{what} kept in {plain(str(store.path))}" if store.steps else "nothing had come yet"


def _saved(made: Draft, file: str) -> Saved:
    from ..systems.saving import save_revision

    return save_revision(made.system, file, kind="llm", author=made.model, reason=made.reason, exchanges=made.exchanges)


def _tell(made: Draft, saved: Saved, output: _Output) -> None:
    from ..validate.output import as_json as finding_json
    from ..validate.output import summary
    from .cost import cost_json, cost_text

    for warning in saved.warnings:
        warn(warning)
    for remark in made.remarks:
        note(plain(remark))
    if output.as_json:
        out_json(
            {
                "file": output.file,
                "revision": None if saved.revision is None else saved.revision.number,
                **cost_json(made.usage, made.calls, made.seconds),
                "findings": [finding_json(finding) for finding in made.findings],
                "remarks": list(made.remarks),
            }
        )
        return
    system, file = made.system, plain(output.file)
    revision = f", revision {saved.revision.number}" if saved.revision else ""
    note(
        f"{file}{revision}: {counted(len(system.attributes), 'attribute')}, {counted(system.option_count, 'option')}, "
        f"{counted(len(system.classes), 'class', 'classes')}"
    )
    note(cost_text(made.usage, made.calls, made.seconds))
    note(summary(made.findings, 1))
    note(f"Next: cotsmith check {file}")
