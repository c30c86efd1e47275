"""The search box: it answers as the library does, is light, and helps where an address leads nowhere."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from conftest import served
from searches import SEARCHER, many

from kb.folders import bundled_root
from kb.search import absence
from kb.site.finding import ENTRIES, write_index

BUDGET = 100
"""Bytes an entry that the index may have, compressed: it is loaded when the search box is opened."""
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_the_index_of_entries_is_small(tmp_path: Path) -> None:
    write_index(BASE, tmp_path)
    assert len(gzip.compress((tmp_path / ENTRIES).read_bytes())) < BUDGET * len(BASE)


@pytest.fixture(scope="module")
def ranking(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An empty page on which the site's ranking is loaded, with the index of the bundled entries."""
    folder = tmp_path_factory.mktemp("ranking")
    write_index(BASE, folder)
    shutil.copy(bundled_root() / "docs/assets/search.js", folder)
    (folder / "index.html").write_text("<!doctype html><title>Ranking</title>")
    with served(folder) as address:
        page = browser.new_page()
        page.goto(address)
        page.evaluate(
            """async () => {
              const read = (name) => fetch(name).then((answer) => answer.json()), site = await import("/search.js");
              window.searcher = new site.Searcher(await read("entries.json"), () => read("texts.json"));
              window.absence = site.absence;
            }"""
        )
        yield page
        page.close()


ANSWERS = """queries => Promise.all(queries.map(async (query) => {
  const hits = await searcher.search(query);
  return [hits.map((hit) => [hit.document.id, hit.score, hit.matched, hit.guess]), absence(query, hits)];
}))"""


@pytest.mark.browser
def test_the_site_answers_as_the_library_does(ranking: Any) -> None:
    queries = many()
    for query, (theirs, result) in zip(queries, ranking.evaluate(ANSWERS, queries), strict=True):
        ours = SEARCHER.search(query)
        assert [[hit.id, hit.score, hit.matched, hit.guess] for hit in ours] == theirs, query
        assert bool(result) == bool(absence(query, ours)), query


@pytest.mark.browser
def test_the_site_knows_names_as_the_library_does(ranking: Any) -> None:
    names = sorted({name for each in SEARCHER.documents for name in each.names})
    theirs = ranking.evaluate("names => names.map((name) => searcher.meanings(name).map(({ id }) => id))", names)
    ours = [[entry.id for entry in BASE.names.meanings(name)] for name in names]
    assert [sorted(ids) for ids in ours] == [sorted(ids) for ids in theirs]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("typed", "name", "place"),
    [
        ("lstm", "Long short-term memory", "lstm"),
        ("transfromer", "Transformer", "transformer"),
        ("gated recurent", "Gated recurrent unit", "gru"),
        ("batch norm", "Batch normalisation", "batch-normalisation"),
    ],
    ids=["abbreviation", "letters exchanged", "letter missing", "word cut off"],
)
def test_an_entry_is_found_by_keyboard(page: Any, typed: str, name: str, place: str) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.wait_for_selector("dialog.search input:focus")
    page.keyboard.type(typed)
    page.wait_for_selector(f"dialog.search [aria-selected=true]:has-text('{name}')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{place}/")


@pytest.mark.browser
def test_the_box_opens_on_every_page_by_key_and_by_button(page: Any) -> None:
    page.goto("/papers/2016/he2016deep/")
    page.keyboard.press("Control+k")
    page.wait_for_selector("dialog.search input:focus")
    page.keyboard.type("vanishing gradeint")
    page.wait_for_selector("dialog.search [aria-selected=true]:has-text('Vanishing gradient'):has-text('a guess')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.search", state="hidden")
    page.click("header a.search-open")
    page.fill("dialog.search input", "Gemini")
    page.wait_for_selector("dialog.search [role=status]:has-text('No entry has the name “Gemini”')")
    assert page.locator("dialog.search [role=option]").count() == 0
    page.fill("dialog.search input", "gcn")
    page.wait_for_selector("dialog.search [aria-selected=true]:has-text('Graph convolutional network')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.get_attribute("#search-input", "aria-activedescendant") == "search-found-0"
    page.click("dialog.search [role=option] >> nth=0")
    page.wait_for_url("**/architectures/graph/gcn/")


@pytest.mark.browser
def test_nothing_of_the_search_is_loaded_before_it_is_opened(page: Any) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    page.goto("/architectures/recurrent/lstm/")
    page.wait_for_load_state("networkidle")
    assert not {"search.js", "search-box.js", "entries.json", "texts.json", "search_index.json", "search.json"} & {
        *loaded
    }
    page.goto("/?q=LSTM")
    page.wait_for_selector("dialog.search [aria-selected=true]:has-text('Long short-term memory')")
    assert "texts.json" not in loaded  # the first tier has answers enough
    page.fill("dialog.search input", "Hückel")
    page.wait_for_selector("dialog.search [role=option]:has-text('Molecules')")
    assert "texts.json" in loaded


@pytest.mark.browser
@pytest.mark.parametrize("path", ["LSTM/", "architectures/gated-recurrent-unit", "e/Gated%20recurrent%20unit/"])
def test_a_name_is_an_address(page: Any, path: str) -> None:
    assert page.goto(f"/{path}").status == 404
    page.wait_for_url("**/architectures/recurrent/*/")


@pytest.mark.browser
def test_where_a_trait_had_a_page_its_evidence_is_shown(page: Any) -> None:
    assert page.goto("/architectures/recurrent/lstm/causality/").status == 404
    page.wait_for_url("**/architectures/recurrent/lstm/traits/#causality")
    page.wait_for_selector("#causality ul.proof >> visible=true")  # the browser unfolds what an address leads to


@pytest.mark.browser
def test_where_an_address_leads_nowhere_near_names_are_shown(page: Any) -> None:
    assert page.goto("/concepts/vanishing-gradeint/").status == 404
    page.click("ul.near li:first-child a:has-text('Vanishing gradient')")
    page.wait_for_url("**/concepts/phenomenon/vanishing-gradient/")
    page.goto("/nowhere/at-allx/")
    page.click("text=Search for “at allx”")
    page.wait_for_selector("dialog.search[open]")
    assert page.input_value("#search-input") == "at allx"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("path", "place"),
    [("/lstm", "/architectures/recurrent/lstm/"), ("/LSTM/", "/architectures/recurrent/lstm/"),
     ("/architectures/lstm/code/", "/architectures/recurrent/lstm/code/"),
     ("/somewhere/resnet/traits/", "/architectures/convolutional/resnet/traits/")],
)  # fmt: skip
def test_a_name_alone_is_an_address(page: Any, path: str, place: str) -> None:
    assert page.goto(path).status == 404
    page.wait_for_url(f"**{place}")


@pytest.mark.browser
def test_without_scripts_the_search_is_a_list_of_all_names(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/papers/2016/he2016deep/")
    page.click("header a.search-open")
    page.click("article a:text-is('LSTM')")
    assert page.inner_text("h1").startswith("Long short-term memory")
    context.close()
