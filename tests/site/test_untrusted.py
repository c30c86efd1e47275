"""Entries are untrusted: what they contain must not become part of a page, of its head, or of what scripts show."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from conftest import served
from hostile import empty_fields
from payloads import PAYLOADS

import kb
from kb.rules import rules
from kb.rules.texts import texts_can_be_shown
from kb.site.addresses import page_of
from kb.site.escaping import UNSEEN, visible

NOT_TEXT = {
    "Architecture.analysed_by", "Architecture.axes", "Architecture.named_by", "Architecture.popularised_by",
    "Architecture.task", "Bias.read_out_of", "Claim.deck", "Complexity.constant", "Complexity.counted_at",
    "Complexity.of", "Concept.analysed_by", "Concept.named_by", "Concept.popularised_by", "Concept.deck",
    "Concept.primitives", "Condition.at_least", "Condition.equals", "Coverage.claims", "Coverage.equations",
    "Coverage.questions", "Equation.deck", "Identifiers.arxiv", "Identifiers.doi", "Identifiers.openreview",
    "Part.attends_to", "Part.network", "Part.over", "Part.residual", "Part.times", "Procedure.average",
    *(f"{kind}.formerly" for kind in ("Architecture", "Bias", "Claim", "Concept", "Paper", "ReadingPath", "Theorem")),
    "Architecture.same_as", "Concept.same_as", "Paper.number", "Paper.pages", "Paper.volume",
    "Procedure.clip", "Procedure.schedule", "Procedure.teacher_forcing", "SignatureNotes.where",
    "SignatureNotes.without", "Architecture.network_notes", "Trait.network", "Trait.variant", "Update.auxiliary",
    "Update.networks", "Variant.network_notes",
    "Variant.arithmetic", "Variant.signature", "Variant.sizes", "Variant.stated",
}  # fmt: skip
"""Fields that the hostile entries leave empty: links, numbers, and identifiers in which nothing can be said."""
MARKDOWN = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "blockquote", "hr", "em", "strong", "br", "pre", "code", "ol", "ul", "li",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
FORMULA = {
    "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mrow", "mspace", "mstyle", "msub", "msubsup", "msup", "mtext",
}  # fmt: skip
FORMULA_ATTRIBUTES = {"class", "form", "lspace", "mathvariant", "rspace", "stretchy", "style", "width"}
FRAMES = 24
"""Pages that are looked at together."""
ADDRESSES = ("src", "href", "action", "data", "poster", "srcset", "xlink:href", "formaction", "background", "ping")


class Elements(HTMLParser):
    """Collects the elements of a page with their attributes, and the text of its heading."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.heading = ""
        self._in_heading = False
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        if tag in ("h1", "a"):  # the heading ends before the link to itself, and texts may have headings too
            self._in_heading = tag == "h1" and not self.heading

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.scripts.append(data)
        elif self._in_heading:
            self.heading += data


@cache
def elements_of(site: Path) -> list[tuple[Path, Elements]]:
    return [(page, Elements(page.read_text(encoding="utf-8"))) for page in sorted(site.rglob("*.html"))]


def test_there_are_many_payloads_and_every_text_holds_some(hostile: Path) -> None:
    assert len(PAYLOADS) > 300
    base = kb.load(hostile)
    of_style = ["kb.rules." + name for name in ("bibliography", "code", "comparison", "form", "identity", "texts")]
    result = [rule for rule in rules() if rule.__module__ not in of_style or rule is texts_can_be_shown]
    assert [str(problem) for rule in result for problem in rule(base)] == []
    assert empty_fields(base) <= NOT_TEXT


def test_pages_of_hostile_entries_have_no_elements_of_their_own(hostile: Path, harmless: Path) -> None:
    """All that stands on them also stands on pages of entries that say harmless words, or is Markdown or a formula."""
    known = [element for _, found in elements_of(harmless / "build/site") for element in found.elements]
    usual = {(tag, name) for tag, has in known for name in ("", *has)} | {(tag, "") for tag in MARKDOWN | FORMULA}
    usual |= {(tag, name) for tag in FORMULA for name in FORMULA_ATTRIBUTES} | {("a", "title")}
    pages = 0
    for page, found in elements_of(hostile / "build/site"):
        pages += 1
        odd = {(tag, name) for tag, has in found.elements for name in ("", *has)} - usual
        assert not odd, page
        for tag, has in found.elements:
            addresses = {name: has[name] for name in ADDRESSES if name in has}
            assert not {n: a for n, a in addresses.items() if not _harmless(tag, a)}, page
            assert "url(" not in has.get("style", ""), page
    assert pages > 200


def _harmless(tag: str, address: str) -> bool:
    """Whether an address leads into the site or, of a link that somebody has to follow, to a web page."""
    scheme, host, *_ = urlsplit(address)
    return (not scheme and not host) if tag != "a" else scheme in ("", "http", "https") and bool(scheme) == bool(host)


def test_scripts_of_pages_are_files(hostile: Path) -> None:
    """Those that stand in a page are data: the theme's configuration, and what schema.org calls an entry."""
    linked, config = {"type": "application/ld+json"}, {"id": "__config", "type": "application/json"}
    for page, found in elements_of(hostile / "build/site"):
        inside = [has for tag, has in found.elements if tag == "script" and "src" not in has]
        assert inside in ([config], [linked, config]), page
        *entries, configuration = found.scripts
        assert "evil" not in configuration, page
        json.loads(configuration)
        for text in entries:
            assert not set("<>&") & set(text), page
            assert json.loads(text)["@context"] == "https://schema.org"


def test_every_page_has_a_policy_before_everything_else(hostile: Path) -> None:
    for page, found in elements_of(hostile / "build/site"):
        head = [element for element in found.elements if element[0] not in ("html", "head")]
        assert head[0][1].get("http-equiv") == "Content-Security-Policy", page
        assert "script-src 'self';" in head[0][1]["content"]


def test_names_are_shown_as_they_are_written(hostile: Path) -> None:
    base = kb.load(hostile)
    for entry in base.values():
        page = hostile / "build/site" / page_of(base, entry.id) / "index.html"
        shown = Elements(page.read_text(encoding="utf-8")).heading
        assert shown.split() == visible(entry.title).split(), page


def test_templates_do_not_evaluate_what_an_entry_says(hostile: Path) -> None:
    texts = [page.read_text(encoding="utf-8") for page in (hostile / "build/site").rglob("*.html")]
    assert any("7191 * 6113" in text for text in texts)
    assert not [text for text in texts if str(7191 * 6113) in text or "7777777" in text]


def test_what_is_searched_is_text(hostile: Path) -> None:
    """The search box makes elements and sets their text: no part of the index is ever read as HTML."""
    entries = json.loads((hostile / "build/site/assets/entries.json").read_text(encoding="utf-8"))["entries"]
    assert len(entries) == len(kb.load(hostile))
    assert not UNSEEN.search("".join(name for row in entries for name in (row[3], *row[4], row[5])))


def test_what_scripts_load_holds_nothing_unseen(hostile: Path) -> None:
    files = list((hostile / "build/site/assets").rglob("*.json"))
    assert {"entries.json", "base.json", "map.json"} < {file.name for file in files}
    assert not [file for file in files if UNSEEN.search(file.read_text(encoding="utf-8"))]


def test_scripts_never_read_a_text_as_html(hostile: Path) -> None:
    """They make elements and set their text."""
    files = (hostile / "build/site/assets").rglob("*.js")
    code = {file.name: file.read_text() for file in files if "javascripts" not in file.parts}  # which are the theme's
    assert {"search-box.js", "page.js", "map.js", "choose.js"} <= code.keys()
    assert "textContent" in "".join(code.values())
    for name, text in code.items():
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|\beval\b|\bFunction\(", text), name


def _watch(page: Any, address: str) -> list[str]:
    """Return a list of what a page does that none should: it fills up while the page is used."""
    seen: list[str] = []
    page.on("dialog", lambda dialog: (seen.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: seen.append(request.url) if not request.url.startswith(address) else None)
    page.on("console", lambda message: seen.append(message.text) if "Content Security" in message.text else None)
    page.on("framenavigated", lambda frame: seen.append(frame.url) if not frame.url.startswith(address) else None)
    page.on("popup", lambda popup: seen.append(f"window {popup.url}"))
    return seen


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_page_runs_or_loads_what_an_entry_says(browser: Any, hostile: Path) -> None:
    """Many pages at a time, each in a frame of its own: to open each alone takes ten times as long."""
    site = hostile / "build/site"
    with served(site) as address:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        seen = _watch(page, address)
        # Elsewhere pages are looked at with the theme's script.
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setBlockedURLs", {"urls": ["*/bundle.*"]})

        def frames(pages: list[str]) -> list[str]:
            """Open pages together and return what was seen."""
            body = "".join(f'<iframe src="{quote(name)}"></iframe>' for name in pages)
            page.route("**/-/frames", lambda route: route.fulfill(content_type="text/html", body=body))
            page.goto("/-/frames")
            assert len(page.frames) == len(pages) + 1
            assert all(frame.locator("h1").count() for frame in page.frames[1:])
            page.unroute("**/-/frames")
            return seen

        names = [f"/{path.relative_to(site).as_posix()}" for path in sorted(site.rglob("*.html"))]
        for first in range(0, len(names), FRAMES):
            together = names[first : first + FRAMES]
            assert not frames(together), together
        attack = "<h1>x</h1><script>alert(1)</script><img src='https://evil.example/x.png'>"
        page.route("**/-/attack", lambda route: route.fulfill(content_type="text/html", body=attack))
        assert len(frames(["/-/attack"])) >= 2  # so nothing goes unseen in a frame
        context.close()


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_search_does_not_run_what_an_entry_says(browser: Any, hostile: Path) -> None:
    with served(hostile / "build/site") as address:
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        seen = _watch(page, address)
        for word in ("alert", "onerror", "script", "evil"):
            page.goto("/")
            page.click("header a.search-open")
            page.fill("dialog.search input", word)
            page.wait_for_selector("dialog.search [aria-selected=true]")
        context.close()
    assert seen == []


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_explorer_does_not_run_what_an_entry_says(browser: Any, hostile: Path) -> None:
    with served(hostile / "build/site") as address:
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        seen = _watch(page, address)
        for view in ("list", "table&all=1&apart=1", "map"):
            page.goto(f"/explore/?view={view}")
            page.wait_for_selector("ul.found > li, table.grid td, svg.map .node")
        page.goto("/explore/?view=table&all=1")
        page.click("table.grid tbody td >> nth=0")
        page.wait_for_selector(".evidence:not([hidden]) a")
        page.goto("/choose/")
        page.wait_for_selector(".chosen .told:not(:empty)")
        page.goto("/compare/")
        ids = page.evaluate("[...document.querySelectorAll('#compare-known option')].map(({ dataset }) => dataset.id)")
        page.goto(f"/compare/?of={','.join(ids[:4])}")
        page.wait_for_selector(".compared section")
        context.close()
    assert seen == []


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_script_that_got_into_a_page_would_not_run(browser: Any, hostile: Path, tmp_path: Path) -> None:
    """The policy is the second line of defence, and works on its own."""
    page_made = (hostile / "build/site/404.html").read_text(encoding="utf-8")
    evil = (
        '<script>alert(1)</script><img src="https://evil.example/x.png" onerror="alert(2)"><iframe src="/x"></iframe>'
    )
    (tmp_path / "index.html").write_text(page_made.replace("</h1>", f"</h1>{evil}"), encoding="utf-8")
    with served(tmp_path) as address:
        context = browser.new_context(base_url=address)
        page = context.new_page()
        seen = _watch(page, address)
        refused: list[tuple[str, str]] = []
        page.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
        page.goto("/")
        page.wait_for_timeout(200)
        context.close()
    assert sum("Content Security" in what for what in seen) >= 3
    assert not [what for what in seen if what.startswith("dialog")]
    assert ("https://evil.example/x.png", "csp") in refused
