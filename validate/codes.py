"""The one table of all checks: code, check, status."""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeAlias

from .check import Check
from .checks.a101_uninformative_attribute import UninformativeAttribute
from .checks.a102_redundant_attribute import RedundantAttribute
from .checks.a103_weak_attribute import WeakAttribute
from .checks.a104_class_names_as_options import ClassNamesAsOptions
from .checks.a105_duplicate_prompt import DuplicatePrompt
from .checks.c101_indistinguishable_classes import IndistinguishableClasses
from .checks.c102_overshadowed_class import OvershadowedClass
from .checks.c103_overlapping_classes import OverlappingClasses
from .checks.c104_one_attribute_apart import OneAttributeApart
from .checks.c105_duplicate_class_name import DuplicateClassName
from .checks.c106_class_without_rules import ClassWithoutRules
from .checks.c107_mostly_silent_class import MostlySilentClass
from .checks.e101_attribute_at_chance import AttributeAtChance
from .checks.e102_harmful_attribute import HarmfulAttribute
from .checks.e103_contradicted_rule import ContradictedRule
from .checks.e104_never_predicted_option import NeverPredictedOption
from .checks.e105_swallowing_option import SwallowingOption
from .checks.e106_never_predicted_class import NeverPredictedClass
from .checks.e107_rules_without_effect import RulesWithoutEffect
from .checks.o101_duplicate_option import DuplicateOption
from .checks.o102_near_duplicate_option import NearDuplicateOption
from .checks.o103_unused_option import UnusedOption
from .checks.o104_class_name_in_option import ClassNameInOption
from .checks.o105_non_visual_option import NonVisualOption
from .checks.o106_catch_all_option import CatchAllOption
from .checks.o107_long_option import LongOption
from .checks.o108_contained_option import ContainedOption
from .checks.s101_invalid_json import InvalidJson
from .checks.s102_duplicate_key import DuplicateKey
from .checks.s103_wrong_shape import WrongShape
from .checks.s104_bad_text import BadText
from .checks.s105_bad_prompt import BadPrompt
from .checks.s106_repeated_entry import RepeatedEntry
from .checks.s107_bad_number import BadNumber
from .checks.s108_unknown_option import UnknownOption
from .checks.s109_unknown_attribute import UnknownAttribute
from .checks.s110_unknown_class import UnknownClass
from .checks.s111_missing_rule import MissingRule
from .checks.s112_empty_system import EmptySystem
from .checks.s113_unused_allowance import UnusedAllowance

Status: TypeAlias = Literal["stable", "preview"]
"""A preview may still change what it finds; a stable check changes only with a note in the changelog."""

# A code is never given to another check, even after its check is gone.
CHECKS: dict[str, tuple[type[Check], Status]] = {
    "S101": (InvalidJson, "stable"),
    "S102": (DuplicateKey, "stable"),
    "S103": (WrongShape, "stable"),
    "S104": (BadText, "stable"),
    "S105": (BadPrompt, "stable"),
    "S106": (RepeatedEntry, "stable"),
    "S107": (BadNumber, "stable"),
    "S108": (UnknownOption, "stable"),
    "S109": (UnknownAttribute, "stable"),
    "S110": (UnknownClass, "stable"),
    "S111": (MissingRule, "stable"),
    "S112": (EmptySystem, "stable"),
    "S113": (UnusedAllowance, "stable"),
    "O101": (DuplicateOption, "stable"),
    "O102": (NearDuplicateOption, "preview"),
    "O103": (UnusedOption, "stable"),
    "O104": (ClassNameInOption, "stable"),
    "O105": (NonVisualOption, "preview"),
    "O106": (CatchAllOption, "stable"),
    "O107": (LongOption, "stable"),
    "O108": (ContainedOption, "preview"),
    "A101": (UninformativeAttribute, "stable"),
    "A102": (RedundantAttribute, "stable"),
    "A103": (WeakAttribute, "preview"),
    "A104": (ClassNamesAsOptions, "stable"),
    "A105": (DuplicatePrompt, "stable"),
    "C101": (IndistinguishableClasses, "stable"),
    "C102": (OvershadowedClass, "stable"),
    "C103": (OverlappingClasses, "stable"),
    "C104": (OneAttributeApart, "stable"),
    "C105": (DuplicateClassName, "stable"),
    "C106": (ClassWithoutRules, "stable"),
    "C107": (MostlySilentClass, "stable"),
    "E101": (AttributeAtChance, "stable"),
    "E102": (HarmfulAttribute, "stable"),
    "E103": (ContradictedRule, "stable"),
    "E104": (NeverPredictedOption, "stable"),
    "E105": (SwallowingOption, "stable"),
    "E106": (NeverPredictedClass, "stable"),
    "E107": (RulesWithoutEffect, "stable"),
}


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, in the order of the table."""
    return tuple(check() for check, _ in CHECKS.values())


def names() -> list[str]:
    """Every code, then every name."""
    return [*CHECKS, *(check.name for check in all_checks())]
