"""The pictures of an architecture on its page, and as files to download."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby

from kb.evidence.record import Picture, Size, Stage
from kb.knowledge_base import KnowledgeBase
from kb.pictures.drawing import Drawing
from kb.pictures.naming import Namer
from kb.schema import DEFAULT_VARIANT, Architecture
from kb.site import printing
from kb.site.addresses import page_of, relative

ROWS = 100
"""Most stages on a page."""


@dataclass(frozen=True)
class Shown:
    """A picture on a page: its title, the entry that it is about, the same in words, and its files' name.

    The SVG of the first one stands in the page itself; the others are loaded when they are seen.
    """

    title: str
    entry: str | None
    svg: str
    listed: list[tuple[str, list[str]]]
    file: str


def pictures(base: KnowledgeBase, entry: Architecture) -> list[Shown]:
    """Return the pictures of an architecture for its page, the whole first; none where none were derived."""
    here = page_of(base, entry.id)
    namer = Namer(base)

    def link(other: str) -> str:
        return relative(page_of(base, other), here)

    return [
        _shown(entry, picture, namer, link, inside=not number) for number, picture in enumerate(_drawn(base, entry))
    ]


def _shown(entry: Architecture, picture: Picture, namer: Namer, link: Callable[[str], str], *, inside: bool) -> Shown:
    title = namer.title(entry, picture)
    drawing = Drawing(picture, namer, link, _name(picture), title)
    about = namer.entry_of(picture.what) if picture.level > 1 else None
    return Shown(title, about, drawing.svg() if inside else "", drawing.wording.listed(), _name(picture))


def stages(base: KnowledgeBase, entry: Architecture) -> dict[str, Size]:
    """Return the sizes of variants with their stages: those of published sizes, or else of the default.

    Where these are more than a page can have, they are those of the first size and the last.
    """
    record = base.evidence.get(entry.id)
    found = {name: size for name, size in (record.variants if record else {}).items() if size.stages}
    large = {
        name: size for name, size in found.items() if name in entry.all_variants and entry.all_variants[name].large
    }
    if sum(len(folded(size.stages)) for size in large.values()) > ROWS:
        large = {name: large[name] for name in (next(iter(large)), next(reversed(large)))}
    return large or {name: size for name, size in found.items() if name == DEFAULT_VARIANT}


def folded(stages: Iterable[Stage]) -> list[tuple[str, Stage]]:
    """Return stages with their names, those in a row that are equal as one, such as `layers.0 … layers.23`."""
    runs = [list(run) for _, run in groupby(stages, lambda stage: (stage.module, stage.shape, stage.parameters))]
    return [(run[0].name if len(run) == 1 else f"{run[0].name} … {run[-1].name}", run[0]) for run in runs]


def files(base: KnowledgeBase, entry: Architecture) -> dict[str, Callable[[], str | bytes]]:
    """Return the pictures to download, by the names of their files: how to make each."""
    found: dict[str, Callable[[], str | bytes]] = {}
    for picture in _drawn(base, entry):
        drawing = cache(partial(_alone, base, entry, picture))
        found[f"{_name(picture)}.svg"] = partial(_file, drawing)
        found[f"{_name(picture)}.pdf"] = partial(_pdf, drawing)
    return found


def card(base: KnowledgeBase, entry: Architecture) -> Callable[[], bytes] | None:
    """Return how to make the card that other sites show beside a link to an architecture, if it has a picture."""
    first = next(iter(_drawn(base, entry)), None)
    if first is None:
        return None
    year = f", {entry.year}" if entry.year else ""
    kind = f"{entry.group.replace('-', ' ').capitalize()}{year}"
    return lambda: printing.card(_alone(base, entry, first).plain(), kind, entry.title, entry.gist)


def _drawn(base: KnowledgeBase, entry: Architecture) -> Iterable[Picture]:
    record = base.evidence.get(entry.id)
    return record.pictures if record else ()


def _file(drawing: Callable[[], Drawing]) -> str:
    return drawing().file()


def _pdf(drawing: Callable[[], Drawing]) -> bytes:
    return printing.pdf(drawing().plain())


def _alone(base: KnowledgeBase, entry: Architecture, picture: Picture) -> Drawing:
    namer = Namer(base)
    return Drawing(picture, namer, None, _name(picture), namer.title(entry, picture))


def _name(picture: Picture) -> str:
    return f"picture-{picture.level}"
