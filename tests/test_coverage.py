"""What is shipped is what was measured, and needs no more than it says."""

from __future__ import annotations

import subprocess
import sys

from bundled import BASE

from kb.schema import Entry


def test_evidence_is_current(entry: Entry) -> None:
    """In place of measuring again: the same code on the same bytes gives the same numbers."""
    assert BASE.stale(entry.id) == []


def test_importing_and_querying_need_no_torch() -> None:
    script = (
        "import sys, kb; base = kb.load(); base.graph; base.facts; base.evidence; base.search('lstm'); kb.check();"
        "loaded = {'torch', 'torch_geometric', 'matplotlib', 'mkdocs'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
