"""Comparing architectures: the page of a pair, the page that compares any, and both against the library."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from conftest import served
from small import Miniature
from test_browser import LONGEST_LINES
from test_budgets import NODES, PAGE, weight
from test_everyone import COLOURS, findings

from kb.query.growth import growth
from kb.query.kinship import kin, pairs
from kb.site.addresses import page_of
from kb.site.charts import chart
from kb.site.comparing import SHOWN, Comparing, place
from kb.site.explorer import DETAILS
from kb.site.pages import Writer, write_file

COMPARING = Comparing(BASE)
DETAILS_BUDGET = 6_000
"""Bytes of what is loaded of each architecture that is compared, compressed."""
SHOWN_PAIRS = [
    ("lstm", "gru"), ("resnet", "densenet"), ("sequence-to-sequence", "attention-encoder-decoder"), ("gcn", "gat"),
    ("mlp", "convolutional-network"), ("lstm", "transformer"),
]  # fmt: skip
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
browser_test = pytest.mark.browser


def groups(count: int) -> list[list[str]]:
    """Two to four architectures each, at random."""
    generator = random.Random(0)
    return [generator.sample(list(BASE.architectures), generator.randint(2, 4)) for _ in range(count)]


def names(*ids: str) -> list[str]:
    return [BASE[entry_id].title for entry_id in ids]


# The pages


def test_every_pair_of_relatives_has_a_page(site: Path) -> None:
    """It is light, and is linked from the pages of both, as the relatives there are."""
    found = pairs(BASE)
    assert set(SHOWN_PAIRS) <= set(found)
    weights = {pair: weight(site / place(pair) / "index.html") for pair in found}
    assert not {pair: found for pair, found in weights.items() if found[0] > PAGE or found[1] > NODES}
    for one in BASE.architectures:
        page = (site / page_of(BASE, one) / "index.html").read_text(encoding="utf-8")
        assert f'compare/?of={one}"' in page
        for relative in kin(BASE, one)[:6]:
            pair = next(pair for pair in found if set(pair) == {one, relative.other})
            assert f'{place(pair)}"' in page, pair


def test_a_page_shows_what_the_library_finds(site: Path) -> None:
    for pair in SHOWN_PAIRS:
        page = (site / place(pair) / "index.html").read_text(encoding="utf-8")
        compared = BASE.compare(*pair)
        apart = [row.what for row in compared["traits"].rows if row.opposed]
        shown = page.partition('id="traits"')[2].partition('id="equations"')[0].partition("<details")[0]
        assert list(dict.fromkeys(re.findall(r"/traits/#([a-z-]+)", shown))) == apart
        for row in compared["parts"].rows:
            assert BASE[row.what].title in page
        for chain in compared.history:
            assert all(hop.relation in page for hop in chain.hops)


def test_nothing_is_shown_of_what_a_base_does_not_have(tmp_path: Path) -> None:
    """No relation, no evidence, no picture, no size: the page says so, and is made."""
    small = Miniature(tmp_path)
    small.architecture("a")
    small.architecture("b")
    base = small.load()
    found = Comparing(base).values(("a", "b"))
    assert found["curves"] == {}
    assert [chain.hops for chain in found["comparison"].history] == [()]
    assert pairs(base) == []
    assert "compare.md" in Writer(base).sheets


# What the browser does


@pytest.fixture(scope="module")
def script(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An empty page in which the modules of the page are loaded."""
    from kb.folders import bundled_root

    folder = tmp_path_factory.mktemp("comparing")
    for file in (bundled_root() / "docs/assets").rglob("*.js"):
        write_file(folder / file.relative_to(bundled_root() / "docs/assets"), file.read_text(encoding="utf-8"))
    (folder / "index.html").write_text("<!doctype html><title>Comparing</title>")
    with served(folder) as address:
        page = browser.new_page()
        page.goto(address)
        page.evaluate(
            """async () => {
              window.comparing = await import("/explore/comparing.js");
              window.charts = await import("/explore/chart.js");
            }"""
        )
        yield page
        page.close()


@browser_test
def test_statements_are_laid_side_by_side_as_in_the_library(script: Any) -> None:
    for group in groups(40):
        sides = [json.loads(json.dumps(COMPARING.details(entry_id))) for entry_id in group]
        theirs = script.evaluate(
            "([sides, aspects]) => aspects.map((aspect) => comparing.rowsOf(sides, aspect))", [sides, list(SHOWN)]
        )
        compared = BASE.compare(*group)
        for aspect, rows in zip(SHOWN, theirs, strict=True):
            ours = [
                {"what": row.what, "values": list(row.values), "notes": list(row.notes), "shared": row.shared,
                 "opposed": row.opposed, "many": sum(map(bool, row.values))}
                for row in compared[aspect].rows
            ]  # fmt: skip
            assert rows == ours, (group, aspect)


@browser_test
def test_charts_are_drawn_alike(script: Any) -> None:
    curves = [
        [list(found.width) if (found := growth(BASE, entry_id)) else [] for entry_id in group] for group in groups(20)
    ]
    drawn = script.evaluate(
        """(all) => all.map((curves) => charts.chart(curves, [1, 2, 4, 8, 16], "FLOPs", "words", "width").outerHTML)""",
        [each for each in curves if any(each)],
    )
    for each, theirs in zip([each for each in curves if any(each)], drawn, strict=True):
        assert sorted(theirs.split()) == sorted(chart(each, "FLOPs", "words", "width").split())


def text(page: Any) -> str:
    page.wait_for_selector(".compared section")
    page.evaluate("document.querySelectorAll('.compared details').forEach((each) => { each.open = true; })")
    return str(page.evaluate("document.querySelector('.compared').innerText")).replace("\n", " ")


@browser_test
@pytest.mark.parametrize("pair", SHOWN_PAIRS, ids=["-".join(pair) for pair in SHOWN_PAIRS])
def test_both_pages_of_a_pair_say_the_same(page: Any, pair: tuple[str, str]) -> None:
    page.goto(f"/{place(pair)}")
    alone = text(page).split()
    page.goto(f"/compare/?of={','.join(pair)}")
    assert text(page).split() == alone


@browser_test
def test_compare_lstm_and_gru(page: Any) -> None:
    """From the page of one, by its button, to both beside each other and to the evidence for what differs."""
    page.goto("/architectures/recurrent/lstm/")
    page.click(".lead a:text-is('Compare')")
    page.wait_for_selector(".chosen span")
    assert page.locator(".chosen span").count() == 1
    assert page.locator(".pairs li:visible").count() == len([p for p in pairs(BASE) if "lstm" in p])
    page.fill("#compare-add", "Gated recurrent unit")  # as a browser does with a name that it proposes
    page.wait_for_selector(".compared section")
    assert page.url.endswith("?of=lstm,gru")
    assert page.locator("#traits ~ .scroll tbody th").all_inner_texts() == ["Capacity to count"]
    assert page.locator(".drawn img").count() == 2
    assert page.locator(".charts svg polyline").count() == 4
    page.click("#traits ~ .scroll tbody a.holds")
    page.wait_for_url("**/lstm/traits/#counting-capacity")
    page.go_back()
    page.wait_for_selector(".compared section")
    page.fill("#compare-add", "transformer")
    page.click("button:text-is('Add')")
    page.wait_for_selector(".sides.of-3")
    page.click("button[aria-label='Remove Long short-term memory']")
    page.wait_for_selector(".sides.of-2")
    assert page.url.endswith("?of=gru,transformer")
    page.go_back()
    page.wait_for_selector(".sides.of-3")


@browser_test
def test_what_cannot_be_compared_is_said(page: Any) -> None:
    page.goto("/compare/?of=lstm,nothing")
    page.wait_for_selector(".told:not(:empty)")
    assert page.inner_text(".told") == "There is no architecture called nothing. Choose another one."
    page.route("**/details/*.json", lambda route: route.abort())
    page.goto("/compare/?of=LSTM,gru")  # a name does as well as an id, where it is the entry's
    page.wait_for_selector("text=could not be loaded")
    page.fill("#compare-add", "no such thing")
    page.keyboard.press("Enter")
    assert page.inner_text(".told") == "There is no architecture called no such thing."


@browser_test
def test_only_what_is_compared_is_loaded(page: Any) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/compare/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if url.endswith(".json")]
    page.goto("/compare/?of=lstm,gru,gcn,gat")
    page.wait_for_selector(".compared section")
    files = sorted(url.rpartition("/")[2] for url in loaded if url.endswith(".json"))
    assert files == ["gat.json", "gcn.json", "gru.json", "lstm.json", "map.json"]


def test_what_is_loaded_of_each_is_small(site: Path) -> None:
    files = list((site / "assets" / "explore" / DETAILS).glob("*.json"))
    assert {file.stem for file in files} == BASE.architectures.keys()
    assert max(len(gzip.compress(file.read_bytes())) for file in files) < DETAILS_BUDGET


@browser_test
def test_path_from_mlp_to_gat(page: Any) -> None:
    """What leads from one to another, in words, and from there on the map."""
    page.goto("/compare/?of=mlp,gat")
    page.wait_for_selector(".chain li")
    (chain,) = BASE.compare("mlp", "gat").history
    steps = page.locator(".chain li").all_inner_texts()
    assert len(steps) == len(chain.hops)
    for step, hop in zip(steps, chain.hops, strict=True):
        assert step.startswith(f"{BASE[hop.start].title} {hop.relation} {BASE[hop.end].title}")
        assert step.endswith(hop.because)
    page.click("a:text-is('The way between them on the map')")
    page.wait_for_selector(".map-steps ol li")
    assert page.locator(".map-steps ol li").count() == len(chain.hops)


@browser_test
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["compare/gcn/gat/", "compare/?of=lstm,gru,transformer,mlp", "compare/"])
def test_comparisons_can_be_read(browser: Any, address: str, path: str, scheme: str) -> None:
    """With contrast, in lines that are not long, and on a phone without being wider than it."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"/{path}")
    page.wait_for_load_state("networkidle")
    assert findings(page, **COLOURS) == []
    assert not page.evaluate(LONGEST_LINES)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


@browser_test
def test_a_comparison_is_made_by_keyboard(page: Any) -> None:
    page.goto("/compare/?of=lstm")
    page.focus("#compare-add")
    page.keyboard.type("GRU")
    page.keyboard.press("Enter")
    page.wait_for_selector(".compared section")
    assert "of=lstm,gru" in page.url
    page.focus(".chosen button >> nth=1")
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('.compared section')")
    assert page.evaluate("document.activeElement.id") == "compare-add"


@browser_test
def test_pairs_can_be_read_without_scripts(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/compare/")
    assert page.locator("#comparing").is_hidden()
    assert page.locator(".pairs li").count() == len(pairs(BASE))
    page.click(".pairs a[aria-label='Long short-term memory and Gated recurrent unit']")
    assert page.inner_text("h1").startswith("Long short-term memory and Gated recurrent unit")
    assert page.locator(".drawn img").count() == 2
    context.close()
