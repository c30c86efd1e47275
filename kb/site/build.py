"""Building the site: pages are generated, assets copied, and MkDocs does the rest."""

from __future__ import annotations

import functools
import html
import http.server
import json
import logging
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from kb.base import KnowledgeBase
from kb.site import fonts
from kb.site.addresses import page_of
from kb.site.pages import Writer, write

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of the work has been completed since the last call."""

CONFIGURATION = "mkdocs.yml"


def build(base: KnowledgeBase, target: Path | None = None, progress: Progress = lambda text, share: None) -> Path:
    """Generate all pages and build the site.

    Args:
        base: The knowledge base; its folder must hold `mkdocs.yml` and `docs/`.
        target: Folder to build in; default `build/` beside `mkdocs.yml`.
        progress: Told of every step.

    Returns:
        The folder of the finished site.

    Raises:
        FileNotFoundError: There is no `mkdocs.yml`.
        ValueError: A formula is not understood, or MkDocs warns of a broken link.
        ImportError: The libraries of the site are not installed.
    """
    configuration = base.root / CONFIGURATION
    if not configuration.is_file():
        raise FileNotFoundError(f"no {CONFIGURATION} in {base.root}: the site is built from a checkout")
    target = target or base.root / "build"
    progress("writing pages", 0.0)
    generate(base, target / "docs")
    progress("building with MkDocs", 0.3)
    _run_mkdocs(configuration, target)
    progress("done", 0.7)
    return target / "site"


def generate(base: KnowledgeBase, folder: Path) -> int:
    """Write the pages and everything they need into a folder, and return the number of generated pages."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base.root / "docs", folder)
    count = write(Writer(base).pages(), folder)
    (folder / "assets" / "entries.json").write_text(json.dumps(finder_index(base), ensure_ascii=False))
    (folder / "assets" / fonts.FILE).write_bytes(fonts.subset(_characters(folder)))
    return count


def _characters(folder: Path) -> set[str]:
    """Every character that the formulas of the pages are made of."""
    formulas = (re.findall(r"<math.*?</math>", page.read_text(encoding="utf-8")) for page in folder.rglob("*.md"))
    return {character for found in formulas for formula in found for character in html.unescape(formula)}


def finder_index(base: KnowledgeBase) -> list[dict[str, object]]:
    """Return what the entry finder searches: names, other names, kind and address of every entry."""
    return [
        {
            "id": entry.id,
            "name": entry.title,
            "aliases": entry.aliases,
            "kind": entry.kind,
            "page": page_of(base, entry.id),
        }
        for entry in base.values()
    ]


def _run_mkdocs(configuration: Path, target: Path) -> None:
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # both banners announce versions that the pins rule out
    os.environ.setdefault("DISABLE_MKDOCS_2_WARNING", "true")
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config

    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    try:
        config = load_config(str(configuration), docs_dir=str(target / "docs"), site_dir=str(target / "site"))
        config.plugins.on_startup(command="build", dirty=False)
        build_site(config)
        config.plugins.on_shutdown()
    finally:
        logger.removeHandler(warnings)
    if warnings.messages:
        raise ValueError("MkDocs warns:\n" + "\n".join(warnings.messages))


class _Warnings(logging.Handler):
    """Collects warnings, which are errors here: a link that leads nowhere is only a warning to MkDocs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def serve(folder: Path, port: int = 8000) -> None:
    """Serve a folder on this machine until interrupted."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.serve_forever()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line for every request."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
