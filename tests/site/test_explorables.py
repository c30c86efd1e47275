"""Explorables: their numbers are those of the experiments, and their scripts compute what the library computes."""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from conftest import served
from test_browser import LONGEST_LINES
from test_everyone import COLOURS, findings

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))

import kb  # noqa: E402
from kb.site import explorables as module  # noqa: E402
from kb.site.addresses import page_of  # noqa: E402
from kb.site.explorables import DATA, SCRIPT, explorables, folder  # noqa: E402
from scripts.explorables import computation, plain  # noqa: E402

NAMES = sorted(path.parent.name for path in folder().glob("*/numbers.py"))
EXACT = 1e-9
MOST = 30_000
"""Bytes of all that an explorable loads, compressed."""


def browsed(test: Any) -> Any:
    """Mark a test that needs a browser."""
    ignored = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    return pytest.mark.browser(ignored(test))


def stored(name: str) -> Any:
    return json.loads((folder() / name / DATA).read_text(encoding="utf-8"))


def largest_difference(found: Any, expected: Any) -> float:
    """The largest difference between numbers in the same places, relative to numbers above one."""
    if isinstance(expected, dict):
        assert found.keys() == expected.keys()
        return max(largest_difference(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        assert len(found) == len(expected)
        return max(largest_difference(*pair) for pair in zip(found, expected, strict=True))
    return abs(found - expected) / max(1.0, abs(expected))


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_those_that_the_experiment_computes(name: str) -> None:
    module = computation(name)
    assert largest_difference(stored(name), plain(module.data())) < getattr(module, "TOLERANCE", 1e-5)


@pytest.fixture(scope="module")
def scripts(browser: Any) -> Iterator[Any]:
    """A page that can load the scripts; no site is needed for them."""
    with served(ROOT / "docs") as address:
        page = browser.new_page()
        page.goto(f"{address}assets/explorables/load.js")
        yield page
        page.close()


CALL = """async ([name, calls]) => {
  const module = await import(`/assets/explorables/${name}/explorable.js`);
  return calls.map(([called, given]) => module[called](...given));
}"""


@browsed
@pytest.mark.parametrize("name", NAMES)
def test_scripts_compute_what_the_library_computes(scripts: Any, name: str) -> None:
    cases = list(computation(name).cases(stored(name)))
    assert cases
    found = scripts.evaluate(CALL, [name, [[called, plain(given)] for called, given, _ in cases]])
    differences = [
        (called, largest_difference(value, plain(expected)))
        for (called, _, expected), value in zip(cases, found, strict=True)
    ]
    assert not [each for each in differences if not each[1] <= EXACT], differences


ADDED = """async () => {
  const module = await import("/assets/explorables/linear-regions/explorable.js");
  const draws = await (await fetch("/assets/explorables/linear-regions/data.json")).json(), found = [];
  for (const layers of draws) for (let width = 2; width <= 8; width++) for (let depth = 2; depth <= 4; depth++) {
    found.push(module.counted(layers, width, depth) <= module.bound(width * depth, 1));
  }
  return found;
}"""


@browsed
def test_random_layers_have_no_more_regions_than_one_layer_can_have(scripts: Any) -> None:
    """As the text beside it says."""
    found = scripts.evaluate(ADDED)
    assert len(found) == 63
    assert all(found)


ABOUT_ONE = {"title": "T", "question": "Q?", "see": "S.", "claim": "convolution-is-equivariant", "entries": ["lstm"]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": None}, "one/about.yaml: title: Input should be a valid string"),
        ({"place": "x"}, "one/about.yaml: place: Extra inputs are not permitted"),
        ({"entries": ["lstn", "grue"]}, "one/about.yaml: no entry 'lstn', 'grue'"),
        ({"claim": "lstm"}, "one/about.yaml: claim: expected a claim with a figure and evidence, not 'lstm'"),
    ],
)
def test_what_is_wrong_with_an_explorable_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], message: str
) -> None:
    monkeypatch.setattr(module, "folder", lambda: tmp_path)
    (tmp_path / "one").mkdir()
    file = tmp_path / "one/about.yaml"
    file.write_text(json.dumps(ABOUT_ONE), encoding="utf-8")
    assert [each.entries for each in explorables(BASE)] == [["lstm"]]
    module._read.cache_clear()
    file.write_text(json.dumps(ABOUT_ONE | change), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(message)):
        explorables(BASE)


def test_explorables_belong_to_the_bundled_entries() -> None:
    assert explorables(kb.load(ROOT / "tests/miniature/valid/tiny")) == []


# In a browser


def test_an_explorable_is_small() -> None:
    shared = sum(weight(path) for pattern in ("*.js", "*.css") for path in folder().glob(pattern))
    weights = {name: shared + sum(weight(folder() / name / file) for file in (SCRIPT, DATA)) for name in NAMES}
    assert not {name: found for name, found in weights.items() if found > MOST}, weights


def weight(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def test_each_stands_on_the_pages_that_it_names(site: Path) -> None:
    index = (site / "explorables/index.html").read_text(encoding="utf-8")
    assert [each.id for each in explorables(BASE)] == NAMES
    for each in explorables(BASE):
        mark = f'data-explorable="{each.id}"'
        assert mark in index
        for entry in (each.claim, *each.entries):
            text = (site / page_of(BASE, entry) / "index.html").read_text(encoding="utf-8")
            assert mark in text, (each.id, entry)
            # The figure of the claim stands there without scripts: on its own page it is a part of the evidence.
            assert ('class="plot fallback"' in text) == (entry != each.claim), (each.id, entry)


@pytest.fixture
def watched(page: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page with the list of all that it loaded, on which no script may fail."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    yield page, loaded
    assert wrong == []


def seen(page: Any, name: str, address: str = "/explorables/") -> Any:
    """Return an explorable that has been scrolled to."""
    page.goto(address)
    place = page.locator(f"[data-explorable={name}]")
    place.scroll_into_view_if_needed()
    place.locator(".found:not(:empty)").wait_for()
    return place


@browsed
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_loaded_before_it_is_seen(watched: tuple[Any, list[str]], name: str) -> None:
    page, loaded = watched
    claim = page_of(BASE, next(each.claim for each in explorables(BASE) if each.id == name))
    page.goto(f"/{claim}")
    page.wait_for_load_state("networkidle")
    assert not [url for url in loaded if DATA in url or SCRIPT in url]
    seen(page, name, f"/{claim}")
    page.wait_for_load_state("networkidle")
    assert {url.rpartition("/")[2] for url in loaded if f"explorables/{name}/" in url} == {SCRIPT, DATA}


@browsed
@pytest.mark.parametrize("name", NAMES)
def test_it_can_be_moved_by_keyboard(watched: tuple[Any, list[str]], name: str) -> None:
    """Every control has a name, is reached by Tab, shows that it has the focus, and changes what is drawn."""
    page, _ = watched
    place = seen(page, name)
    controls = place.locator(":is(input, select, button):visible:not([tabindex='-1'])")
    count, off = controls.count(), place.locator(":disabled").count()
    controls.first.focus()
    for number in range(count):
        focused = page.evaluate(FOCUSED)
        assert focused["place"] == name, f"{number} of {count} controls are reached"
        assert focused["named"], focused
        assert focused["outline"] != "none", focused
        if not focused["quiet"]:
            before = place.inner_html()
            page.keyboard.press(focused["key"])
            page.wait_for_function(CHANGED, arg=[name, before])  # it is drawn in the next frame
        if focused["list"]:
            page.keyboard.press("ArrowUp")  # as it was: another choice may switch other controls off
            page.wait_for_function(AS_MANY_OFF, arg=[name, off])
        page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["place"] != name


CHANGED = "([name, before]) => document.querySelector(`[data-explorable=${name}]`).innerHTML !== before"
AS_MANY_OFF = "([name, off]) => document.querySelectorAll(`[data-explorable=${name}] :disabled`).length === off"
FOCUSED = """() => {
  const at = document.activeElement, place = at.closest("[data-explorable]");
  const named = at.labels?.length ? at.labels[0].textContent : at.getAttribute("aria-label") || at.textContent;
  const pressed = at.type === "checkbox" || at.tagName === "BUTTON";
  const key = pressed ? "Space" : at.type === "range" && at.value === at.min ? "ArrowUp" : "ArrowDown";
  const outline = getComputedStyle(at).outlineStyle, quiet = at.textContent === "one pulse";
  return { place: place?.dataset.explorable, named, outline, key, quiet, list: at.tagName === "SELECT" };
}"""
"""What has the focus, and a key that moves it; one button is for an input that is already there."""


@browsed
def test_an_input_is_drawn(watched: tuple[Any, list[str]]) -> None:
    """By a pointer across all steps, and step by step with the arrow keys."""
    place = seen(watched[0], "gates-over-time")
    pen, keyboard, mouse = place.locator(".pen"), watched[0].keyboard, watched[0].mouse
    pen.scroll_into_view_if_needed()
    box = pen.bounding_box()
    mouse.move(box["x"] + 2, box["y"] + box["height"] - 2)
    mouse.down()
    mouse.move(box["x"] + box["width"] - 2, box["y"] + 2, steps=60)
    mouse.up()
    values = pen.evaluate("row => [...row.children].map((input) => Number(input.value))")
    assert values == sorted(values)
    assert (values[0], values[-1]) == (-1, 1)
    pen.locator("input").first.focus()
    keyboard.press("ArrowRight")
    keyboard.press("ArrowUp")
    label = "document.activeElement.getAttribute('aria-label')"
    assert watched[0].evaluate(label) == "Input at step 1"
    assert float(pen.locator("input").nth(1).input_value()) > values[1]


@browsed
def test_a_shift_of_the_digit_shifts_its_features(watched: tuple[Any, list[str]]) -> None:
    """What an explorable is there for: the layers that are equivariant, and those that are not."""
    place = seen(watched[0], "shift-and-compare")
    found = place.locator(".found")
    assert "by 0;" in found.inner_text()
    for layer in ("zeros", "stride", "dense"):
        place.locator("select").select_option(layer)
        place.locator(".found:not(:has-text('features by 0;'))").wait_for()


@browsed
def test_the_figure_stands_there_without_scripts(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/explorables/")
    images = page.locator(".explorable .fallback img")
    assert images.count() == len(NAMES)
    for image in images.all():
        image.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
        assert image.evaluate("image => image.complete && image.naturalWidth > 0")
        assert image.get_attribute("alt")
    context.close()


@browsed
def test_data_that_cannot_be_loaded_is_said_to_be_missing(page: Any) -> None:
    page.route("**/data.json", lambda route: route.abort())
    page.goto("/explorables/")
    page.wait_for_selector("text=could not be loaded")
    assert page.locator(".explorable .fallback img").first.is_visible()


@browsed
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_moved_can_be_read(browser: Any, address: str, scheme: str) -> None:
    """With contrast, in lines that are not long, on a phone without being wider than it, on paper without controls."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    for name in NAMES:
        seen(page, name)
        assert findings(page, **COLOURS) == []
        assert not page.evaluate(LONGEST_LINES)
    page.set_viewport_size({"width": 390, "height": 800})
    for name in NAMES:
        seen(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.emulate_media(media="print")
    assert page.locator(".explorable .controls:visible").count() == 0
    context.close()
