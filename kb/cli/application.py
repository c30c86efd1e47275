"""What all commands share: the application, its options, printing, and the handling of mistakes."""

from __future__ import annotations

import functools
import json
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.core import TyperGroup

from kb.base import KnowledgeBase
from kb.checking import bundled_root, load
from kb.problems import KnowledgeBaseError, NoSuchEntryError

P = ParamSpec("P")
T = TypeVar("T")

EXTRAS = {
    "torch": "run", "torch_geometric": "run", "jaxtyping": "run", "sklearn": "run", "matplotlib": "run",
    "mkdocs": "site", "material": "site", "jinja2": "site", "pygraphviz": "site", "math_core": "site",
    "ziamath": "site", "mkdocstrings": "site", "torchvision": "test",
}  # fmt: skip
"""Library to the extra of this package that brings it."""


class Commands(TyperGroup):
    """The group of commands: with `--json`, a mistyped command line is reported as JSON too."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the command line."""
        words = list(sys.argv[1:] if args is None else args)
        if "--json" not in words or not options.get("standalone_mode", True):
            return super().main(words, *rest, **options)
        try:
            code = super().main(words, *rest, **{**options, "standalone_mode": False})
        except Exception as error:
            if not hasattr(error, "format_message"):  # only mistakes in the command line have one
                raise
            print_json({"error": error.format_message()})
            code = 2
        sys.exit(code)


app = typer.Typer(
    name="kb",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
console = Console(highlight=False, emoji=False)
errors = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("deep-learning-taxonomy"))
        raise typer.Exit


_folder: Path | None = None


@app.callback()
def main(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="A folder with `entries` in it. Default: the bundled knowledge base."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Read, query and run a knowledge base of deep learning.

    Exit status: 0 for success, 1 where something is wrong or nothing was found, 2 where the entries or the command
    line cannot be read.
    """
    global _folder
    _folder = folder


def chosen_folder() -> Path | None:
    """The folder given with `--folder`, or None for the bundled knowledge base."""
    return _folder


def load_base() -> KnowledgeBase:
    """Load the chosen knowledge base."""
    return load(_folder)


def entry_id(base: KnowledgeBase, text: str) -> str:
    """The id of an entry that is given by its id, an alias or its name, in any case of letters."""
    from kb.search import find

    return find(base, text).id


def entry_ids(base: KnowledgeBase, texts: Iterable[str] | None) -> list[str]:
    """The ids of several entries."""
    return [entry_id(base, text) for text in texts or ()]


def completes(kind: str = "*", *, folders: bool = False) -> Callable[..., list[str]]:
    """Return a completion of entry ids, or of groups, from the names of files.

    That is fast, and it works while an entry is broken.
    """

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        entries = Path(context.find_root().params.get("folder") or bundled_root()) / "entries"
        paths = entries.glob(f"{kind}/*" if folders else f"{kind}/*/*.yaml")
        return sorted({path.stem for path in paths if path.stem.startswith(incomplete)})

    return complete


def complete_variants(context: typer.Context, incomplete: str) -> list[str]:
    """Complete the variants of the architecture on the command line, from its file alone."""
    import yaml_rs

    entries = Path(context.find_root().params.get("folder") or bundled_root()) / "entries"
    # While the option still lacks its value, arguments wait among those that are not yet understood.
    name = context.params.get("entry") or context.params.get("architecture") or next(iter(context.args), "")
    for path in entries.glob(f"architectures/*/{name}.yaml"):
        variants = yaml_rs.loads(path.read_text(encoding="utf-8")).get("variants") or {}
        return [variant for variant in ("default", *variants) if variant.startswith(incomplete)]
    return []


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EntryId = Annotated[str, typer.Argument(help="An entry: its id, an alias or its name.", autocompletion=completes())]
ArchitectureId = Annotated[str, typer.Argument(help="An architecture.", autocompletion=completes("architectures"))]


def command(name: str | None = None, group: typer.Typer = app) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Register a command whose mistakes are reported in one line, or as JSON where `--json` was given."""

    def register(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return function(*args, **kwargs)
            except BrokenPipeError:
                raise
            except (
                KnowledgeBaseError,
                NoSuchEntryError,
                ValueError,
                OSError,
                ImportError,
                NotImplementedError,
            ) as error:
                fail(error, as_json=bool(kwargs.get("json_")))

        group.command(name or function.__name__.rstrip("_"))(guarded)
        return guarded

    return register


def fail(error: Exception, *, as_json: bool = False) -> NoReturn:
    """Report a mistake and exit: 2 where entries are wrong, else 1."""
    problems = error.problems if isinstance(error, KnowledgeBaseError) else []
    message = f"{len(problems)} problems in the entries" if problems else explain(error)
    if as_json:
        details = {"problems": [problem.as_dict() for problem in problems]} if problems else {}
        print_json({"error": message, **details})
    else:
        if problems:
            errors.print(str(error), markup=False)
        errors.print(f"kb: {message}", markup=False)
    raise typer.Exit(2 if problems else 1)


def explain(error: Exception) -> str:
    """Say in words what went wrong, and what to do about a missing library."""
    if isinstance(error, ImportError) and error.name:
        library = error.name.partition(".")[0]
        if library in EXTRAS:
            extra = EXTRAS[library]
            return f"this needs {library}, which is not installed; install it with: pip install -e '.[{extra}]'"
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {(error.strerror or 'cannot be used').lower()}"
    return str(error)


def say(text: str, indent: int = 0, first: int | None = None) -> None:
    """Print data, in which square brackets are no markup: wrapped to a terminal, in whole lines to a file or a pipe.

    Args:
        text: What to print.
        indent: Columns before every line.
        first: Columns before the first line, if it differs.
    """
    lead = " " * (indent if first is None else first)
    if not console.is_terminal:
        console.print(lead + text, markup=False, soft_wrap=True)
        return
    width = max(console.width, 40)
    for line in textwrap.wrap(
        text, width, initial_indent=lead, subsequent_indent=" " * indent, break_on_hyphens=False, break_long_words=False
    ):
        console.print(line, markup=False, soft_wrap=True)


def table(*columns: str, **options: Any) -> Table:
    """A table without lines, whose columns are two spaces apart."""
    return Table(*columns, box=None, padding=(0, 2, 0, 0), header_style="dim", **options)


def bold(text: object) -> str:
    """Data in bold type."""
    return f"[bold]{escape(str(text))}[/]"


def dim(text: object) -> str:
    """Data in dimmed type."""
    return f"[dim]{escape(str(text))}[/]" if text else ""


def print_json(data: Any) -> None:
    """Print data as JSON and nothing else."""
    typer.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str))


@contextmanager
def progress_bar(description: str, total: int) -> Iterator[Callable[[str, float], None]]:
    """Show a progress bar on a terminal's standard error; the function yielded takes a text and how far to advance."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task(description, total=total)
        yield lambda text, advance: progress.update(task, description=text, advance=advance)
