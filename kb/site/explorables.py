"""Explorables: pictures that a reader moves, each in a folder of its own below `docs/assets/explorables`.

A folder holds `about.yaml`, the script `explorable.js` with the numbers that it loads, `data.json`, and `numbers.py`,
which says where these come from. An explorable shows what the experiment of a claim measures, and where no script runs
it is the figure of that claim. They belong to the bundled entries, and are not part of the site of another knowledge
base.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from kb.folders import bundled_root, is_bundled
from kb.knowledge_base import KnowledgeBase
from kb.schema import Claim, Figure
from kb.site import figures, folders
from kb.site.addresses import page_of

FOLDER = "assets/explorables"
ABOUT, SCRIPT, DATA = "about.yaml", "explorable.js", "data.json"
FIGURE = "figure.svg"
"""The figure of a claim as a file, beside its page."""


class Explorable(BaseModel):
    """What a reader moves, and where it stands.

    Args:
        id: The name of its folder.
        title: Its name.
        question: What moving it answers.
        see: What there is to see, in Markdown.
        claim: The claim that it is about: its experiment has the numbers, and its figure replaces it without scripts.
        entries: Other entries on whose pages it stands.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    question: str
    see: str
    claim: str
    entries: list[str]


def folder() -> Path:
    """The folder of all explorables."""
    return bundled_root() / "docs" / FOLDER


def explorables(base: KnowledgeBase) -> list[Explorable]:
    """Return the explorables of a knowledge base, by title.

    Raises:
        ValueError: One is not described as it must be, or names an entry that does not exist.
    """
    if not is_bundled(base.root):
        return []
    found = [_read(file) for file in sorted(folder().glob(f"*/{ABOUT}"))]
    for each in found:
        _require_known(base, each)
    return sorted(found, key=lambda each: each.title)


def _require_known(base: KnowledgeBase, explorable: Explorable) -> None:
    file, named = folder() / explorable.id / ABOUT, (explorable.claim, *explorable.entries)
    if missing := [entry for entry in named if entry not in base]:
        raise ValueError(f"{file}: no entry {', '.join(map(repr, missing))}")
    claim = base[explorable.claim]
    record = base.evidence.get(claim.id)
    if not isinstance(claim, Claim) or not claim.picture or not record or not record.claim:
        raise ValueError(f"{file}: claim: expected a claim with a figure and evidence, not {explorable.claim!r}")


@cache
def _read(file: Path) -> Explorable:
    try:
        return Explorable.model_validate({"id": file.parent.name, **yaml.safe_load(file.read_text(encoding="utf-8"))})
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise ValueError(f"{file}: {'; '.join(wrong)}") from error
    except (TypeError, yaml.YAMLError) as error:
        raise ValueError(f"{file}: expected fields and their values: {error}") from error


def on(base: KnowledgeBase, entry_id: str) -> list[Explorable]:
    """Return the explorables on the page of an entry."""
    return [each for each in explorables(base) if entry_id in (each.claim, *each.entries)]


def figure_of(base: KnowledgeBase, explorable: Explorable) -> str:
    """Return where the file with the figure of its claim is."""
    return page_of(base, explorable.claim) + FIGURE


def files(base: KnowledgeBase) -> dict[str, Callable[[], str]]:
    """Return the figures that stand for explorables, by path: how to make each."""
    found: dict[str, Callable[[], str]] = {}
    for each in explorables(base):
        claim = base.claims[each.claim]
        assert claim.picture is not None
        found[figure_of(base, each)] = partial(_figure, base, claim, claim.picture)
    return found


def _figure(base: KnowledgeBase, claim: Claim, picture: Figure) -> str:
    measured = base.evidence[claim.id].claim
    assert measured is not None
    return figures.alone(figures.draw(picture, measured, claim.id))


def copy(base: KnowledgeBase, target: Path) -> None:
    """Copy the scripts, their styles and their numbers into a folder of pages."""
    if not (found := explorables(base)):
        return
    for pattern in ("*.js", "*.css"):
        folders.copy_files(folder(), target / FOLDER, pattern)
    for each in found:
        for name in (SCRIPT, DATA):
            folders.copy_files(folder() / each.id, target / FOLDER / each.id, name)
