"""Limits that rules set: what is just within is no problem, and what is just beyond is one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from small import MODULE, PAPER, Miniature

from kb.evidence import SPEED_FILE, PeerErrors, SeedResult, Size, write
from kb.evidence.record import ERRORS_OF_PEERS
from kb.problems import Problem
from kb.rules import claims, code, comparison, counts, evidence, identity, lecture, structure, texts
from kb.rules.agreement import keys_have_the_year_of_the_paper
from kb.rules.origins import parts_are_older_than_the_whole, what_introduced_it_came_first
from kb.schema.architecture import LARGE


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path)


def found(problems: Iterator[Problem]) -> list[str]:
    return [problem.message for problem in problems]


@pytest.mark.parametrize(("number", "problems"), [(structure.FOLDER_LIMIT, 0), (structure.FOLDER_LIMIT + 1, 1)])
def test_of_the_entries_in_a_folder(small: Miniature, number: int, problems: int) -> None:
    for each in range(number):
        small.concept(f"concept-{each}")
    assert len(found(structure.folders_are_small(small.load()))) == problems


@pytest.mark.parametrize(("year", "problems"), [(2015, 1), (2016, 0), (2019, 0), (2020, 1)])
def test_of_the_years_between_a_preprint_and_its_publication(small: Miniature, year: int, problems: int) -> None:
    small.paper("doe2016net", year)
    assert len(found(keys_have_the_year_of_the_paper(small.load()))) == problems


@pytest.mark.parametrize(("length", "problems"), [(texts.LONGEST_SUMMARY, 0), (texts.LONGEST_SUMMARY + 1, 1)])
def test_of_a_summary(small: Miniature, length: int, problems: int) -> None:
    small.write("concepts/theory/long.yaml", f"name: long\nsummary: {'a' * (length - 1)}.\ndefinition: It.\n")
    assert len(found(texts.summaries_are_one_plain_sentence(small.load()))) == problems


@pytest.mark.parametrize(("lines", "problems"), [(code.MOST_LINES - 1, 0), (code.MOST_LINES, 1)])
def test_of_the_lines_of_code(small: Miniature, lines: int, problems: int) -> None:
    small.architecture("a", module=MODULE + "\n" * (lines - MODULE.count("\n")))
    assert len(found(code.sources_are_short(small.load()))) == problems


@pytest.mark.parametrize(
    ("parameters", "large", "problems"),
    [(LARGE, True, 0), (LARGE - 1, False, 0), (LARGE - 1, True, 1), (LARGE, False, 1)],
)
def test_of_a_small_variant(small: Miniature, parameters: int, large: bool, problems: int) -> None:
    small.architecture("a", f"variants: {{wide: {{arguments: {{}}, large: {str(large).lower()}}}}}\n")
    small.record("architectures/family/a", Size(variant="wide", parameters=parameters, inputs={}, stages=[], digest=""))
    assert len(found(counts.counts_are_those_of_the_implementation(small.load()))) == problems


@pytest.mark.parametrize(("later", "problems"), [(2000, 0), (1999, 1)])
def test_of_what_came_first(small: Miniature, later: int, problems: int) -> None:
    """What is named in the year of its introduction, or has a part of that year, is in order."""
    small.paper("later", later)
    small.concept("named", "introduced_by: paper2000\nnamed_by: [later]\n")
    assert len(found(what_introduced_it_came_first(small.load()))) == problems


@pytest.mark.parametrize(("year", "problems"), [(2000, 0), (2001, 1)])
def test_of_the_age_of_a_part(small: Miniature, year: int, problems: int) -> None:
    small.paper("later", year)
    small.concept("part", "introduced_by: later\n", category="component")
    small.architecture("a")
    assert len(found(parts_are_older_than_the_whole(small.load()))) == problems


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("1.0e-12", "1.0e-12", 0),
        ("1.0e-12", "2.0e-12", 1),
        ("at_least: 0.01", "at_least: 0.01", 0),
        ("at_least: 0.01", "at_least: 0.009", 1),
    ],
)
def test_of_what_is_exact_and_what_breaks_it(small: Miniature, old: str, new: str, problems: int) -> None:
    for name in ("one", "other"):
        small.architecture(name)
    relation = small.relation("one", "equivalent-to", "other")
    path = small.root / f"entries/claims/topic/{relation}.yaml"
    path.write_text(path.read_text().replace(old, new))
    assert len(found(comparison.relations_are_exact_and_can_fail(small.load()))) == problems


@pytest.mark.parametrize(
    ("measured", "problems"), [(0.01, 1), (0.01 + 5e-12, 1), (0.01 - 5e-12, 1), (0.01 + 2e-11, 0), (1.0, 0)]
)
def test_of_a_measured_value_at_a_bound(small: Miniature, measured: float, problems: int) -> None:
    """The error of the other side, 0, is at its bound of rounding errors, which is no edge."""
    for name in ("one", "other"):
        small.architecture(name)
    relation = small.relation("one", "equivalent-to", "other")
    measures = {"agreement_error": 1e-12, "other_difference": measured}
    small.record(f"claims/topic/{relation}", SeedResult(seed=0, measures=measures, digest=""))
    assert len(found(claims.bounds_are_no_edges(small.load()))) == problems


@pytest.mark.parametrize(("missing", "more"), [(lecture.MOST_LISTED, ""), (lecture.MOST_LISTED + 1, " and 1 more")])
def test_of_what_is_listed_of_a_lecture(small: Miniature, missing: int, more: str) -> None:
    section = "{name: A section, items: [1], steps: [{entry: part, note: it}]}"
    small.write("paths/p/p.yaml", f"name: P\nsummary: A.\ncovers: {{items: {missing + 1}}}\nsections: [{section}]\n")
    (message,) = found(lecture.lectures_are_covered(small.load()))
    listed = ", ".join(str(number) for number in range(2, 2 + lecture.MOST_LISTED))
    assert message == f"{missing} of {missing + 1} left out: {listed}{more}"


@pytest.mark.parametrize(
    ("row", "problems"),
    [
        ({"outputs": [0.0], "compared": 1}, 0),
        ({"outputs": [0.0], "compared": 0}, 1),
        ({"declined": "it has no mask", "compared": 0}, 0),
        *(({name: [0.0, -1e-300], "compared": 1}, 1) for name in ERRORS_OF_PEERS),
    ],
)
def test_of_errors(small: Miniature, row: dict[str, object], problems: int) -> None:
    small.architecture("a")
    path = small.root / "evidence/architectures/family/a.jsonl"
    write(path, [PeerErrors.model_validate({"case": "default", "digest": "", **row})])
    assert len(found(evidence.errors_are_sizes(small.load()))) == problems


@pytest.mark.parametrize(("missing", "more"), [(3, ""), (4, " and more")])
def test_of_what_is_named_of_missing_evidence(small: Miniature, missing: int, more: str) -> None:
    small.architecture("a")
    small.measure()
    base = small.load()
    kept = [*base.measured["a"].measurements.values()][missing:]
    assert kept
    write(base.evidence_file("a"), kept)
    (message,) = [text for text in found(evidence.evidence_is_current(small.load())) if "kb verify a`" in text]
    named = message[message.index("(") + 1 : message.index(")")]
    assert (message.split(" of ")[0], named.count(", "), named.endswith(" and more")) == (str(missing), 2, bool(more))


@pytest.mark.parametrize(
    ("speed", "problems"),
    [
        ({"float64": 1.5, "rounds": 1}, 0),
        ({"float64": 1.5, "rounds": 0}, 1),
        ({"float64": 0.0, "rounds": 1}, 1),
        ({"float64": 1.5, "float32": 0.5, "rounds": 1}, 0),
        ({"float64": 1.5, "float32": 0.0, "rounds": 1}, 1),
        ({"float64": 1.5, "float32": -1.0, "rounds": 1}, 1),
        ({"float64": 1.5, "rounds": 1, "variant": "default"}, 0),
        ({"float64": 1.5, "rounds": 1, "variant": "other"}, 1),
    ],
)
def test_of_speeds(small: Miniature, speed: dict[str, object], problems: int) -> None:
    small.architecture("a", **{"no_peer: it is a test\n": ""})
    small.code("peers/family/a", "def peer():\n    return None\n")
    (small.root / SPEED_FILE).parent.mkdir()
    (small.root / SPEED_FILE).write_text(json.dumps({"a": speed}), encoding="utf-8")
    assert len(found(evidence.speeds_are_ratios(small.load()))) == problems


@pytest.mark.parametrize(("names", "problems"), [(identity.MOST_SPELLINGS, 1), (identity.MOST_SPELLINGS + 1, 0)])
def test_of_the_spellings_of_a_person(small: Miniature, names: int, problems: int) -> None:
    """Beyond the limit these are many people; `John Doe` and `John P. Doe` are one otherwise."""
    others = [f"J{chr(97 + n // 26)}{chr(97 + n % 26)}z Doe" for n in range(names - 2)]
    for number, authors in enumerate((others, ["John Doe"], ["John P. Doe"])):
        text = PAPER.format(id=f"p{number}", year=2000).replace("[Ada Example]", f"[{', '.join(authors)}]")
        small.write(f"papers/2000/p{number}.yaml", text)
    assert len(found(identity.persons_are_spelt_alike(small.load()))) == problems


def test_of_two_seeds_one_at_a_bound_is_enough(small: Miniature) -> None:
    for name in ("one", "other"):
        small.architecture(name)
    path = f"claims/topic/{small.relation('one', 'equivalent-to', 'other')}"
    with (small.root / f"entries/{path}.yaml").open("a") as entry:
        entry.write("seeds: 2\n")
    for seed, measured in ((0, 1.0), (1, 0.01)):
        measures = {"agreement_error": 0.0, "other_difference": measured}
        small.record(path, SeedResult(seed=seed, measures=measures, digest=""))
    assert len(found(claims.bounds_are_no_edges(small.load()))) == 1
