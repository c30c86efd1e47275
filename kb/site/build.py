"""Building the site: entries are checked, pages generated, assets copied, and MkDocs does the rest."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path

from kb.folders import bundled_root, is_bundled
from kb.knowledge_base import KnowledgeBase, problems
from kb.problems import KnowledgeBaseError, Problem
from kb.site import explorables, explorer, feed, finding, folders, fonts, machine
from kb.site.pages import Writer, write, write_file
from kb.site.theme import Theme

Progress = Callable[[str, float], None]
"""Told what is being done, and which share of the work has been completed since the last call."""

ABOUT = "about.md"
"""The page that speaks of the bundled entries alone."""
PACKAGE = Path(__file__).parent.parent


def build(
    base: KnowledgeBase,
    target: Path | None = None,
    progress: Progress = lambda text, share: None,
    url: str | None = None,
    repository: str | None = None,
    check: Callable[[KnowledgeBase], list[Problem]] = problems,
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
            address, the sitemap lists them, there is a feed of changes, the page for what is missing finds its styles,
            and pictures have cards.
        repository: Address of the repository of the entries. With it pages lead to their source, and to a report of an
            error.
        check: Finds the problems of the knowledge base.

    Returns:
        The folder of the finished site.

    Raises:
        KnowledgeBaseError: A check fails; the problems are those of `kb check`.
        ValueError: The target is no folder to build in, a page cannot be made, or MkDocs warns of a broken link.
        ImportError: The libraries of the site are not installed.
    """
    place = _place(base, target)
    progress("checking the entries", 0.0)
    if found := check(base):
        raise KnowledgeBaseError(found)
    return make(base, place, progress, url, repository)


def make(
    base: KnowledgeBase,
    target: Path | None = None,
    progress: Progress = lambda text, share: None,
    url: str | None = None,
    repository: str | None = None,
) -> Path:
    """Generate all pages and build the site, as `build` does, of entries that need not pass the checks."""
    place = _place(base, target)
    progress("writing pages", 0.05)
    generate(base, place / "docs")
    progress("building with MkDocs", 0.3)
    folders.renew(place / "site")
    theme = Theme(place / "docs", place / "site", name=name_of(base), url=url, repository=repository)
    theme.build()
    for path, make in machine.copies(base, theme.description).items():
        write_file(place / "site" / path, make())
    for path, draw in machine.cards(base).items() if url else ():
        write_file(place / "site" / path, draw())
    if theme.config.site_url:
        write_file(place / "site" / feed.FILE, feed.feed(base, theme.config.site_url))
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
    copy_hand_written(base, folder)
    count = write(Writer(base), folder)
    finding.write_index(base, folder / "assets")
    for name, font in fonts.files(*_characters(folder)).items():
        (folder / "assets" / name).write_bytes(font)
    return count


def copy_hand_written(base: KnowledgeBase, folder: Path) -> None:
    """Copy the pages written by hand, and what all pages load, into a folder of pages."""
    folders.copy_files(bundled_root() / "docs", folder, "*.md")
    folders.copy_files(bundled_root() / "docs" / "assets", folder / "assets", "*")
    folders.copy_files(bundled_root() / "docs" / "assets" / explorer.FOLDER, folder / "assets" / explorer.FOLDER, "*")
    explorables.copy(base, folder)
    sheet = folder / "assets" / "style.css"
    sheet.write_text(without_comments(sheet.read_text(encoding="utf-8")), encoding="utf-8")
    if not is_bundled(base.root):
        (folder / ABOUT).unlink()


def without_comments(sheet: str) -> str:
    r"""Return a style sheet as readers load it: with what it says to its authors, and empty lines, left out.

    Examples:
        >>> without_comments("/* Links\n   in text */\na { color: red; }\n\nb { margin: 0; }  /* none */\n")
        'a { color: red; }\nb { margin: 0; }\n'
    """
    lines = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL).splitlines()
    return "".join(f"{line.strip()}\n" for line in lines if line.strip())


def name_of(base: KnowledgeBase) -> str | None:
    """Return the name of the site, where it is not that of the bundled entries."""
    return None if is_bundled(base.root) else base.title


def _characters(folder: Path) -> tuple[set[str], set[str]]:
    """Return the characters that formulas of the pages are made of, and those of all else in them.

    Titles of pages stand in their headers, which escape all that is not ASCII.
    """
    formulas, text = set[str](), set[str]()
    for page in folder.rglob("*.md"):
        source = html.unescape(page.read_text(encoding="utf-8"))
        text.update(chr(int(code, 16)) for code in re.findall(r"\\U000([0-9a-f]{5})", source))
        parts = re.split(r"(<math.*?</math>)", source)
        text.update(*parts[::2])
        formulas.update(*parts[1::2])
    return formulas, text
