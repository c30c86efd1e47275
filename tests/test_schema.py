"""What models of entries say of themselves: bounds of conditions, scopes, places, signatures, citations."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from bundled import BASE
from pydantic import ValidationError

from kb.annotated import Annotations, Argument
from kb.schema import Architecture, Claim, Condition, Paper, Theorem
from kb.schema.architecture import Part, Trait
from kb.schema.bias import Scope
from kb.schema.claim import ROUNDING, Figure
from kb.schema.complexity import Complexity
from kb.schema.signature import Shape, Signature, SignatureNotes, signature
from kb.schema.training import Update


def copied(entry: Any, **fields: Any) -> Any:
    """An entry with other fields, checked as one that is read."""
    data = entry.model_dump(by_alias=True, exclude_unset=True) | fields
    return type(entry).model_validate({name: value for name, value in data.items() if value is not None})


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ({"equals": 2.0}, "m = 2"),
        ({"at_least": 1.0, "at_most": 1.0}, "m ≥ 1 and ≤ 1"),
        ({"at_most": 0.5}, "m ≤ 0.5"),
    ],
)
def test_a_condition_is_written_with_its_bounds(bounds: dict[str, float], words: str) -> None:
    assert str(Condition(measure="m", **bounds)) == words


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({}, "needs at least one of"),
        ({"at_least": 1.0, "at_most": 0.99}, "nothing can meet a condition"),
    ],
)
def test_a_condition_that_says_nothing_or_cannot_be_met_is_refused(bounds: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Condition(measure="m", **bounds)


def test_what_is_within_rounding_errors_is_an_identity() -> None:
    assert Condition(measure="m", at_most=ROUNDING).sort == "identity"
    assert Condition(measure="m", at_most=1.01 * ROUNDING).sort == "empirical"
    assert Condition(measure="m", at_most=1.01 * ROUNDING, counted=True).sort == "count"


@pytest.mark.parametrize(
    ("expected", "relation", "sort"),
    [
        ([{"at_most": 0.0}, {"at_most": 0.0}], None, "identity"),
        ([{"at_most": 0.0}, {"equals": 2.0}], None, "count"),
        ([{"at_most": 0.0}, {"equals": 2.0}, {"at_least": 2.0}], None, "empirical"),
        ([{"at_least": 2.0}], "limit-of", "identity"),
        ([{"at_least": 2.0}], "equivalent-to", "empirical"),
        ([], None, "empirical"),
    ],
)
def test_a_claim_rests_on_the_weakest_of_what_it_expects(
    expected: list[dict[str, float]], relation: str | None, sort: str
) -> None:
    conditions = tuple(Condition(measure="m", **bounds) for bounds in expected)
    claim = BASE.claims["lines-cut-the-plane"].model_copy(
        update={"expect": conditions, "relation": relation and SimpleNamespace(kind=relation)}
    )
    assert claim.sort == sort


FIGURE: dict[str, Any] = {
    "caption": "It.", "x": "a", "series": {"one": "b", "two": "c"}, "x_axis": {"label": "x"}, "y_axis": {"label": "y"},
}  # fmt: skip
MAP: dict[str, Any] = {**FIGURE, "form": "map", "y": "d", "height": {"label": "z"}}


@pytest.mark.parametrize("lacking", [{"x": ["one", "two"]}, {"y": None}, {"height": None}])
def test_a_map_needs_two_axes_and_a_height(lacking: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="a map needs measures"):
        Figure.model_validate({name: value for name, value in {**MAP, **lacking}.items() if value is not None})


@pytest.mark.parametrize("added", [{"y": "d"}, {"height": {"label": "z"}}])
def test_only_a_map_has_a_second_axis_and_a_height(added: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"are those of a map, and this figure is 'line'"):
        Figure.model_validate({**FIGURE, **added})


def test_a_figure_shows_its_measures() -> None:
    assert Figure.model_validate(FIGURE).measures == {"a", "b", "c"}
    assert Figure.model_validate(MAP).measures == {"a", "b", "c", "d"}
    bars = {**FIGURE, "form": "bars", "x": ["left", "right"], "series": {"one": ["b", "c"], "two": ["d", "e"]}}
    assert Figure.model_validate(bars).measures == {"b", "c", "d", "e"}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"expect": []}, "needs `expect` and `controls`"),
        ({"controls": []}, "needs `expect` and `controls`"),
        ({"figure": None}, "needs a `figure`, unless it states a `relation`"),
        ({"status": "open", "controls": []}, "marked 'open' has no `expect` or `controls`"),
        ({"status": "open", "expect": []}, "marked 'open' has no `expect` or `controls`"),
    ],
)
def test_a_claim_can_be_tested_or_is_not_marked_so(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        copied(BASE.claims["lines-cut-the-plane"], **fields)
    untested: Claim = copied(BASE.claims["lines-cut-the-plane"], status="open", expect=[], controls=[])
    assert untested.experiment is None


def test_a_relation_has_a_figure_of_its_differences() -> None:
    relations = [claim for claim in BASE.claims.values() if claim.relation and not claim.figure]
    assert relations
    for claim in relations:
        assert claim.picture
        assert claim.picture.measures == {condition.measure for condition in (*claim.expect, *claim.controls)}
        assert claim.measures == claim.picture.measures


@pytest.mark.parametrize(
    ("weights", "decided_by", "draws", "words"),
    [
        ("all", "identity", "every", ("for all weights", "for some weights")),
        ("all", "estimate", "every", ("for all weights", "for some weights")),
        ("all", "witness", "one", ("for all weights", "for some weights")),
        ("initial", "identity", "most", ("at initialisation", "at initialisation")),
        ("initial", "witness", "one", ("at initialisation", "at initialisation")),
        ("some", "identity", "one", ("for some weights", "for all weights")),
    ],
)
def test_a_scope_says_how_many_draws_decide_and_of_which_weights(
    weights: Any, decided_by: Any, draws: str, words: tuple[str, str]
) -> None:
    scope = Scope(weights=weights, of="function", decided_by=decided_by)
    assert scope.draws == draws
    assert (scope.words_for("holds"), scope.words_for("lacks")) == words
    assert scope.words == words[0]
    interface = scope.model_copy(update={"of": "interface"})
    assert interface.words_for("lacks") == "by its interface"


@pytest.mark.parametrize(("weights", "of"), [*product(("all", "initial", "some"), ("function", "computation"))])
def test_a_function_that_some_weights_give_goes_up_to_the_general_case(weights: Any, of: Any) -> None:
    scope = Scope(weights=weights, of=of, decided_by="identity")
    bias = BASE.biases["causality"].model_copy(update={"scope": scope})
    assert bias.existential == ((weights, of) == ("some", "function"))


def test_what_sizes_mean_is_said_in_sentences() -> None:
    plain = Complexity(time="O(T)", memory="O(T)")
    assert plain.meaning == []
    full = Complexity.model_validate({
        "time": "O(T)", "memory": "O(T)", "of": {"U": "units", "D": ["width", "stages.*.1"]},
        "where": {"K": "neighbours"}, "constant": ["heads", "groups"],
        "unchecked": {"T^2": "it is a sum"}, "note": "It.",
    })  # fmt: skip
    assert full.scaled == {"U": ["units"], "D": ["width", "stages.*.1"]}
    assert full.meaning == [
        "U is set by units; D is set by width and stages.*.1; K: neighbours",
        "constants: heads, groups",
        "the FLOPs do not show T^2: it is a sum",
        "It.",
    ]


def test_a_theorem_is_read_forwards_and_from_each_premise_backwards() -> None:
    two = [{"bias": "one"}, {"bias": "two", "value": "lacks"}]
    theorem = copied(next(iter(BASE.theorems.values())), premises=two, conclusion={"bias": "end"})
    read = [([str(each) for each in premises], str(conclusion)) for premises, conclusion in theorem.readings]
    assert read == [
        (["one", "not two"], "end"), (["not two", "not end"], "not one"), (["one", "not end"], "two")
    ]  # fmt: skip
    assert theorem.sentence == "one and not two imply end"
    with pytest.raises(ValidationError, match="about a bias of its own"):
        Theorem.model_validate(theorem.model_dump(exclude_unset=True) | {"conclusion": {"bias": "one"}})


def test_a_part_says_where_it_stands() -> None:
    assert Part(component="c", role="r").standing == ""
    full = Part(component="c", role="r", network="last_head", times=3, residual=True, over="T", attends_to="memory")
    assert full.standing == "in the last head, 3 times, residual, step by step along T, attends to memory"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, "default"),
        ({"variant": "wide"}, "wide"),
        ({"network": "head"}, "default/head"),
        ({"variant": "wide", "network": "head"}, "wide/head"),
    ],
)
def test_a_trait_has_a_place(fields: dict[str, str], place: str) -> None:
    assert Trait(bias="b", **fields).place == place


def test_places_are_variants_and_their_networks() -> None:
    entry: Architecture = BASE.architectures["resnet"]
    assert "trunk" in entry.networks
    for known in ("default", "resnet-50", "default/trunk", "resnet-50/trunk", "default@H", "resnet-50~16"):
        assert entry.has_place(known), known
    for other in ("", "head", "default/head", "resnet-49", "~16"):
        assert not entry.has_place(other), other
    assert entry.variant_of("resnet-50/trunk") is entry.variant_of("resnet-50@H") is entry.variants["resnet-50"]
    assert entry.small_variants.keys() | entry.large_variants.keys() == entry.all_variants.keys()
    assert not entry.small_variants.keys() & entry.large_variants.keys()


def test_a_signature_names_axes_and_the_states_that_it_carries() -> None:
    found = Signature(
        inputs={"x": Shape(("B", "T", 3)), "h": Shape(("B", "U"), optional=True), "m": Shape(("M",), optional=True)},
        outputs={"y": Shape(("B", "T/2", "U")), "h": Shape(("B", "U")), "m": Shape(("M", "M"))},
    )
    assert found.letters == (("B", "T", "", "U", "M"), ("B", "T", "U", "M"))
    assert found.named == ("B", "T", "U", "M")
    assert (found.states, found.carries_state) == (("h",), True)
    assert str(found.outputs["y"]) == "[B, T/2, U]"
    assert not Signature({"h": Shape(("B",))}, {"h": Shape(("B",))}).carries_state
    assert BASE.architectures["lstm"].outer_axes == {"B", "T", "F", "G"}, "units are those of states"


def test_notes_say_what_annotations_cannot() -> None:
    read = Annotations(
        inputs={"x": Argument(("B", "*where"), False), "edges": Argument((2, "E"), False), "h": Argument(("B",), True)},
        returns=({"y": ("B", "H")}, {"z": ("B", "*where")}),
    )
    notes = SignatureNotes.model_validate(
        {"indexes": {"edges": "N"}, "where": {"where": ["H", "W"], "H": ["H/2"]}, "without": ["h"], "returns": 2}
    )
    found = signature(read, notes)
    assert {name: shape.shape for name, shape in found.inputs.items()} == {"x": ("B", "H", "W"), "edges": (2, "E")}
    assert found.inputs["edges"].indexes == "N"
    assert found.outputs["z"].shape == ("B", "H", "W")
    first = signature(read, notes.overlaid(SignatureNotes(returns=1, without=())))
    assert first.outputs["y"].shape == ("B", "H/2")
    assert first.inputs["h"].optional
    assert not first.inputs["x"].optional
    assert signature(read, SignatureNotes(returns=9)).outputs.keys() == {"z"}, "the last there is"


@pytest.mark.parametrize(
    ("authors", "complete", "citation"),
    [
        (["Ada One"], True, "One (2016)"),
        (["Ada One", "Bob Two"], True, "One and Two (2016)"),
        (["Ada One", "Bob Two", "Cy Three"], True, "One et al. (2016)"),
        (["Ada One"], False, "One et al. (2016)"),
    ],
)
def test_a_paper_is_cited_by_its_authors_and_year(authors: list[str], complete: bool, citation: str) -> None:
    fields = {"authors": tuple(authors), "published": 2016, "authors_complete": complete}
    assert BASE.papers["he2016deep"].model_copy(update=fields).citation == citation


@pytest.mark.parametrize(
    ("ids", "link"),
    [
        ({"arxiv": "1512.03385", "doi": "10.1/x", "url": "https://a.org"}, "https://arxiv.org/abs/1512.03385"),
        ({"openreview": "abc", "url": "https://a.org"}, "https://openreview.net/forum?id=abc"),
        ({"doi": "10.1/x", "url": "https://a.org"}, "https://a.org"),
        ({"doi": "10.1/a<b>"}, "https://doi.org/10.1/a%3Cb%3E"),
        ({}, None),
    ],
)
def test_a_paper_is_read_at_its_best_address(ids: dict[str, str], link: str | None) -> None:
    paper: Paper = BASE.papers["he2016deep"]
    given = {"arxiv": None, "openreview": None, "doi": None, "url": None, **ids}
    assert paper.model_copy(update={"ids": SimpleNamespace(**given)}).link == link


def test_a_place_in_a_venue_is_printed_as_journals_do() -> None:
    paper = BASE.papers["he2016deep"]
    for (volume, number, pages), printed in {
        ("9", "8", "1735-1780"): " 9(8), 1735-1780", ("9", None, None): " 9", (None, None, "1-2"): ", 1-2",
        (None, None, None): "",
    }.items():  # fmt: skip
        assert paper.model_copy(update={"volume": volume, "number": number, "pages": pages}).in_venue == printed


def test_an_optimiser_is_named_with_its_arguments() -> None:
    assert Update(objective="loss").words == "Adam"
    assert Update(objective="loss", optimiser="sgd", arguments={"lr": 0.1, "momentum": 0.9}).words == (
        "gradient descent (lr 0.1, momentum 0.9)"
    )


@pytest.mark.parametrize(
    ("entry_id", "titles"),
    [
        ("lstm", ["introduced by", "parts", "variants", "time"]),
        ("softmax", ["definition"]),
        ("attention-is-graph-attention", ["statement"]),
        ("kipf2016semi", ["by", "in"]),
        ("bidirectional-context-excludes-causality", ["says"]),
    ],
)
def test_what_a_notebook_shows_of_an_entry_has_something_under_every_title(entry_id: str, titles: list[str]) -> None:
    described = list(BASE[entry_id]._described())
    assert [title for title, _ in described] == titles
    assert all(text for _, text in described)
    shown = BASE[entry_id]._repr_html_()
    assert all(title in shown and text in shown for title, text in described)
    assert ('<math display="block">' in shown) == bool(getattr(BASE[entry_id], "equations", ()))
