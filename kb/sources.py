"""The code that belongs to an entry, to be read: nothing of it is run."""

from __future__ import annotations

from pathlib import Path

from kb.base import Base
from kb.links import readable_source
from kb.schema import Entry

WORDS = {"implementation": "Implementation", "probe": "Probe", "experiment": "Experiment", "peer": "Peer"}


def sources(base: Base, entry: Entry) -> list[tuple[str, Path]]:
    """Return what the links of an entry lead to: a word for it, and the file.

    Examples:
        >>> import kb
        >>> base = kb.load()
        >>> [word for word, _ in sources(base, base["gcn"])]
        ['Implementation', 'Peer']
    """
    links = {word: getattr(entry, field, None) for field, word in WORDS.items()}
    checks = getattr(entry, "checks", [])
    links["Checks"] = entry.beside("checks", checks[0].check) if checks else None  # they share a file
    files = {word: readable_source(base.root, link) for word, link in links.items() if link}
    return [(word, path) for word, path in files.items() if path]
