"""The defects of published descriptor files, on small files of the same shape: the known ones are found."""

from __future__ import annotations

import json

from cotsmith.systems.importing import import_text
from cotsmith.validate.engine import check
from cotsmith.validate.finding import Finding

# One list of descriptors a class, as classification by description has them.
LISTS = {
    "Brewer Blackbird": ["a black bill", "glossy feathers", "pale yellow eyes"],
    "Fish Crow": ["a black bill", "entirely black plumage", "a fan-shaped tail"],
    "American Crow": ["a black bill", "entirely black plumage", "a fan-shaped tail"],
    "Boat-tailed Grackle": ["a keel-shaped tail", "iridescent plumage", "long legs"],
    "House Wren": ["a cocked tail", "a brown back", "The cocked tail", "fine bars like other house wrens"],
    "Anna Hummingbird": [],
    "Painted Bunting": ["a blue head", "a red belly", "a green back"],
}

# Attribute by attribute, as systems that learn to pool them have them.
BY_ATTRIBUTE = {
    "apple pie": {"crust": ["golden brown", "latticed"], "filling": ["apple pie pieces"], "shape": ["a round disc"]},
    "cheesecake": {"crust": ["crumbly"], "filling": ["creamy white"], "shape": ["a wedge"]},
    "cheese plate": {"crust": [], "filling": [], "shape": []},
    "tart": {"crust": ["crimped"], "filling": ["fruit slices"], "shape": ["a round disc"]},
    "quiche": {"crust": ["crimped"], "filling": ["fruit slices"], "shape": ["a round disc"]},
    "strudel": {"crust": ["flaky", "Flaky"], "filling": ["raisins"], "shape": ["a roll"]},
}

# Sentences, as prompts made by an LLM for each class have them.
SENTENCES = {
    "goldfish": ["A goldfish is a small orange fish in a bowl.", "Goldfish have shiny scales."],
    "tench": ["A tench is an olive green fish with tiny scales.", "a fish held by an angler"],
    "stingray": ["A stingray is a flat fish with a whip-like tail.", "A stingray has eyes on top of its body."],
    "electric ray": ["A flat round fish with a short tail.", "an electric ray on sandy ground"],
    "hammerhead": [],
    "great white shark": ["a torpedo-shaped body", "a torpedo-shaped body!"],
    "tiger shark": ["faint stripes on a long body", "a blunt head"],
    "sand tiger": ["faint stripes on a long body", "a blunt head"],
}


def test_the_same_descriptor_twice_in_a_class_is_told_when_it_is_read() -> None:
    imported = import_text(json.dumps({"wren": ["a cocked tail", "a cocked tail"], "crow": ["black plumage"]}))
    assert imported.system.rules["wren"]["descriptor"] == ("a cocked tail",)
    assert any("stands twice in wren › descriptor › a cocked tail" in remark for remark in imported.remarks)


def found(value: object) -> dict[str, list[Finding]]:
    findings: dict[str, list[Finding]] = {}
    for finding in check(import_text(json.dumps(value)).system):
        findings.setdefault(finding.code, []).append(finding)
    return findings


def places(findings: dict[str, list[Finding]], code: str) -> list[str]:
    return [finding.place.name for finding in findings.get(code, [])]


def test_lists_of_descriptors() -> None:
    findings = found(LISTS)
    assert places(findings, "C106") == ["rules › Anna Hummingbird"]
    assert places(findings, "C101") == ["rules › Fish Crow"]
    assert [place.name for place in findings["C101"][0].also] == ["rules › American Crow"]
    assert places(findings, "O104") == ["attributes › descriptor › fine bars like other house wrens"]
    assert places(findings, "O101") == ["attributes › descriptor › The cocked tail"]
    assert set(findings) == {"C106", "C101", "O104", "O101"}, "a bill that many birds share is no fault by itself"


def test_descriptors_by_attribute() -> None:
    findings = found(BY_ATTRIBUTE)
    assert places(findings, "C106") == ["rules › cheese plate"]
    assert places(findings, "C101") == ["rules › tart"]
    assert places(findings, "O104") == ["attributes › filling › apple pie pieces"]
    assert places(findings, "O101") == ["attributes › crust › Flaky"]
    assert set(findings) == {"C106", "C101", "O104", "O101"}


def test_sentences_for_each_class() -> None:
    findings = found(SENTENCES)
    assert places(findings, "C106") == ["rules › hammerhead"]
    assert places(findings, "C101") == ["rules › tiger shark"]
    assert places(findings, "A104") == ["attributes › descriptor"]
    assert places(findings, "O101") == ["attributes › descriptor › a torpedo-shaped body!"]
    assert set(findings) == {"C106", "C101", "A104", "O101"}
