"""What is shipped is what was measured, and needs no more than it says."""

from __future__ import annotations

from bundled import BASE

from kb.schema import Entry


def test_evidence_is_current(entry: Entry) -> None:
    """In place of measuring again: the same code on the same bytes gives the same numbers."""
    assert BASE.stale(entry.id) == []
