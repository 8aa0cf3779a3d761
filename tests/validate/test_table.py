"""The table of rules against what two loops over all classes find."""

from __future__ import annotations

from itertools import combinations, permutations

from hypothesis import given, settings

from cotsmith.systems.model import System
from cotsmith.validate.table import rule_table
from tests.systems.strategies import systems


def rows(system: System) -> list[tuple[tuple[str, ...], ...]]:
    """Each class's rules in the attributes that count."""
    counted = [a.name for a in system.attributes if a.weight > 0]
    return [tuple(row[name] for name in counted) for row in system.rules.values()]


@settings(max_examples=60, deadline=None)
@given(systems(max_classes=5))
def test_equal_rows(system: System) -> None:
    groups: dict[object, list[int]] = {}
    for i, row in enumerate(rows(system)):
        groups.setdefault(row, []).append(i)
    assert rule_table(system).equal_rows() == [group for group in groups.values() if len(group) > 1]


@settings(max_examples=60, deadline=None)
@given(systems(max_classes=5))
def test_equal_but_for_one(system: System) -> None:
    found = {(k, i, j) for k, group in rule_table(system).equal_but_for_one() for i, j in combinations(group, 2)}
    expected = set()
    for (i, one), (j, other) in combinations(enumerate(rows(system)), 2):
        differing = [k for k in range(len(one)) if one[k] != other[k]]
        if len(differing) == 1:
            expected.add((differing[0], i, j))
    same = {(i, j) for (i, one), (j, other) in combinations(enumerate(rows(system)), 2) if one == other}
    assert {entry for entry in found if entry[1:] not in same} == expected


@settings(max_examples=60, deadline=None)
@given(systems(max_classes=5))
def test_unexcluded_and_covering(system: System) -> None:
    table = rule_table(system)
    first, second = table.unexcluded()
    found = set(zip(first.tolist(), second.tolist(), strict=True))
    all_rows = rows(system)
    for (i, one), (j, other) in permutations(enumerate(all_rows), 2):
        fits = all(not a or not b or set(a) & set(b) for a, b in zip(one, other, strict=True))
        assert ((i, j) in found or (j, i) in found) == (fits and one != other)
    covering = table.covering(first, second)
    for i, j, covers in zip(first.tolist(), second.tolist(), covering.tolist(), strict=True):
        pairs = list(zip(all_rows[i], all_rows[j], strict=True))
        assert covers == all(set(a) >= set(b) and bool(a) == bool(b) for a, b in pairs)


@settings(max_examples=40, deadline=None)
@given(systems(max_classes=5))
def test_the_share_of_looks_that_fits(system: System) -> None:
    table = rule_table(system)
    first, second = table.unexcluded()
    columns = list(zip(*rows(system), strict=True))
    named = [{option for rule in column for option in rule} for column in columns]
    for i, j, share in zip(first.tolist(), second.tolist(), table.share_fitting(first, second).tolist(), strict=True):
        expected = 1.0
        for column, options in zip(columns, named, strict=True):
            mine, theirs = set(column[i]) or options, set(column[j]) or options
            expected *= len(mine & theirs) / len(mine) if mine else 1
        assert abs(share - expected) < 1e-6
