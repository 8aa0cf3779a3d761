"""Which attribute became which: the same name, or the same question under another name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .match_options import Cells, OptionMatch
from .model import Attribute, Rule, System
from .similarity import best_pairs, overlap, traded, word_similarity

_SAME_QUESTION = 0.6
_SAME_WORDS = 0.5
# A likeness is an estimate; more classes than this would make it slower, not better.
_ENOUGH_CLASSES = 100


def match_attributes(old: System, new: System, classes: Sequence[str]) -> dict[str, str]:
    """Old attribute name to new; ``classes`` are those that both systems have under one name.

    The same name is the same attribute, unless two attributes traded their prompts and options. Of the rest, those
    are one attribute renamed whose prompts, options and rules are alike.
    """
    after = {attribute.name: attribute for attribute in new.attributes}
    same = {a.name: a.name for a in old.attributes if a.name in after}
    rewritten = [a for a in old.attributes if a.name in after and a.options != after[a.name].options]
    pairs = same | traded(
        {a.name: (a.prompts, a.options) for a in rewritten},
        {a.name: (after[a.name].prompts, after[a.name].options) for a in rewritten},
    )
    gone = [a for a in old.attributes if a.name not in same]
    fresh = [a for a in new.attributes if a.name not in same]
    pairs |= _verbatim(gone, fresh)
    gone = [a for a in gone if a.name not in pairs]
    taken = set(pairs.values())
    some = classes[:: 1 + len(classes) // _ENOUGH_CLASSES]
    scored = [(_likeness(old, new, a, b, some), a.name, b.name) for a in gone for b in fresh if b.name not in taken]
    return pairs | best_pairs(item for item in scored if item[0] >= _SAME_QUESTION)


def is_another_question(old: Attribute, new: Attribute, found: OptionMatch, cells: Cells) -> bool:
    """Whether a name now stands for something else: no word of the options stayed, the prompt hardly any, and few of
    the rules follow from those before."""
    if set(old.options) & set(new.options) or not (old.options and new.options):
        return False
    if word_similarity(" ".join(old.prompts), " ".join(new.prompts)) >= _SAME_WORDS:
        return False
    successors = found.successors()
    spoken = [(x, y) for x, y in cells if x or y]
    carried = sum({successors.get(option) for option in x} == set(y) for x, y in spoken)
    return 2 * carried < len(spoken) if spoken else not found.kept


def cells_of(old: System, new: System, attribute: str, renamed: str, classes: Sequence[str]) -> Cells:
    """The rules of an attribute before and after, for ``classes``."""
    before, after = old.rules, new.rules
    return [(before[name][attribute], after[name][renamed]) for name in classes]


def _verbatim(gone: Sequence[Attribute], fresh: Sequence[Attribute]) -> dict[str, str]:
    """Attributes that ask the same in the same words under another name, where only one on either side does."""
    before, after = (_by_wording(attributes) for attributes in (gone, fresh))
    return {
        names[0]: after[wording][0]
        for wording, names in before.items()
        if len(names) == 1 and len(after.get(wording, ())) == 1 and wording[1]
    }


def _by_wording(attributes: Sequence[Attribute]) -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]]:
    names: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for attribute in attributes:
        names.setdefault((attribute.prompts, attribute.options), []).append(attribute.name)
    return names


def _likeness(old: System, new: System, a: Attribute, b: Attribute, classes: Sequence[str]) -> float:
    """0 to 1: the weighted mean of how alike prompts (1), options (1) and rules (2) are, as far as there are any."""
    prompts = 1.0 if a.prompts == b.prompts else word_similarity(" ".join(a.prompts), " ".join(b.prompts)) ** 2
    options = overlap(set(a.options), set(b.options)) if a.options or b.options else None
    texts = prompts + (options or 0.0)
    weight = 1 if options is None else 2
    # Comparing rules walks over all classes: not where the texts are so different that it could not change a thing.
    if (texts + 2) / (weight + 2) < _SAME_QUESTION:
        return 0.0
    cells = cells_of(old, new, a.name, b.name, classes)
    rules = _agreement(cells) if options else _same_partition(cells)
    return texts / weight if rules is None else (texts + 2 * rules) / (weight + 2)


def _agreement(cells: Cells) -> float | None:
    """Cohen's kappa of the rules before and after: 1 where all are equal, about 0 where that is chance.

    ``None`` where chance alone would make all equal, so that the rules say nothing.
    """
    spoken = [(x, y) for x, y in cells if x or y]
    if not spoken:
        return None
    count = len(spoken)
    before, after = (Counter(rule) for rule in zip(*spoken, strict=True))
    chance = sum(before[rule] * after[rule] for rule in before) / count**2
    equal = sum(x == y for x, y in spoken) / count
    return None if chance == 1 else max(0.0, (equal - chance) / (1 - chance))


def _same_partition(cells: Cells) -> float | None:
    """How far classes that had equal rules still have: 1 for a renaming of all options, about 0 by chance.

    Counted over the classes that share their rule with another, both ways round; ``None`` where none does.
    """
    spoken = [(x, y) for x, y in cells if x or y]
    ways = [_purity(spoken), _purity([(y, x) for x, y in spoken])]
    known = [way for way in ways if way is not None]
    return min(known) if len(known) == len(ways) else None


def _purity(cells: Sequence[tuple[Rule, Rule]]) -> float | None:
    groups: dict[Rule, Counter[Rule]] = {}
    for x, y in cells:
        groups.setdefault(x, Counter())[y] += 1
    repeated = len(cells) - len(groups)
    if repeated <= 0:
        return None
    pure = sum(max(group.values()) - 1 for group in groups.values()) / repeated
    everyone = Counter(y for _, y in cells)
    chance = (max(everyone.values()) - 1) / (len(cells) - 1)
    return None if chance == 1 else max(0.0, (pure - chance) / (1 - chance))
