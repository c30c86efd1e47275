"""The built site: a page for every entry, no link that leads nowhere, nothing untreated on a page."""

from __future__ import annotations

import html
import json
import re
import unicodedata
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urljoin, urlparse

import lxml.etree
import lxml.html
import pytest
from bundled import BASE
from fontTools.ttLib import TTFont
from markdown import Markdown

from kb.export import schema_org
from kb.kinds import KINDS
from kb.query.verdicts import in_words, verdicts
from kb.schema import SORTS, VERDICTS, Paper
from kb.schema.model import texts_in
from kb.site import fonts
from kb.site.addresses import TRAITS, page_of, relative, trait_place
from kb.site.matrix import grouped, row
from kb.site.text import PLAIN, line, paragraphs


class Reader:
    """Links, ids, what is loaded, pictures without a name, and the text outside code and scripts."""

    def __init__(self, text: str) -> None:
        page = lxml.html.document_fromstring(text)
        self.links = [str(link) for link in page.xpath("//a/@href") if link]
        self.ids = set(page.xpath("//@id")) - {""}
        self.loaded = page.xpath("//script/@src | //img/@src | //iframe/@src | //link[@rel='stylesheet']/@href")
        nameless = (
            "//svg[@role='img' or @role='group'][not(@aria-labelledby or @aria-label)] | //img[not(@alt) or @alt='']"
        )
        self.unnamed_pictures = len(page.xpath(nameless))
        lxml.etree.strip_elements(page, "script", "style", "code", "pre", with_tail=False)
        self.text = list(page.itertext())


@pytest.fixture(scope="module")
def readers(site: Path) -> dict[str, Reader]:
    return {
        path.relative_to(site).as_posix(): Reader(path.read_text(encoding="utf-8"))
        for path in site.rglob("*.html")
        if path.name != "404.html"
    }


def test_every_page_of_an_entry_says_to_programs_what_it_is(site: Path) -> None:
    for entry in BASE.values():
        folder = site / page_of(BASE, entry.id)
        page = (folder / "index.html").read_text(encoding="utf-8")
        data = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
        assert [json.loads(text) for text in data] == [schema_org(BASE, entry.id, BASE.title)], entry.id
        assert page.count('name="citation_author"') == (len(entry.authors) if isinstance(entry, Paper) else 0)
        beside = re.findall(r'<link rel="alternate describedby" type="[a-z/]+" href="([^"]+)"', page)
        assert beside == ["entry.json", "index.md"]
        assert json.loads((folder / "entry.json").read_text(encoding="utf-8"))["entry"]["id"] == entry.id
        assert (folder / "index.md").read_text(encoding="utf-8").startswith(f"# {entry.title}\n")


def test_the_list_for_language_models_leads_to_every_entry(site: Path) -> None:
    text = (site / "llms.txt").read_text(encoding="utf-8")
    assert all(way in text.partition("\n## ")[0] for way in ("`kb mcp`", "`entry.json`", "`--json`", "explore/?where="))
    listed = re.findall(r"^- \[.*\]\(([^)]+)\): ", text, re.MULTILINE)
    assert listed == [
        f"{page_of(BASE, entry_id)}index.md" for kind in KINDS for entry_id in BASE if BASE[entry_id].kind == kind
    ]
    copies = [site / address for address in listed]
    dead = [
        (copy, address)
        for copy in copies
        for address in re.findall(r"\]\(([^)\s]+index\.md)\)", copy.read_text(encoding="utf-8"))
        if not (copy.parent / address).resolve().is_file()
    ]
    assert not dead


def test_every_entry_has_a_page(site: Path) -> None:
    """One test for all entries: `pytest -k lstm` must not wait for the site."""
    for entry_id in BASE:
        page = site / page_of(BASE, entry_id) / "index.html"
        assert page.is_file(), entry_id
        assert "<h1" in page.read_text(), entry_id


def test_every_kind_and_group_has_an_index(site: Path) -> None:
    for path in BASE.files.values():
        folder = path.parent.relative_to(BASE.root / "entries")
        assert (site / folder / "index.html").is_file()
        assert (site / folder.parent / "index.html").is_file()


def test_no_link_leads_nowhere(site: Path, readers: dict[str, Reader]) -> None:
    dead = []
    for name, reader in readers.items():
        for link in reader.links:
            target = urlparse(urljoin(f"http://site/{name}", link))
            if target.netloc != "site":
                assert target.scheme in ("http", "https"), f"{name}: {link}"
                continue
            path = unquote(target.path).lstrip("/")
            path += "index.html" if not path or path.endswith("/") else ""
            if path not in readers:
                dead += [] if (site / path).is_file() else [f"{name}: {link}"]
            elif target.fragment and unquote(target.fragment) not in readers[path].ids:
                dead.append(f"{name}: {link} (no such anchor)")
    assert not dead, "\n".join(dead[:40])


def test_no_formula_is_left_as_it_was_typed(readers: dict[str, Reader]) -> None:
    left = {name: re.findall(r".{0,30}\$.{0,30}", "".join(reader.text)) for name, reader in readers.items()}
    assert not {name: found for name, found in left.items() if found}


def test_nothing_is_loaded_from_elsewhere(readers: dict[str, Reader]) -> None:
    for name, reader in readers.items():
        assert not [source for source in reader.loaded if urlparse(source).netloc], name


def test_every_page_has_a_title_of_its_own(site: Path) -> None:
    titles: dict[str, Path] = {}
    for page in sorted(set(site.rglob("*.html")) - {site / "404.html"}):
        title = re.search(r"<title>(.*?)</title>", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert title, page
        assert titles.setdefault(title[1], page) == page, f"{page} and {titles[title[1]]}: {title[1]}"


def test_every_trait_has_a_place_with_its_evidence(site: Path) -> None:
    for architecture in BASE.architectures.values():
        page = page_of(BASE, architecture.id)
        text = (site / page / "index.html").read_text(encoding="utf-8")
        listed = text[text.index('<dl class="traits"') :].partition("</dl>")[0]
        squares = row(BASE, architecture)
        assert listed.count("<li>") == len(squares), architecture.id
        evidence = (site / page / TRAITS / "index.html").read_text(encoding="utf-8")
        for square in squares:
            place = trait_place(BASE, architecture.id, square.bias.id)
            assert f'href="{relative(place, page)}"' in listed, place
            proof = evidence.partition(f'class="evidence" id="{square.bias.id}"')[2].partition("</details>")[0]
            facts = sum(len(square.variants[names[0]].facts) for names in square.by_value.values())
            assert proof.partition("<table")[0].count("<li>") >= facts, place
            assert proof.count("<code>kb why") == 1, place


def test_exact_relations_and_open_questions_have_a_page(site: Path) -> None:
    relations = (site / "relations" / "index.html").read_text(encoding="utf-8")
    for claim in BASE.claims.values():
        assert (relative(page_of(BASE, claim.id), "relations/") in relations) == (claim.relation is not None)
    questions = (site / "open" / "index.html").read_text(encoding="utf-8")
    assert all(relative(page_of(BASE, cell.architecture), "open/") in questions for cell in BASE.open())


def test_without_scripts_the_explorer_says_what_each_architecture_has(site: Path) -> None:
    text = (site / "explore" / "index.html").read_text(encoding="utf-8")
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', text.partition("<noscript>")[2])
    assert len(rows) == len(BASE.architectures)
    for text, entry in zip(rows, BASE.select(), strict=True):
        having = ", ".join(bias.name for bias in grouped(BASE) if BASE.trait(entry.id, bias.id).value == "holds")
        assert f"<td>{having.lower()}</td>" in text, entry.id
    assert 'content="0; url=../explore/?view=table"' in (site / "matrix" / "index.html").read_text(encoding="utf-8")


def test_the_font_of_formulas_has_their_characters(site: Path) -> None:
    formulas = {c for page in site.rglob("*.html") for f in re.findall(r"<math.*?</math>", page.read_text()) for c in f}
    known = TTFont(site / "assets" / "STIXTwoMath.woff2").getBestCmap()
    assert "MATH" in TTFont(site / "assets" / "STIXTwoMath.woff2")
    assert not {c for c in formulas if ord(c) not in known and unicodedata.category(c) not in ("Mn", "Cf", "Cc")}


def test_the_fonts_of_text_have_its_characters(site: Path) -> None:
    """What no font of the site has would look different on every machine."""
    apart = re.compile(r"<(math|script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
    text = {c for page in site.rglob("*.html") for c in html.unescape(apart.sub("", page.read_text(encoding="utf-8")))}
    for name, lacks in {"Text": "◐⏎", "Text-Italic": "◐⏎", "Code": "◐⏎✓✗⁻‖"}.items():
        known = TTFont(site / "assets" / f"{name}.woff2").getBestCmap()
        assert {c for c in text if ord(c) not in known and not c.isspace()} <= set(lacks)


def test_the_font_has_what_roots_are_drawn_with() -> None:
    assert ord("√") in TTFont(BytesIO(fonts.files("x", "y")["STIXTwoMath.woff2"])).getBestCmap()


def test_pictures_have_a_text(readers: dict[str, Reader]) -> None:
    assert not [name for name, reader in readers.items() if reader.unnamed_pictures]


def test_ids_are_unique(site: Path) -> None:
    for page in site.rglob("*.html"):
        ids = re.findall(r'\sid="([^"]+)"', re.sub(r"<(script|style).*?</\1>", "", page.read_text(), flags=re.DOTALL))
        assert len(ids) == len(set(ids)), f"{page.relative_to(site)}: {[i for i in ids if ids.count(i) > 1][:3]}"


def test_pages_never_say_proved(readers: dict[str, Reader]) -> None:
    """What a run on samples shows is checked; only the home page's heading and the about page speak of proof at all."""
    for name, reader in readers.items():
        if name.startswith("architectures/"):
            assert "proved" not in "".join(reader.text), name


def test_text_keeps_code_and_formulas_apart() -> None:
    made = paragraphs(
        "`$x$` is code, $x^2$ is not, 5 $ and 6 $ are money; [lstm](kb:lstm).", lambda entry_id: f"to/{entry_id}/"
    )
    assert "<code>$x$</code>" in made
    assert made.count("<math") == 1
    assert "5 $ and 6 $" in made
    assert '<a href="to/lstm/">lstm</a>' in made


def test_a_plain_line_is_what_markdown_makes_of_it() -> None:
    texts = [text for entry in BASE.values() for _, text in texts_in(entry) if PLAIN.fullmatch(text)]
    assert len(texts) > 3000
    for text in [*texts[::40], "a+b = c-d", "Maybe. 1. so: 'x' (y); ä/ö % 3^2", "ends  "]:
        assert f"<p>{line(text, str)}</p>" == paragraphs(text, str), text


def test_ways_between_pages() -> None:
    assert relative("a/b/", "a/c/") == "../b/"
    assert relative("", "a/b/") == "../../"
    assert relative("assets/x.js", "a/") == "../assets/x.js"


def test_formulas_of_handwritten_pages() -> None:
    made = Markdown(extensions=["kb.site.mathml"]).convert("`$x$` costs 5 $ or $x^2$:\n\n$$\\sum_i x_i$$")
    assert made.count("<math") == 2
    assert 'display="block"' in made
    assert "<code>$x$</code> costs 5 $ or" in made


def test_the_numbers_of_a_figure_stand_beside_it(site: Path) -> None:
    for claim in (claim for claim in BASE.claims.values() if claim.experiment):
        assert claim.picture
        text = (site / page_of(BASE, claim.id) / "index.html").read_text(encoding="utf-8")
        table = html.unescape(text[text.index('<details class="numbers"') :].partition("</details>")[0])
        for label in [claim.picture.x_axis.label, *claim.picture.series]:
            assert f">{label}</th>" in table, claim.id
        assert len(re.findall("<tr>", table)) >= 2, claim.id


def test_a_claim_shows_every_seed_and_what_was_asked_first(site: Path) -> None:
    for claim in (claim for claim in BASE.claims.values() if claim.experiment):
        text = html.unescape((site / page_of(BASE, claim.id) / "index.html").read_text(encoding="utf-8"))
        record = BASE.evidence[claim.id]
        assert record.claim
        shown = [*record.claim.conditions, *(record.thorough.conditions if record.thorough else ())]
        for condition in shown:
            assert condition.tally in text, claim.id
            assert all(f"{value:.4g}" in text for value in condition.values), claim.id
        failing = sum(condition.holds.count(False) for condition in shown)
        assert text.count('<span class="value lacks">') == failing, claim.id
        assert ('id="thorough"' in text) == (record.thorough is not None), claim.id
        assert ('id="first"' in text) == (claim.first is not None), claim.id
        assert text.count('<tr class="departure">') == len(claim.first.departures if claim.first else ()), claim.id
        assert ('id="before"' in text) == bool(claim.revisions), claim.id


def test_claims_are_counted_apart(site: Path) -> None:
    counted = verdicts(BASE)
    index = (site / "claims" / "index.html").read_text(encoding="utf-8")
    for sort, found in counted.items():
        row = index.partition(f">{SORTS[sort].many.capitalize()}</th>")[2].partition("</tr>")[0]
        numbers = [int(number) for number in re.findall(r'<td class="number">(\d+)</td>', row)]
        assert numbers == [found.get(verdict, 0) for verdict in VERDICTS]
    assert in_words(BASE) in (site / "index.html").read_text(encoding="utf-8")


def test_a_bias_tells_variants_apart(site: Path) -> None:
    text = (site / page_of(BASE, "translation-equivariance") / "index.html").read_text(encoding="utf-8")
    lists = re.findall(r'<h3 class="value (\w+)">.*?</h3>\s*<ul class="who">(.*?)</ul>', text, re.DOTALL)
    variants = {value: re.findall(r">Convolutional network</a> \((\w[\w-]*)\)", listed) for value, listed in lists}
    assert "default" in variants["lacks"]
    assert "circular" in variants["holds"]
