"""What the site's search box loads: the entries when it is opened, and all their texts when these give few answers."""

from __future__ import annotations

import json
from pathlib import Path

from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.naming import LETTERS, SPELLINGS
from kb.search import Searcher
from kb.search.documents import texts_of
from kb.search.ranking import IGNORED
from kb.site.addresses import page_of
from kb.site.escaping import visible

ENTRIES, TEXTS = "entries.json", "texts.json"


def write_index(base: KnowledgeBase, folder: Path) -> None:
    """Write both files, in which nothing is that a reader cannot see."""
    documents = Searcher(base).documents
    entries = {
        "letters": LETTERS,
        "spellings": list(SPELLINGS.items()),
        "ignored": sorted(IGNORED),
        "kinds": {kind: [row.title, row.preference] for kind, row in KINDS.items()},
        "entries": [
            [each.id, each.kind, page_of(base, each.id).removesuffix(f"{each.id}/"), each.name, each.names,
             each.summary, each.origin, each.variants, each.related] for each in documents
        ],
    }  # fmt: skip
    texts = [" ".join(stems) for stems in texts_of(base, documents)]
    for name, data in ((ENTRIES, entries), (TEXTS, texts)):
        line = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        (folder / name).write_text(visible(line), encoding="utf-8")
