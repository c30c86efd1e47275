"""Pictures for notebooks and files: the SVG that the site shows, with its style in it."""

from __future__ import annotations

from collections.abc import Mapping

from kb.diagram import Diagram
from kb.evidence import Evidence
from kb.pictures.drawing import Drawing
from kb.pictures.naming import Namer
from kb.problems import NoSuchEntryError
from kb.schema import Architecture, Entry


def diagram(entries: Mapping[str, Entry], entry: Architecture, record: Evidence | None, level: int) -> Diagram:
    """Return a picture of an architecture.

    Args:
        entries: All entries by id, which boxes are named after.
        entry: The architecture.
        record: Its evidence.
        level: 1 for the whole, 2 for a block of it, 3 for a cell.

    Raises:
        NoSuchEntryError: It has no picture of this level.
    """
    found = {str(picture.level): picture for picture in (record.pictures if record else ())}
    if str(level) not in found:
        raise NoSuchEntryError(str(level), found, what=f"picture of {entry.id} at level")
    namer = Namer(entries)
    picture = found[str(level)]
    title = namer.title(entry, picture)
    drawing = Drawing(picture, namer, None, f"picture-{level}", title)
    text = "\n".join(f"{start} → {'; '.join(ends)}" for start, ends in drawing.wording.listed())
    return Diagram(title, drawing.file(), text)
