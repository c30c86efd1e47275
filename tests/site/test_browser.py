"""What a visitor does, in a real browser: find, open, follow, switch the theme, read on a phone."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    # Playwright's own event loop is closed by its fixture, after pytest has looked for leftovers.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PAGES = ["", "matrix/", "architectures/recurrent/lstm/", "claims/geometry/depth-multiplies-linear-regions/",
         "papers/2016/he2016deep/", "concepts/phenomenon/vanishing-gradient/", "paths/lecture/deep-learning-taxonomy/",
         "architectures/graph/gcn/code/", "biases/symmetry/translation-equivariance/"]  # fmt: skip


def test_search_finds_and_opens_an_entry(page: Any) -> None:
    page.goto("/")
    page.click("label.md-search__icon[for=__search], .md-search__input")
    page.keyboard.type("long short-term memory", delay=15)
    first = "document.querySelector('.md-search-result__link')"  # results change while one types: wait for the last
    page.wait_for_function(f"/Long short-term memory/.test({first}?.textContent || '')")
    page.click(".md-search-result__link >> nth=0")
    page.wait_for_url("**/architectures/recurrent/lstm/**")
    assert page.inner_text("h1").startswith("Long short-term memory")


@pytest.mark.parametrize(
    ("typed", "name", "place"),
    [
        ("lstm", "Long short-term memory", "lstm"),
        ("transfromer", "Transformer", "transformer"),
        ("gated recurent", "Gated recurrent unit", "gru"),
        ("batch norm", "Batch normalisation", "batch-normalisation"),
    ],
)
def test_finder_finds_by_keyboard_and_in_spite_of_typos(page: Any, typed: str, name: str, place: str) -> None:
    page.goto("/")
    page.focus(".finder input")
    page.keyboard.type(typed)
    page.wait_for_selector(f".finder li[aria-selected=true]:has-text('{name}')")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{place}/")


def test_a_node_of_a_diagram_leads_to_its_page(page: Any) -> None:
    page.goto("/architectures/recurrent/lstm/")
    page.click("svg.diagram a.node:has-text('Recurrent network')")
    page.wait_for_url("**/architectures/recurrent/recurrent-network/")


def test_a_cell_of_the_matrix_leads_to_its_evidence(page: Any) -> None:
    page.goto("/matrix/")
    page.click("table.matrix tbody tr:has-text('Gated recurrent unit') td.holds a >> nth=0")
    page.wait_for_url("**/architectures/recurrent/gru/#traits")


def test_the_theme_can_be_switched_and_diagrams_follow(page: Any) -> None:
    page.goto("/architectures/graph/gcn/")
    colour = "getComputedStyle(document.querySelector('svg.diagram .node rect')).fill"
    light = page.evaluate(colour)
    page.click("label[for=__palette_1]")
    assert page.evaluate("document.body.getAttribute('data-md-color-scheme')") == "slate"
    assert page.evaluate(colour) != light


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_screen(page: Any, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/{path}")
    excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert excess <= 0


def test_formulas_are_drawn(page: Any) -> None:
    page.goto("/architectures/attention/transformer/")
    boxes = page.evaluate("[...document.querySelectorAll('.equation math')].map(m => m.getBoundingClientRect().height)")
    assert boxes
    assert min(boxes) > 10
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")


def test_bibtex_can_be_copied(page: Any) -> None:
    page.goto("/papers/2016/he2016deep/")
    assert "@inproceedings{he2016deep" in page.inner_text("pre code")
    assert page.query_selector("button.md-clipboard, .md-code__button, nav.md-code__nav button")
