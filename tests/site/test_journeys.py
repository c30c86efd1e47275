"""Journeys that readers came for, from end to end; finding, choosing and asking have their own modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bundled import BASE
from typer.testing import CliRunner

from kb.cli import app

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_from_a_slide_of_the_lecture_to_running_code(page: Any) -> None:
    page.goto("/")
    page.click(".md-tabs a:text-is('Learn')")
    page.click("article a:text-is('Deep learning taxonomy')")
    page.click("article a[href='s22/']")
    page.wait_for_url("**/s22/")
    page.click("#slide-2 ~ ul a:text-is('Long short-term memory') >> nth=0")
    command = page.locator(".run code", has_text="kb run lstm").first.inner_text()
    page.click("text=Read the code")
    page.wait_for_url("**/architectures/recurrent/lstm/code/")
    file = BASE.root / "implementations" / "architectures" / "recurrent" / "lstm.py"
    assert page.inner_text("article pre code >> nth=0").split() == file.read_text(encoding="utf-8").split()
    ran = CliRunner().invoke(app, command.split()[1:])
    assert ran.exit_code == 0, ran.output
    assert "parameters" in ran.output


def test_why_a_residual_network_has_its_bias(page: Any) -> None:
    """From its name to the proof, the numbers, and the code that measured them."""
    page.goto("/?q=ResNet")
    page.click("dialog.search [aria-selected=true]")
    page.wait_for_url("**/convolutional/resnet/")
    page.click("#traits ~ details > summary >> nth=0")
    page.click("dl.traits dt.holds + dd a:text-is('Translation equivariance in the interior')")
    page.wait_for_url("**/resnet/traits/#interior-translation-equivariance")
    evidence = page.locator("#interior-translation-equivariance")
    assert evidence.locator("ul.proof").is_visible()  # what the address leads to is unfolded
    assert "measured" in evidence.inner_text()
    assert evidence.locator("table tbody tr").count() >= 1
    evidence.get_by_role("link", name="Translation equivariance in the interior").first.click()
    page.wait_for_url("**/biases/symmetry/interior-translation-equivariance/")
    assert page.locator("figure.equation math").count() >= 1
    page.click("article a[href$='code/']")
    assert "def probe" in page.inner_text("article pre code >> nth=0")


def test_an_impossible_question_and_its_proof(page: Any) -> None:
    """From the field where it is typed to the theorem that forbids it."""
    page.goto("/explore/")
    page.fill("#explorer-text", "causality and bidirectional-context")
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict-box h2:text-is('Impossible')")
    page.click(".verdict-box .lines a >> nth=0")
    page.wait_for_url("**/theorems/connectivity/*/")
    assert "causality" in page.inner_text("article").lower()


@pytest.fixture
def phone(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(
        base_url=address, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True, device_scale_factor=2
    )
    yield context.new_page()
    context.close()


def test_on_a_phone_everything_is_within_reach(phone: Any) -> None:
    phone.goto("/")
    phone.tap("header label[for=__drawer]")
    phone.tap(".kb-drawer a:text-is('Architectures')")
    phone.wait_for_url("**/architectures/")
    phone.tap("header a.search-open")
    phone.fill("dialog.search input", "transfromer")
    phone.tap("dialog.search [role=option]:has-text('Transformer') >> nth=0")
    phone.wait_for_url("**/architectures/attention/transformer/")
    picture = phone.locator(".pictured").first
    assert picture.bounding_box()["width"] <= 390
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.tap("summary:has-text('variants with their sizes')")
    assert phone.locator("#variants ~ details table").first.is_visible()
    phone.tap("text=Read the code")
    phone.wait_for_url("**/transformer/code/")


def test_the_menu_of_narrow_screens_opens_by_keyboard(phone: Any) -> None:
    phone.goto("/architectures/recurrent/lstm/")
    menu = phone.get_by_role("button", name="Menu")
    entrances = phone.locator(".kb-drawer")
    assert not entrances.locator("a").last.is_visible()  # it cannot take the focus out of sight
    menu.focus()
    phone.keyboard.press("Enter")
    assert menu.get_attribute("aria-expanded") == "true"
    assert phone.evaluate("document.activeElement.closest('.kb-drawer') !== null")
    phone.keyboard.press("Escape")
    assert menu.get_attribute("aria-expanded") == "false"
    assert phone.evaluate("document.activeElement.getAttribute('aria-label')") == "Menu"


def test_without_scripts_everything_can_be_read(browser: Any, address: str) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.click(".md-tabs a:text-is('Explore')")
    page.click("article a:text-is('Graph attention network')")
    assert page.locator("svg.picture").first.is_visible()
    assert page.locator("img[src$='picture-2.svg#only-light']").is_visible()
    assert page.locator(".equation math").first.is_visible()
    page.click("summary:has-text('The same as a list') >> nth=0")
    assert page.locator("details.numbers[open] li").first.is_visible()
    page.click("#traits ~ details > summary >> nth=0")
    page.click("dl.traits a >> nth=0")
    assert page.locator("h1").inner_text()
    page.go_back()
    page.click("text=Read the code")
    assert "class" in page.inner_text("article pre code >> nth=0")
    page.goto("/claims/geometry/depth-multiplies-linear-regions/")
    assert page.locator("svg.figure").first.is_visible()
    page.goto("/choose/")
    page.click("[data-answer=graph] a")
    assert page.locator("article tr", has_text="Graph attention network").first.is_visible()
    context.close()
