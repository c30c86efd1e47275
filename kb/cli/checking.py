"""Commands on the files of entries: check, format."""

from __future__ import annotations

from typing import Annotated

import typer

import kb
from kb.cli.application import (
    Json,
    chosen_folder,
    command,
    console,
    errors,
    print_json,
    print_problems,
    print_text,
)
from kb.folders import bundled_root, require_own
from kb.formatting import Formatted, format_folder
from kb.knowledge_base import KnowledgeBase
from kb.knowledge_base import problems as problems_of
from kb.problems import KnowledgeBaseError, Problem
from kb.query.conjectures import Matrix, suspects


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
    base, problems = _checked()
    if problems or json_:
        print_problems(problems, as_json=json_)
    elif base:
        follow = base.redundant()
        for fact in follow if redundant else ():
            console.print(f"{fact}: follows from the rest (kb why {fact.architecture} {fact.bias})", markup=False)
        for suspect in suspects(Matrix(base)) if suspicious else ():
            print_text(str(suspect), indent=2)
        console.print(f"{len(base)} entries, no problem; {len(follow)} assertions follow from the rest")
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


def _formatted() -> Formatted:
    root = chosen_folder() or bundled_root()
    require_own(root, "entries")
    return format_folder(root)


def _checked() -> tuple[KnowledgeBase | None, list[Problem]]:
    """The chosen knowledge base, where it can be loaded, and all that is wrong with it."""
    try:
        base = kb.load(chosen_folder())
    except KnowledgeBaseError as error:
        return None, error.problems
    return base, problems_of(base)
