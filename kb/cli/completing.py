"""What the tab key completes: read from the names of files and the lines of names alone.

That is fast, and it works while an entry is broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import typer

from kb.folders import bundled_root


def completes(kind: str = "*", *, folders: bool = False) -> Callable[..., list[str]]:
    """Return a completion of entry ids, or of groups, from the names of files, and of other names from their lines.

    A name of several words is left to whoever can quote it.
    """

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        entries = Path(context.find_root().params.get("folder") or bundled_root()) / "entries"
        paths = list(entries.glob(f"{kind}/*" if folders else f"{kind}/*/*.yaml"))
        found = sorted({path.stem for path in paths if path.stem.startswith(incomplete)})
        if found or folders:
            return found
        named = [name for path in paths for name in _names_in(path.read_text(encoding="utf-8", errors="replace"))]
        return sorted({way for name in named for way in (name, name.lower()) if way.startswith(incomplete)})

    return complete


def _names_in(text: str) -> list[str]:
    """The names of one word in the text of an entry's file, as `kb format` writes it."""
    lines = "\n".join(re.findall(r"^name: .*|^(?:aliases|formerly):\n(?:- .*\n)+", text, re.MULTILINE))
    return re.findall(r"^(?:name:|-) ([^\s'\"]+)$", lines, re.MULTILINE)


def complete_variants(context: typer.Context, incomplete: str) -> list[str]:
    """Complete the variants of the architecture on the command line, from its file alone."""
    import yaml_rs

    from kb.naming import key

    entries = Path(context.find_root().params.get("folder") or bundled_root()) / "entries"
    # While the option still lacks its value, arguments wait among those that are not yet understood.
    name = context.params.get("entry") or context.params.get("architecture") or next(iter(context.args), "")
    for path in sorted(entries.glob("architectures/*/*.yaml"), key=lambda path: path.stem != name):
        text = path.read_text(encoding="utf-8", errors="replace")
        if key(name) not in (key(path.stem), *map(key, _names_in(text))):
            continue
        variants = yaml_rs.loads(text).get("variants") or {}
        return [variant for variant in ("default", *variants) if variant.startswith(incomplete)]
    return []
