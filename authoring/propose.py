"""Ask an LLM for edits of a system: read them one by one, send back once what does not apply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import CotsmithError, Interrupted, LLMError
from ..systems.edit_json import from_json
from ..systems.edits import Edit, SetRule
from ..systems.json_form import Json
from ..systems.text import plain
from .compact import json_line
from .llm import LLM, Message, Request, Streaming, Usage
from .plan import Plan, proposals_schema, request_of
from .prompt import load_prompt
from .proposals import Origin, Proposals, proposals_of
from .refusals import refused_before

if TYPE_CHECKING:
    from .asking import Answer
    from .budget import Budget
    from .exchange import Exchange


_OUTSIDE = "only the rules of the classes asked for are to change"


@dataclass(frozen=True, slots=True)
class _Suggested:
    """One suggestion as it came: ``edit`` is None where it is none; ``fault`` says what is wrong with it."""

    raw: Json
    edit: Edit | None
    rationale: str
    fault: str = ""


def propose(
    llm: LLM,
    plan: Plan,
    *,
    budget: Budget | None = None,
    watch: Callable[[Streaming], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    keep: Callable[[Exchange], None] | None = None,
) -> Proposals:
    """Send ``plan`` and read the proposals that come back, each tried on the system; nothing is measured yet.

    Those that cannot be applied go back once, with the reasons. What then does not apply is ``invalid``; what touches
    a locked cell a ``conflict``; what a person refused before, word for word, ``refused`` again. ``keep`` is given
    each exchange as soon as it is there.

    Raises:
        LLMError: no reply, or none that can be used; the message says where the raw reply is kept.
        Interrupted: ``cancelled`` became true.
    """
    from .asking import ask

    request = request_of(plan)
    answer = ask(llm, request, budget=budget, watch=watch, cancelled=cancelled, keep=keep, longer=True)
    suggested = _judged(plan, _read(answer.value))
    answers = [answer]
    faults = [index for index, one in enumerate(suggested) if one.fault]
    if faults:
        try:
            again = ask(
                llm,
                _again(request, answer.value, suggested, faults),
                budget=budget,
                watch=watch,
                cancelled=cancelled,
                keep=keep,
            )
        except Interrupted:
            raise
        except LLMError:
            pass  # what was good is kept, the rest stays what it was: not usable
        else:
            answers.append(again)
            suggested = _replaced(plan, suggested, faults, again.value)
    return _proposals(plan, suggested, _origin(llm, request, answers))


def _read(value: Json) -> list[_Suggested]:
    """The suggestions in a reply that the schema let through."""
    items = value.get("proposals") if isinstance(value, dict) else None
    return [_suggestion(item) for item in items] if isinstance(items, list) else []


def _suggestion(item: Json) -> _Suggested:
    raw = item.get("edit") if isinstance(item, dict) else item
    rationale = str(item.get("rationale") or "") if isinstance(item, dict) else ""
    try:
        return _Suggested(raw, from_json(raw), rationale)
    except CotsmithError as error:
        return _Suggested(raw, None, rationale, str(error))


def _judged(plan: Plan, suggested: Sequence[_Suggested]) -> list[_Suggested]:
    """``suggested`` without repetitions, each with what is wrong with it."""
    unique: dict[str, _Suggested] = {}
    for one in suggested:
        unique.setdefault(json_line(one.raw), one)
    found = list(unique.values())
    places = [index for index, one in enumerate(found) if one.edit is not None]
    edits = [(one.edit, one.rationale) for one in found if one.edit is not None]
    tried = proposals_of(plan.system, edits, locked=plan.locked)
    for index, proposal in zip(places, tried, strict=True):
        fault = proposal.reason if proposal.status == "invalid" else ""
        if plan.about and isinstance(proposal.edit, SetRule) and proposal.edit.class_name not in plan.about:
            fault = _OUTSIDE
        found[index] = replace(found[index], fault=fault)
    return found


def _again(request: Request, value: Json, suggested: Sequence[_Suggested], faults: Sequence[int]) -> Request:
    """The request that sends the faulty ones back, numbered from 1."""
    prompt = load_prompt("refine-again")
    lines = [f"{index + 1}. {json_line(suggested[index].raw)}: {suggested[index].fault}" for index in faults]
    message = prompt.fill(prompt.message, {"faults": "\n".join(lines)})
    messages = (*request.messages, Message("assistant", json_line(value)), Message("user", message))
    return replace(
        request,
        task=prompt.name,
        prompt_version=f"{request.prompt_version}+{prompt.version}",
        messages=messages,
        schema=proposals_schema(numbered=True),
    )


def _replaced(plan: Plan, suggested: Sequence[_Suggested], faults: Sequence[int], value: Json) -> list[_Suggested]:
    """``suggested`` with corrections in the place of faulty ones; a correction of something else is left out."""
    found = list(suggested)
    items = value.get("proposals") if isinstance(value, dict) else None
    for item in items if isinstance(items, list) else []:
        number = item.get("replaces") if isinstance(item, dict) else None
        if isinstance(number, int) and number - 1 in faults:
            found[number - 1] = _suggestion(item)
    return _judged(plan, found)


def _proposals(plan: Plan, suggested: Sequence[_Suggested], origin: Origin) -> Proposals:
    usable = [(one.edit, one.rationale) for one in suggested if one.edit is not None and one.fault != _OUTSIDE]
    unusable = [
        f"{plain(json_line(one.raw))}: {plain(one.fault)}"
        for one in suggested
        if one.edit is None or one.fault == _OUTSIDE
    ]
    proposals = proposals_of(plan.system, usable, locked=plan.locked, unusable=unusable, origin=origin)
    for index, one in enumerate(proposals.items):
        before = refused_before(plan.refused, one.edit)
        if before is not None and one.status == "open":
            proposals = proposals.refuse(
                index, f"refused before: {before.reason}" if before.reason else "refused before"
            )
    return proposals


def _origin(llm: LLM, request: Request, answers: Sequence[Answer]) -> Origin:
    exchanges = tuple(exchange for answer in answers for exchange in answer.exchanges)
    return Origin(
        model=llm.name,
        prompt_version=request.prompt_version,
        usage=sum((answer.usage for answer in answers), Usage()),
        calls=len(exchanges),
        seconds=sum(exchange.reply.seconds for exchange in exchanges),
        exchanges=tuple(exchange.to_json() for exchange in exchanges),
    )
