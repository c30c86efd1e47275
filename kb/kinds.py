"""The kinds of entries: one row a kind, and nothing about kinds anywhere else."""

from __future__ import annotations

from dataclasses import dataclass

from kb.schema import Architecture, Bias, Claim, Concept, Entry, Paper, ReadingPath, Theorem


@dataclass(frozen=True)
class KindOfEntry:
    """What is said of all entries of a kind.

    Args:
        model: What an entry of this kind is.
        folder: Where they are, below `entries` and on the site, and their code below `implementations`.
        title: What people call all of them.
        preference: What a hit of this kind is worth in a search, beside how well it fits.
        recommended: Fields that the schema lets out and that we ask for: see CONTRIBUTING.md.
    """

    model: type[Entry]
    folder: str
    title: str
    preference: int
    recommended: tuple[str, ...] = ()


KINDS: dict[str, KindOfEntry] = {
    row.model.kind: row
    for row in (
        KindOfEntry(Architecture, "architectures", "Architectures", 3, ("aliases", "no_peer", "exhibits", "lacks")),
        KindOfEntry(Bias, "biases", "Inductive biases", 2),
        KindOfEntry(Claim, "claims", "Claims", 1, ("expect", "controls", "figure")),
        KindOfEntry(Concept, "concepts", "Concepts", 2),
        KindOfEntry(Paper, "papers", "Papers", 0),
        KindOfEntry(ReadingPath, "paths", "Reading paths", 1),
        KindOfEntry(Theorem, "theorems", "Theorems", 1),
    )
}
BY_FOLDER: dict[str, type[Entry]] = {row.folder: row.model for row in KINDS.values()}
"""Folder under `entries/` to the model of what lies in it."""
