"""A draft by way of a chat window: one prompt out, one ragged reply in, and what of it could not be used."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..errors import InputError
from ..systems.import_texts import made_up_prompt, slotted
from ..systems.importing import import_text
from ..systems.json_form import Json
from ..systems.model import Attribute, Rule, System, prompt_problem, text_problem
from ..systems.text import did_you_mean, plain
from ..validate.engine import check
from .draft_schema import tidy
from .draft_task import Task, check_task, whole_request
from .drafting import Draft
from .exchange import exchange_of
from .failures import ReplyError
from .llm import LLM, Streaming
from .ragged import read_reply
from .raw_replies import keep_reply

_SHOWN = 5

_FORM: dict[str, Json] = {
    "type": "object",
    "properties": {"attributes": {}, "rules": {}},
    "required": ["attributes", "rules"],
}

_AGAIN = "Ask the chat for the whole JSON object again, with every class, and read that."

_ELLIPSIS_LINE = re.compile(r"^[ \t]*(?:#|//)?[ \t]*[\"']?(?:\.{3}|…)[\"']?[^\w\n]*$\n?", re.MULTILINE)
_INLINE_ELLIPSIS = re.compile(r",?\s*(?:\.{3}|…)\s*(?=[}\]])")


def draft_in_one(
    llm: LLM,
    task: Task,
    *,
    watch: Callable[[Streaming], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Draft:
    """Draft with one request and one reply, in whatever form that comes; ``Draft.remarks`` say what was not usable.

    Raises:
        UsageError: as ``check_task``.
        ReplyError: nothing of the reply can be used; the message says why and where it is kept.
        LLMError, Interrupted: as ``LLM.complete``.
    """
    started = time.monotonic()
    check_task(task)
    request = whole_request(task)
    reply = llm.complete(request, watch=watch, cancelled=cancelled)
    try:
        system, remarks = whole_reply(reply.text, task)
    except InputError as error:
        kept = keep_reply(request.task, reply.text)
        raise ReplyError(
            error.message, text=reply.text, where=error.where, hint=f"{error.hint}\n{kept}".strip()
        ) from error
    return Draft(
        system,
        check(system),
        model=llm.name,
        prompt_version=request.prompt_version,
        usage=reply.usage,
        calls=1,
        seconds=time.monotonic() - started,
        exchanges=(exchange_of(request, llm.name, reply).to_json(),),
        remarks=tuple(remarks),
    )


def whole_reply(text: str, task: Task) -> tuple[System, list[str]]:
    """The system that ``text`` writes, for the classes of ``task``, and a sentence for whatever could not be used.

    A reply that ``cotsmith import`` would read is read like that. Where it is wrong in places, what is right is kept;
    nothing is guessed: a rule whose option does not exist is left out.

    Raises:
        InputError: there is no system in it at all.
    """
    whole = _without_ellipses(text)
    refused: InputError | None = None
    for written in dict.fromkeys((text, whole)):
        for read in (_imported, _what_can_be_used):
            try:
                system, remarks = read(written)
            except InputError as error:
                refused = refused or error
                continue
            if not _says_something(system, task.classes):  # read as something that it is not
                continue
            if whole != text:
                remarks = ["the reply leaves something out (...)", *remarks]
            return _for_classes(replace(system, name=task.name, description=task.about.strip()), task.classes, remarks)
    raise refused or InputError("there are no rules for any of the classes in it", where="reply", hint=_AGAIN)


def _imported(text: str) -> tuple[System, list[str]]:
    imported = import_text(text, "reply")
    form = [] if imported.form == "cotsmith" else [f"read as {imported.form}"]
    return imported.system, [*form, *imported.remarks]


def _says_something(system: System, classes: Sequence[str]) -> bool:
    known = {name.casefold() for name in classes}
    return any(any(row.values()) for name, row in system.rules.items() if name.casefold() in known)


def _without_ellipses(text: str) -> str:
    """``text`` without the dots that stand for what a model did not want to write."""
    return _INLINE_ELLIPSIS.sub("", _ELLIPSIS_LINE.sub("", text))


def _for_classes(system: System, classes: Sequence[str], remarks: list[str]) -> tuple[System, list[str]]:
    """``system`` with exactly ``classes``, in their order; the case of a name does not matter."""
    written = {name.casefold(): name for name in system.rules}
    rules: dict[str, Mapping[str, Rule]] = {}
    missing = []
    for name in classes:
        found = name if name in system.rules else written.get(name.casefold())
        rules[name] = system.rules[found] if found is not None else {}
        if found is None:
            missing.append(name)
    known = {name.casefold() for name in classes}
    strange = [name for name in system.rules if name.casefold() not in known]
    if missing:
        remarks.append(f"no rules for {_listed(missing)}; ask for them, or fill them in")
    remarks += [f'"{plain(name)}" was not asked for{did_you_mean(name, missing)}; left out' for name in strange]
    return replace(system, rules=rules, notes={}), remarks


def _what_can_be_used(text: str) -> tuple[System, list[str]]:
    """The attributes and rules that are right, of a reply that is wrong in places."""
    refused = InputError("there is no system in it", where="reply", hint=_AGAIN)
    value = read_reply(text, _FORM).value
    if not isinstance(value, dict) or not isinstance(value.get("attributes"), dict | list):
        raise refused
    remarks: list[str] = []
    attributes = _attributes(value["attributes"], remarks)
    rows = value.get("rules")
    if not attributes or not isinstance(rows, dict):
        raise refused
    rules = {
        name: _row(name, row, attributes, remarks)
        for name, row in ((tidy(key), row) for key, row in rows.items())
        if not text_problem(name) and isinstance(row, dict)
    }
    if not any(rule for row in rules.values() for rule in row.values()):
        raise refused
    return System(attributes=tuple(attributes), rules=rules), remarks


def _attributes(value: Json, remarks: list[str]) -> list[Attribute]:
    entries = value.items() if isinstance(value, dict) else ((item.get("name"), item) for item in _objects(value))
    found: dict[str, Attribute] = {}
    for key, form in entries:
        name = tidy(key)
        place = f"attributes › {plain(name)}"
        if text_problem(name) or not isinstance(form, dict):
            remarks.append(f"{place}: not an attribute; left out")
            continue
        prompt = slotted(tidy(form.get("prompt")))
        if problem := prompt_problem(prompt):
            remarks.append(f'{place} › prompt: "{plain(prompt)}": {problem}; a plain one stands in its place')
            prompt = made_up_prompt(name)
        listed = form.get("options")
        options = dict.fromkeys(filter(None, map(tidy, listed if isinstance(listed, list) else [])))
        found[name] = Attribute(name, (prompt,), tuple(options))
    return list(found.values())


def _row(
    class_name: str, row: Mapping[str, Json], attributes: Sequence[Attribute], remarks: list[str]
) -> dict[str, Rule]:
    known = {a.name: a for a in attributes}
    rules: dict[str, Rule] = {}
    for name, rule in row.items():
        place = f"rules › {plain(class_name)} › {plain(str(name))}"
        if name not in known:
            remarks.append(f"{place}: not an attribute{did_you_mean(str(name), known)}; left out")
            continue
        options, chosen = known[name].options, []
        for written in rule if isinstance(rule, list) else [] if rule is None else [rule]:
            option = _option(written, options)
            if option is None:
                close = did_you_mean(written, options) if isinstance(written, str) else ""
                remarks.append(f'{place}: "{plain(str(written))}" is not an option{close}; left out')
            else:
                chosen.append(option)
        rules[name] = tuple(chosen)
    return rules


def _option(written: Json, options: Sequence[str]) -> str | None:
    """The option whose text is written, whatever the case. An index beside texts could be counted either way."""
    text = tidy(written).casefold()
    return next((option for option in options if option.casefold() == text), None)


def _objects(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f'"{plain(name)}"' for name in names[:_SHOWN])
    return f"{shown} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else shown
