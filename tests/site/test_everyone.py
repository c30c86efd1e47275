"""For everyone: by axe, by keyboard alone, on paper, without motion, in both themes and on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
KINDS = {
    "home": "",
    "explorables": "explorables/",
    "comparison": "compare/?of=lstm,gru",
    "explorer, answers": "explore/?where=has+causality+and+uses+gating",
    "explorer, table": "explore/?view=table&where=in+memory",
    "explorer, map": "explore/?view=map",
    "choose": "choose/?know=points",
    "all architectures": "architectures/",
    "architecture": "architectures/recurrent/lstm/",
    "concept": "concepts/phenomenon/vanishing-gradient/",
    "bias": "biases/symmetry/translation-equivariance/",
    "claim": "claims/geometry/depth-multiplies-linear-regions/",
    "theorem": "theorems/connectivity/bidirectional-context-excludes-causality/",
    "paper": "papers/2016/he2016deep/",
    "all papers": "papers/",
    "path": "paths/lecture/deep-learning-taxonomy/",
    "section": "paths/lecture/deep-learning-taxonomy/s13/",
    "all paths": "paths/",
    "all claims": "claims/",
    "all concepts": "concepts/",
    "problems": "problems/",
    "errata": "errata/",
    "traits": "architectures/convolutional/resnet/traits/",
    "code": "architectures/graph/gcn/code/",
    "reference": "python-questions/",
    "by hand": "command-line/",
    "nowhere": "no/such/page/",
}
"""One page of each kind; the first of each of the five entrances is among them."""
SCREENS = {"wide": (1280, ["default", "slate"]), "phone": (390, ["slate"])}
"""Widths, and the themes that a page is seen in on each; the first of them is judged by all rules."""
SCHEME = "document.body.getAttribute('data-md-color-scheme')"
SWITCH = "document.querySelector('label[for^=__palette]:not([hidden])').click()"

COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""Axe's rules that depend on colours alone, of those that it has switched on."""


class Screen(NamedTuple):
    """A page, and the themes that it is seen in."""

    page: Any
    themes: Sequence[str]


def findings(page: Any, **options: Any) -> list[str]:
    """What axe calls serious or critical on a page, with where it is. Nothing on the page is excluded."""
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => {})")
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def findings_in_themes(page: Any, themes: Sequence[str]) -> list[str]:
    """All rules in the first theme; in the other, which has the same elements, those on colours."""
    found = []
    for theme, options in zip(themes, ({}, COLOURS), strict=False):
        if page.evaluate(SCHEME) != theme:
            page.evaluate(SWITCH)
        assert page.evaluate(SCHEME) == theme
        found += [f"{theme}: {each}" for each in findings(page, **options)]
    return found


@pytest.fixture(params=SCREENS.values(), ids=list(SCREENS))
def screen(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Screen]:
    width, themes = request.param
    viewport = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=viewport, has_touch=width < 800, reduced_motion="reduce")
    yield Screen(context.new_page(), themes)
    context.close()


@pytest.mark.parametrize("path", KINDS.values(), ids=KINDS)
def test_axe_finds_nothing_serious(screen: Screen, path: str) -> None:
    screen.page.goto(f"/{path}")
    screen.page.wait_for_load_state("networkidle")
    assert findings_in_themes(*screen) == []


def test_axe_finds_nothing_serious_in_the_search_and_in_what_unfolds(screen: Screen) -> None:
    page = screen.page
    page.goto("/architectures/recurrent/lstm/")
    page.evaluate("document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })")
    assert findings_in_themes(*screen) == []
    page.keyboard.press("/")
    page.wait_for_selector("dialog.search input:focus")
    page.keyboard.type("gradient")
    page.wait_for_selector("dialog.search [role=option]")
    assert findings_in_themes(*screen) == []


def test_axe_would_find_it(page: Any) -> None:
    """A button without a name, and a text that is pale in one theme only, whichever comes second."""
    page.goto("/about/")
    page.evaluate("document.querySelector('article').append(document.createElement('button'))")
    assert any(line.startswith("button-name") for line in findings(page))
    for theme in (themes := ("default", "slate")):
        pale = f"[data-md-color-scheme={theme}] article p {{ color: #777 !important; background: #888 }}"
        style = page.add_style_tag(content=pale)
        assert {line.split(": ")[1] for line in findings_in_themes(page, themes) if theme in line} >= {"color-contrast"}
        style.evaluate("(style) => style.remove()")


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.closest('a, button, summary, input')?.textContent.trim() ?? ''"))


def tabbed(page: Any, text: str, most: int = 150) -> None:
    """Press Tab until something with this text has the focus, and is seen to have it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page).startswith(text):
            outline = "(({ outlineStyle, outlineWidth }) => outlineStyle + outlineWidth)"
            assert page.evaluate(f"{outline}(getComputedStyle(document.activeElement))") == "solid3px"
            return
    raise AssertionError(f"{text} is not reached by Tab in {most} steps")


def test_a_visit_by_keyboard_alone(page: Any) -> None:
    """Search, open the entry, unfold a part of it, follow a link in it, ask the explorer."""
    page.goto("/")
    page.keyboard.press("/")
    page.wait_for_selector("dialog.search input:focus")
    page.keyboard.type("lstm")
    page.wait_for_selector("dialog.search [aria-selected=true]:has-text('Long short-term memory')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/architectures/recurrent/lstm/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    tabbed(page, "Parts, problems, papers")
    fold = page.locator("details:has(> summary:has-text('Parts, problems, papers'))")
    assert fold.get_attribute("open") is None
    page.keyboard.press("Enter")
    assert fold.get_attribute("open") is not None
    page.keyboard.press("Tab")
    target = page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(target)
    tabbed(page, "Explore")
    page.keyboard.press("Enter")
    page.wait_for_url("**/architectures/")
    tabbed(page, "Explore", 20)
    tabbed(page, "Explore", 20)
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore/")
    page.wait_for_selector(".explorer .told:not(:empty)")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "explorer-add":
            break
    page.keyboard.type("causality")
    page.keyboard.press("Enter")
    page.wait_for_selector(".chip b:text-is('Causality')")
    assert page.input_value("#explorer-text") == "has causality"


def test_a_wide_formula_is_scrolled_by_keyboard(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto("/architectures/recurrent/lstm/")
    page.wait_for_selector(":is(figure.equation, .computed > .formula)[tabindex='0']")
    wide = page.evaluate("""[...document.querySelectorAll("figure.equation, .computed > .formula")]
        .every((frame) => (frame.scrollWidth > frame.clientWidth) === (frame.tabIndex === 0))""")
    context.close()
    assert wide


def test_nothing_moves_for_those_who_ask_for_it(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address, reduced_motion="reduce")
    page = context.new_page()
    moving = []
    for path in ("", "explore/?view=map", "architectures/recurrent/lstm/"):
        page.goto(f"/{path}")
        moving += page.evaluate("""[...document.querySelectorAll("*")].filter((element) => {
            const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
            return parseFloat(transitionDuration) > 0 && transitionDuration !== "1e-05s" || animationName !== "none"
                || scrollBehavior === "smooth";
        }).map((element) => element.tagName + "." + element.className)""")
    context.close()
    assert moving == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_has_the_text_and_no_controls(browser: Any, address: str, scheme: str) -> None:
    context = browser.new_context(base_url=address, viewport={"width": 794, "height": 1100}, color_scheme=scheme)
    page = context.new_page()
    page.goto("/architectures/graph/gat/")
    page.emulate_media(media="print", color_scheme=scheme)
    seen = "(place) => [...document.querySelectorAll(place)].some((element) => element.getClientRects().length)"
    controls = "header, nav.md-tabs, .md-footer, .search-open, .crumbs, button, .headerlink, img[src$=only-dark]"
    assert not [place for place in controls.split(", ") if page.evaluate(seen, place)]
    assert page.evaluate(seen, "img[src$=only-light]")
    assert page.evaluate(seen, "details.fold > p, details.fold > div, details.fold > ul")  # what is folded is printed
    ink = page.evaluate("getComputedStyle(document.querySelector('article p')).color")
    assert sum(map(int, ink.strip("rgba()").split(",")[:3])) < 200
    assert page.pdf().startswith(b"%PDF")
    context.close()


def test_text_has_the_fonts_of_the_site(page: Any) -> None:
    page.goto("/architectures/recurrent/lstm/")
    page.evaluate("document.fonts.ready")
    fonts = (
        "[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family.replaceAll('\"', ''))"
    )
    assert {"KB Text", "KB Code", "STIX Two Math"} <= set(page.evaluate(fonts))


SHADE = """async (file) => {
  const image = document.querySelector(`img[src*='picture-2.svg#${file}']`);
  if (!image.getClientRects().length) return null;
  image.scrollIntoView(); image.loading = "eager"; await image.decode();
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  let sum = 0, count = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 250) { sum += data[at + 1]; count += 1; }
  return sum / count;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_picture_follows_the_switch_of_the_site(browser: Any, address: str, scheme: str) -> None:
    """A file in a page cannot know what was chosen there: its address says it."""
    context = browser.new_context(base_url=address, color_scheme=scheme)
    page = context.new_page()
    page.goto("/architectures/graph/gat/")
    for _ in range(2):
        dark = page.evaluate(SCHEME) == "slate"
        shades = [page.evaluate(SHADE, f"only-{name}") for name in ("light", "dark")]
        assert shades[not dark] is None
        assert (shades[dark] < 110) == dark
        page.click("label.md-header__button[for^=__palette]:visible")
    context.close()


def test_pictures_can_be_taken_along(page: Any, site: Path) -> None:
    page.goto("/architectures/graph/gat/")
    page.click("#picture ~ details summary >> nth=0")
    for name, start in (("SVG", b"<svg "), ("PDF", b"%PDF")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name, exact=True).first.click()
        assert Path(waiting.value.path()).read_bytes().startswith(start)
