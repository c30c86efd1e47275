"""The five questions: properties that hold for all entries, and exact answers on small knowledge bases."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest
from bundled import BASE
from small import MODULE, Miniature

from kb.graph import subgraph
from kb.query import problems
from kb.query.related import reason
from kb.relations import RELATIONS, having, worded
from kb.schema import ReadingPath

NEIGHBOURS = list(pairwise([*BASE.architectures, next(iter(BASE.architectures))]))
"""Every architecture with the next, within its group and across groups; all pairs grow with the square."""


def test_select_by_trait_year_and_family(family: Miniature) -> None:
    base = family.load()

    def chosen(**conditions: object) -> list[str]:
        return [entry.id for entry in base.select(**conditions)]  # type: ignore[arg-type]

    assert chosen() == chosen(exhibits="seen") == chosen(uses="part") == ["parent", "child"]
    assert chosen(lacks=["unseen"]) == chosen(since=2001) == ["child"]
    assert chosen(unknown="unseen") == chosen(until=2009) == ["parent"]
    assert chosen(exhibits="seen", since=2000, until=2000, family="family") == ["parent"]
    assert chosen(exhibits="unseen") == []


def test_select_by_scope_takes_biases_of_that_scope_only() -> None:
    of_all_weights = BASE.select(exhibits="causality")
    assert BASE.select(exhibits="causality", scope="all") == of_all_weights != []
    with pytest.raises(ValueError, match=r"causality is said .* not of scope some"):
        BASE.select(exhibits="causality", scope="some")


def test_select_of_other_kinds_is_by_group_and_year() -> None:
    assert {entry.id for entry in BASE.select("concept", family="component")} == {
        entry.id for entry in BASE.concepts.values() if entry.category == "component"
    }
    years = [paper.year for paper in BASE.select("paper", since=2014, until=2016)]
    assert years == sorted(years)
    assert set(years) == {2014, 2015, 2016}
    for scope in ("all", "some"):
        of_that_scope = {bias.id for bias in BASE.biases.values() if bias.scope.weights == scope}
        assert {entry.id for entry in BASE.select("bias", scope=scope)} == of_that_scope


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"kind": "architectur"}, "no kind 'architectur'.*'architecture'"),
        ({"exhibits": "causalty"}, "no bias has the name 'causalty'.*'causality'"),
        ({"uses": "convolutio"}, "no concept has the name 'convolutio'.*'convolution'"),
        ({"family": "recurent"}, "no family 'recurent'.*'recurrent'"),
        ({"kind": "paper", "exhibits": "causality"}, "select architectures, not a paper"),
    ],
)
def test_select_says_what_is_wrong_with_a_condition(conditions: dict[str, str], message: str) -> None:
    with pytest.raises((KeyError, ValueError), match=message):
        BASE.select(**conditions)


def test_select_agrees_with_the_traits() -> None:
    for bias in BASE.biases:
        for value, condition in (("holds", "exhibits"), ("lacks", "lacks"), ("unknown", "unknown")):
            expected = {name for name in BASE.architectures if BASE.trait(name, bias).value == value}
            assert {entry.id for entry in BASE.select(**{condition: bias})} == expected


def test_lineage_is_listed_by_the_shortest_connection_in_order_of_years(family: Miniature) -> None:
    family.architecture("grandchild", "specialises: [child]\n", paper2000="paper2010")
    base = family.load()
    ancestors = base.lineage("grandchild").ancestors
    assert [(one.id, one.year, one.relation, one.of) for one in ancestors] == [
        ("parent", 2000, "generalises", "child"),
        ("child", 2010, "generalises", "grandchild"),
    ]
    assert ancestors[0].introduced_by == "paper2000"
    assert [(one.id, one.relation, one.of) for one in base.lineage("parent").descendants] == [
        ("child", "specialises", "parent"),
        ("grandchild", "specialises", "child"),
    ]


def test_lineage_prefers_what_says_most_of_two_ways_that_are_as_short(family: Miniature) -> None:
    """What is derived comes first by name, and what is a kind of it first by what it says."""
    family.architecture("a", "derives_from: [{architecture: parent, change: this}]\n")
    family.architecture("b", "specialises: [parent]\n")
    family.architecture("last", "specialises: [a, b]\n")
    result = {one.id: (one.relation, one.of) for one in family.load().lineage("parent").descendants}
    assert result["last"] == ("specialises", "b")


def test_who_descends_from_an_entry_has_it_for_an_ancestor() -> None:
    families = {entry_id: BASE.lineage(entry_id) for entry_id in BASE}
    for entry_id, found in families.items():
        for relative in found.descendants:
            assert entry_id in [ancestor.id for ancestor in families[relative.id].ancestors]
    assert any(found.descendants for found in families.values())


def test_a_route_follows_edges_and_reads_backwards_too() -> None:
    edges = {(u, v, worded(data["relation"])) for u, v, data in BASE.graph.edges(data=True)}
    for left, right in NEIGHBOURS:
        hops = BASE.route(left, right)
        assert hops[0].start == left
        assert hops[-1].end == right
        assert all(one.end == other.start for one, other in pairwise(hops))
        for hop in hops:
            assert {(hop.start, hop.end, hop.relation), (hop.end, hop.start, hop.inverse)} & edges
        assert len(BASE.route(right, left)) == len(hops)


def test_a_route_prefers_what_explains_to_what_is_merely_near(family: Miniature) -> None:
    family.architecture("sibling", "specialises: [parent]\n")
    hops = family.load().route("child", "sibling")
    assert [(hop.relation, hop.end) for hop in hops] == [("specialises", "parent"), ("generalises", "sibling")]
    assert [hop.inverse for hop in hops] == ["generalises", "specialises"]


def test_of_parallel_relations_a_route_takes_the_most_telling(family: Miniature) -> None:
    """Whichever end they are written at, and whichever comes first."""
    for first, last in (("ape", "bee"), ("cow", "auk")):
        family.architecture(first, f"see_also: [{{entry: {last}, because: it is near}}]\n")
        family.architecture(last, f"specialises: [{first}]\nsee_also: [{{entry: {first}, because: it is near}}]\n")
        base = family.load()
        assert [hop.relation for hop in base.route(last, first)] == ["specialises"]
        assert [hop.relation for hop in base.route(first, last)] == ["generalises"]


def test_a_route_from_nowhere_is_empty(family: Miniature) -> None:
    family.concept("island")
    base = family.load()
    assert base.route("child", "island") == []
    assert base.route("child", "child") == []


def test_prerequisites_come_before_what_needs_them() -> None:
    needs = subgraph(BASE.graph, having("needed"))
    for entry_id in BASE:
        found = BASE.prerequisites(entry_id)
        order = [item.id for item in found]
        assert set(order) == nx.descendants(needs, entry_id)
        place = {name: number for number, name in enumerate([*order, entry_id])}
        for item in found:
            assert place[item.id] < place[item.needed_for]
            assert item.because
            assert all(place[needed] < place[item.id] for needed in needs.successors(item.id))


def test_prerequisites_say_why(family: Miniature) -> None:
    result = [(item.id, item.needed_for, item.because) for item in family.load().prerequisites("child")]
    assert set(result) == {
        ("earlier", "later", "it comes first"),
        ("later", "part", "it is built on it"),
        ("part", "child", "a part: all of it"),
        ("parent", "child", "child is a case of it"),
    }


def test_unknown_ids_are_refused_by_every_question() -> None:
    for ask in (BASE.lineage, BASE.prerequisites, lambda x: BASE.compare("lstm", x), lambda x: BASE.route(x, "lstm")):
        with pytest.raises(KeyError, match="no entry has the name 'lstn'"):
            ask("lstn")


def test_relations_read_from_both_ends() -> None:
    for relation in {data["relation"] for *_, data in BASE.graph.edges(data=True)}:
        assert worded(relation)
        assert worded(relation, backwards=True) == RELATIONS[relation].backward
    assert reason({"relation": "parts", "role": "all of it", "because": "x"}) == "all of it"
    assert reason({"relation": "specialises"}) == ""


def test_an_empty_answer_is_impossible_unknown_or_just_not_there(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.bias("strong")
    small.bias("weak")
    small.theorem(["strong"], "weak")
    small.theorem(["weak"], "not opposite")
    small.bias("opposite")
    small.bias("elsewhere")
    small.architecture("a", "exhibits: [{bias: strong}]\nlacks: [{bias: elsewhere}]\n")
    small.architecture("b", "lacks: [{bias: strong}, {bias: elsewhere}]\n")
    base = small.load()
    impossible = base.why_none(where="strong and (opposite or lacks weak)")
    assert impossible.verdict == "impossible"
    assert "(by the theorem weak-gives-no-opposite, read backwards" in str(impossible)
    assert "such an architecture lacks weak (assumed)" in str(impossible)
    unknown = base.why_none(exhibits="opposite", lacks="strong")
    assert (unknown.verdict, unknown.lines) == ("unknown", ("b: whether it has opposite",))
    none = base.why_none(where="strong and elsewhere")
    assert (none.verdict, none.lines[0]) == ("none", "a: all but has elsewhere")
    assert base.select(where="strong and elsewhere") == []


def test_the_nearest_to_a_condition_miss_fewest_of_its_easiest_alternative(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    for bias in ("one", "two", "three"):
        small.bias(bias)
    for year, entry_id, has, lacks in (
        (2001, "far", [], ["one", "two", "three"]),
        (2004, "near", ["one", "two"], ["three"]),
        (2003, "older", ["one"], ["two", "three"]),
        (2002, "oldest", ["two"], ["one", "three"]),
    ):
        small.paper(f"paper{year}", year)
        traits = {"exhibits": has, "lacks": lacks}
        more = "".join(f"{key}: [{', '.join(f'{{bias: {b}}}' for b in of)}]\n" for key, of in traits.items() if of)
        small.architecture(entry_id, more, paper2000=f"paper{year}")
    found = small.load().why_none(where="three and (not one and not two or one and two)")
    assert (found.verdict, found.lines) == ("none", (
        "far: all but has three", "near: all but has three", "oldest: all but has three, not has two",
    ))  # fmt: skip


def test_open_cells_are_ranked_by_what_would_follow(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.bias("b0")
    small.bias("b1")
    small.theorem(["b0"], "b1")
    small.theorem(["b1"], "b2")
    small.bias("b2")
    small.bias("alone")
    small.architecture("a")
    cells = small.load().open()
    assert [cell.bias for cell in cells] == ["b0", "b1", "b2", "alone"]
    assert {cell.bias: (len(cell.if_holds), len(cell.if_lacks)) for cell in cells} == {
        "b0": (2, 0), "b1": (1, 1), "b2": (0, 2), "alone": (0, 0),
    }  # fmt: skip
    assert [cell.worth for cell in cells] == [1.0, 1.0, 1.0, 0.0], "the mean of the two answers"


def test_why_says_what_is_missing(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.bias("strong")
    small.bias("weak", "composes: true\n")
    small.theorem(["strong"], "weak")
    small.concept("part", "effects: {strong: {effect: preserves, because: so}}\n", category="component")
    small.architecture("a")
    small.trait("a", "weak", "unknown", error=1e-5)
    lines = small.load().why("a", "weak").missing
    missing = " ".join(lines)
    assert sum("It would follow" in line for line in lines) == 1, "from itself nothing follows"
    assert "The probe decides nothing: its error 1.0e-05 exceeds the tolerance 1e-09" in missing
    assert "It does not follow from the parts: part has no statement on it." in missing
    assert "It would follow if it were known that a has strong." in missing
    assert "has not measured this variant" in small.load().why("a", "strong").missing[0]


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, "a sequence axis in an input and an output"),
        ({"[sequence]": "[sequence, space]"}, "a sequence or space axis in an input and an output"),
        ({"axis_in: both": "axis_in: source"}, "a sequence axis in an input, beside another one in an output"),
        ({"axis_in: both": "axis_in: inputs\nleast_axes: 2"}, "2 sequence axes in an input"),
        ({"axis_in: both": "axis_in: both\nof_state: true"},
         "a state that is carried along a sequence axis in an input and an output"),
    ],
)  # fmt: skip
def test_why_says_what_a_signature_lacks(tmp_path: Path, changes: dict[str, str], needed: str) -> None:
    small = Miniature(tmp_path)
    small.bias("one")
    path = small.root / "entries/biases/group/one.yaml"
    for old, new in changes.items():
        path.write_text(path.read_text().replace(old, new))
    small.architecture("pooled", module=MODULE.replace('-> Float[Tensor, "B T F"]', '-> Float[Tensor, "B F"]'))
    assert small.load().why("pooled", "one").missing == (
        f"It needs {needed}, which the signature of this variant does not have.",
    )


def test_an_explanation_shows_its_proofs_and_where_they_are_from(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.bias("one")
    small.architecture("a", "exhibits: [{bias: one, because: so, source: {paper: paper2000, at: sec. 2}}]\n")
    small.architecture("b")
    base = small.load()
    known, unknown = base.why("a", "one"), base.why("b", "one")
    assert "a has one (asserted: so) [paper2000]" in known._repr_html_()
    assert known.as_dict()["facts"][0]["source"] == {"paper": "paper2000", "at": "sec. 2"}
    assert "<pre" in unknown._repr_html_()
    assert "kb verify b" in unknown._repr_html_()


def test_lineage_tells_what_was_changed_from_one_to_the_next() -> None:
    story = {relative.id: relative for relative in BASE.lineage("ur-lstm").ancestors}
    assert list(story) == ["recurrent-network", "lstm"]
    assert "refines the forget gate" in story["lstm"].change
    after = {relative.id: relative for relative in BASE.lineage("lstm").descendants}
    assert {"gru", "ur-lstm"} <= after.keys()
    before = {relative.id: relative for relative in BASE.lineage("lstm").ancestors}
    assert "a cell is updated by addition" in before["recurrent-network"].change


def test_history_does_not_pass_through_special_cases() -> None:
    """A recurrent network is a special case of a graph network, and was not made from what that was made from."""
    assert "message-passing-network" not in {relative.id for relative in BASE.lineage("recurrent-network").ancestors}


def test_remedies_are_those_of_a_problem_and_of_its_causes(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.concept("helper", category="component")
    small.concept("other-helper", category="component")
    remedied = "remedied_by: [{{entry: {}, because: it helps}}]\n"
    causes = "causes: [{entry: problem, because: it leads there}]\n"
    small.concept("root", causes + remedied.format("other-helper"), category="phenomenon")
    small.concept("problem", remedied.format("helper"), category="phenomenon")
    small.architecture("solver", "addresses: [{concept: problem, because: its gates}]\n")
    small.architecture("victim", "suffers_from: [{concept: problem, because: it has none}]\n")
    base = small.load()
    found = base.remedies("problem")
    assert [(item.id, item.through) for item in found.remedies] == [
        ("helper", "problem"),
        ("solver", "problem"),
        ("other-helper", "root"),
    ]
    assert [(item.id, item.because) for item in found.causes] == [("root", "it leads there")]
    assert [item.id for item in found.affected] == ["victim"]
    assert base.remedies("root").consequences[0].id == "problem"
    for name in ("another", "branch", "stem"):
        small.concept(name, causes + remedied.format("helper"), category="phenomenon")
    direct = ["another", "branch", "root", "stem"]
    for name in direct:
        leads = f"causes: [{{entry: {name}, because: it leads there}}]\n"
        small.concept(f"far-{name}", leads, category="phenomenon")
    found_ids = [item.id for item in small.load().remedies("problem").causes]
    assert found_ids == [*direct, *(f"far-{name}" for name in direct)]
    assert problems(base) == ["problem", "root"]


def test_a_newcomer_needs_only_what_came_before() -> None:
    path = BASE["from-nothing-to-a-network"]
    assert isinstance(path, ReadingPath)
    order = [str(step.entry) for section in path.sections for step in section.steps]
    needed = {entry: {item.id for item in BASE.prerequisites(entry)} for entry in order}
    assert {
        (entry, later) for n, entry in enumerate(order) for later in order[n + 1 :] if later in needed[entry]
    } == set()
