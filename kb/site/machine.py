"""What stands beside pages: each entry as JSON and as Markdown, pictures to download, and a list of all entries."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from kb import strict_json
from kb.export import entry_json, markdown
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.schema import Architecture
from kb.site import pictures
from kb.site.addresses import page_of, relative
from kb.site.escaping import one_line, visible

JSON, MARKDOWN, LIST = "entry.json", "index.md", "llms.txt"


def publish(base: KnowledgeBase, site: Path, description: str) -> None:
    """Write the files of all entries into a finished site: MkDocs would make pages of Markdown that it finds.

    Args:
        base: The knowledge base.
        site: The folder of the site.
        description: What it is, in a sentence.
    """
    for entry_id in base:
        folder = site / page_of(base, entry_id)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files(base, entry_id).items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (site / LIST).write_text(_listed(base, description), encoding="utf-8", newline="\n")


def files(base: KnowledgeBase, entry_id: str) -> dict[str, str]:
    """Return the files that stand beside an entry's page, by their names."""
    text = markdown(base, entry_id, partial(_copy, base, page_of(base, entry_id)))
    found = {MARKDOWN: visible(text), JSON: strict_json.dumps(entry_json(base, entry_id)) + "\n"}
    entry = base[entry_id]
    return found | (pictures.files(base, entry) if isinstance(entry, Architecture) else {})


def _copy(base: KnowledgeBase, page: str, entry_id: str) -> str:
    """The way from a page's folder to the Markdown of another entry."""
    return relative(page_of(base, entry_id) + MARKDOWN, page)


def _listed(base: KnowledgeBase, description: str) -> str:
    """All entries by kind, in the form of https://llmstxt.org."""
    line: Callable[[str], str] = lambda text: str(one_line(" ".join(text.split())))  # noqa: E731
    found = [f"# {base.title}", f"> {description} Beside the Markdown of an entry stands `{JSON}`, with the evidence."]
    for kind, row in KINDS.items():
        entries = [entry for entry in base.values() if entry.kind == kind]
        lines = [
            f"- [{line(entry.title)}]({page_of(base, entry.id)}{MARKDOWN}): {line(entry.gist)}" for entry in entries
        ]
        if lines:
            found += [f"## {row.title}", "\n".join(lines)]
    return "\n\n".join(found) + "\n"
