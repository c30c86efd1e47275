"""Commands of the site: build and serve."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.application import (
    Json,
    command,
    console,
    load_base,
    print_json,
    print_problems,
    progress_bar,
    registered,
    skips_broken,
)
from kb.cli.checking import checked, problems_in
from kb.problems import KnowledgeBaseError, Problem

if TYPE_CHECKING:
    from kb import KnowledgeBase

site = typer.Typer(help="Build and serve the site.", no_args_is_help=True)
registered.add_typer(site, name="site")
Target = Annotated[Path | None, typer.Option(help="Folder to build in; default is build/ beside the entries.")]

Url = Annotated[
    str | None, typer.Option(help="Address at which it will stand, such as https://example.org/kb/; for the sitemap.")
]
Repository = Annotated[
    str | None, typer.Option(help="Address of the repository of the entries; pages then lead to their source there.")
]


def _build(target: Path | None, json_: bool, url: str | None, repository: str | None) -> Path:
    """Build the site, or report what `kb check` reports, and end as it does."""
    from kb.knowledge_base import problems
    from kb.site.build import build

    def check(base: KnowledgeBase) -> list[Problem]:
        """Ask `kb check`, whose answer is kept; one about a base that leaves entries out is not."""
        return problems(base) if skips_broken() else problems_in(checked())

    try:
        with progress_bar("building the site", 1) as update:
            return build(load_base(), target, update, url, repository, check)
    except KnowledgeBaseError as error:
        print_problems(error.problems, as_json=json_)
        raise typer.Exit(1) from None


@command(site)
def build_(target: Target = None, url: Url = None, repository: Repository = None, json_: Json = False) -> None:
    """Check the entries, generate the pages and build the site. No code of a knowledge base is run.

    Examples:
        $ kb site build
        $ kb --folder FOLDER site build --url https://example.org/kb/
    """
    for address in (url, repository):
        if address is not None and not re.fullmatch(r"https?://[^\s<>\"']+", address):
            raise ValueError(f"expected an address that starts with https://, came {address!r}")
    folder = _build(target, json_, url, repository)
    if json_:
        print_json({"site": str(folder)})
    else:
        console.print(f"built {folder}", markup=False, soft_wrap=True)


@command(site)
def serve(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8000,
    target: Annotated[
        Path | None, typer.Option(help="Folder to work in; default is one that is removed again.")
    ] = None,
    json_: Json = False,
) -> None:
    """Serve the site of the entries as they are now; browsers show every change. `kb check` checks the entries.

    Examples:
        $ kb site serve --port 8001
    """
    import tempfile
    import threading

    from kb.site.live import Live
    from kb.site.serving import serving

    with tempfile.TemporaryDirectory() as folder, serving(Live(load_base, target or Path(folder)), port) as address:
        if json_:
            print_json({"address": address})
        else:
            console.print(f"serving on {address} (stop with Ctrl-C)", markup=False)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            console.print("" if json_ else "stopped", end="" if json_ else "\n")
