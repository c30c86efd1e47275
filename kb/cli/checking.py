"""Commands on the files of entries: check, format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

import kb
from kb.cli.answers import answered
from kb.cli.application import (
    Json,
    chosen_folder,
    command,
    console,
    errors,
    load_base,
    print_json,
    print_problems,
    print_text,
)
from kb.folders import bundled_root, require_own
from kb.problems import Problem

if TYPE_CHECKING:
    from kb.formatting import Formatted


@command()
def check(
    redundant: Annotated[bool, typer.Option(help="List the assertions that follow from the rest.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="First repair what a machine can, as `kb format` does.")] = False,
    suspicious: Annotated[
        bool, typer.Option(help="List the cells that alone refute implications which many others support.")
    ] = False,
    json_: Json = False,
) -> None:
    """Find every problem of the entries, links and evidence.

    Examples:
        $ kb check
        $ kb check --redundant
        $ kb check --suspicious
    """
    if fix:
        for path in _formatted().changed:
            errors.print(f"mended {path}", markup=False)
    found = checked()
    problems = problems_in(found)
    if problems or json_:
        print_problems(problems, as_json=json_)
    else:
        if redundant or suspicious:
            _print_more(redundant, suspicious)
        console.print(f"{found['entries']} entries, no problem; {found['redundant']} assertions follow from the rest")
    raise typer.Exit(1 if problems else 0)


@command()
def format_(json_: Json = False) -> None:
    """Write all entries in their one form: block style, fields in the schema's order, at most 120 columns.

    Examples:
        $ kb format
    """
    done = _formatted()
    if json_:
        left = [problem.as_dict() for problem in done.left]
        print_json({"changed": list(map(str, done.changed)), "problems": left})
    else:
        for path in done.changed:
            console.print(f"formatted {path}", markup=False, soft_wrap=True)
        if done.left:
            print_problems(done.left, as_json=False)
        console.print(f"{len(done.changed)} file{'s' if len(done.changed) != 1 else ''} changed")
    raise typer.Exit(1 if done.left else 0)


def _print_more(redundant: bool, suspicious: bool) -> None:
    """Print assertions that follow from the rest, and cells that are the only exceptions to something."""
    from kb.query.conjectures import Matrix, suspects

    base = load_base()
    for fact in base.redundant() if redundant else ():
        console.print(f"{fact}: follows from the rest (kb why {fact.architecture} {fact.bias})", markup=False)
    for suspect in suspects(Matrix(base)) if suspicious else ():
        print_text(str(suspect), indent=2)


def checked() -> dict[str, Any]:
    """Return all that is wrong with the chosen knowledge base, and how much of it follows from the rest, as JSON."""
    found: dict[str, Any] = answered("check", _check)
    return found


def problems_in(found: dict[str, Any]) -> list[Problem]:
    """Return the problems in the answer of `checked`."""
    return [Problem(**each) for each in found["problems"]]


def _check() -> dict[str, Any]:
    try:
        base = kb.load(chosen_folder())
    except kb.KnowledgeBaseError as error:
        return {"problems": [problem.as_dict() for problem in error.problems]}
    from kb import knowledge_base

    problems = knowledge_base.problems(base)
    count = {} if problems else {"entries": len(base), "redundant": len(base.redundant())}
    return {"problems": [problem.as_dict() for problem in problems], **count}


def _formatted() -> Formatted:
    from kb.formatting import format_folder

    root = chosen_folder() or bundled_root()
    require_own(root, "entries")
    return format_folder(root)
