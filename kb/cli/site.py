"""Commands of the site: build and serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli.application import Json, app, command, console, load_base, print_json, progress_bar

site = typer.Typer(help="Build and serve the site.", no_args_is_help=True)
app.add_typer(site, name="site")
Target = Annotated[Path | None, typer.Option(help="Folder to build in; default is build/ beside mkdocs.yml.")]


def _build(target: Path | None) -> Path:
    from kb.site.build import build

    with progress_bar("building the site", 1) as update:
        result: Path = build(load_base(), target, update)
    return result


@command("build", site)
def build_(target: Target = None, json_: Json = False) -> None:
    """Generate the pages and build the site."""
    folder = _build(target)
    if json_:
        print_json({"site": str(folder)})
    else:
        console.print(f"built {folder}", markup=False)


@command(group=site)
def serve(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8000,
    target: Target = None,
) -> None:
    """Build the site and serve it on this machine."""
    from kb.site.build import serve as serve_folder

    folder = _build(target)
    console.print(f"serving {folder} on http://127.0.0.1:{port} (stop with Ctrl-C)", markup=False)
    try:
        serve_folder(folder, port)
    except KeyboardInterrupt:
        console.print("stopped")
