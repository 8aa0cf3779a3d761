"""S113: an allowance that nothing needs."""

from __future__ import annotations

from collections.abc import Iterator

from ...systems.edits import RemoveAllowance
from ...systems.text import did_you_mean, plain
from ..check import Check, Example
from ..context import Context
from ..finding import Finding, Fix, at_allowance

_SYSTEM = {
    "attributes": {
        "size": {"prompt": "It is {}.", "options": ["big", "small"]},
        "skin": {"prompt": "Its skin is {}.", "options": ["smooth", "hairy"]},
    },
    "rules": {"elephant": {"size": "big", "skin": "smooth"}, "mouse": {"size": "small", "skin": "hairy"}},
}
_TWINS = {
    "elephant": {"size": "big", "skin": "smooth"},
    "mouse": {"size": "small", "skin": "hairy"},
    "rat": {"size": "small", "skin": "hairy"},
}
_ALLOWANCE = {"check": "indistinguishable-classes", "place": "rules › mouse", "reason": "rodents are one to us"}


class UnusedAllowance(Check):
    """The fault was mended, or the allowance names another place than it means."""

    code = "S113"
    name = "unused-allowance"
    can_be_allowed = False
    summary = "An entry of the allow list covers no finding."
    fault = (
        "An entry of `allow` names a check that does not exist, or one that finds nothing at its place. "
        "An entry for a check that did not run (one that needs images, say) is left alone."
    )
    harm = "It would silently cover the next fault of that kind."
    instead = "Remove it, or write the place as the finding names it."
    mending = "The fix removes the entry. It is safe: no prediction changes."
    valid = (Example({**_SYSTEM, "rules": _TWINS, "allow": [_ALLOWANCE]}),)
    invalid = (
        Example({**_SYSTEM, "allow": [_ALLOWANCE]}, places=("allow › 1",), fixed=_SYSTEM),
        Example(
            {**_SYSTEM, "allow": [{"check": "duplicate-opion", "reason": "it was a slip"}]},
            places=("allow › 1",),
            fixed=_SYSTEM,
        ),
    )

    def check(self, context: Context) -> Iterator[Finding]:
        """The allowances that no finding needed, as the engine found them."""
        from ..codes import names

        for index, allowance in context.unused:
            known = names()
            what = f"the check {plain(allowance.check)} finds nothing {_where(allowance.place)}"
            if allowance.check not in known:
                what = f'"{plain(allowance.check)}" is not a check{did_you_mean(allowance.check, known)}'
            fix = Fix("Remove the allowance", (RemoveAllowance(allowance),))
            yield self.finding(what, at_allowance(index), hint="Remove it, or correct its place.", fix=fix)


def _where(place: str) -> str:
    return f'at "{plain(place)}"' if place else "anywhere"
