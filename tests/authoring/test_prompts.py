"""The prompts: each file declares its variables, uses just these, and takes values as data."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cotsmith.authoring
from cotsmith.authoring.draft_task import Task, attributes_request, rules_request, whole_request
from cotsmith.authoring.plan import plan_refinement, request_of
from cotsmith.authoring.prompt import load_prompt, parse_prompt
from cotsmith.systems.file import load

NAMES = sorted(
    entry.name.removesuffix(".md")
    for entry in files("cotsmith.authoring").joinpath("prompts").iterdir()
    if entry.name.endswith(".md")
)
ODD = "{{about}} {{#like}} {0} %s \\1 \\g<0> {{classes}}"


def test_they_are_where_they_are_looked_for() -> None:
    assert {"draft-attributes", "draft-rules", "draft-paste", "refine", "refine-again", "mend"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_variables_declared_are_those_used(name: str) -> None:
    prompt = load_prompt(name)
    assert prompt.named == set(prompt.variables)
    assert len(prompt.variables) == len(set(prompt.variables))
    assert re.fullmatch("[0-9a-f]{12}", prompt.version)


@pytest.mark.parametrize("name", NAMES)
def test_every_section_is_closed(name: str) -> None:
    prompt = load_prompt(name)
    text = prompt.instructions + prompt.message
    opened = re.findall(r"\{\{#(\w+)\}\}", text)
    assert opened == re.findall(r"\{\{/(\w+)\}\}", text)
    empty = prompt.fill(prompt.message, dict.fromkeys(prompt.variables, ""))
    full = prompt.fill(prompt.message, dict.fromkeys(prompt.variables, "x"))
    assert not re.search(r"\{\{[#/]?\w+\}\}", empty + full)


@pytest.mark.parametrize("name", NAMES)
def test_no_prompt_is_lost_between_the_files_and_the_code(name: str) -> None:
    room = Path(cotsmith.authoring.__file__).parent
    code = "".join(path.read_text("utf-8") for path in room.glob("*.py"))
    assert f'load_prompt("{name}")' in code or f'"{name}"' in code


@pytest.mark.parametrize("name", [name for name in NAMES if load_prompt(name).variables])
def test_values_that_are_not_declared_or_missing_are_refused(name: str) -> None:
    prompt = load_prompt(name)
    values = dict.fromkeys(prompt.variables, "x")
    with pytest.raises(ValueError, match="takes"):
        prompt.fill(prompt.message, {**values, "another": "x"})
    with pytest.raises(ValueError, match="takes"):
        prompt.fill(prompt.message, dict(list(values.items())[1:]))


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text() | st.just(ODD), min_size=2))
def test_values_are_data(values: dict[str, str]) -> None:
    text = "---\nvariables: a, b\n---\n# Message\n{{a}}|{{#b}}\n{{/b}}{{b}}\n"
    prompt = parse_prompt("p", text.replace("{{#b}}\n{{/b}}", ""))
    assert prompt.fill(prompt.message, values) == f"{values['a']}|{values['b']}".strip()


@pytest.mark.parametrize("text", ["", "# Message\nx", "---\nvariables: a\n---\n# Instructions\nx\n"])
def test_a_file_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="prompt p"):
        parse_prompt("p", text)


def test_the_version_changes_with_every_word() -> None:
    text = "---\nvariables:\n---\n# Message\nOne.\n"
    assert parse_prompt("p", text).version != parse_prompt("p", text.replace("One", "Two")).version


def test_what_people_wrote_is_sent_as_they_wrote_it() -> None:
    system = load("gallery:demo")
    task = Task(("One", ODD), about=ODD, attributes=("look",), like=system)
    requests = [
        attributes_request(task),
        rules_request(task, system.attributes, ("One", ODD)),
        whole_request(task),
        request_of(plan_refinement(system, feedback=ODD)),
    ]
    for request in requests:
        assert ODD in request.messages[0].text
        assert request.prompt_version == load_prompt(request.task).version
