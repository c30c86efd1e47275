"""The pictures of an architecture on its page, and as files to download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kb.evidence.record import Picture, Size
from kb.knowledge_base import KnowledgeBase
from kb.pictures.drawing import Drawing
from kb.pictures.naming import Namer
from kb.schema import DEFAULT_VARIANT, Architecture
from kb.site.addresses import page_of, relative


@dataclass(frozen=True)
class Shown:
    """A picture on a page: its title, the entry that it is about, the SVG, the same in words, and the file of it."""

    title: str
    entry: str | None
    svg: str
    listed: list[tuple[str, list[str]]]
    file: str
    alone: str


def pictures(base: KnowledgeBase, entry: Architecture) -> list[Shown]:
    """Return the pictures of an architecture for its page, the whole first; none where none were derived."""
    record, here = base.evidence.get(entry.id), page_of(base, entry.id)
    namer = Namer(base)

    def link(other: str) -> str:
        return relative(page_of(base, other), here)

    return [_shown(entry, picture, namer, link) for picture in (record.pictures if record else ())]


def _shown(entry: Architecture, picture: Picture, namer: Namer, link: Callable[[str], str]) -> Shown:
    name = f"picture-{picture.level}"
    title = namer.title(entry, picture)
    drawing = Drawing(picture, namer, link, name, title)
    alone = Drawing(picture, namer, None, name, title).svg(alone=True)
    about = namer.entry_of(picture.what) if picture.level > 1 else None
    return Shown(title, about, drawing.svg(), drawing.wording.listed(), _name(picture), alone)


def stages(base: KnowledgeBase, entry: Architecture) -> dict[str, Size]:
    """Return the sizes of variants with their stages: those of published sizes, or else of the default."""
    record = base.evidence.get(entry.id)
    found = {name: size for name, size in (record.variants if record else {}).items() if size.stages}
    large = {
        name: size for name, size in found.items() if name in entry.all_variants and entry.all_variants[name].large
    }
    return large or {name: size for name, size in found.items() if name == DEFAULT_VARIANT}


def names(base: KnowledgeBase, entry: Architecture) -> list[str]:
    """Return the names of the files of an architecture's pictures."""
    record = base.evidence.get(entry.id)
    return [_name(picture) for picture in (record.pictures if record else ())]


def file(base: KnowledgeBase, entry: Architecture, name: str) -> str:
    """Return a picture to download, by the name of its file."""
    return next(picture.alone for picture in pictures(base, entry) if picture.file == name)


def _name(picture: Picture) -> str:
    return f"picture-{picture.level}.svg"
