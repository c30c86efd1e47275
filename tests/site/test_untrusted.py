"""Entries are untrusted: what they contain must not become part of a page, of its head, or of what scripts show."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest


class Active(HTMLParser):
    """Collects everything on a page that could run a script of an entry or load something for it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name.startswith("on") or (name in ("src", "href") and _suspicious(value or "")):
                self.found.append(f"<{tag} {name}={value}>")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and "alert(" in data:
            self.found.append(f"<script>{data}")


def _suspicious(address: str) -> bool:
    return address.startswith(("javascript:", "data:")) or address == "x" or "evil.example" in address


def test_no_page_runs_what_an_entry_says(hostile: Path) -> None:
    for page in hostile.rglob("*.html"):
        active = Active()
        active.feed(page.read_text(encoding="utf-8"))
        assert not active.found, page.relative_to(hostile)


def test_templates_do_not_evaluate_what_an_entry_says(hostile: Path) -> None:
    text = (hostile / "architectures/family/a/index.html").read_text(encoding="utf-8")
    assert "quicksand" in text
    assert "1337" not in text


@pytest.mark.browser
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_neither_search_nor_finder_runs_what_an_entry_says(browser: Any, hostile_address: str) -> None:
    context = browser.new_context(base_url=hostile_address, viewport={"width": 1280, "height": 900})
    page, alerts = context.new_page(), []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto("/")
    page.focus(".finder input")
    page.keyboard.type("quicksand")
    page.wait_for_selector(".finder li[aria-selected=true]")
    page.click("label.md-search__icon[for=__search], .md-search__input")
    page.keyboard.type("quicksand", delay=15)
    page.wait_for_function("/matching/.test(document.querySelector('.md-search-result__meta')?.textContent || '')")
    page.goto("/architectures/family/a/")
    page.wait_for_timeout(200)
    context.close()
    assert alerts == []
