"""The options of one attribute, merged: which stay, how they read, and what became of the others."""

from __future__ import annotations

from dataclasses import dataclass

from .merge_contest import Contest, Place
from .merge_order import merge_order
from .merge_trace import Id, Side, Sides, set_by_hand
from .text import plain


@dataclass(frozen=True, slots=True)
class MergedOptions:
    """``texts`` of the options that stay, in order; ``gone`` leads from the others to what they were merged into."""

    texts: dict[Id, str]
    gone: dict[Id, Id | None]

    def rule(self, rule: frozenset[Id]) -> frozenset[Id]:
        """``rule`` by the options that are left."""
        found = set()
        for option in rule:
            at: Id | None = option
            while at is not None and at not in self.texts:
                at = self.gone.get(at)
            if at is not None:
                found.add(at)
        return frozenset(found)


def merge_options(contest: Contest, sides: Sides, attribute: Id, place: Place) -> MergedOptions:
    """Merge the options of ``attribute``, which both sides have (the base need not)."""
    base = sides.base.options.get(attribute, {})
    ours, theirs = sides.ours.options[attribute], sides.theirs.options[attribute]
    gone = _removed(contest, sides, attribute, place)
    texts: dict[Id, str] = {}
    for option in (*ours, *(o for o in theirs if o not in ours)):
        if option not in gone:
            texts[option] = _text(contest, place, base.get(option), ours.get(option), theirs.get(option))
    _break_circles(contest, sides, attribute, place, texts, gone)
    _one_text_each(contest, sides, attribute, place, texts, gone)
    prefer_theirs = contest.prefer == "theirs"
    order, contested = merge_order(tuple(base), tuple(ours), tuple(theirs), texts.keys(), prefer_theirs=prefer_theirs)
    for option in contested:
        what = f"order of option {_quote(base[option])}"
        contest.clash(place, what, *(_ordinal(side, option) for side in (base, ours, theirs)))
    return MergedOptions({option: texts[option] for option in order}, gone)


def _text(contest: Contest, place: Place, base: str | None, ours: str | None, theirs: str | None) -> str:
    if ours is None or theirs is None:
        text = theirs if ours is None else ours
    elif base is None:
        text = ours  # both added it
    else:
        text = contest.pick(place, f"option {_quote(base)}", (base, ours, theirs), _quote)
    assert text is not None
    return text


def _removed(contest: Contest, sides: Sides, attribute: Id, place: Place) -> dict[Id, Id | None]:
    """The base's options that do not stay, each with the one it was merged into."""
    base, ours, theirs = sides.base, sides.ours, sides.theirs
    if attribute not in base.options:
        return {}
    used = {"ours": _newly_used(base, ours, attribute), "theirs": _newly_used(base, theirs, attribute)}
    gone: dict[Id, Id | None] = {}
    for option, text in base.options[attribute].items():
        here, there = option in ours.options[attribute], option in theirs.options[attribute]
        into_ours, into_theirs = ours.merged[attribute].get(option), theirs.merged[attribute].get(option)
        if here and there:
            continue
        if not here and not there:
            gone[option] = into_ours
            if into_ours != into_theirs:
                told = (_fate(side, attribute, option) for side in (ours, theirs))
                contest.clash(place, f"option {_quote(text)}", _quote(text), *told)
                gone[option] = contest.preferred(into_ours, into_theirs)
            continue
        keeper, into = (ours, into_theirs) if here else (theirs, into_ours)
        reworded = keeper.options[attribute][option] != text
        newly_used = into is None and option in used["ours" if here else "theirs"]
        if reworded or newly_used:
            told = (_fate(side, attribute, option, newly_used=newly_used) for side in (ours, theirs))
            contest.clash(place, f"option {_quote(text)}", _quote(text), *told)
            if contest.preferred(here, there):
                continue
        gone[option] = into
    preferred = contest.preferred(ours, theirs).options[attribute]
    for option, into in tuple(gone.items()):
        if into in gone and gone[into] is None and option in preferred:
            del gone[option]  # what it was merged into is removed, told already: it stays as the preferred side has it
    return gone


def _newly_used(base: Side, side: Side, attribute: Id) -> set[Id]:
    """The options that a side's rules name where the base's did not, or that it merged others into."""
    found = set(side.merged[attribute].values())
    for class_id in side.classes:
        if class_id not in base.classes or set_by_hand(base, side, class_id, attribute):
            found |= side.rule(class_id, attribute) - base.rule(class_id, attribute)
    return found


def _fate(side: Side, attribute: Id, option: Id, *, newly_used: bool = False) -> str:
    text = side.options[attribute].get(option)
    if text is not None:
        return f"{_quote(text)}, newly used" if newly_used else _quote(text)
    into = side.merged[attribute].get(option)
    merged = None if into is None else side.options[attribute].get(into)
    return "removed" if merged is None else f"merged into {_quote(merged)}"


def _break_circles(
    contest: Contest, sides: Sides, attribute: Id, place: Place, texts: dict[Id, str], gone: dict[Id, Id | None]
) -> None:
    """Where one side merged a into b and the other b into a: the preferred side's b stays."""
    preferred = contest.preferred(sides.ours, sides.theirs)
    for option in list(gone):
        seen: list[Id] = []
        at: Id | None = option
        while at is not None and at in gone and at not in seen:
            seen.append(at)
            at = gone[at]
        if at is None or at not in seen:
            continue
        names = sides.base.options[attribute]
        circle = [o for o in names if o in seen[seen.index(at) :]]
        quoted = " and ".join(_quote(names[o]) for o in circle)
        told = (" and ".join(_fate(side, attribute, o) for o in circle) for side in (sides.ours, sides.theirs))
        contest.clash(place, f"options {quoted}", quoted, *told)
        stays = next(o for o in circle if o in preferred.options[attribute])
        del gone[stays]
        texts[stays] = preferred.options[attribute][stays]


def _one_text_each(
    contest: Contest, sides: Sides, attribute: Id, place: Place, texts: dict[Id, str], gone: dict[Id, Id | None]
) -> None:
    """No two options may read the same: what a side added is then the one that the other side reworded so."""
    preferred = contest.preferred(sides.ours, sides.theirs).options[attribute]
    while True:
        by_text: dict[str, Id] = {}
        twice = next(((o, by_text[t]) for o, t in texts.items() if by_text.setdefault(t, o) != o), None)
        if twice is None:
            return
        added = next((o for o in twice if o.startswith("+")), None)
        if added is not None:
            gone[added] = twice[0] if added == twice[1] else twice[1]
            del texts[added]
            continue
        first, second = (sides.base.options[attribute][o] for o in twice)
        told = (" and ".join(_fate(side, attribute, o) for o in twice) for side in (sides.ours, sides.theirs))
        contest.clash(place, "option", f"{_quote(first)} and {_quote(second)}", *told)
        texts.update({option: preferred[option] for option in texts if option in preferred})


def _ordinal(options: dict[Id, str], option: Id) -> str:
    return f"#{list(options).index(option) + 1}"


def _quote(text: str) -> str:
    return f'"{plain(text)}"'
