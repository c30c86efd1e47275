"""Serving a site: the files of a folder, or entries as they are now, whose pages are made when they are asked for."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from kb.site.live import Live

CHANGES, RELOAD = "/-/changes", "/-/reload.js"
SCRIPT = f'new EventSource("{CHANGES}").onmessage = () => location.reload();\n'
QUIET = 0.05
"""Seconds without a change after which it is over: editors write a file in several steps."""
ALIVE = 15
"""Seconds after which a browser that waits is written to, so as to notice that it has gone."""


class Files(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder, and none that a symbolic link leads to, without a line for every request."""

    def send_head(self) -> Any:
        """Answer with the file asked for, or with an error where there is none of this name inside the folder."""
        path = Path(self.translate_path(self.path))
        try:
            candidates = [path.resolve(), (path / "index.html").resolve()] if path.exists() else []
        except (OSError, RuntimeError, ValueError):  # a name that is too long, a loop of links, or no name at all
            candidates = []
        root = Path(self.directory).resolve()
        if not candidates or not all(place.is_relative_to(root) for place in candidates):
            return self._nothing_here(root / "404.html")
        return super().send_head()

    def _nothing_here(self, page: Path) -> Any:
        """Answer that nothing is there, with the site's own page for that, which searches for what was meant."""
        if page.is_symlink() or not page.is_file():
            self.send_error(404)
            return None
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(page.stat().st_size))
        self.end_headers()
        return page.open("rb")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Pages(Files):
    """Serves pages that are made when they are asked for, and tells browsers when to ask again."""

    def __init__(self, *arguments: Any, live: Live, **named: Any) -> None:
        self.live = live
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        """Answer with a page as it is now, or with a file."""
        path = unquote(urlsplit(self.path).path)
        if path == CHANGES:
            self._tell()
        elif path == RELOAD:
            self._send(SCRIPT, "text/javascript")
        else:
            try:
                page = self.live.page(path)
            except ValueError as error:
                return self._send(_problem(str(error)), "text/html", HTTPStatus.INTERNAL_SERVER_ERROR)
            if page is None:
                return super().do_GET()
            self._send(page.replace("</body>", f'<script src="{RELOAD}"></script></body>'), "text/html")

    def _send(self, text: str, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(data)

    def _tell(self) -> None:
        """Write a line whenever something has changed, until the browser goes away."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            while True:
                changed = self.live.wait(ALIVE)
                self.wfile.write(b"data: changed\n\n" if changed else b": still here\n\n")
                self.wfile.flush()
        except OSError:
            return


def _problem(text: str) -> str:
    """A page that says what is wrong, and goes away when that has been mended."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Not as it should be</title>'
        f'<script src="{RELOAD}"></script></head>'
        f'<body><pre style="white-space: pre-wrap">{escape(text)}</pre></body></html>'
    )


class _Watcher(FileSystemEventHandler):
    """Calls a function after files have changed, once for changes that follow each other closely."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._timer: threading.Timer | None = None

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wait until no more comes, if something was written."""
        if event.event_type in ("opened", "closed_no_write") or "__pycache__" in str(event.src_path):
            return
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(QUIET, self._changed)
        self._timer.daemon = True
        self._timer.start()


@contextmanager
def serving(live: Live, port: int = 0) -> Iterator[str]:
    """Serve a site on this machine and look for changes, and give its address.

    Args:
        live: The site.
        port: Port on this machine; 0 for any that is free.
    """
    observer, watcher = Observer(), _Watcher(live.refresh)
    for folder in live.folders:
        observer.schedule(watcher, str(folder), recursive=True)
    observer.start()
    handler = functools.partial(Pages, directory=str(live.site), live=live)
    try:
        with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_port}/"
            server.shutdown()
    finally:
        observer.stop()
        observer.join()
