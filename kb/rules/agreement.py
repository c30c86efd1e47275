"""Rules on what entries say of each other, and of papers: no two of their statements contradict each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import networkx as nx

from kb import links
from kb.base import Base
from kb.graph import subgraph
from kb.inference.transitivity import closure
from kb.problems import Problem
from kb.schema import Concept, Paper
from kb.schema.model import texts_in

YEAR = r"(?<![0-9.])(?:18[0-9]{2}|19[0-9]{2}|20[0-3][0-9])(?![0-9])"
KEY = r"[a-z]+[0-9]{4}[a-z]+"
BESIDE_A_KEY = re.compile(rf"({YEAR})(?:(?!{YEAR})[^();]){{0,160}}\(({KEY})\)")
"""In code: `Saxe et al. 2014, sec. 2 (saxe2013exact)`."""
IN_A_LINK = re.compile(rf"\[[^\]]*({YEAR})[^\]]*\]\(kb:({KEY})\)")
BESIDE_A_NAME = re.compile(rf"\b([A-Z]\w+(?:-\w+)*)(?:,? (?:and|&) [A-Z][\w-]+| et al\.?)?(?:['’]s)?,? \(?({YEAR})")
EARLIEST_PREPRINT = 3
"""How many years before a publication its key may be: keys hold the year in which a paper became known."""


def nothing_suffers_from_what_it_addresses(base: Base) -> Iterator[Problem]:
    """An architecture does not suffer from a phenomenon, or a narrower one, that it addresses."""
    for entry in base.architectures.values():
        addressed = {str(phenomenon.concept) for phenomenon in entry.addresses}
        for index, phenomenon in enumerate(entry.suffers_from):
            for named in addressed.intersection(_with_broader(base, phenomenon.concept)):
                message = (
                    f"it addresses {named}, and cannot suffer from it as well: drop one, or name what is left of it"
                )
                yield base.problem(entry.id, ("suffers_from", index, "concept"), message)


def remedies_remedy(base: Base) -> Iterator[Problem]:
    """A remedy of a phenomenon neither suffers from it nor causes it."""
    suffering = {
        (entry.id, named)
        for entry in base.architectures.values()
        for phenomenon in entry.suffers_from
        for named in _with_broader(base, phenomenon.concept)
    }
    for entry in base.concepts.values():
        for index, remedy in enumerate(entry.remedied_by):
            other = base[remedy.entry]
            if (other.id, entry.id) in suffering:
                message = f"{other.id} suffers from it, says its entry: correct one of the two"
                yield base.problem(entry.id, ("remedied_by", index, "entry"), message)
            if isinstance(other, Concept) and entry.id in {other.id, *closure(base.graph, "causes", other.id)}:
                message = f"{other.id} causes it, and cannot remedy it as well: correct one of the two"
                yield base.problem(entry.id, ("remedied_by", index, "entry"), message)


def kinds_are_not_distinct(base: Base) -> Iterator[Problem]:
    """No entry is distinct from what it is a kind of: that would be said in the reason for being a kind of it."""
    for relation in ("specialises", "broader"):
        kinds = subgraph(base.graph, (relation,))
        for entry in base.concepts.values():
            for index, distinction in enumerate(entry.distinct_from):
                for lower, upper in ((entry.id, distinction.entry), (distinction.entry, entry.id)):
                    if nx.has_path(kinds, str(lower), str(upper)):
                        message = (
                            f"{lower} is a kind of {upper} ({relation}), so they are not distinct: drop one of the two"
                        )
                        yield base.problem(entry.id, ("distinct_from", index, "entry"), message)


def keys_have_the_year_of_the_paper(base: Base) -> Iterator[Problem]:
    """The year in a paper's id is that of its publication, or of its preprint a few years before."""
    for paper in base.papers.values():
        found = re.search(r"[0-9]{4}", paper.id)
        if found and not 0 <= paper.published - int(found[0]) <= EARLIEST_PREPRINT:
            message = f"the id says {found[0]}, the year given is {paper.published}: look both up, and correct one"
            yield base.problem(paper.id, ("year",), message)


def years_are_those_of_the_papers(base: Base) -> Iterator[Problem]:
    """A year that stands beside a paper is that of its publication, in texts and in code."""
    for path in sorted((base.root / links.PACKAGE).rglob("*.py")):
        if links.is_own(base.root, path):
            with suppress(links.SourceError):  # of which another rule tells
                yield from _in_code(base, path.relative_to(base.root).as_posix(), links.read(path))
    for entry in base.values():
        for steps, text in texts_in(entry):
            for year, key in IN_A_LINK.findall(text):
                if (paper := base.papers.get(key)) and paper.published != int(year):
                    yield base.problem(entry.id, steps, _other_year(paper, year))
            cited = [base.papers[str(ref)] for _, ref in entry.refs() if str(ref) in base.papers]
            for name, year in BESIDE_A_NAME.findall(text):
                own = [paper for paper in cited if paper.authors[0].split()[-1] == name]
                if own and all(paper.published != int(year) for paper in own):
                    yield base.problem(entry.id, steps, _other_year(own[0], year))


def _in_code(base: Base, shown: str, text: str) -> Iterator[Problem]:
    for found in BESIDE_A_KEY.finditer(text):
        paper = base.papers.get(found[2])
        if paper and paper.published != int(found[1]):
            yield Problem(shown, text.count("\n", 0, found.start()) + 1, "", _other_year(paper, found[1]))


def _other_year(paper: Paper, year: str) -> str:
    return f"{paper.id} is of {paper.published}, not of {year}: give the year of its publication, or cite what is meant"


def _with_broader(base: Base, phenomenon: str) -> tuple[str, ...]:
    """A phenomenon, and all that it is a kind of."""
    return (str(phenomenon), *closure(base.graph, "broader", str(phenomenon)))
