"""Pictures outside of the site: files for drawing programs, PDFs, and the cards that other sites show."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from xml.etree import ElementTree

from bundled import BASE

import kb
from kb.pictures.colours import DARK, LIGHT, plain, style
from kb.site import machine, pictures, printing
from kb.site.build import make

GAT = pictures.files(BASE, BASE.architectures["gat"])


def made(name: str) -> str | bytes:
    return GAT[name]()


def test_plain_rules_are_all_rules_without_variables() -> None:
    for palette in (LIGHT, DARK):
        text = plain(palette)
        assert not re.search(r"var\(|color-mix|--|:hover|:focus", text)
        classes = set(re.findall(r"\.([a-z]+)", style())) - {"alone"}
        assert classes <= set(re.findall(r"\.([a-z]+)", text))
        assert palette["part"] in text


def test_a_file_is_readable_by_what_knows_little_of_css() -> None:
    text = str(made("picture-1.svg"))
    ElementTree.fromstring(text)
    simple, supports, _ = text.partition("@supports")
    assert supports
    assert ".box.part rect { fill: #" in simple


def test_a_pdf_is_the_same_whenever_it_is_made() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><text x="1" y="12">σ ∘ é</text></svg>'
    compiled = printing._compiled.__wrapped__  # what is kept would be the same anyway
    first = compiled(printing.PICTURE, "pdf", {"svg": svg})
    assert first == compiled(printing.PICTURE, "pdf", {"svg": svg})
    assert printing.pdf(svg).startswith(b"%PDF")


def test_a_card_has_the_size_that_other_sites_expect() -> None:
    cards = machine.cards(BASE)
    png = cards["architectures/graph/gat/card.png"]()
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", png[16:24]) == (1200, 630)
    assert len(png) < 300_000


def test_what_stands_on_a_card_is_text() -> None:
    """Typst has a language of its own: no name and no sentence of an entry is read in it."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"></svg>'
    assert printing.card(svg, "#panic()", '#read("/etc/passwd")', "*$[").startswith(b"\x89PNG")


def test_pages_name_their_cards_where_the_site_has_an_address(tmp_path: Path) -> None:
    base = kb.load(Path(__file__).parent.parent / "miniature" / "valid" / "tiny")
    site = make(base, tmp_path / "build", url="https://example.org/kb/")
    cards = machine.cards(base)
    assert cards
    for path in cards:
        page = (site / path).with_name("index.html").read_text(encoding="utf-8")
        assert f'property="og:image" content="https://example.org/kb/{path}"' in page
        assert (site / path).is_file()
    home = (site / "index.html").read_text(encoding="utf-8")
    assert 'property="og:image" content="https://example.org/kb/assets/site.png"' in home
