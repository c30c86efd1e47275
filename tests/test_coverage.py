"""Coverage in both directions: every link leads to code, and all code is linked."""

from __future__ import annotations

import re
import subprocess
import sys

from bundled import BASE

from kb import links
from kb.evidence import links_of


def test_every_implementation_is_reached_from_an_entry() -> None:
    linked = {path for entry in BASE.values() for link in links_of(entry) for path in links.sources_of(BASE.root, link)}
    files = {path for path in (BASE.root / "implementations").rglob("*.py") if path.name != "__init__.py"}
    unreached = sorted(path.relative_to(BASE.root).as_posix() for path in files - linked)
    assert not unreached, f"no entry leads to {unreached}"


def test_implementations_never_import_kb() -> None:
    for path in (BASE.root / "implementations").rglob("*.py"):
        source = path.read_text()
        assert not re.search(r"^\s*(import|from) kb\b", source, re.MULTILINE), path


def test_evidence_belongs_to_an_entry() -> None:
    expected = {BASE.evidence_file(entry_id) for entry_id in BASE}
    found = {path for path in (BASE.root / "evidence").rglob("*.json") if path.parent.name != "evidence"}
    assert found <= expected, sorted(path.name for path in found - expected)


def test_importing_and_querying_need_no_torch() -> None:
    script = (
        "import sys, kb; base = kb.load(); base.graph; base.facts; base.evidence; base.search('lstm'); kb.check();"
        "loaded = {'torch', 'torch_geometric', 'matplotlib', 'mkdocs'} & set(sys.modules); assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
