"""From pages in Markdown to the pages of the site: what `mkdocs build` does, for the pages that are asked for.

MkDocs builds all pages or none, while most of them are what they were. Its steps are the same here, from the same
functions (its version is fixed): a page is read, converted, put into the theme and written. A finished page depends
only on its Markdown, the theme and the settings, so that it can be kept.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kb.cache import cache, digest, digest_of, sources
from kb.folders import bundled_root
from kb.site.pages import write_file

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # both banners announce versions that the pins rule out
os.environ.setdefault("DISABLE_MKDOCS_2_WARNING", "true")
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")  # the same pages are the same site, whenever they are built

from mkdocs.commands import build as mkdocs
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, get_files, set_exclusions
from mkdocs.structure.nav import get_navigation
from mkdocs.structure.pages import Page

CONFIGURATION = "mkdocs.yml"
PACKAGE = Path(__file__).parent.parent
OF_DESCRIPTIONS = "assets/_mkdocstrings.css"
"""Styles of what is described from code: the theme loads them where there is some, and not on every page."""
LIBRARIES = ("jinja2", "markdown", "mkdocs", "mkdocs-material", "mkdocstrings-python", "pygments", "pymdown-extensions")
EXTENSIONS = ("kb.site.blocks", "kb.site.mathml")
"""Ours of Markdown, as the settings name them."""
DIRECTIVE = ":::"
"""With it a page documents a module of the library: it then depends on all of its code."""


class Theme:
    """The theme, the settings and the navigation of a site.

    Args:
        docs: Folder of the pages in Markdown.
        site: Folder to write the finished pages into.
        pages: Paths of pages that belong to the site and are in no file yet.
        name: Name of the site; that in the settings if none.
        url: Address at which it will stand, if that is known.
        repository: Address of the repository of the entries, if that is known.
    """

    def __init__(
        self,
        docs: Path,
        site: Path,
        pages: Iterable[str] = (),
        name: str | None = None,
        url: str | None = None,
        repository: str | None = None,
    ) -> None:
        settings = bundled_root() / CONFIGURATION
        places = {"docs_dir": str(docs.absolute()), "site_dir": str(site.absolute())}  # else below the settings
        config: MkDocsConfig = load_config(str(settings), **places)
        config.site_url = f"{url.rstrip('/')}/" if url else config.site_url
        config.repo_url = repository.rstrip("/") if repository else config.repo_url
        if name:
            config.site_name, config.copyright = name, None
        config.plugins.on_startup(command="build", dirty=False)
        self.config = config.plugins.on_config(config)
        self.config.extra_css.remove(OF_DESCRIPTIONS)
        self.config.plugins.on_pre_build(config=self.config)
        files = get_files(self.config)
        for path in pages:
            files.append(File.generated(self.config, path, content=""))
        self.config.nav = _present(self.config.nav or [], {file.src_uri for file in files})
        self.environment = self.config.theme.get_env()
        self.environment.trim_blocks = self.environment.lstrip_blocks = True  # 2 % of a page are lines without text
        files.add_files_from_theme(self.environment, self.config)
        self.files = self.config.plugins.on_files(files, config=self.config)
        set_exclusions(self.files, self.config)
        navigation = get_navigation(self.files, self.config)
        self.navigation = self.config.plugins.on_nav(navigation, config=self.config, files=self.files)
        self.frame = self._frame()

    def _frame(self) -> str:
        """A digest of all that surrounds the text of every page."""
        settings = bundled_root() / CONFIGURATION
        files = [Path(__file__), settings, *(settings.parent / "docs/theme").rglob("*.html")]
        files += {file for extension in EXTENSIONS for file in sources(extension).values()}
        config = self.config
        around = (config.site_name, config.site_url, config.repo_url, config.copyright, config.nav)
        return digest(digest_of(files, LIBRARIES), repr(around)).hex()

    @property
    def description(self) -> str:
        """What the site is, in a sentence."""
        return str(self.config.site_description)

    def build(self) -> None:
        """Write all pages, and all that they load.

        Raises:
            ValueError: MkDocs warns, of a link that leads nowhere for instance.
        """
        with _no_warnings():
            pages = {file.src_uri: file for file in self.files.documentation_pages()}
            keys = {path: self._key(path, file.content_string) for path, file in pages.items()}
            made = {path: found for path, key in keys.items() if (found := cache().get(key)) is not None}
            for path, text in made.items():
                write_file(Path(pages[path].abs_dest_path), text)
            self._make([file for path, file in pages.items() if path not in made])
            for path in pages.keys() - made.keys():
                cache().keep(keys[path], Path(pages[path].abs_dest_path).read_text(encoding="utf-8"))
            self.build_files()
            self.config.plugins.on_post_build(config=self.config)

    def build_files(self) -> None:
        """Write what pages load, and the pages of the theme itself."""
        self.files.copy_static_files()
        for template in self.config.theme.static_templates:
            mkdocs._build_theme_template(template, self.environment, self.files, self.config, self.navigation)

    def build_page(self, path: str, text: str) -> None:
        """Write one page.

        Args:
            path: Its path below the folder of pages.
            text: It in Markdown.

        Raises:
            ValueError: MkDocs warns, of a link that leads nowhere for instance.
        """
        file = self.files.src_uris[path]
        key = self._key(path, text)
        if (made := cache().get(key)) is not None:
            return write_file(Path(file.abs_dest_path), made)
        file.content_string = text
        with _no_warnings():
            self._make([file])
        return cache().keep(key, Path(file.abs_dest_path).read_text(encoding="utf-8"))

    def _key(self, path: str, text: str) -> bytes:
        code = digest_of(PACKAGE.rglob("*.py")) if DIRECTIVE in text else ""
        return digest(self.frame, path, text, code)

    def _make(self, files: list[File]) -> None:
        """Convert pages and write them."""
        for file in files:
            page = file.page or Page(None, file, self.config)
            mkdocs._populate_page(page, self.config, self.files)
        environment = self.config.plugins.on_env(self.environment, config=self.config, files=self.files)
        for file in files:
            assert file.page is not None
            mkdocs._build_page(file.page, self.config, files, self.navigation, environment)
        for file in files:
            assert file.page is not None
            file.page.validate_anchor_links(files=self.files, log_level=self.config.validation.links.anchors)
            file.page.content = None  # written, and long


def _present(items: list[dict[str, Any]], pages: set[str]) -> list[dict[str, Any]]:
    """Return those parts of a navigation whose pages there are."""
    kept: list[dict[str, Any]] = []
    for title, target in (pair for item in items for pair in item.items()):
        if isinstance(target, list):
            kept += [{title: inside}] if (inside := _present(target, pages)) else []
        elif target in pages:
            kept.append({title: target})
    return kept


class _Warnings(logging.Handler):
    """Collects warnings, which are errors here: a link that leads nowhere is only a warning to MkDocs."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _no_warnings() -> Iterator[None]:
    warnings, logger = _Warnings(), logging.getLogger("mkdocs")
    logger.addHandler(warnings)
    try:
        yield
    finally:
        logger.removeHandler(warnings)
    if warnings.messages:
        raise ValueError("MkDocs warns:\n" + "\n".join(warnings.messages))
