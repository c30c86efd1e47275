"""The pictures of an architecture on its page, and as files to download."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from kb.evidence.record import Picture, Size, Stage
from kb.knowledge_base import KnowledgeBase
from kb.pictures.drawing import Drawing
from kb.pictures.naming import Namer
from kb.schema import DEFAULT_VARIANT, Architecture
from kb.site.addresses import page_of, relative


@dataclass(frozen=True)
class Shown:
    """A picture on a page: its title, the entry that it is about, the same in words, and its file's name.

    The SVG of the first one stands in the page itself; the others are loaded when they are seen.
    """

    title: str
    entry: str | None
    svg: str
    listed: list[tuple[str, list[str]]]
    file: str


def pictures(base: KnowledgeBase, entry: Architecture) -> list[Shown]:
    """Return the pictures of an architecture for its page, the whole first; none where none were derived."""
    record, here = base.evidence.get(entry.id), page_of(base, entry.id)
    namer = Namer(base)

    def link(other: str) -> str:
        return relative(page_of(base, other), here)

    drawn = record.pictures if record else []
    return [_shown(entry, picture, namer, link, inside=not number) for number, picture in enumerate(drawn)]


def _shown(entry: Architecture, picture: Picture, namer: Namer, link: Callable[[str], str], *, inside: bool) -> Shown:
    title = namer.title(entry, picture)
    drawing = Drawing(picture, namer, link, _name(picture), title)
    about = namer.entry_of(picture.what) if picture.level > 1 else None
    return Shown(title, about, drawing.svg() if inside else "", drawing.wording.listed(), f"{_name(picture)}.svg")


def stages(base: KnowledgeBase, entry: Architecture) -> dict[str, Size]:
    """Return the sizes of variants with their stages: those of published sizes, or else of the default."""
    record = base.evidence.get(entry.id)
    found = {name: size for name, size in (record.variants if record else {}).items() if size.stages}
    large = {
        name: size for name, size in found.items() if name in entry.all_variants and entry.all_variants[name].large
    }
    return large or {name: size for name, size in found.items() if name == DEFAULT_VARIANT}


def folded(stages: Iterable[Stage]) -> list[tuple[str, Stage]]:
    """Return stages with their names, those in a row that are equal as one, such as `layers.0 … layers.23`."""
    runs = [list(run) for _, run in groupby(stages, lambda stage: (stage.module, stage.shape, stage.parameters))]
    return [(run[0].name if len(run) == 1 else f"{run[0].name} … {run[-1].name}", run[0]) for run in runs]


def files(base: KnowledgeBase, entry: Architecture) -> dict[str, Callable[[], str]]:
    """Return the pictures to download, by the names of their files: how to make each."""
    record = base.evidence.get(entry.id)
    drawn = record.pictures if record else ()
    return {f"{_name(picture)}.svg": partial(_alone, base, entry, picture) for picture in drawn}


def _alone(base: KnowledgeBase, entry: Architecture, picture: Picture) -> str:
    namer = Namer(base)
    return Drawing(picture, namer, None, _name(picture), namer.title(entry, picture)).svg(alone=True)


def _name(picture: Picture) -> str:
    return f"picture-{picture.level}"
