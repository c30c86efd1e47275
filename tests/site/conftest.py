"""The site is built once for all of these tests, into a folder of its own."""

from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bundled import BASE
from filelock import FileLock
from hostile import TOGETHER, Filling, accepted, write

from kb.site.build import make as make_site
from kb.site.serving import Files

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def built_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one worker of a test run makes, and all use."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").is_file():
            make(folder)
            (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of the bundled entries, which `test_entries` checks."""
    return built_once(tmp_path_factory, "site-build", lambda folder: make_site(BASE, folder)) / "site"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a knowledge base in which every text attacks, and its site in `build/site`."""

    def make(folder: Path) -> None:
        filling = Filling(*accepted(folder / "tried"))
        make_site(write(folder, filling).load())

    return built_once(tmp_path_factory, "hostile", make)


@pytest.fixture(scope="session")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in small, with words in place of payloads."""
    words = [f"word{number}" for number in range(3 * TOGETHER)]

    def make(folder: Path) -> None:
        make_site(write(folder, Filling(words, words, ["x"])).load())

    return built_once(tmp_path_factory, "harmless", make)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and give the address."""
    handler = functools.partial(Files, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served on this machine."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    if not CHROMIUM.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"browser tests need {CHROMIUM}: .ci/run installs it")
        pytest.skip(f"needs {CHROMIUM} (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: object, address: str) -> Iterator[object]:
    """A page that records every request leading elsewhere, and finds none at the end."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    page, elsewhere = context.new_page(), []
    page.on("request", lambda request: elsewhere.append(request.url) if _leaves(request.url, address) else None)
    yield page
    context.close()
    assert elsewhere == []


def _leaves(url: str, address: str) -> bool:
    return not url.startswith((address, "data:", "blob:"))
