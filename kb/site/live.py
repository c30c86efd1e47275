"""The site of entries as they are now: a page is made when a browser asks for it, and again after a change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from kb.knowledge_base import KnowledgeBase
from kb.problems import KnowledgeBaseError
from kb.site import build, finding, folders, fonts, machine
from kb.site.addresses import folder_of
from kb.site.pages import Writer, write_file
from kb.site.theme import Theme

INDEXES = tuple(f"assets/{name}" for name in (finding.ENTRIES, finding.TEXTS))


class Live:
    """The site of a knowledge base that is being written.

    Args:
        load: Loads the knowledge base.
        folder: Folder of ours to work in.

    Raises:
        KnowledgeBaseError: It cannot be loaded.
        ValueError: The folder holds something that was not written here.
    """

    def __init__(self, load: Callable[[], KnowledgeBase], folder: Path) -> None:
        self._load = load
        self._lock, self._changed = threading.RLock(), threading.Condition()
        self._wrong = ""
        self.base = load()
        self._times = self._written()
        self.docs, self.site = folder / "docs", folder / "site"
        folders.require_apart(folder, self.base)
        for place in (self.docs, self.site):
            folders.renew(place)
        build.copy_hand_written(self.base, self.docs)
        for name, font in fonts.whole().items():
            (self.docs / "assets" / name).write_bytes(font)
        self.writer = Writer(self.base)
        self.theme = self._theme()
        self.theme.build_files()
        self._has_index = False

    def _theme(self) -> Theme:
        return Theme(self.docs, self.site, self.writer.sheets, build.name_of(self.base))

    @property
    def folders(self) -> list[Path]:
        """What to look at for changes."""
        names = ("entries", "evidence", "implementations")
        return [folder for name in names if (folder := self.base.root / name).is_dir()]

    def refresh(self) -> None:
        """Load the knowledge base again; every page shows what is wrong with it until that has been mended."""
        with self._lock:
            try:
                base = self._load()
            except (KnowledgeBaseError, OSError) as error:
                self._wrong = str(error)
            else:
                self._keep(base)
                before, self.base, self.writer = self.writer, base, Writer(base)
                self._wrong, self._has_index = "", False
                if self.writer.sheets.keys() != before.sheets.keys():
                    self.theme = self._theme()
        with self._changed:
            self._changed.notify_all()

    def _keep(self, base: KnowledgeBase) -> None:
        """Take over what has not changed, since it takes long to read: code and evidence, whose files have not."""
        times = self._written()
        if times == self._times and base.keys() == self.base.keys():
            base.measured, base.syntax = self.base.measured, self.base.syntax
        self._times = times

    def _written(self) -> dict[Path, int]:
        """When the files of code and of evidence were written."""
        return {path: path.stat().st_mtime_ns for folder in self.folders[1:] for path in folder.rglob("*.*")}

    def wait(self, seconds: float) -> bool:
        """Wait for a change, and return whether there was one."""
        with self._changed:
            return self._changed.wait(seconds)

    def page(self, address: str) -> str | None:
        """Return the page at an address such as `/architectures/recurrent/lstm/`, or none where that is no page.

        Raises:
            ValueError: Something is wrong with the entries, or the page cannot be made.
        """
        with self._lock:
            folder = address.removesuffix("index.html")
            path = next((path for path in _paths(folder) if path in self.theme.files.src_uris), None)
            if address.removeprefix("/") in INDEXES and not self._has_index:
                finding.write_index(self.base, self.site / "assets")
                self._has_index = True
            name = address.removeprefix("/")
            if make := self.writer.data.get(name) or machine.copies(self.base, self.theme.description).get(name):
                write_file(self.site / name, make())
            if path is None:
                return None
            if self._wrong:
                raise ValueError(self._wrong)
            made = path in self.writer.sheets
            text = self.writer.page(path).text if made else (self.docs / path).read_text(encoding="utf-8")
            self.theme.build_page(path, text)
            return (self.site / folder_of(path) / "index.html").read_text(encoding="utf-8")


def _paths(folder: str) -> tuple[str, ...]:
    """Return the paths that the page of a folder can have, such as `/papers/`; none if it is no folder."""
    place = folder.strip("/")
    return (f"{place}/index.md".lstrip("/"), f"{place}.md") if folder.endswith("/") else ()
