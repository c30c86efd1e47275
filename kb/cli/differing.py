"""The command that compares two states of the knowledge base, and records what changed as an edition."""

from __future__ import annotations

import json
import subprocess
import tarfile
import tempfile
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from kb import files, strict_json
from kb.changes import NOTHING, State, between
from kb.cli.application import Json, bold, command, console, load_base, print_json, print_text
from kb.folders import require_own
from kb.knowledge_base import KnowledgeBase, load

PARTS = ("entries", "evidence", "implementations")
MOST = 40
"""Lines that are printed under a heading; `--json` has all."""


@command()
def diff(
    old: Annotated[
        str, typer.Argument(help="A folder, a file of `kb export json`, a revision of the checkout, or `nothing`.")
    ],
    new: Annotated[str | None, typer.Argument(help="The same; default is the knowledge base as it is now.")] = None,
    record: Annotated[
        str | None, typer.Option(help="Date, such as 2026-11-29: record what changed as the edition of that day.")
    ] = None,
    json_: Json = False,
) -> None:
    """Say what changed between two states: entries, their fields, traits, verdicts and sizes.

    Examples:
        $ kb diff nothing
        $ kb diff nothing --json
    """
    from kb.editions import FOLDER, Edition

    base = load_base()
    if record and new:
        raise ValueError("an edition is of the knowledge base as it is now: leave out the second state")
    changes = between(_state(base, old), _state(base, new) if new else _of(base))
    if record:
        require_own(base.root, FOLDER)
        edition = Edition.of(changes, record, base.version)
        path = base.root / FOLDER / f"{edition.date}.json"
        files.write(path, strict_json.dumps(edition.model_dump(exclude_defaults=True), indent=1) + "\n")
        console.print(f"wrote {path}", markup=False, soft_wrap=True)
    elif json_:
        print_json(asdict(changes))
    elif not changes:
        console.print("nothing changed")
    else:
        for title, lines in changes.sections():
            _print(title, lines)


def _print(title: str, lines: list[str]) -> None:
    if lines:
        console.print(f"{bold(title)} ({len(lines)})")
        for line in lines[:MOST]:
            print_text(line, indent=4, first=2)
        if len(lines) > MOST:
            console.print(f"  and {len(lines) - MOST} more")


def _of(base: KnowledgeBase) -> State:
    from kb.export import base_json

    state: State = json.loads(strict_json.dumps(base_json(base)))
    return state


def _state(base: KnowledgeBase, text: str) -> State:
    """The state that a word on the command line means."""
    if text == "nothing":
        return NOTHING
    path = Path(text)
    if path.is_dir():
        return _of(load(path))
    if path.is_file():
        return _read(path)
    with tempfile.TemporaryDirectory() as folder:
        _unpack(base.root, text, Path(folder))
        return _of(load(folder))


def _read(path: Path) -> State:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        state = None
    if not isinstance(state, dict):
        raise ValueError(f"{path}: expected what `kb export json` writes")
    return state


def _unpack(root: Path, revision: str, folder: Path) -> None:
    """Write what a revision of a checkout had into a folder."""
    words = ["git", "-C", str(root), "archive", "--format=tar", "--end-of-options", revision]
    try:
        done = subprocess.run([*words, *PARTS], capture_output=True, check=False)
    except FileNotFoundError:
        raise ValueError(f"{revision} is no folder and no file, and git is not installed") from None
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["git failed"]
        raise ValueError(f"{revision} is no folder, no file and no revision of {root}: {reason[0]}")
    with tarfile.open(fileobj=BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")
