"""Commands on implications between inductive biases: refute, conjectures."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli.application import Json, bold, command, console, dim, load_base, print_json, table
from kb.cli.questions import print_proof
from kb.query.conjectures import Matrix, mine


@command(paged=True)
def refute(
    implication: Annotated[str, typer.Argument(help="Such as 'causality and not locality implies unbounded-context'.")],
    json_: Json = False,
) -> None:
    """Answer an implication between biases with a counterexample, a proof, or that it is open.

    Examples:
        $ kb refute "causality and not locality implies unbounded-context"
    """
    found = load_base().refute(implication)
    if json_:
        print_json(found.as_dict())
        return
    console.print(f"[bold]{found}[/]")
    print_proof(found.lines)


@command(paged=True)
def conjectures(
    premises: Annotated[int, typer.Option(min=1, max=2, help="How many premises.")] = 1,
    least: Annotated[int, typer.Option(min=1, help="How many architectures must agree.")] = 3,
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 20,
    json_: Json = False,
) -> None:
    """List implications between biases that nothing here proves or refutes; the best tested come first.

    Examples:
        $ kb conjectures --premises 2 --limit 5
    """
    found = mine(Matrix(load_base()), premises, least)
    if json_:
        print_json([each.as_dict() for each in found[:limit]])
        return
    rows = table("implication", "agree", "lack both")
    for each in found[:limit]:
        rows.add_row(bold(str(each)), dim(str(len(each.support))), dim(str(len(each.contrast))))
    console.print(rows if found else "nothing is open")
    if len(found) > limit:
        console.print(f"and {len(found) - limit} more")
