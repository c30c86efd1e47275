"""Rules on texts, beyond what the schema asks of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb import wording
from kb.base import Base
from kb.characters import shortened
from kb.problems import Problem, suggestion
from kb.reading import UnreadableError, read_text
from kb.schema.model import texts_in

LONGEST_SUMMARY = 320
FORMULA_FIELDS = ("latex", "formal")
BY_REFERENCE = re.compile(r"^ {0,3}\[[^\]\n]+\]:\s.*$", re.MULTILINE)
"""The line that such a link needs somewhere else in the text."""
SENTENCE_FIELDS = {"paper": "contributes"}
QUOTED = {"paper": "name", "claim": "first"}
"""Fields whose words are not ours."""


def summaries_are_one_plain_sentence(base: Base) -> Iterator[Problem]:
    """The sentence beside a name is shown everywhere: it ends as one, is not long, and has no Markdown in it."""
    for entry in base.values():
        steps = (SENTENCE_FIELDS.get(entry.kind, "summary"),)
        if not entry.gist.endswith((".", "?")):
            yield base.problem(entry.id, steps, "expected a sentence: end it with a full stop")
        if found := re.search(r"[`$*_#]|\]\(", entry.gist):
            message = f"expected plain text, came {found[0]!r}: leave out Markdown and formulas"
            yield base.problem(entry.id, steps, message)
        if len(entry.gist) > LONGEST_SUMMARY:
            message = f"{len(entry.gist)} characters (at most {LONGEST_SUMMARY}): say less, the rest belongs below"
            yield base.problem(entry.id, steps, message)


def places_are_plain_text(base: Base) -> Iterator[Problem]:
    """A place in a source is shown as it is written, in pages and in exports: it has no formula in it."""
    for entry in base.values():
        for steps, text in texts_in(entry):
            if steps[-1] == "at" and "$" in text:
                message = "expected plain text, came '$': write the letters, or leave out the formula"
                yield base.problem(entry.id, steps, message)


def lines_end_in_text(base: Base) -> Iterator[Problem]:
    """No line of an entry ends in white space or holds a tab, which is invisible but shows in every diff."""
    for path in base.files.values():
        try:
            lines = read_text(path).split("\n")
        except UnreadableError:  # it was changed since it was loaded
            continue
        for number, line in enumerate(lines, start=1):
            if line != line.rstrip() or "\t" in line:
                message = "white space at the end of the line, or a tab: remove it"
                yield Problem(base.reading.relative(path), number, "", message)


def phrases_are_plain(base: Base) -> Iterator[Problem]:
    """No text has a phrase of the style sheet's table; titles of papers and first criteria are quoted."""
    for entry in base.values():
        for steps, text in texts_in(entry):
            if steps[0] != QUOTED.get(entry.kind):
                for phrase, plain in wording.rejected_in(text):
                    yield base.problem(entry.id, steps, f"{phrase!r}: write {plain!r}", near=phrase)


def texts_can_be_shown(base: Base) -> Iterator[Problem]:
    """Every formula is understood, and links such as `[text](kb:lstm)` lead to entries: as the site reads texts."""
    for entry in base.values():
        for steps, value in texts_in(entry):
            bad, unknown = _in_formula(value) if steps[-1] in FORMULA_FIELDS else _in_text(base, value)
            for message in dict.fromkeys(bad):
                yield base.problem(entry.id, steps, message)
            for target in dict.fromkeys(unknown):
                message = f"[...](kb:{shortened(target)}) leads nowhere{suggestion(target, base)}"
                yield base.problem(entry.id, steps, message, near=f"kb:{target}")


def _in_formula(latex: str) -> tuple[list[str], list[str]]:
    """Return what is wrong with a formula, and no links."""
    from kb.formulas import mathml  # loading needs neither formulas nor Markdown

    try:
        mathml(latex)
    except ValueError as error:
        return [str(error)], []
    return [], []


def _in_text(base: Base, value: str) -> tuple[list[str], list[str]]:
    """Return what the site cannot show of a text, and the links in it that lead to no entry."""
    from kb.formulas import formulas_in
    from kb.site.text import paragraphs

    bad = [message for latex in formulas_in(value) for message in _in_formula(latex)[0]]
    if found := BY_REFERENCE.search(value):
        bad.append(
            f"{shortened(found[0].strip())}: links by reference are shown as they are written: use [text](kb:lstm)"
        )
    unknown: list[str] = []

    def resolve(entry_id: str) -> str:
        if entry_id not in base:
            unknown.append(entry_id)
        return ""

    if "$" in value or "[" in value:
        try:
            paragraphs(value, resolve)
        except ValueError as error:
            bad.append(str(error))
    return bad, unknown
