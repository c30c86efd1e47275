"""What the explorer loads: the base, the map, and of each architecture the evidence and what is compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from kb.knowledge_base import KnowledgeBase
from kb.site.comparing import Comparing
from kb.site.escaping import visible
from kb.site.explorer.data import packed
from kb.site.explorer.mapping import drawn_map
from kb.site.explorer.proofs import proofs

FOLDER = "explore"
"""Where the files are below the assets, beside the scripts that read them."""
BASE, MAP, PROOFS, DETAILS = "base.json", "map.json", "proofs", "details"


def files(base: KnowledgeBase, comparing: Comparing) -> dict[str, Callable[[], str]]:
    """Return all that the explorer loads, by path: how to make each; nothing is in it that a reader cannot see."""
    folder = f"assets/{FOLDER}"
    found: dict[str, Callable[[], str]] = {
        f"{folder}/{BASE}": partial(_text, packed, base),
        f"{folder}/{MAP}": partial(_text, drawn_map, base),
    }
    for name in base.architectures:
        found[f"{folder}/{PROOFS}/{name}.json"] = partial(_text, proofs, base, name)
        found[f"{folder}/{DETAILS}/{name}.json"] = partial(_text, comparing.details, name)
    return found


def _text(make: Callable[..., Any], *arguments: Any) -> str:
    return visible(json.dumps(make(*arguments), ensure_ascii=False, separators=(",", ":")))
