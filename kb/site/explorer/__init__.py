"""What the explorer loads: the base, the evidence for the traits of each architecture, and the map."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from kb.knowledge_base import KnowledgeBase
from kb.site.escaping import visible
from kb.site.explorer.data import packed
from kb.site.explorer.mapping import drawn_map
from kb.site.explorer.proofs import proofs

FOLDER = "explore"
"""Where the files are below the assets, beside the scripts that read them."""
BASE, MAP, PROOFS = "base.json", "map.json", "proofs"


def write_explorer(base: KnowledgeBase, assets: Path) -> None:
    """Write all that the explorer loads, in which nothing is that a reader cannot see."""
    folder = assets / FOLDER
    (folder / PROOFS).mkdir(parents=True, exist_ok=True)
    _write(folder / BASE, packed(base))
    _write(folder / MAP, drawn_map(base))
    for architecture in base.architectures:
        _write(folder / PROOFS / f"{architecture}.json", proofs(base, architecture))


def _write(file: Path, data: Any) -> None:
    file.write_text(visible(json.dumps(data, ensure_ascii=False, separators=(",", ":"))), encoding="utf-8")
