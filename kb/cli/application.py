"""What all commands share: the application, its options, printing, and the handling of mistakes."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from kb.base import KnowledgeBase
from kb.checking import bundled_root, load
from kb.problems import KnowledgeBaseError

P = ParamSpec("P")
T = TypeVar("T")

app = typer.Typer(
    name="kb",
    help="Read, query and run a knowledge base of deep learning.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
errors = Console(stderr=True, highlight=False, soft_wrap=True)

EXTRAS = {
    "torch": "run", "torch_geometric": "run", "jaxtyping": "run", "sklearn": "run", "matplotlib": "run",
    "mkdocs": "site", "jinja2": "site", "pygraphviz": "site", "math_core": "site", "torchvision": "test",
}  # fmt: skip
"""Library to the extra of this package that brings it."""

_folder: Path | None = None


@app.callback()
def main(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="A folder with `entries` in it. Default: the bundled knowledge base."),
    ] = None,
) -> None:
    """Read, query and run a knowledge base of deep learning."""
    global _folder
    _folder = folder


def chosen_folder() -> Path | None:
    """The folder given with `--folder`, or None for the bundled knowledge base."""
    return _folder


def load_base() -> KnowledgeBase:
    """Load the chosen knowledge base."""
    return load(_folder)


def complete_ids(incomplete: str) -> Iterator[str]:
    """Complete entry ids from the names of files: fast, and it works while an entry is broken."""
    entries = (_folder or bundled_root()) / "entries"
    yield from sorted(path.stem for path in entries.glob("*/*/*.yaml") if path.stem.startswith(incomplete))


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EntryId = Annotated[str, typer.Argument(help="An entry's id.", autocompletion=complete_ids)]


def command(name: str | None = None) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Register a command whose mistakes are reported in one line, or as JSON where `--json` was given."""

    def register(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return function(*args, **kwargs)
            except (KnowledgeBaseError, KeyError, ValueError, OSError, ImportError) as error:
                fail(error, as_json=bool(kwargs.get("json_")))

        app.command(name or function.__name__.rstrip("_"))(guarded)
        return guarded

    return register


def fail(error: Exception, *, as_json: bool = False) -> NoReturn:
    """Report a mistake and exit: 2 where entries are wrong, else 1."""
    problems = error.problems if isinstance(error, KnowledgeBaseError) else []
    message = explain(error)
    if as_json:
        details = {"problems": [problem.as_dict() for problem in problems]} if problems else {}
        print_json({"error": message, **details})
    else:
        errors.print(f"kb: {message}", markup=False)
    raise typer.Exit(2 if problems else 1)


def explain(error: Exception) -> str:
    """Say in words what went wrong, and what to do about a missing library."""
    if isinstance(error, ImportError) and error.name:
        library = error.name.partition(".")[0]
        if library in EXTRAS:
            extra = EXTRAS[library]
            return f"this needs {library}, which is not installed; install it with: pip install -e '.[{extra}]'"
    return str(error)


def print_json(data: Any) -> None:
    """Print data as JSON and nothing else."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


@contextmanager
def progress_bar(description: str, total: int) -> Iterator[Callable[[str, float], None]]:
    """Show a progress bar on standard error, and yield a function that takes a text and how far to advance."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task(description, total=total)
        yield lambda text, advance: progress.update(task, description=text, advance=advance)
