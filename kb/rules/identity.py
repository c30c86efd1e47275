"""Rules on identity: one publication is one entry, one person has one spelling, one name means one entry."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import combinations

from kb.base import Base
from kb.characters import shown
from kb.naming import folded, key, names_elsewhere
from kb.problems import Problem
from kb.schema import Paper
from kb.schema.model import Path as Steps

GENERATION = re.compile(r",? (jr|sr|ii|iii|iv)\.?$", re.IGNORECASE)
"""What may stand behind a family name, and tells a son from his father."""

MOST_SPELLINGS = 40
"""Of a family name with an initial: beyond, these are many people, and comparing each with each takes long."""


def publications_stand_once(base: Base) -> Iterator[Problem]:
    """No two papers share a DOI, a number of arXiv or OpenReview, or a title together with the first author."""
    first: dict[tuple[str, str], str] = {}
    for paper in base.papers.values():
        for steps, what, value in _identity(paper):
            other = first.setdefault((what, value), paper.id)
            if other != paper.id:
                message = f"{other!r} has the same {what}: one publication is one entry; delete one of the two"
                yield base.problem(paper.id, steps, message)


def _identity(paper: Paper) -> Iterator[tuple[Steps, str, str]]:
    """What identifies a publication: the field, what it is called, and its value in a form that can be compared.

    Two books may be called `Deep Learning`, so a title counts with the family name of its first author.
    """
    ids = paper.ids
    if ids.doi:
        yield ("ids", "doi"), "DOI", ids.doi.casefold()
    if ids.arxiv:
        yield ("ids", "arxiv"), "arXiv number", ids.arxiv
    forum = re.search(r"openreview\.net/(?:forum|pdf)\?id=([\w-]+)", ids.url or "")
    if ids.openreview or forum:
        field = "openreview" if ids.openreview else "url"
        yield ("ids", field), "OpenReview number", ids.openreview or (forum[1] if forum else "")
    yield ("title",), "title and first author", f"{folded(paper.title)} {_parts(paper.authors[0])[1]}"


def names_mean_one_entry(base: Base) -> Iterator[Problem]:
    """A name, an alias or a former id, however it is written (see `kb.naming.key`), belongs to one entry.

    Titles of papers are not ours to choose: `Deep Sets` is a paper and the network that it introduced.
    """
    first: dict[str, str] = {}
    for entry in base.values():
        if entry.kind == "paper":
            continue
        named: list[tuple[Steps, str]] = [(("name",), entry.title)]
        for field in ("aliases", "formerly"):
            named += [((field, index), other) for index, other in enumerate(getattr(entry, field))]
        named += [(("same_as", index, "name"), other) for index, other in names_elsewhere(entry)]
        for steps, name in named:
            other = first.setdefault(key(name), entry.id)
            if other != entry.id:
                message = f"{shown(name)} is also a name of {other!r}: keep it at the entry that it means"
                yield base.problem(entry.id, steps, message)


def persons_are_spelt_alike(base: Base) -> Iterator[Problem]:
    """One person has one spelling in all papers, the fullest that one of them has.

    Two spellings are one person's if they differ in accents, capitals, hyphens and full stops only, or if one has
    initials, or lacks middle names, where the other has names. That is taken for certain only where no third spelling
    fits the one and not the other (`J. Smith` with both `Jane` and `John`), and where no paper has both as authors.
    """
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    namesakes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for paper in base.papers.values():
        for index, author in enumerate(paper.authors):
            places[author].append((paper.id, index))
            given, family = _parts(author)
            namesakes[family, "".join(given)[:1]].add(author)
    for names in namesakes.values():
        for author in sorted(names) if len(names) <= MOST_SPELLINGS else ():
            similar = [other for other in names - {author} if _may_be_one(author, other)]
            apart = any(_share_a_paper(places[author], places[other]) for other in similar)
            if not similar or apart or not all(_may_be_one(*pair) for pair in combinations(similar, 2)):
                continue
            fullest = max(*similar, author, key=lambda name: _fullness(name, len(places[name])))
            for paper_id, index in places[author] if fullest != author else ():
                message = (
                    f"{shown(author)} is spelt {shown(fullest)} in {places[fullest][0][0]!r}: write a person alike in "
                    "all papers, or, if these are two people, both in full"
                )
                yield base.problem(paper_id, ("authors", index), message)


@cache
def _parts(author: str) -> tuple[tuple[str, ...], str]:
    """Return the given names, folded, and the family name: the last word, with the generation where it is given."""
    generation = GENERATION.search(author)
    *given, family = GENERATION.sub("", author).replace(".", ". ").split() or [author]
    return tuple(folded(" ".join(given)).split()), folded(family) + (
        f" {generation[1].casefold()}" if generation else ""
    )


def _may_be_one(one: str, other: str) -> bool:
    """Whether two spellings with the same family name may be those of one person."""
    shorter, longer = sorted((_parts(one)[0], _parts(other)[0]), key=lambda given: (len(given), len("".join(given))))
    if "".join(shorter) == "".join(longer):
        return True
    if not shorter or not _fits(shorter[0], longer[0]):
        return False
    rest = iter(longer)
    return all(any(_fits(name, full) for full in rest) for name in shorter)


def _fits(one: str, other: str) -> bool:
    return one == other or (one[0] == other[0] and min(len(one), len(other)) == 1)


def _share_a_paper(one: list[tuple[str, int]], other: list[tuple[str, int]]) -> bool:
    return bool({paper_id for paper_id, _ in one} & {paper_id for paper_id, _ in other})


def _fullness(name: str, papers: int) -> tuple[int, int, int, bool, int, str]:
    """Order spellings: more letters, accents that are there, full stops, a capital in front, then the usual one."""
    return len(folded(name)), sum(not letter.isascii() for letter in name), len(name), not name.islower(), papers, name
