"""Serving entries that are being written: a page is as its entry is now, and browsers hear of every change."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from small import Miniature

from kb.site.addresses import page_of
from kb.site.build import make
from kb.site.live import Live
from kb.site.serving import CHANGES, RELOAD, serving

NET = "/architectures/family/net/"
PART = "entries/concepts/component/part.yaml"


@pytest.fixture
def small(tmp_path: Path) -> Miniature:
    small = Miniature(tmp_path / "small")
    small.architecture("net")
    return small


@pytest.fixture
def live(small: Miniature, tmp_path: Path) -> Live:
    return Live(small.load, tmp_path / "live")


def ask(address: str, path: str) -> HTTPResponse:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
    connection.request("GET", path)
    return connection.getresponse()


def test_every_page_is_what_a_build_makes_of_it(small: Miniature, live: Live, tmp_path: Path) -> None:
    site = make(small.load(), tmp_path / "built")
    pages = [page.relative_to(site) for page in site.rglob("index.html")]
    assert len(pages) > 20
    for page in pages:
        assert live.page(f"/{page.parent}/".replace("/./", "/")) == (site / page).read_text(encoding="utf-8"), page
    assert live.page("/nowhere/") is None
    assert live.page("/assets/style.css") is None


def test_a_page_is_as_its_entry_is_now(small: Miniature, live: Live) -> None:
    assert "A better concept." not in str(live.page("/concepts/component/part/"))
    file = small.root / PART
    file.write_text(file.read_text().replace("summary: A concept.", "summary: A better concept."))
    live.refresh()
    assert "A better concept." in str(live.page("/concepts/component/part/"))
    small.concept("new")
    live.refresh()
    assert "<h1" in str(live.page(f"/{page_of(live.base, 'new')}"))


def test_code_that_changed_is_read_again(small: Miniature, live: Live) -> None:
    before = str(live.page(NET)).count("[B, T]")
    code = small.root / "implementations/architectures/family/net.py"
    code.write_text(code.read_text().replace('"B T F"]:', '"B T"]:'))
    live.refresh()
    assert str(live.page(NET)).count("[B, T]") > before


def test_what_is_wrong_is_told_until_it_is_mended(small: Miniature, live: Live) -> None:
    file = small.root / PART
    right = file.read_text()
    file.write_text(right + "nonsense: <b>1</b>\n")
    live.refresh()
    with serving(live) as address:
        answer = ask(address, NET)
        assert answer.status == 500
        text = answer.read().decode()
        assert f"{PART}:" in text
        assert "nonsense" in text
        assert "<b>" not in text
        file.write_text(right)
        live.refresh()
        assert ask(address, NET).status == 200


def test_browsers_hear_of_a_change_and_files_are_served(small: Miniature, live: Live) -> None:
    with serving(live) as address:
        page = ask(address, NET).read().decode()
        assert f'<script src="{RELOAD}"></script></body>' in page
        assert ask(address, "/assets/style.css").status == 200
        assert b"net" in ask(address, "/assets/entries.json").read()
        assert ask(address, "/nowhere/").status == 404
        changes = ask(address, CHANGES)
        file = small.root / PART
        file.write_text(file.read_text().replace("summary: A concept.", "summary: A better concept."))
        assert changes.readline() == b"data: changed\n"
        assert b"A better concept." in ask(address, "/concepts/component/part/").read()


def test_an_equation_leads_to_the_lines_that_compute_it(small: Miniature, live: Live) -> None:
    assert 'class="equation"' in str(live.page(NET))
    small.architecture("net", **{"basis: definition": "basis: definition, code: ['Module.forward:return']"})
    live.refresh()
    assert 'href="code/#L4" title="line 4">return x</a>' in str(live.page(NET))
    assert '<span class="line" id="L4">' in str(live.page(f"{NET}code/"))
