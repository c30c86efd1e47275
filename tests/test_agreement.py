"""What entries say of papers and of each other: which words count as a statement on a year, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import CONCEPT, Miniature

import kb
from kb.rules.agreement import BESIDE_A_KEY, BESIDE_A_NAME, years_are_those_of_the_papers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Source: Saxe et al. 2014 (saxe2013exact).", [("2014", "saxe2013exact")]),
        ("Yu & Koltun 2016, sec. 2 (yu2015multi)", [("2016", "yu2015multi")]),
        ('Fang & Zweig 2015, "From captions\nto visual concepts" (fang2015captions)', [("2015", "fang2015captions")]),
        ("Mao 2014, and Vinyals et al. 2015 (vinyals2015show)", [("2015", "vinyals2015show")]),
        ("as since 1998; later (lin2013network)", []),
        ("in 12014 steps (lin2013network), 0.2014 (lin2013network)", []),
    ],
)
def test_years_beside_keys(text: str, expected: list[tuple[str, str]]) -> None:
    assert BESIDE_A_KEY.findall(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as Saxe et al. 2014 show", [("Saxe", "2014")]),
        ("Yu and Koltun (2016)", [("Yu", "2016")]),
        ("Glorot's 2010 rule", [("Glorot", "2010")]),
        ("He 2048 units", []),
        ("in 1989 Cybenko", []),
    ],
)
def test_years_beside_names(text: str, expected: list[tuple[str, str]]) -> None:
    assert BESIDE_A_NAME.findall(text) == expected


def test_a_network_may_mitigate_a_part_of_what_it_suffers_from(tmp_path: Path) -> None:
    """An LSTM keeps gradients from vanishing; that they are unstable all the same is no contradiction."""
    small = Miniature(tmp_path)
    for name, broader in (("whole", ""), ("part-of-it", "broader: [whole]\n")):
        small.write(f"concepts/phenomenon/{name}.yaml", f"name: {name}\nsummary: It.\ndefinition: It.\n{broader}")
    small.architecture(
        "net",
        "addresses: [{concept: part-of-it, because: so}]\nsuffers_from: [{concept: whole, because: so}]\n",
    )
    assert not [problem for problem in kb.check(tmp_path) if "as well" in problem.message]


def test_a_year_beside_a_name_is_that_of_one_of_the_papers_of_that_name(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    small.paper("paper2010", 2010)
    cited = "references: [{paper: paper2000}, {paper: paper2010}]\n"
    for year in (2000, 2005, 2010):
        text = CONCEPT.format(id=f"c{year}").replace("definition: A concept.", f"definition: As Example {year} says.")
        small.write(f"concepts/theory/c{year}.yaml", text + cited)
    found = list(years_are_those_of_the_papers(small.load()))
    assert [(Path(problem.file).stem, "not of 2005" in problem.message) for problem in found] == [("c2005", True)]
