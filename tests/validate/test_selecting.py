"""Which findings are reported: selection, allowances, order."""

from __future__ import annotations

import numpy as np
import pytest
from PIL.Image import Image

from cotsmith.errors import UsageError
from cotsmith.scoring.encoder import Vectors
from cotsmith.systems.document import parse_document
from cotsmith.systems.edits import AddAllowance, apply
from cotsmith.systems.file import load, read, render
from cotsmith.systems.model import Allowance, System
from cotsmith.validate.codes import CHECKS, all_checks, names
from cotsmith.validate.engine import check
from cotsmith.validate.selection import selected

DRAFT = "gallery:demo-draft"


def codes(system: System) -> list[str]:
    return [finding.code for finding in check(system)]


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        (["O101"], {"O101"}),
        (["o101"], {"O101"}),
        (["duplicate-option"], {"O101"}),
        (["C"], {code for code in CHECKS if code.startswith("C")}),
        (["classes"], {code for code in CHECKS if code.startswith("C")}),
        (["C10"], {code for code in CHECKS if code.startswith("C10")}),
        (["O101,C101", "unused-option"], {"O101", "C101", "O103"}),
        ([], set(CHECKS)),
    ],
)
def test_selection_by_code_prefix_family_and_name(select: list[str], expected: set[str]) -> None:
    assert selected(select) == expected
    assert selected([], select) == set(CHECKS) - (expected if select else set())


def test_ignoring_wins_over_selecting() -> None:
    assert selected(["O"], ["O101"]) == {code for code in CHECKS if code.startswith("O")} - {"O101"}


@pytest.mark.parametrize(
    ("entry", "meant"), [("O999", "O"), ("duplicate-opton", "duplicate-option"), ("option", "options"), ("", "")]
)
def test_an_unknown_check_is_a_usage_error_with_a_suggestion(entry: str, meant: str) -> None:
    with pytest.raises(UsageError, match="is not a check") as error:
        selected([entry])
    assert meant in str(error.value)
    with pytest.raises(UsageError):
        check(DRAFT, ignore=[entry])


def test_only_what_is_selected_is_reported() -> None:
    assert {finding.code for finding in check(DRAFT, select=["O"])} == {"O101", "O103", "O104"}
    assert not {finding.code for finding in check(DRAFT, ignore=["O"])} & {"O101", "O103", "O104"}


@pytest.mark.parametrize(
    "place",
    [
        "",
        "rules",
        "rules › Bulbasaur",
        "rules > Bulbasaur",
        "Bulbasaur",
        " Venusaur ",
        "rules › Celebi & Venusaur",
    ],
)
@pytest.mark.parametrize("name", ["C101", "indistinguishable-classes"])
def test_an_allowance_covers_its_place_and_what_the_finding_also_concerns(place: str, name: str) -> None:
    system = load("gallery:pokemon-cards")
    assert codes(system) == ["C104", "C101"]
    assert codes(apply(system, [AddAllowance(Allowance(name, place, "one species to us"))])) == ["C104"]


@pytest.mark.parametrize("place", ["rules › Absol", "attributes › Bulbasaur", "Bulba", "rules › Bulbasaur › key_trait"])
def test_an_allowance_for_another_place_is_unused(place: str) -> None:
    system = apply(load("gallery:pokemon-cards"), [AddAllowance(Allowance("C101", place, "one species to us"))])
    assert codes(system) == ["C104", "C101", "S113"]


def test_an_allowance_for_an_option_names_its_text() -> None:
    draft = load(DRAFT)
    allowance = Allowance("unused-option", "attributes › scene › a busy city street", "kept as a distractor")
    before, after = codes(draft), codes(apply(draft, [AddAllowance(allowance)]))
    assert before.count("O103") == after.count("O103") + 1
    assert "S113" not in after


def test_an_allowance_for_a_check_that_could_not_run_is_left_alone() -> None:
    draft = load(DRAFT)
    for name in ("E101", "near-duplicate-option", "long-option"):
        assert "S113" not in codes(apply(draft, [AddAllowance(Allowance(name, "", "seen in the images"))]))
    unknown = apply(draft, [AddAllowance(Allowance("unused-optin", "", "who knows"))])
    (finding,) = check(unknown, select=["S113"])
    assert finding.message == '"unused-optin" is not a check; did you mean "unused-option"?'


def test_findings_stand_in_the_order_of_the_file() -> None:
    document = read(DRAFT)
    found = check(document)
    assert [(f.line, f.column) for f in found] == sorted((f.line or 0, f.column or 0) for f in found)
    assert {f.source for f in found} == {DRAFT}
    assert [f.place for f in check(document.system)] == [f.place for f in found]


def test_a_broken_file_has_structure_findings_only() -> None:
    text = render(load(DRAFT)).replace('"eyes": "big round eyes"', '"eyes": "big rond eyes"', 1)
    assert {f.code for f in check(parse_document(text))} == {"S108"}


def test_every_kind_of_problem_has_a_check() -> None:
    """The reader of files names its problems by kind; each must be some check's."""
    kinds = {getattr(each, "kind", None) for each in all_checks()} - {None}
    assert kinds == {
        *("not-json", "duplicate-key", "schema", "bad-text", "bad-prompt", "duplicate", "bad-number"),
        *("unknown-option", "unknown-attribute", "unknown-class"),
    }


def test_names_are_all_codes_and_names() -> None:
    assert names() == [*CHECKS, *(each.name for each in all_checks())]


class Truncating:
    """An encoder that reads three words."""

    logit_scale = 10.0
    key = "truncating"

    def encode_images(self, images: list[Image]) -> Vectors:
        raise NotImplementedError

    def encode_texts(self, texts: list[str]) -> Vectors:
        return np.random.default_rng(len(texts)).normal(size=(len(texts), 8)).astype(np.float32)

    def truncated(self, texts: list[str]) -> list[str]:
        return [text for text in texts if len(text.split()) > 10]


def test_an_encoder_says_which_texts_it_does_not_read_to_the_end() -> None:
    draft = load("gallery:pokemon-cards")
    assert check(draft, select=["O107"]) == ()
    found = check(draft, select=["O107"], encoder=Truncating())
    assert [f.place.name for f in found] == ["attributes › background_scene › a red sky with embers"]
