"""The five questions: properties that hold for all entries, and exact answers on small knowledge bases."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import networkx as nx
import pytest
from bundled import BASE
from small import Miniature

from kb.graph import INVERSE, subgraph
from kb.query.prerequisites import NEEDS
from kb.query.wording import reason, worded


@pytest.fixture
def family(tmp_path: Path) -> Miniature:
    """`child` specialises `parent`; both have `seen`, only the child lacks `unseen`; `later` needs `earlier`."""
    small = Miniature(tmp_path)
    small.paper("paper2010", 2010)
    small.bias("seen")
    small.bias("unseen")
    small.concept("earlier")
    small.concept("later", "requires: [{concept: earlier, because: it comes first}]\n")
    small.concept("part", "requires: [{concept: later, because: it is built on it}]\n", category="component")
    exhibits = "exhibits: [{bias: seen, because: so it is}]\n"
    small.architecture("parent", exhibits)
    child = "specialises: [parent]\nlacks: [{bias: unseen, because: so it is not}]\n"
    small.architecture("child", exhibits + child, paper2000="paper2010")
    return small


def test_select_by_trait_year_and_family(family: Miniature) -> None:
    base = family.load()

    def chosen(**conditions: object) -> list[str]:
        return [entry.id for entry in base.select(**conditions)]  # type: ignore[arg-type]

    assert chosen() == chosen(exhibits="seen") == chosen(uses="part") == ["parent", "child"]
    assert chosen(lacks=["unseen"]) == chosen(since=2001) == ["child"]
    assert chosen(unknown="unseen") == chosen(until=2009) == ["parent"]
    assert chosen(exhibits="seen", since=2000, until=2000, family="family") == ["parent"]
    assert chosen(exhibits="unseen") == []


def test_select_of_other_kinds_is_by_group_and_year() -> None:
    assert {entry.id for entry in BASE.select("concept", family="component")} == {
        entry.id for entry in BASE.concepts.values() if entry.category == "component"
    }
    years = [paper.year for paper in BASE.select("paper", since=2014, until=2016)]
    assert years == sorted(years)
    assert set(years) == {2014, 2015, 2016}


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"kind": "architectur"}, "no kind 'architectur'.*'architecture'"),
        ({"exhibits": "causalty"}, "no bias 'causalty'.*'causality'"),
        ({"uses": "convolutio"}, "no concept 'convolutio'.*'convolution'"),
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


def test_compare_tells_shared_from_different(family: Miniature) -> None:
    comparison = family.load().compare("parent", "child")
    assert comparison["parts"].shared == ("part",)
    assert comparison["parts"].notes == {"part": ("all of it", "all of it")}
    assert comparison["traits"].shared == ("has seen",)
    assert comparison["traits"].second == ("lacks unseen",)
    assert comparison["traits"].notes["lacks unseen"] == ("", "asserted")
    assert comparison["relations"].first == ("generalises child",)
    assert comparison["relations"].second == ("specialises parent",)
    assert comparison["prerequisites"].shared == ("earlier", "later")
    assert comparison["prerequisites"].second == ("parent",)
    assert comparison["papers"].first == ("paper2000",)


def test_compare_is_symmetric_and_complete() -> None:
    for left, right in combinations(BASE.architectures, 2):
        forth, back = BASE.compare(left, right), BASE.compare(right, left)
        for aspect in forth.aspects:
            mirrored = back[aspect.name]
            assert (set(aspect.shared), aspect.first, aspect.second) == (
                set(mirrored.shared),
                mirrored.second,
                mirrored.first,
            )
        own = {str(part.component) for part in BASE.architectures[left].parts}
        assert own == {*forth["parts"].shared, *forth["parts"].first}


def test_comparing_an_entry_with_itself_finds_no_difference() -> None:
    for aspect in BASE.compare("lstm", "lstm").aspects:
        assert aspect.first == aspect.second == ()


def test_lineage_is_told_by_the_shortest_connection_in_order_of_years(family: Miniature) -> None:
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


def test_who_descends_from_an_entry_has_it_for_an_ancestor() -> None:
    families = {entry_id: BASE.lineage(entry_id) for entry_id in BASE}
    for entry_id, found in families.items():
        for relative in found.descendants:
            assert entry_id in [ancestor.id for ancestor in families[relative.id].ancestors]
    assert any(found.descendants for found in families.values())


def test_a_route_follows_edges_and_reads_backwards_too() -> None:
    edges = {(u, v, worded(data["relation"])) for u, v, data in BASE.graph.edges(data=True)}
    for left, right in combinations(BASE.architectures, 2):
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


def test_a_route_from_nowhere_is_empty(family: Miniature) -> None:
    family.concept("island")
    base = family.load()
    assert base.route("child", "island") == []
    assert base.route("child", "child") == []


def test_prerequisites_come_before_what_needs_them() -> None:
    needs = subgraph(BASE.graph, NEEDS)
    for entry_id in BASE:
        order = [item.id for item in BASE.prerequisites(entry_id)]
        assert set(order) == nx.descendants(needs, entry_id)
        place = {name: number for number, name in enumerate([*order, entry_id])}
        for item in BASE.prerequisites(entry_id):
            assert place[item.id] < place[item.needed_for]
            assert item.because
            assert all(place[needed] < place[item.id] for needed in needs.successors(item.id))


def test_prerequisites_say_why(family: Miniature) -> None:
    told = [(item.id, item.needed_for, item.because) for item in family.load().prerequisites("child")]
    assert set(told) == {
        ("earlier", "later", "it comes first"),
        ("later", "part", "it is built on it"),
        ("part", "child", "a part: all of it"),
        ("parent", "child", "child is a case of it"),
    }


def test_unknown_ids_are_refused_by_every_question() -> None:
    for ask in (BASE.lineage, BASE.prerequisites, lambda x: BASE.compare("lstm", x), lambda x: BASE.route(x, "lstm")):
        with pytest.raises(KeyError, match="no entry 'lstn'"):
            ask("lstn")


def test_relations_read_from_both_ends() -> None:
    for relation in {data["relation"] for *_, data in BASE.graph.edges(data=True)}:
        assert worded(relation)
        assert worded(relation, backwards=True) == INVERSE[relation]
    assert reason({"relation": "parts", "role": "all of it", "because": "x"}) == "all of it"
    assert reason({"relation": "specialises"}) == ""
