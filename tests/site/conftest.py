"""The site is built once for all of these tests, into a folder of its own."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from bundled import BASE
from filelock import FileLock
from small import Miniature

from kb.site.build import CONFIGURATION, build

EVIL = (
    '"><script>alert(1)</script><img src=x onerror="alert(2)"> \'&lt;img src=x onerror=alert(3)&gt; '
    "[a](javascript:alert(4)) ![b](https://evil.example/x.png) {: onclick=alert(5) } {{ 7 * 191 }} quicksand"
)
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; workers of one test run share it."""
    shared = (
        tmp_path_factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else tmp_path_factory.getbasetemp()
    )
    target = shared / "site-build"
    with FileLock(str(target) + ".lock"):
        if not (target / "done").is_file():
            build(BASE, target)
            (target / "done").touch()
    return target / "site"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and give the address."""
    handler = functools.partial(Quiet, directory=str(folder))
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


@pytest.fixture
def hostile_address(hostile: Path) -> Iterator[str]:
    """Where that site is served."""
    with served(hostile) as address:
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
