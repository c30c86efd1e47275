"""Rules on bibliographic records: what one says of authors, title, year and identifiers can all be true at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.base import Base
from kb.characters import shown
from kb.export.bibtex import CONFERENCE
from kb.problems import Problem
from kb.schema import Paper
from kb.schema.model import Path as Steps

MORE_AUTHORS = re.compile(r"(and )?((\d+ )?(others|more)|et\.? al\.?|\.\.\.|…)", re.IGNORECASE)
"""What stands for authors that are left out."""
SEVERAL = re.compile(r"[;&]|,(?! (?:Jr|Sr|I{2,3}|IV)\.?$)|\band\b")
"""What stands between two authors, or between a family name and a given name."""
SMALL_BY_CHOICE = {"bell hooks", "danah boyd"}
"""People who write themselves without capitals."""

YEAR = r"(?:18|19|20)\d\d"
OF_THE_VENUE = {
    "URL": (
        rf"(?:neurips|nips)\.cc/paper(?:_files/paper)?/({YEAR})/",
        rf"openaccess\.thecvf\.com/content[_/][A-Za-z]+_?({YEAR})",
        rf"(?:aclanthology\.org|aclweb\.org/anthology)/(?:[A-Z](\d\d)-\d|({YEAR})\.)",
        r"mlr\.press/v\d+/[a-z_-]+(\d\d)[a-z]?\b",
        r"jmlr\.org/(?:proceedings/)?papers/(?:v|volume)\d+/[a-z_-]+(\d\d)[a-z]?\b",
    ),
    "DOI": (rf"10\.(?:18653|3115)/v1/(?:[A-Z](\d\d)-\d|({YEAR})\.)",),
}
"""Where an identifier holds the year of the proceedings or of the volume."""
OF_THE_MANUSCRIPT = {
    "DOI": (rf"\.({YEAR})\.\d", r"10\.48550/arxiv\.(\d\d)\d\d\."),
    "URL": (r"jmlr\.org/papers/v\d+/(\d\d)-\d",),
    "arXiv number": (r"^(?:[a-z-]+/)?(\d\d)\d\d",),
}
"""Where it holds the year in which the text was handed in or accepted, which may be before that of the volume."""
IN_A_VENUE = re.compile(rf"(?<![:.\d–-])(?<!report )(?<!pages )(?<!pp )\b({YEAR})\b(?![:(\d–-])", re.IGNORECASE)
"""A year, and no volume or page; `12:1950-1999` are pages."""
BRACKETED = re.compile(r" \([^)]*\)$")
"""Another name of a venue behind the first."""
RENAMED = {"NIPS": "NeurIPS"}
"""Venues that have another name today."""
IEEE_CONFERENCE = re.compile(rf"10\.1109/([A-Za-z]+)\d*\.({YEAR})\.\d")
FIELDS: dict[str, Steps] = {"DOI": ("ids", "doi"), "URL": ("ids", "url"), "arXiv number": ("ids", "arxiv")}

INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
ENDING = re.compile(r"(v\d+|s)$", re.IGNORECASE)
"""A version or a plural."""
OTHER_NAMES = ("ImageNet", "RoFormer", "LeNet", "WaveNet", "PixelCNN", "PyTorch", "TensorFlow", "BibTeX", "LaTeX")
"""Names with a capital in mid-word that titles hold and no entry need have; the rest are names of entries."""


def authors_are_persons(base: Base) -> Iterator[Problem]:
    """Each item of `authors` is one author: no `and others`, no two in one, and written with capitals."""
    for paper in base.papers.values():
        for index, author in enumerate(paper.authors):
            if message := _not_a_person(author):
                yield base.problem(paper.id, ("authors", index), message)


def _not_a_person(author: str) -> str | None:
    if MORE_AUTHORS.fullmatch(author.strip()):
        return (
            f"{shown(author)} is no author: write down all of them, or leave it out and say `authors_complete: false`"
        )
    if found := SEVERAL.search(author):
        return f"expected one author, given name first, came {shown(author)} with {found[0]!r}: one item for each"
    if author == author.lower() != author.upper() and author not in SMALL_BY_CHOICE:
        return f"{shown(author)} has no capital: write the name as the publication does"
    return None


def years_are_those_of_the_venue(base: Base) -> Iterator[Problem]:
    """The year is that in which the venue named in `venue` published the paper, and all identifiers agree with it.

    That is the year of the proceedings or of the journal's volume, whatever the year of the preprint. So a year in the
    venue, in the address or DOI of proceedings, and the year of an arXiv number where the venue is arXiv, equal it.
    A journal's DOI holds the year of acceptance, and an arXiv number that of the preprint: these may be earlier, never
    later.
    """
    for paper in base.papers.values():
        for steps, what, year, exact in _years(paper):
            if year == paper.published or (year < paper.published and not exact):
                continue
            message = (
                f"the {what} is of {year}, the year given is {paper.published}: give the year in which the venue "
                "published it, and identifiers of that publication only"
            )
            yield base.problem(paper.id, steps, message)


def _years(paper: Paper) -> Iterator[tuple[Steps, str, int, bool]]:
    """The years that venue and identifiers hold: the field, what it is, the year, and whether it must be the same."""
    venue = paper.venue or ""
    for found in IN_A_VENUE.finditer(venue):
        yield ("venue",), "venue", int(found[1]), True
    texts = {"DOI": paper.ids.doi, "URL": paper.ids.url, "arXiv number": paper.ids.arxiv}
    for what, text in texts.items():
        if not text:
            continue
        exact = _first_year(OF_THE_VENUE.get(what, ()), text)
        if exact is None and (found_in := IEEE_CONFERENCE.match(text)) and _names_conference(venue, found_in[1]):
            exact = int(found_in[2])
        if exact is not None:
            yield FIELDS[what], what, exact, True
        elif (year := _first_year(OF_THE_MANUSCRIPT.get(what, ()), text)) is not None:
            yield FIELDS[what], what, year, what == "arXiv number" and venue.casefold() == "arxiv"


def _first_year(patterns: tuple[str, ...], text: str) -> int | None:
    """The year in what the first fitting pattern captures; of two digits, those from 50 are of the last century."""
    for pattern in patterns:
        if found := re.search(pattern, text, re.IGNORECASE):
            digits = next(group for group in found.groups() if group)
            return int(digits) if len(digits) == 4 else int(digits) + (1900 if int(digits) >= 50 else 2000)
    return None


def dois_belong_to_the_venue(base: Base) -> Iterator[Problem]:
    """A DOI can be resolved (`10.5555` is a handle of one library), and names no other venue than `venue` does."""
    for paper in base.papers.values():
        doi = paper.ids.doi or ""
        if doi.startswith("10.5555/"):
            message = f"{shown(doi)} is no DOI but a handle that nothing resolves: leave it out, or give the DOI"
            yield base.problem(paper.id, ("ids", "doi"), message)
        found = IEEE_CONFERENCE.match(doi)
        if found and _conferences(paper.venue or "") and not _names_conference(paper.venue or "", found[1]):
            message = f"the DOI names {found[1]}, the venue is {shown(paper.venue or '')}: give the DOI of that venue"
            yield base.problem(paper.id, ("ids", "doi"), message)


def _conferences(venue: str) -> list[str]:
    """The abbreviations of conferences in a venue, such as `cvpr`."""
    return [name for name in CONFERENCE.findall(venue.casefold()) if name not in ("conference", "workshop")]


def _names_conference(venue: str, abbreviation: str) -> bool:
    return any(abbreviation.casefold().startswith(name) for name in _conferences(venue))


def venues_have_one_name(base: Base) -> Iterator[Problem]:
    """A venue is one, and has one name in all papers: `NeurIPS`, not `NeurIPS (NIPS)` or `NIPS` beside it."""
    names = {paper.venue for paper in base.papers.values() if paper.venue}
    other = RENAMED | {initials: name for name in sorted(names) if len(initials := _initials(name)) > 2}
    for paper in base.papers.values():
        venue = paper.venue or ""
        usual = other.get(venue) or BRACKETED.sub("", venue)
        if " / " in venue:
            message = f"{shown(venue)} are two venues: name the one that the year and the identifiers are of"
            yield base.problem(paper.id, ("venue",), message)
        elif usual != venue and usual in names:
            message = f"{shown(venue)} is called {shown(usual)} in other papers: write a venue alike in all"
            yield base.problem(paper.id, ("venue",), message)


def _initials(venue: str) -> str:
    """What a venue of several words is often shortened to, such as `PNAS`."""
    return "".join(word[0] for word in venue.split() if word[0].isupper()) if " " in venue else ""


def papers_stand_in_the_folder_of_their_year(base: Base) -> Iterator[Problem]:
    """A paper of 2014 stands in `entries/papers/2014`, which is part of its address on the site."""
    for paper in base.papers.values():
        if paper.group != str(paper.published):
            message = (
                f"a paper of {paper.published} stands in the folder {paper.group}: correct the year, or move the file "
                f"to entries/papers/{paper.published}"
            )
            yield base.problem(paper.id, ("year",), message)


def titles_keep_capitals_in_mid_word(base: Base) -> Iterator[Problem]:
    """A name with a capital in mid-word is written so in every title: `ImageNet`, not `Imagenet` and not `ImageN et`.

    Such names are those of the entries that are no papers, with a plural or a version, and a few more.
    """
    texts = [text for entry in base.values() if entry.kind != "paper" for text in (entry.title, *entry.aliases)]
    words = [word for text in texts for word in re.findall(r"\w+", text) if INNER_CAPITAL.search(word)]
    names = {name.casefold(): name for name in (*words, *OTHER_NAMES)}
    for paper in base.papers.values():
        for steps, text in ((("title",), paper.title), (("venue",), paper.venue or "")):
            for written, right in _misspelt(text, names):
                message = f"{shown(written)} has lost its capitals or fallen apart: expected {shown(right)}"
                yield base.problem(paper.id, steps, message)


def _misspelt(text: str, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The words of a text that are names with other capitals, or names fallen into two words, and what is right."""
    for found in re.finditer(r"\w+", text):
        right = _right(found[0], names)
        if right and right != found[0]:
            yield found[0], right
    for found in re.finditer(r"\b(\w*[a-z][A-Z]) ([a-z]+)\b", text):
        if right := _right(found[1] + found[2], names):
            yield found[0], right


def _right(word: str, names: dict[str, str]) -> str | None:
    """A word as its name is written, with the plural or version that it has."""
    stem = ENDING.sub("", word)
    for name, rest in ((word, ""), (stem, word[len(stem) :])):
        if name.casefold() in names and (INNER_CAPITAL.search(word) or not word.isupper()):
            return names[name.casefold()] + rest
    return None
