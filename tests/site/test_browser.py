"""What a visitor does, in a real browser: find, open, follow, switch the theme, read on a phone."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [
    pytest.mark.browser,
    # Playwright's own event loop is closed by its fixture, after pytest has looked for leftovers.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PAGES = ["", "explore/", "choose/", "architectures/recurrent/lstm/", "claims/geometry/depth-multiplies-linear-regions/",
         "papers/2016/he2016deep/", "concepts/phenomenon/vanishing-gradient/", "paths/lecture/deep-learning-taxonomy/",
         "architectures/graph/gcn/code/", "biases/symmetry/translation-equivariance/",
         "paths/lecture/deep-learning-taxonomy/s13/", "problems/", "errata/",
         "architectures/convolutional/resnet/traits/", "explorables/"]  # fmt: skip
KINDS_OF_PAGES = [
    "home",
    "explore",
    "choose",
    "architecture",
    "claim",
    "paper",
    "concept",
    "path",
    "code",
    "bias",
    "section",
    "problems",
    "errata",
    "traits",
    "explorables",
]
"""Names of these tests: those of entries would make `pytest -k lstm` wait for the site."""


def test_progress_on_a_path_is_kept(page: Any) -> None:
    path = "/paths/lecture/deep-learning-taxonomy/"
    page.goto(path)
    for step in (1, 2, 3):  # the third is the first once more
        page.check(f"#step-{step} input")
    assert page.inner_text(".progress output") == "3"
    page.reload()
    assert page.inner_text(".progress output") == "3"
    assert str(page.get_attribute(".progress a", "href")).endswith("#step-4")
    page.click("#step-4 > a")
    page.click("nav.stop a[rel=next]")
    page.click("nav.stop a[rel=prev]")
    page.click("nav.stop a.where")
    page.wait_for_url(f"**{path}#step-4")
    page.uncheck("#step-1 input")
    assert page.inner_text(".progress output") == "2"


def test_arrow_keys_turn_the_pages_of_a_lecture(page: Any) -> None:
    sections = "/paths/lecture/deep-learning-taxonomy/"
    page.goto(f"{sections}s12/")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**{sections}s13/")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**{sections}s12/")
    page.keyboard.press("Shift+ArrowRight")  # selects text
    assert page.url.endswith("s12/")


def test_a_place_in_the_lecture_leads_to_its_slide(page: Any) -> None:
    page.goto("/claims/generalisation/flatness-depends-on-the-weights-not-the-function/")
    page.get_by_role("link", name="lecture, S13, flat minima").first.click()
    page.wait_for_url("**/s13/#slide-3")
    assert page.inner_text("#slide-3").startswith("Flat minima")


def test_links_inside_diagrams_exist_for_screen_readers(page: Any) -> None:
    page.goto("/architectures/recurrent/lstm/")
    picture = page.get_by_role("group", name="Relatives of Long short-term memory")
    assert picture.get_by_role("link", name="Recurrent network", exact=True).count() == 1


def test_a_node_of_a_diagram_leads_to_its_page(page: Any) -> None:
    page.goto("/architectures/recurrent/lstm/")
    page.click("svg.diagram a.node:has-text('Recurrent network')")
    page.wait_for_url("**/architectures/recurrent/recurrent-network/")


def test_the_theme_can_be_switched_and_diagrams_follow(page: Any) -> None:
    page.goto("/architectures/graph/gcn/")
    colour = "getComputedStyle(document.querySelector('svg.diagram .node rect')).fill"
    light = page.evaluate(colour)
    page.click("label[for=__palette_1]")
    assert page.evaluate("document.body.getAttribute('data-md-color-scheme')") == "slate"
    assert page.evaluate(colour) != light


@pytest.mark.parametrize("path", PAGES, ids=KINDS_OF_PAGES)
def test_no_page_is_wider_than_its_screen(page: Any, path: str) -> None:
    page.goto(f"/{path}")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 800})
        excess = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert excess <= 0, width


LONGEST_LINES = """() => {
  const found = {};
  for (const block of document.querySelectorAll("article :is(p, li, dd, dt, figcaption, .steps div)")) {
    if (block.closest("table, pre, svg, nav, .hero, details:not([open])")) continue;
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    let left = -Infinity, line = "", longest = "";
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest("p, li, dd, dt, figcaption, div, math, pre, table, ul, ol") !== block) continue;
      if (/^\\s/.test(node.data)) line += " ";
      for (const word of node.data.matchAll(/\\S+\\s*/g)) {
        const range = document.createRange();
        range.setStart(node, word.index); range.setEnd(node, word.index + word[0].trimEnd().length);
        const boxes = range.getClientRects(), box = boxes[boxes.length - 1];
        if (!box) continue;
        if (box.left < left || boxes.length > 1) line = "";
        left = box.left;
        if (boxes.length === 1) line += word[0].replace(/\\s+/g, " ");  // a long address is broken inside of the word
        if (line.trim().length > longest.length) longest = line.trim();
      }
    }
    if (longest.length > 75) found[longest] = longest.length;
  }
  return found;
}"""


@pytest.mark.parametrize("path", [*PAGES, "about/"], ids=[*KINDS_OF_PAGES, "by hand"])
def test_lines_of_prose_are_not_long(page: Any, path: str) -> None:
    """At most 75 characters on a wide screen; tables, code and pictures have their own width."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"/{path}")
    assert not page.evaluate(LONGEST_LINES)


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


def test_an_equation_leads_to_its_lines(page: Any) -> None:
    page.goto("/architectures/recurrent/lstm/")
    link = page.locator("figure.computed pre a", has_text="retained = torch.sigmoid(f[0])").last
    lines = [line.strip() for line in link.inner_text().splitlines()]
    link.click()
    page.wait_for_url("**/architectures/recurrent/lstm/code/#L*-L*")
    page.wait_for_selector(".line.led-to")
    marked = page.locator(".line.led-to")
    assert [line.strip() for line in marked.all_inner_texts()] == lines
    assert marked.first.is_visible()


def test_equations_stand_beside_code_and_on_phones_above_it(page: Any) -> None:
    def boxes() -> tuple[dict[str, float], dict[str, float]]:
        figure = page.locator("figure.computed").first
        return figure.locator(".formula").bounding_box(), figure.locator("pre").bounding_box()

    page.goto("/architectures/recurrent/lstm/")
    formula, code = boxes()
    assert formula["x"] + formula["width"] <= code["x"]
    page.set_viewport_size({"width": 390, "height": 900})
    formula, code = boxes()
    assert formula["y"] + formula["height"] <= code["y"]


def test_a_picture_fits_its_column_as_long_as_its_words_can_be_read(page: Any) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/architectures/recurrent/lstm/")
    frame, picture = page.locator(".pictured").first, page.locator("svg.picture").first
    own = float(picture.get_attribute("width"))
    column = frame.bounding_box()["width"]
    assert column < own
    assert picture.bounding_box()["width"] == pytest.approx(column, abs=1)
    page.set_viewport_size({"width": 390, "height": 900})
    assert picture.bounding_box()["width"] == pytest.approx(own, abs=1)
    page.goto("/architectures/attention/transformer/")
    assert float(picture.get_attribute("width")) > 390 >= picture.bounding_box()["width"]
