"""The command that says what a configuration of another library describes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.cli.application import Json, bold, command, console, load_base, print_json, print_text
from kb.reading import UnreadableError, read_text


@command()
def identify(
    file: Annotated[Path, typer.Argument(help="A `config.json` of a model of transformers, diffusers or timm.")],
    json_: Json = False,
) -> None:
    """Say which architecture, variant and arguments a configuration of another library describes.

    Examples:
        $ kb identify config.json
        $ kb identify config.json --json
    """
    found = load_base().identify(_fields(file))
    if json_:
        print_json(found.as_dict())
        return
    variant = f"variant {found.variant}" if found.variant else "no variant that is listed"
    console.print(f"{bold(found.entry.title)} ({found.entry.id}), {variant}")
    print_text(found.entry.gist)
    print_text(found.code, indent=2, first=2)
    for difference in found.differences:
        print_text(f"Not the same: {difference}", indent=2, first=2)
    print_text(f"Read it: kb show {found.entry.id}; kb code {found.entry.id} --standalone")


def _fields(file: Path) -> dict[str, Any]:
    """What a file of JSON holds.

    Raises:
        ValueError: It cannot be read, or holds something else.
    """
    try:
        found = json.loads(read_text(file))
    except (UnreadableError, ValueError, RecursionError) as error:
        raise ValueError(f"{file} is no configuration: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{file} is no configuration: expected fields in braces")
    return found
