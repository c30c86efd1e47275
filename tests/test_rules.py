"""What rules let through: the nearest that is right to what a folder of `miniature/invalid` shows as wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from small import CONCEPT, MODULE, PAPER, Miniature

from kb.evidence import Cost, write
from kb.problems import Problem
from kb.rules import code, comparison, cost, counts, editions, identity, lecture
from kb.rules.origins import parts_are_older_than_the_whole


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path)


def fields(problems: Iterator[Problem]) -> list[str]:
    return [problem.field for problem in problems]


@pytest.mark.parametrize(
    ("peers", "problems"),
    [
        ("def peer():\n    return None\n", []),
        ("def trunk():\n    return None\n", ["checks"]),
        ("def peer(:\n", []),  # of which another rule tells
    ],
)
def test_a_peer_of_the_whole_stands_for_checks(small: Miniature, peers: str, problems: list[str]) -> None:
    small.architecture("a", **{"no_peer: it is a test\n": ""})
    small.code("peers/family/a", peers)
    base = small.load()
    found = [problem.message for problem in comparison.architectures_have_a_peer_or_checks(base)]
    assert ["at least 2 exact `checks` are needed" in message for message in found] == [True] * len(problems)


@pytest.mark.parametrize(
    ("time", "unchecked", "terms", "problems"),
    [
        ("O(T F + U)", {}, {"T F": 2.0, "U": 1.0, "T": 3.0}, []),
        ("O(T F)", {}, {"T F": 2.0, "U": 1.0}, ["complexity.time"]),
        ("O(T F + U)", {}, {"T F": 2.0}, ["complexity.time"]),
        ("O(T F + U)", {"U": "sums"}, {"T F": 2.0}, []),
        ("O(T F)", {"T F": "sums"}, {"T F": 2.0}, ["complexity.unchecked.T F"]),
        ("O(T F)", {"U": "sums"}, {"T F": 2.0}, ["complexity.unchecked.U"]),
    ],
)
def test_the_time_has_the_terms_that_were_counted_and_those_that_are_said_not_to_be(
    small: Miniature, time: str, unchecked: dict[str, str], terms: dict[str, float], problems: list[str]
) -> None:
    stated = "".join(f", unchecked: {{{term}: {reason}}}" for term, reason in unchecked.items())
    small.architecture("a", **{"{time: O(T), memory: O(T)}": f"{{time: {time}, memory: O(T){stated}}}"})
    write(small.root / "evidence/architectures/family/a.jsonl", [Cost(terms=terms, digest="")])
    assert fields(cost.orders_of_time_fit_counted_flops(small.load())) == problems


@pytest.mark.parametrize("field", ["parameters: 7", "stated: 7 thousand"])
@pytest.mark.parametrize(("source", "problems"), [(", source: {paper: paper2000, at: table 1}", 0), ("", 1)])
def test_a_count_has_a_source(small: Miniature, field: str, source: str, problems: int) -> None:
    small.architecture("a", f"variants: {{wide: {{arguments: {{}}, {field}{source}}}}}\n")
    name = field.partition(":")[0]
    assert fields(counts.counts_are_explained(small.load())) == [f"variants.wide.{name}"] * problems


TWO = """class Two(NamedTuple):
    y: Float[Tensor, "B *where"]
    z: Float[Tensor, "B F"]


"""
RETURNS = TWO + MODULE.replace('-> Float[Tensor, "B T F"]', '-> Float[Tensor, "B T F"] | Two')


@pytest.mark.parametrize(
    ("notes", "problems"),
    [
        ("{returns: 1}", []),  # the axes of any number are in the other alternative
        ("{returns: 2}", ["signature"]),
        ("{returns: 2, where: {where: [H, W]}}", []),
        ("{returns: 3}", ["signature.returns"]),
    ],
)
def test_axes_of_any_number_are_named_where_they_are_returned(
    small: Miniature, notes: str, problems: list[str]
) -> None:
    small.architecture("a", f"signature: {notes}\n", RETURNS)
    assert fields(code.signatures_can_be_read(small.load())) == problems


@pytest.mark.parametrize(
    ("papers", "reported"),
    [
        ([["Jeanpaul Doe"], ["Jean-Paul Doe"]], ["Jeanpaul Doe"]),
        ([["John Doe"], ["Jöhn Doe"]], ["John Doe"]),
        ([["J. Doe"], ["John Doe"]], ["J. Doe"]),
        ([["J. P. Doe"], ["John Paul Doe"]], ["J. P. Doe"]),
        ([["John Doe"], ["John Paul Doe"]], ["John Doe"]),
        ([["Jane Doe"], ["John Doe"]], []),
        ([["John A. Doe"], ["John B. Doe"]], []),
        ([["John Doe"], ["John Doe Jr."]], []),
        ([["J. Doe"], ["John Roe"]], []),
        ([["J. Doe", "John Doe"], ["John Doe"]], []),  # of one paper: these are two people
        ([["J. Doe"], ["John Doe"], ["Jane Doe"]], []),  # it may be either
    ],
)
def test_two_spellings_are_one_persons_where_nothing_speaks_against_it(
    small: Miniature, papers: list[list[str]], reported: list[str]
) -> None:
    for number, authors in enumerate(papers):
        text = PAPER.format(id=f"p{number}", year=2000).replace("[Ada Example]", f"[{', '.join(authors)}]")
        small.write(f"papers/2000/p{number}.yaml", text)
    found = [problem.message for problem in identity.persons_are_spelt_alike(small.load())]
    assert [message.partition("' is spelt")[0].strip("'") for message in found] == reported


def test_an_id_that_died_is_reported_once(small: Miniature) -> None:
    for date in ("2026-01-31", "2026-02-28"):
        small.root.joinpath("changes").mkdir(exist_ok=True)
        added = ["concepts/component/gone", "concepts/component/part"]
        (small.root / f"changes/{date}.json").write_text(json.dumps({"date": date, "added": added}))
    (problem,) = editions.ids_never_die(small.load())
    assert "'gone' was published then" in problem.message


@pytest.mark.parametrize(
    ("ours", "problems"),
    [
        ("a new unit", 0), ("A NEW UNIT with a bias", 0), ("its other name", 0), ("an old unit", 1), (None, 1)
    ],
)  # fmt: skip
def test_a_younger_part_is_named_in_a_deviation(small: Miniature, ours: str | None, problems: int) -> None:
    small.paper("paper2014", 2014)
    text = CONCEPT.format(id="new unit") + "introduced_by: paper2014\naliases: [other name]\n"
    small.write("concepts/component/part.yaml", text)
    deviation = f"deviations: [{{paper: tanh, ours: {ours}, why: it is usual}}]\n" if ours else ""
    small.architecture("a", deviation)
    assert len(fields(parts_are_older_than_the_whole(small.load()))) == problems


def test_only_places_of_sources_and_of_errata_are_slides(small: Miniature) -> None:
    """`deck` of a claim holds a number of the inventory; what an erratum says, and where in the code, is no slide."""
    section = "{key: S1, name: One, slides: [a slide], steps: [{entry: part, note: it}]}"
    small.write("paths/p/p.yaml", f"name: P\nsummary: A.\nsource: {{deck: S1}}\nsections: [{section}]\n")
    small.concept("right", "references: [{deck: 'S1, a slide'}, {paper: paper2000, at: S9}]\n")
    small.concept(
        "wrong", "references: [{deck: 'S1, no slide'}, {deck: S2}]\nerrata: [{at: S3, says: S7, right: S8}]\n"
    )
    found = [problem.message for problem in lecture.places_are_slides(small.load())]
    assert found == [
        "S1 has no slide 'no slide'; it has a slide",
        "no path has a section 'S2': correct it",
        "no path has a section 'S3': correct it",
    ]
