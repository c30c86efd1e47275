"""The feed of changes: an entry for every edition, in the form of RFC 4287 (Atom), from data alone."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from kb.editions import Edition, editions
from kb.kinds import KINDS
from kb.knowledge_base import KnowledgeBase
from kb.schema import Entry
from kb.site.addresses import page_of
from kb.site.escaping import visible

FILE = "feed.xml"
ATOM = "http://www.w3.org/2005/Atom"
BEFORE = "1970-01-01"
"""When a feed was updated that has no edition yet: the same data are the same feed, whenever it is made."""
MOST = 30
"""Entries or statements of one kind that an edition lists."""


def feed(base: KnowledgeBase, url: str) -> str:
    """Return the feed of a site at an address that ends with `/`."""
    register_namespace("", ATOM)
    known = editions(base.root)
    root = Element(f"{{{ATOM}}}feed")
    _add(root, "title", f"{base.title}: changes")
    _add(root, "id", url + FILE)
    _add(root, "link", rel="self", href=url + FILE)
    _add(root, "link", href=url)
    _add(root, "updated", _time(known[0].date if known else BEFORE))
    SubElement(_add(root, "author"), f"{{{ATOM}}}name").text = visible(base.title)
    for edition in known:
        item = _add(root, "entry")
        _add(item, "title", f"{edition.date}: {_summary(edition)}")
        _add(item, "id", f"{url}{FILE}#{edition.date}")
        _add(item, "link", href=url)
        _add(item, "updated", _time(edition.date))
        _add(item, "content", "".join(_content(base, edition, url)), type="html")
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    child = SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = visible(text) if text is not None else None
    return child


def _time(date: str) -> str:
    return f"{date}T00:00:00Z"


def _summary(edition: Edition) -> str:
    counts = {
        "added": edition.added,
        "moved": edition.moved,
        "removed": edition.removed,
        "changed": edition.changed,
        "facts": [*edition.traits, *edition.verdicts, *edition.sizes],
    }
    return ", ".join(f"{len(items)} {name}" for name, items in counts.items() if items) or "nothing"


def _content(base: KnowledgeBase, edition: Edition, url: str) -> Iterator[str]:
    """What an edition brought, as HTML: entries as links to where they are now."""
    now = {name: entry for entry in base.values() for name in (entry.id, *entry.formerly)}

    def link(entry: Entry) -> str:
        return f'<a href="{escape(url + page_of(base, entry.id))}">{escape(visible(entry.title))}</a>'

    for row in KINDS.values():
        of_kind = [_last(place) for place in edition.added if place.startswith(f"{row.folder}/")]
        yield from _list(f"New {row.title.lower()}", [link(now[name]) for name in of_kind if name in now])
    yield from _list("Moved", [link(now[name]) for name in map(_last, edition.moved.values()) if name in now])
    yield from _list("Changed", [link(now[name]) for name in edition.changed if name in now])
    for title, lines in (("Traits", edition.traits), ("Verdicts", edition.verdicts), ("Sizes", edition.sizes)):
        yield from _list(title, [escape(line) for line in lines])


def _last(place: str) -> str:
    return place.rpartition("/")[2]


def _list(title: str, items: list[str]) -> Iterator[str]:
    if items:
        rest = f"<li>and {len(items) - MOST} more</li>" if len(items) > MOST else ""
        yield f"<h3>{title} ({len(items)})</h3><ul>{''.join(f'<li>{item}</li>' for item in items[:MOST])}{rest}</ul>"
