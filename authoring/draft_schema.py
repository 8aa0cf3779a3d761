"""The replies of a draft: their JSON Schemas, what a schema cannot say checked, and how they are read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..systems.import_texts import clean, slotted
from ..systems.json_form import Json
from ..systems.model import Attribute, Rule, prompt_problem, text_problem
from ..systems.text import is_control, plain

FEWEST_OPTIONS = 2

MOST_ENUM_VALUES = 900
"""OpenAI refuses a strict schema with more than 1,000 values of enums in all."""

MOST_ENUM_CHARACTERS = 100_000
"""It refuses one whose names and values have more than 120,000 characters in all."""

LONG_ENUM = (250, 15_000)
"""It refuses an enum of more than so many values that have more than so many characters together."""

LOOKS = "looks"
"""What a model may write of a class before it answers: to describe first and choose then makes it choose better."""

Check = Callable[[Json], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Wish:
    """A new option that the LLM asks for while it writes rules, and the classes that should get it."""

    attribute: str
    option: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rules of a batch of classes, and the options asked for beside them."""

    rules: Mapping[str, Mapping[str, Rule]]
    wishes: tuple[Wish, ...] = ()


def attributes_schema(names: Sequence[str] = ()) -> dict[str, Json]:
    """A list of attributes with name, prompt and options; the names are ``names``, where they are given.

    Before them a model may say which classes look alike, and what tells them apart.
    """
    name: dict[str, Json] = {"type": "string", "enum": list(names)} if names else {"type": "string"}
    prompt: dict[str, Json] = {"anyOf": [{"type": "string"}, _list({"type": "string"})]}
    attribute = _object({"name": name, "prompt": prompt, "options": _list({"type": "string"})})
    schema = _object({"look_alikes": _list({"type": "string"}), "attributes": _list(attribute)})
    return schema | {"required": ["attributes"]}


def attributes_check(names: Sequence[str] = ()) -> Check:
    """What is wrong with the attributes of a reply, a sentence each; ``names`` are those wanted."""

    def check(value: Json) -> list[str]:
        faults: list[str] = []
        found = read_attributes(value, faults)
        listed = [a.name for a in found]
        faults += [
            f'the attribute "{plain(name)}" stands twice' for name in dict.fromkeys(listed) if listed.count(name) > 1
        ]
        faults += [f'the attribute "{plain(name)}" is missing' for name in names if name not in listed]
        if not found and not faults:
            faults.append("there are no attributes")
        return faults

    return check


def read_attributes(value: Json, faults: list[str] | None = None) -> tuple[Attribute, ...]:
    """The attributes of a reply; what is wrong with one is added to ``faults``, and it is left out.

    Texts lose control characters and white space around them, an option that stands twice is taken once.
    """
    told = [] if faults is None else faults
    found = []
    for item in _items(value, "attributes"):
        name = tidy(item.get("name"))
        prompts = tuple(dict.fromkeys(slotted(tidy(text)) for text in _texts(item.get("prompt"))))
        options = tuple(dict.fromkeys(filter(None, map(tidy, _texts(item.get("options"))))))
        problem = text_problem(name) or ('"class" is not a name for one' if name == "class" else "")
        if problem:
            told.append(f'attribute name "{plain(name)}": {problem}')
            continue
        wrong = [(prompt, problem) for prompt in prompts if (problem := prompt_problem(prompt))]
        if wrong:
            told += [f'attribute "{plain(name)}": prompt "{plain(prompt)}": {problem}' for prompt, problem in wrong]
        elif not prompts:
            told.append(f'attribute "{plain(name)}": it needs a prompt')
        elif len(options) < FEWEST_OPTIONS:
            told.append(f'attribute "{plain(name)}": it needs at least {FEWEST_OPTIONS} different options')
        else:
            found.append(Attribute(name, prompts, options))
    return tuple(found)


def rules_schema(attributes: Sequence[Attribute], classes: Sequence[str]) -> dict[str, Json]:
    """A row for each of ``classes`` with a list of options for each attribute; and new options that are asked for.

    Options are enums, so that a rule cannot name what does not exist; beyond the limits of providers the longest lists
    are left open, and checked here all the same. Lists in place of any-of, so that no union is needed.
    """
    values = MOST_ENUM_VALUES - 2 * len(classes) - len(attributes)
    characters = MOST_ENUM_CHARACTERS - 2 * _length(classes) - 3 * _length(a.name for a in attributes)
    options: dict[str, Json] = {}
    for attribute in sorted(attributes, key=lambda a: len(a.options)):
        values, characters = values - len(attribute.options), characters - _length(attribute.options)
        most, longest = LONG_ENUM
        fits = values >= 0 and characters >= 0
        fits = fits and (len(attribute.options) <= most or _length(attribute.options) <= longest)
        options[attribute.name] = {"type": "string", "enum": list(attribute.options)} if fits else {"type": "string"}
    row: dict[str, Json] = {"class": {"type": "string", "enum": list(classes)}}
    if LOOKS not in options:
        row[LOOKS] = {"type": "string"}
    row |= {a.name: _list(options[a.name]) for a in attributes}
    wish = _object(
        {
            "attribute": {"type": "string", "enum": [a.name for a in attributes]},
            "option": {"type": "string"},
            "classes": _list({"type": "string", "enum": list(classes)}),
        }
    )
    required: list[Json] = [name for name in row if name != LOOKS or LOOKS in options]
    return _object({"rules": _list(_object(row) | {"required": required}), "new_options": _list(wish)})


def rules_check(attributes: Sequence[Attribute], classes: Sequence[str]) -> Check:
    """What is wrong with the rules of a reply, a sentence each: a class that is missing or twice, an unknown option."""

    def check(value: Json) -> list[str]:
        named = [str(item.get("class")) for item in _items(value, "rules")]
        faults = [f'the class "{plain(name)}" is missing' for name in classes if name not in named]
        faults += [f'the class "{plain(name)}" stands twice' for name in dict.fromkeys(named) if named.count(name) > 1]
        faults += [
            f'"{plain(name)}" is not a class of this list' for name in dict.fromkeys(named) if name not in classes
        ]
        asked = {(wish.attribute, wish.option) for wish in read_rows(value, attributes, classes).wishes}
        for item in _items(value, "rules"):
            for attribute in attributes:
                for option in _texts(item.get(attribute.name)):
                    if option not in attribute.options and (attribute.name, tidy(option)) not in asked:
                        place = f"{plain(str(item.get('class')))} › {plain(attribute.name)}"
                        faults.append(f'{place}: "{plain(option)}" is not an option')
        return faults

    return check


def read_rows(value: Json, attributes: Sequence[Attribute], classes: Sequence[str]) -> Rows:
    """The rules and wishes of a reply that passed ``rules_check``; a rule may name an option that it asks for."""
    known = {a.name: a for a in attributes}
    wishes = []
    for item in _items(value, "new_options"):
        name, option = str(item.get("attribute")), tidy(item.get("option"))
        wanted = tuple(c for c in dict.fromkeys(_texts(item.get("classes"))) if c in classes)
        if name in known and option and option not in known[name].options and not text_problem(option):
            wishes.append(Wish(name, option, wanted))
    rules: dict[str, dict[str, Rule]] = {}
    for item in _items(value, "rules"):
        class_name = str(item.get("class"))
        row = {a.name: tuple(_texts(item.get(a.name))) for a in attributes}
        for index, wish in enumerate(wishes):
            if wish.option in map(tidy, row[wish.attribute]) and class_name not in wish.classes:
                wishes[index] = Wish(wish.attribute, wish.option, (*wish.classes, class_name))
        rules[class_name] = {name: tuple(o for o in rule if o in known[name].options) for name, rule in row.items()}
    return Rows(rules, tuple(wishes))


def tidy(value: Json) -> str:
    """A text from a reply without line breaks, control characters and white space around it; ``""`` for no text."""
    if not isinstance(value, str):
        return ""
    return clean("".join(char for char in clean(value) if not is_control(char)))


def _length(texts: Iterable[str]) -> int:
    return sum(map(len, texts))


def _items(value: Json, key: str) -> Iterable[dict[str, Json]]:
    listed = value.get(key) if isinstance(value, dict) else None
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def _texts(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _list(items: Json) -> dict[str, Json]:
    return {"type": "array", "items": items}


def _object(properties: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
