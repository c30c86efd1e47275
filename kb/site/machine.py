"""What stands beside pages: entries as JSON and Markdown, pictures and code to download, and a list of all entries."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kb import strict_json
from kb.export import entry_json, file_name, markdown, standalone
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.schema import Architecture
from kb.site import pictures
from kb.site.addresses import page_of, relative
from kb.site.escaping import visible, words

JSON, MARKDOWN, LIST, CARD = "entry.json", "index.md", "llms.txt", "card.png"

BESIDE = (
    f"Beside the Markdown of an entry (`{MARKDOWN}`) stand `{JSON}`, with its relations, its traits and how they are "
    "known, and the evidence as it was measured; and of an architecture its diagrams, `picture-1.svg` and further."
)
ASKING = (
    "All of it can be asked: `kb mcp` is a server of the Model Context Protocol with the tools search, show, select, "
    "why, why_not, compare, route, code and evidence; every command of `kb` that answers takes `--json`; and "
    "`explore/?where=` takes the same conditions. What is not here is not known to this knowledge base."
)


def data(base: KnowledgeBase) -> dict[str, Callable[[], str | bytes]]:
    """Return the files beside pages, by path: how to make each."""
    found: dict[str, Callable[[], str | bytes]] = {}
    for entry in base.values():
        page = page_of(base, entry.id)
        found[page + JSON] = partial(_json, base, entry.id)
        if isinstance(entry, Architecture):
            found |= {page + name: make for name, make in pictures.files(base, entry).items()}
            found[page + file_name(entry)] = partial(_alone, base, entry)
    return found


def copies(base: KnowledgeBase, description: str) -> dict[str, Callable[[], str]]:
    """Return the files that are written into a finished site, by path: MkDocs would make pages of Markdown.

    Args:
        base: The knowledge base.
        description: What the site is, in a sentence.
    """
    found: dict[str, Callable[[], str]] = {LIST: partial(_listed, base, description)}
    return found | {page_of(base, entry_id) + MARKDOWN: partial(_markdown, base, entry_id) for entry_id in base}


def cards(base: KnowledgeBase) -> dict[str, Callable[[], bytes]]:
    """Return the cards that other sites show beside a link, by path: how to make each.

    Only architectures have one; a site that does not know its address has none, as they are found by it.
    """
    made = {entry.id: pictures.card(base, entry) for entry in base.architectures.values()}
    return {page_of(base, entry_id) + CARD: make for entry_id, make in made.items() if make}


def _json(base: KnowledgeBase, entry_id: str) -> str:
    return strict_json.dumps(entry_json(base, entry_id)) + "\n"


def _alone(base: KnowledgeBase, entry: Architecture) -> str:
    """The implementation in one file, or why there is none."""
    try:
        return standalone(base, base.title, base.version, entry)
    except ValueError as error:
        return f"# {words(str(error))}\n"


def _markdown(base: KnowledgeBase, entry_id: str) -> str:
    return visible(markdown(base, entry_id, partial(_copy, base, page_of(base, entry_id))))


def _copy(base: KnowledgeBase, page: str, entry_id: str) -> str:
    """The way from a page's folder to the Markdown of another entry."""
    return relative(page_of(base, entry_id) + MARKDOWN, page)


def _listed(base: KnowledgeBase, description: str) -> str:
    """All entries by kind, in the form of https://llmstxt.org."""
    found = [f"# {base.title}", f"> {description}", BESIDE, ASKING]
    for kind, row in KINDS.items():
        entries = [entry for entry in base.values() if entry.kind == kind]
        lines = [
            f"- [{words(entry.title)}]({page_of(base, entry.id)}{MARKDOWN}): {words(entry.gist)}" for entry in entries
        ]
        if lines:
            found += [f"## {row.title}", "\n".join(lines)]
    return "\n\n".join(found) + "\n"
