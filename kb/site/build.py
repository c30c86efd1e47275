"""Building the site: entries are checked, pages generated, assets copied, and MkDocs does the rest."""

from __future__ import annotations

import functools
import html
import http.server
import logging
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.folders import bundled_root, is_bundled
from kb.knowledge_base import KnowledgeBase, problems
from kb.problems import KnowledgeBaseError
from kb.site import explorer, finding, folders, fonts, machine
from kb.site.pages import Writer, write

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of the work has been completed since the last call."""

CONFIGURATION = "mkdocs.yml"
ABOUT = "about.md"
"""The page that speaks of the bundled entries alone."""
PACKAGE = Path(__file__).parent.parent


def build(
    base: KnowledgeBase,
    target: Path | None = None,
    progress: Progress = lambda text, share: None,
    url: str | None = None,
) -> Path:
    """Check the entries, generate all pages and build the site. No code of the knowledge base is run.

    Configuration, theme and the pages written by hand are the library's own: whatever the folder of another knowledge
    base holds beside entries, evidence and code is neither executed nor published.

    Args:
        base: The knowledge base.
        target: Folder to build in: the pages go into `docs` in it, and the site into `site`. Default: `build/` beside
            the entries, or in the working folder where these are inside the installed package.
        progress: Told of every step.
        url: Address at which the site will stand, such as `https://example.org/kb/`. With it pages name their own
            address, the sitemap lists them, and the page for what is missing finds its styles.

    Returns:
        The folder of the finished site.

    Raises:
        KnowledgeBaseError: A check fails; the problems are those of `kb check`.
        ValueError: The target is no folder to build in, a page cannot be made, or MkDocs warns of a broken link.
        ImportError: The libraries of the site are not installed.
    """
    place = _place(base, target)
    progress("checking the entries", 0.0)
    if found := problems(base):
        raise KnowledgeBaseError(found)
    return make(base, place, progress, url)


def make(
    base: KnowledgeBase,
    target: Path | None = None,
    progress: Progress = lambda text, share: None,
    url: str | None = None,
) -> Path:
    """Generate all pages and build the site, as `build` does, of entries that need not pass the checks."""
    place = _place(base, target)
    progress("writing pages", 0.05)
    generate(base, place / "docs")
    progress("building with MkDocs", 0.3)
    folders.renew(place / "site")
    description = _run_mkdocs(base, place, url)
    machine.publish(base, place / "site", description)
    progress("done", 0.65)
    return place / "site"


def _place(base: KnowledgeBase, target: Path | None) -> Path:
    """Return the folder to build in, if nothing is in it that was not written here."""
    target = target or (Path.cwd() if PACKAGE in base.root.parents else base.root) / "build"
    folders.require_apart(target, base)
    folders.require_ours([target / "docs", target / "site"])
    return target


def generate(base: KnowledgeBase, folder: Path) -> int:
    """Write the pages and everything they need into a folder of ours, and return the number of generated pages.

    Raises:
        ValueError: The folder holds something that was not written here, or a page cannot be made.
    """
    folders.renew(folder)
    folders.copy_files(bundled_root() / "docs", folder, "*.md")
    folders.copy_files(bundled_root() / "docs" / "assets", folder / "assets", "*")
    if not is_bundled(base.root):
        (folder / ABOUT).unlink()
    count = write(Writer(base).pages(), folder)
    finding.write_index(base, folder / "assets")
    folders.copy_files(bundled_root() / "docs" / "assets" / explorer.FOLDER, folder / "assets" / explorer.FOLDER, "*")
    explorer.write_explorer(base, folder / "assets")
    (folder / "assets" / fonts.FILE).write_bytes(fonts.subset(_characters(folder)))
    return count


def _characters(folder: Path) -> set[str]:
    """Every character that the formulas of the pages are made of."""
    formulas = (re.findall(r"<math.*?</math>", page.read_text(encoding="utf-8")) for page in folder.rglob("*.md"))
    return {character for found in formulas for formula in found for character in html.unescape(formula)}


def _run_mkdocs(base: KnowledgeBase, target: Path, url: str | None) -> str:
    """Build the site from its pages, and return its description."""
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # both banners announce versions that the pins rule out
    os.environ.setdefault("DISABLE_MKDOCS_2_WARNING", "true")
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")  # the same pages are the same site, whenever they are built
    from mkdocs.commands.build import build as build_site
    from mkdocs.config import load_config

    warnings = _Warnings()
    logger = logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    try:
        configuration = str(bundled_root() / CONFIGURATION)
        config = load_config(configuration, docs_dir=str(target / "docs"), site_dir=str(target / "site"))
        config.site_url = f"{url.rstrip('/')}/" if url else config.site_url
        if not is_bundled(base.root):
            config.site_name, config.copyright = base.title, None
            config.nav = [item for item in config.nav or [] if ABOUT not in item.values()]
        config.plugins.on_startup(command="build", dirty=False)
        build_site(config)
        config.plugins.on_shutdown()
    finally:
        logger.removeHandler(warnings)
    if warnings.messages:
        raise ValueError("MkDocs warns:\n" + "\n".join(warnings.messages))
    return str(config.site_description)


class _Warnings(logging.Handler):
    """Collects warnings, which are errors here: a link that leads nowhere is only a warning to MkDocs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def serve(folder: Path, port: int = 8000) -> None:
    """Serve a folder on this machine until interrupted."""
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), functools.partial(Files, directory=str(folder))
    ) as server:
        server.serve_forever()


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder, and none that a symbolic link leads to, without a line for every request."""

    def send_head(self) -> Any:
        """Answer with the file asked for, or with an error where there is none of this name inside the folder."""
        path = Path(self.translate_path(self.path))
        try:
            candidates = [path.resolve(), (path / "index.html").resolve()] if path.exists() else []
        except (OSError, RuntimeError, ValueError):  # a name that is too long, a loop of links, or no name at all
            candidates = []
        root = Path(self.directory).resolve()
        if not candidates or not all(place.is_relative_to(root) for place in candidates):
            return self._nothing_here(root / "404.html")
        return super().send_head()

    def _nothing_here(self, page: Path) -> Any:
        """Answer that nothing is there, with the site's own page for that, which searches for what was meant."""
        if page.is_symlink() or not page.is_file():
            self.send_error(404)
            return None
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(page.stat().st_size))
        self.end_headers()
        return page.open("rb")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
