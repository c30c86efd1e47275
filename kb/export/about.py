"""What a knowledge base says of itself wherever it is published: name, version, licence, date, and a mark of content.

The date is that of the release which the folder's `CITATION.cff` names, never that of the clock: the same data give
the same files.
"""

from __future__ import annotations

import hashlib
import re

from kb.base import Base
from kb.folders import is_bundled, is_plain
from kb.knowledge_base import KnowledgeBase
from kb.reading import UnreadableError, read_text

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
"""Of the entries that come with the library; the licence of those of another folder is not known."""


def about(base: KnowledgeBase) -> dict[str, str]:
    """Return name, version, licence, date and digest; what is not known is left out.

    Examples:
        >>> import kb
        >>> about(kb.load())["name"]
        'Deep Learning Taxonomy'
    """
    known = {
        "name": base.title,
        "version": base.version,
        "licence": LICENCE if is_bundled(base.root) else "",
        "date": _released(base),
        "content": _digest(base),
    }
    return {name: text for name, text in known.items() if text}


def _released(base: Base) -> str:
    """The date of the release that the folder's citation file names; empty where there is none."""
    path = base.root / "CITATION.cff"
    try:
        text = read_text(path) if is_plain(base.root, path) else ""
    except UnreadableError:
        return ""
    found = re.search(r"^date-released: ['\"]?([0-9]{4}-[0-9]{2}-[0-9]{2})['\"]?$", text, re.MULTILINE)
    return found[1] if found else ""


def _digest(base: Base) -> str:
    """A digest of all files of entries and of evidence: two knowledge bases with the same one say the same."""
    digest = hashlib.sha256()
    for entry_id, path in sorted(base.files.items()):
        digest.update(f"{entry_id}\n".encode() + path.read_bytes())
        if entry_id in base.measured:
            digest.update(base.evidence_file(entry_id).read_bytes())
    axes = base.root / "entries" / "axes.yaml"
    digest.update(axes.read_bytes() if is_plain(base.root, axes) else b"")
    return f"sha256:{digest.hexdigest()}"
