"""The figures of an edited system from those before: only what the edits touch is computed, the rest is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from ..errors import DataError, EncoderError, UsageError
from ..systems.edits import Edit, RenameClass, apply
from ..systems.model import System, fill
from ..systems.text import counted, plain
from .encoder import Vectors, normalise
from .probabilities import Answers, Indexes, answers, check_answerable
from .reasking import asked_again
from .restanding import restand
from .scheme import scheme_of
from .scores import Combine, Plan, plan
from .standing import Standing
from .texts import TextVectors
from .vectors import checked

Encode: TypeAlias = Callable[[list[str]], Vectors]
"""Texts in, ``(M, D) float32`` out, not necessarily normalised: an encoder's ``encode_texts``."""


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What an evaluation rests on, under the same names; see ``Evaluation``."""

    system: System
    images: Vectors
    labels: Indexes
    texts: TextVectors
    logit_scale: float
    combine: Combine
    answers: tuple[Answers, ...]
    standing: Standing


def revise(old: Parts, edits: Iterable[Edit], encode: Encode | None) -> Parts:
    """``old`` after ``edits``. Nothing of ``old`` is changed; equal arrays are shared.

    An attribute is asked again where its prompts, its options or the temperature changed; a class is scored again
    where its rules or an attribute that they use changed; an image is ranked again where that can matter. A class's
    score is always added up in full from the answers, in the order of a fresh evaluation, so nothing drifts over a
    thousand edits.
    """
    edits = tuple(edits)
    system = apply(old.system, edits)
    check_answerable(system)
    labels = _labels(old, edits, system)
    texts = _texts(old, system, encode)
    found = _answers(old, system, texts)
    return replace(
        old, system=system, labels=labels, texts=texts, answers=found, standing=_standing(old, system, found)
    )


def carried_over(old: Parts, new: Parts, known: Mapping[str, Any]) -> dict[str, Any]:
    """Of the figures ``known`` about ``old``, by name, those that are the same for ``new``."""
    names: list[str] = []
    if new.labels is old.labels and new.system.classes == old.system.classes:
        names += ["majority"]
        if new.system.class_prompts == old.system.class_prompts:
            names += ["baseline_predicted", "baseline_correct"]
        if all(a.chosen is b.chosen for a, b in zip(new.answers, old.answers, strict=False)) and len(
            new.answers
        ) == len(old.answers):
            names += ["answer_tables"]
    return {name: known[name] for name in names if name in known}


def _labels(old: Parts, edits: Sequence[Edit], system: System) -> Indexes:
    before = old.system.classes
    if all(a is b or a == b for a, b in zip(before, system.rules, strict=False)) and len(before) == len(system.rules):
        renamed = any(isinstance(edit, RenameClass) for edit in edits)
        if not renamed:
            return old.labels
    now = list(before)
    for edit in edits:
        if isinstance(edit, RenameClass):
            now = [edit.new_name if name == edit.class_name else name for name in now]
    place = {name: index for index, name in enumerate(system.rules)}
    counts = np.bincount(old.labels, minlength=len(before))
    for name, count in zip(now, counts, strict=True):
        if count and name not in place:
            raise DataError(
                f'{counted(int(count), "image is", "images are")} of the class "{plain(name)}", which is removed',
                hint="Evaluate the edited system afresh on images of the classes that remain.",
            )
    moved = np.fromiter((place.get(name, -1) for name in now), np.intp, len(now))
    return np.asarray(moved[old.labels])


def _texts(old: Parts, system: System, encode: Encode | None) -> TextVectors:
    asked = {(a.prompts, a.options) for a in old.system.attributes}
    wanted: list[tuple[Sequence[str], Iterable[str]]] = [
        (a.prompts, a.options) for a in system.attributes if (a.prompts, a.options) not in asked
    ]
    if system.class_prompts != old.system.class_prompts or tuple(system.rules) != tuple(old.system.rules):
        wanted.append((system.class_prompts, system.rules))
    filled = dict.fromkeys(fill(prompt, word) for prompts, words in wanted for word in words for prompt in prompts)
    missing = [text for text in filled if text not in old.texts]
    if not missing:
        return old.texts
    if encode is None:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise UsageError(
            f'the text "{plain(missing[0])}"{more} was not encoded yet',
            hint="Pass encode=encoder.encode_texts, of the encoder that the evaluation was made with.",
        )
    vectors = normalise(checked(encode(missing), len(missing), "texts", "encode"))
    if vectors.shape[1] != old.images.shape[1]:
        raise EncoderError(
            f"text embeddings of {vectors.shape[1]} dimensions, image embeddings of {old.images.shape[1]}",
            hint="Both must come from the two towers of one model.",
        )
    return {**old.texts, **dict(zip(missing, vectors, strict=True))}


def _answers(old: Parts, system: System, texts: TextVectors) -> tuple[Answers, ...]:
    if system.attributes is old.system.attributes and system.temperature == old.system.temperature:
        return old.answers
    scale = old.logit_scale / system.temperature
    found: dict[str, Answers] = {}
    if system.temperature == old.system.temperature:
        same = {(a.attribute.prompts, a.attribute.options): a for a in old.answers}
        like = {(a.attribute.prompts, a.attribute.name): a for a in old.answers}
        for a in system.attributes:
            known = same.get((a.prompts, a.options))
            if known is not None:
                known = known if known.attribute is a else replace(known, attribute=a)
            elif (a.prompts, a.name) in like:
                known = asked_again(like[a.prompts, a.name], a, old.images, texts, scale)
            if known is not None:
                found[a.name] = known
    new = answers([a for a in system.attributes if a.name not in found], old.images, texts, scale)
    found.update((answer.attribute.name, answer) for answer in new)
    return tuple(found[a.name] for a in system.attributes)


def _standing(old: Parts, system: System, found: tuple[Answers, ...]) -> Standing:
    scheme = old.standing.scheme
    if system.attributes is old.system.attributes and len(system.rules) == len(old.system.rules):
        rows = zip(system.rules.values(), old.system.rules.values(), strict=True)
        touched = [index for index, (row, was) in enumerate(rows) if row is not was and row != was]
        if not touched and found is old.answers:
            return old.standing
        classes = system.classes
        scheme = scheme.with_plans({index: plan_of(system, classes[index]) for index in touched})
    else:
        scheme = scheme_of(system)
    return restand(old.standing, old.answers, scheme, found, old.combine)


def plan_of(system: System, class_name: str) -> Plan:
    """How ``class_name`` is scored."""
    row = system.rules[class_name]
    return plan(system.attributes, [row[attribute.name] for attribute in system.attributes])
