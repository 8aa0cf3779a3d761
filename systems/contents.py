"""What the schema cannot say of a system file: texts, prompts, repeats, and rules that name what does not exist."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from .json_form import Json, attribute_from_json, number_from_json, prompts_from_json, rule_from_json, shape
from .model import LEAST_WEIGHT, Allowance, Rule, System, prompt_problem, text_problem, weight_problem
from .positions import Path
from .problem import Problem, Suggestions, quote, quoted

_NAMED_BY = {"unknown-attribute": "attributes", "unknown-class": "rules"}
_SURROGATE = re.compile("[\ud800-\udfff]")


def inspect(data: dict[str, Any]) -> list[Problem]:
    """Every fault of ``data``'s contents, without positions. Values of the wrong type are left to the schema."""
    problems: list[Problem] = []
    if isinstance(data.get("name"), str):
        problems += _text("name", data["name"], ("name",))
    problems += _writable(data.get("description"), ("description",))
    problems += _prompts(data.get("class_prompt"), ("class_prompt",))
    problems += _finite(data.get("temperature"), ("temperature",))
    attributes = _object(data.get("attributes"))
    for name, value in attributes.items():
        problems += _attribute(name, _object(value))
    rules = _object(data.get("rules"))
    suggestions = Suggestions()
    problems += _rules(rules, attributes, suggestions)
    problems += _notes(_object(data.get("notes")), rules, attributes, suggestions)
    problems += _allowances(data.get("allow"))
    # Where the names themselves cannot be read, that nothing is known by them is no fault of its own.
    unread = {kind for kind, key in _NAMED_BY.items() if not isinstance(data.get(key), dict)}
    return [problem for problem in problems if problem.kind not in unread]


def omissions(data: dict[str, Any]) -> list[Problem]:
    """The cells for which ``data`` has no rule; they read as null. ``data`` must be free of problems."""
    missing = []
    for class_name, row in data["rules"].items():
        for name in data["attributes"]:
            if name not in row:
                message = f"there is no rule for {quote(name)}"
                hint = "It reads as null, which says nothing; write null if that is meant."
                missing.append(Problem("missing-rule", ("rules", class_name, name), message, hint))
    return missing


def build(data: dict[str, Any]) -> System:
    """The system that ``data`` writes. ``data`` must be free of problems."""
    notes_form = data.get("notes", {})
    notes: dict[tuple[str, str | None], str] = {(c, None): note for c, note in notes_form.get("classes", {}).items()}
    for class_name, row in notes_form.get("cells", {}).items():
        notes.update({(class_name, attribute): note for attribute, note in row.items()})
    # Rules repeat a few options many times: equal ones share one tuple.
    single: dict[str, Rule] = {}
    rules = {}
    for class_name, row in data["rules"].items():
        rules[class_name] = {
            name: single.setdefault(value, (value,)) if isinstance(value, str) else rule_from_json(value)
            for name, value in row.items()
        }
    return System(
        name=data.get("name", "untitled"),
        description=data.get("description", ""),
        class_prompts=prompts_from_json(data.get("class_prompt", "{}")),
        attributes=tuple(attribute_from_json(name, value) for name, value in data["attributes"].items()),
        rules=rules,
        temperature=number_from_json(data.get("temperature", 1.0)),
        notes=notes,
        allow=tuple(Allowance(a["check"], a.get("place", ""), a["reason"]) for a in data.get("allow", [])),
    )


def _attribute(name: str, value: dict[str, Any]) -> Iterator[Problem]:
    path = ("attributes", name)
    yield from _text("attribute name", name, path, on_key=True)
    yield from _prompts(value.get("prompt"), (*path, "prompt"))
    yield from _repeats("prompt", value.get("prompt"), (*path, "prompt"))
    for index, option in _entries(value.get("options")):
        yield from _text("option", option, (*path, "options", index))
    yield from _repeats("option", value.get("options"), (*path, "options"))
    yield from _weight(value.get("weight"), (*path, "weight"))
    yield from _writable(value.get("note"), (*path, "note"))


def _rules(rules: dict[str, Any], attributes: dict[str, Any], suggestions: Suggestions) -> Iterator[Problem]:
    # A dict without values: a set that keeps its order. None: the options themselves are at fault, not the rules.
    options: dict[str, dict[str, None] | None] = {}
    for name, value in attributes.items():
        listed = _object(value).get("options")
        readable = isinstance(listed, list) and all(isinstance(option, str) for option in listed)
        options[name] = dict.fromkeys(text for _, text in _entries(listed)) if readable else None
    for class_name, row in rules.items():
        yield from _text("class name", class_name, ("rules", class_name), on_key=True)
        for name, value in _object(row).items():
            path = ("rules", class_name, name)
            if name not in options:
                hint = f"The attributes are {quoted(list(options))}." if options else "There are no attributes."
                message = f"{quote(name)} is not an attribute{suggestions.of(name, 'attributes', options)}"
                yield Problem("unknown-attribute", path, message, hint, on_key=True)
                continue
            known = options[name]
            if known is None or value is None or (isinstance(value, str) and value in known):
                continue
            yield from _rule(value, path, known, suggestions)


def _rule(value: Json, path: Path, options: dict[str, None], suggestions: Suggestions) -> Iterator[Problem]:
    if not isinstance(value, str | list):
        yield Problem("schema", path, f"a rule is an option, a list of options, or null, not {shape(value)}")
        return
    if value == []:
        yield Problem("schema", path, "the list of options is empty", "Write null for a rule that says nothing.")
    entries = [(path, value)] if isinstance(value, str) else [((*path, i), entry) for i, entry in enumerate(value)]
    seen = set()
    for place, entry in entries:
        if not isinstance(entry, str):
            yield Problem("schema", place, f"a rule's list holds options, not {shape(entry)}")
        elif entry not in options:
            hint = f"The options are {quoted(list(options))}." if options else "The attribute has no options yet."
            message = f"{quote(entry)} is not an option{suggestions.of(entry, f'options of {path[-1]}', options)}"
            yield Problem("unknown-option", place, message, hint)
        elif entry in seen:
            yield Problem("duplicate", place, f"{quote(entry)} stands twice in the rule", "Remove one of them.")
        else:
            seen.add(entry)


def _notes(
    notes: dict[str, Any], rules: dict[str, Any], attributes: dict[str, Any], suggestions: Suggestions
) -> Iterator[Problem]:
    about_classes, about_cells = _object(notes.get("classes")), _object(notes.get("cells"))
    for kind, table in (("classes", about_classes), ("cells", about_cells)):
        for class_name in table:
            if class_name not in rules:
                message = f"{quote(class_name)} is not a class{suggestions.of(class_name, 'rules', rules)}"
                yield Problem("unknown-class", ("notes", kind, class_name), message, on_key=True)
    for class_name, note in about_classes.items():
        yield from _note(note, ("notes", "classes", class_name))
    for class_name, row in about_cells.items():
        for name, note in _object(row).items():
            path = ("notes", "cells", class_name, name)
            yield from _note(note, path)
            if name not in attributes:
                message = f"{quote(name)} is not an attribute{suggestions.of(name, 'attributes', attributes)}"
                yield Problem("unknown-attribute", path, message, on_key=True)


def _allowances(allow: Json) -> Iterator[Problem]:
    for index, form in enumerate(allow if isinstance(allow, list) else []):
        for key in ("check", "place", "reason"):
            yield from _writable(_object(form).get(key), ("allow", index, key))


def _prompts(value: Json, path: Path) -> Iterator[Problem]:
    if isinstance(value, str):
        texts: list[tuple[Path, str]] = [(path, value)]
    else:
        texts = [((*path, index), entry) for index, entry in _entries(value)]
    for place, prompt in texts:
        if problem := prompt_problem(prompt):
            hint = 'A template reads like "A photo of a {} thing.": an option takes the place of {}.'
            yield Problem("bad-prompt", place, f"prompt {quote(prompt)}: {problem}", hint)


def _repeats(kind: str, value: Json, path: Path) -> Iterator[Problem]:
    seen = set()
    for index, text in _entries(value):
        if text in seen:
            yield Problem("duplicate", (*path, index), f"{kind} {quote(text)} stands twice", "Remove one of them.")
        seen.add(text)


def _text(kind: str, text: str, path: Path, *, on_key: bool = False) -> Iterator[Problem]:
    if problem := text_problem(text):
        yield Problem("bad-text", path, f"{kind} {quote(text)}: {problem}", on_key=on_key)


def _note(value: Json, path: Path) -> Iterator[Problem]:
    if value == "":
        yield Problem("bad-text", path, "it is empty", "Leave it out, or write something.")
    yield from _writable(value, path)


def _writable(value: Json, path: Path) -> Iterator[Problem]:
    if isinstance(value, str) and _SURROGATE.search(value):
        yield Problem("bad-text", path, "it holds half of a surrogate pair, which is no character")


def _finite(value: Json, path: Path) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    try:
        finite = math.isfinite(value)
    except OverflowError:
        finite = False
    if not finite:
        yield Problem("bad-number", path, "a finite number is needed here")


def _weight(value: Json, path: Path) -> Iterator[Problem]:
    found = list(_finite(value, path))
    # The schema has already told of negative and very large ones.
    if not found and isinstance(value, int | float) and 0 < value < LEAST_WEIGHT:
        found = [Problem("bad-number", path, weight_problem(value))]
    yield from found


def _object(value: Json) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _entries(value: Json) -> list[tuple[int, str]]:
    return [(i, text) for i, text in enumerate(value) if isinstance(text, str)] if isinstance(value, list) else []
