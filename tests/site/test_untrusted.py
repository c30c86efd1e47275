"""Entries are untrusted: what they contain must not become part of a page, of its head, or of what scripts show."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from bundled import BASE
from small import Miniature

from kb.site.build import CONFIGURATION, build

EVIL = (
    '"><script>alert(1)</script><img src=x onerror="alert(2)"> \'&lt;img src=x onerror=alert(3)&gt; '
    "[a](javascript:alert(4)) ![b](https://evil.example/x.png) {: onclick=alert(5) } {{ 7 * 191 }} quicksand"
)


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


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site of entries that try everything in every text."""
    folder = tmp_path_factory.mktemp("hostile")
    small, text = Miniature(folder), EVIL.replace("'", "''")
    replace = {"name: a": f"name: '{text}'", "An architecture.": f"'{text}'", "all of it": f"'{text}'"}
    small.architecture("a", f"description: '{text}'\naliases: ['{text}']\n", **replace)
    (folder / "entries/papers/2000/paper2000.yaml").write_text(
        f"title: '{text}'\nauthors: ['{text}']\nyear: 2000\nvenue: '{text}'\ncontributes: '{text}'\n"
        f"verified_against: ['{text}']\n"
    )
    shutil.copytree(BASE.root / "docs", folder / "docs")
    shutil.copy(BASE.root / CONFIGURATION, folder)
    return build(small.load(), folder / "build")


def test_no_page_runs_what_an_entry_says(hostile: Path) -> None:
    for page in hostile.rglob("*.html"):
        active = Active()
        active.feed(page.read_text(encoding="utf-8"))
        assert not active.found, page.relative_to(hostile)


def test_templates_do_not_evaluate_what_an_entry_says(hostile: Path) -> None:
    text = (hostile / "architectures/family/a/index.html").read_text(encoding="utf-8")
    assert "quicksand" in text
    assert "1337" not in text


@pytest.fixture
def hostile_address(hostile: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(hostile))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


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
