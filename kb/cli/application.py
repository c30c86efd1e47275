"""What all commands share: the application, its options, printing, and the handling of mistakes."""

from __future__ import annotations

import functools
import re
import signal
import sys
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.core import TyperGroup

from kb import strict_json
from kb.folders import bundled_root
from kb.knowledge_base import KnowledgeBase, load
from kb.naming import key
from kb.problems import KnowledgeBaseError, NoSuchEntryError, Problem

P = ParamSpec("P")
T = TypeVar("T")

EXTRAS = {
    "torch": "run", "torch_geometric": "run", "jaxtyping": "run", "sklearn": "run", "matplotlib": "run",
    "mkdocs": "site", "material": "site", "jinja2": "site", "pygraphviz": "site", "math_core": "site",
    "ziamath": "site", "mkdocstrings": "site", "torchvision": "test", "diffusers": "test",
    "safetensors": "run", "tensorboard": "log", "nbclient": "notebook", "nbformat": "notebook", "ipykernel": "notebook",
    "dask": "cluster", "distributed": "cluster",
}  # fmt: skip
"""Library to the extra of this package that brings it."""


PATIENCE = 2.0
"""Seconds that something may take without a progress bar."""


class Terminated(KeyboardInterrupt):
    """SIGTERM came: whatever cleans up after Ctrl-C cleans up after this too."""


@contextmanager
def terminable() -> Iterator[None]:
    """Let SIGTERM raise an exception, unless whoever called has a use for it; for the command line only."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return

    def terminate(*_: object) -> NoReturn:
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


class Commands(TyperGroup):
    """The group of commands: with `--json`, a mistyped command line is reported as JSON too."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the command line."""
        with terminable():
            return self._run(args, *rest, **options)

    def _run(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
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


def _print_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        typer.echo(version("deep-learning-taxonomy"))
        raise typer.Exit


_folder: Path | None = None
_skip_broken = False


@app.callback()
def main(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="A folder with `entries` in it. Default: the bundled knowledge base."),
    ] = None,
    skip_broken: Annotated[
        bool, typer.Option("--skip-broken", help="Go on without entries that are wrong, and say which they are.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Read, query and run a knowledge base of deep learning.

    Exit status: 0 for success, 1 where something is wrong or nothing was found, 2 where the entries or the command
    line cannot be read, 130 and 143 where Ctrl-C or SIGTERM stopped it.
    """
    global _folder, _skip_broken
    _folder, _skip_broken = folder, skip_broken


def chosen_folder() -> Path | None:
    """The folder given with `--folder`, or None for the bundled knowledge base."""
    return _folder


def load_base() -> KnowledgeBase:
    """Load the chosen knowledge base, and say on standard error what was left out of it."""
    base = load(_folder, skip_broken=_skip_broken)
    for problem in base.left_out:
        errors.print(f"left out: {problem}", markup=False)
    return base


def entry_id(base: KnowledgeBase, text: str) -> str:
    """The id of an entry that is given by any of its names; see `kb.naming`."""
    return base[text].id


def entry_ids(base: KnowledgeBase, texts: Iterable[str] | None) -> list[str]:
    """The ids of several entries."""
    return [entry_id(base, text) for text in texts or ()]


def completes(kind: str = "*", *, folders: bool = False) -> Callable[..., list[str]]:
    """Return a completion of entry ids, or of groups, from the names of files, and of other names from their lines.

    That is fast, and it works while an entry is broken. A name of several words is left to whoever can quote it.
    """

    def complete(context: typer.Context, incomplete: str) -> list[str]:
        entries = Path(context.find_root().params.get("folder") or bundled_root()) / "entries"
        paths = list(entries.glob(f"{kind}/*" if folders else f"{kind}/*/*.yaml"))
        found = sorted({path.stem for path in paths if path.stem.startswith(incomplete)})
        if found or folders:
            return found
        named = [name for path in paths for name in _names_in(path.read_text(encoding="utf-8", errors="replace"))]
        return sorted({way for name in named for way in (name, name.lower()) if way.startswith(incomplete)})

    return complete


def _names_in(text: str) -> list[str]:
    """The names of one word in the text of an entry's file, as `kb format` writes it."""
    lines = "\n".join(re.findall(r"^name: .*|^(?:aliases|formerly):\n(?:- .*\n)+", text, re.MULTILINE))
    return re.findall(r"^(?:name:|-) ([^\s'\"]+)$", lines, re.MULTILINE)


def complete_variants(context: typer.Context, incomplete: str) -> list[str]:
    """Complete the variants of the architecture on the command line, from its file alone."""
    import yaml_rs

    entries = Path(context.find_root().params.get("folder") or bundled_root()) / "entries"
    # While the option still lacks its value, arguments wait among those that are not yet understood.
    name = context.params.get("entry") or context.params.get("architecture") or next(iter(context.args), "")
    for path in sorted(entries.glob("architectures/*/*.yaml"), key=lambda path: path.stem != name):
        text = path.read_text(encoding="utf-8", errors="replace")
        if key(name) not in (key(path.stem), *map(key, _names_in(text))):
            continue
        variants = yaml_rs.loads(text).get("variants") or {}
        return [variant for variant in ("default", *variants) if variant.startswith(incomplete)]
    return []


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EntryId = Annotated[str, typer.Argument(help="An entry: its id or any of its names.", autocompletion=completes())]
ArchitectureId = Annotated[str, typer.Argument(help="An architecture.", autocompletion=completes("architectures"))]


def command(group: typer.Typer = app) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Register a command whose mistakes are reported in one line, or as JSON where `--json` was given.

    Its name is that of the function, without the underscore of one that Python has already.
    """

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
                BrokenExecutor,
                KeyboardInterrupt,
            ) as error:
                fail(error, as_json=bool(kwargs.get("json_")))

        group.command(function.__name__.rstrip("_"))(guarded)
        return guarded

    return register


def fail(error: BaseException, *, as_json: bool = False) -> NoReturn:
    """Report what went wrong and exit: 2 where entries are wrong, 128 and its number where a signal came, else 1."""
    problems = error.problems if isinstance(error, KnowledgeBaseError) else []
    message = f"{len(problems)} problems in the entries" if problems else explain(error)
    output_failed = isinstance(error, OSError) and error.errno and not error.filename  # the disk it goes to may be full
    if as_json and not output_failed:
        details = {"problems": [problem.as_dict() for problem in problems]} if problems else {}
        print_json({"error": message, **details})
    else:
        if problems:
            errors.print(str(error), markup=False)
        errors.print(f"kb: {message}", markup=False)
    stopped = 128 + _signal(error) if isinstance(error, KeyboardInterrupt) else 0
    raise typer.Exit(stopped or (2 if problems else 1))


def _signal(error: KeyboardInterrupt) -> signal.Signals:
    return signal.SIGTERM if isinstance(error, Terminated) else signal.SIGINT


def explain(error: BaseException) -> str:
    """Say in words what went wrong, what is kept of what was done, and what to do about a missing library."""
    if isinstance(error, KeyboardInterrupt | BrokenExecutor):
        kept = ", ".join(getattr(error, "__notes__", ["what was finished is kept"]))
        if isinstance(error, KeyboardInterrupt):
            return f"stopped by {_signal(error).name}; {kept}"
        return f"a worker process was ended from outside (out of memory?); {kept}; run again for the rest"
    if isinstance(error, ImportError) and error.name:
        library = error.name.partition(".")[0]
        if library in EXTRAS:
            extra = EXTRAS[library]
            return f"this needs {library}, which is not installed; install it with: pip install -e '.[{extra}]'"
    if isinstance(error, OSError) and error.strerror:
        return ": ".join(str(part) for part in (error.filename, error.strerror.lower()) if part)
    return str(error)


def print_text(text: str, indent: int = 0, first: int | None = None) -> None:
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
    typer.echo(strict_json.dumps(data, indent=2))


@contextmanager
def counting(done: Sized, total: int) -> Iterator[None]:
    """Note on whatever ends a long run early how much of it is done and kept."""
    try:
        yield
    except BaseException as error:
        error.add_note(f"{len(done)} of {total} measured are kept")
        raise


def print_problems(problems: Sequence[Problem], *, as_json: bool) -> None:
    """Print what is wrong with the data, a problem a line."""
    if as_json:
        print_json([problem.as_dict() for problem in problems])
        return
    for problem in problems:
        console.print(str(problem), markup=False, soft_wrap=True)
    console.print(f"\n{len(problems)} problem{'s' if len(problems) > 1 else ''}")


@contextmanager
def progress_bar(description: str, total: int) -> Iterator[Callable[[str, float], None]]:
    """Show a progress bar on a terminal's standard error, after a while; what is yielded takes text and advance."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    progress = Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)
    task, start = progress.add_task(description, total=total), monotonic()

    def update(text: str, advance: float) -> None:
        if monotonic() - start >= PATIENCE:
            progress.start()
        progress.update(task, description=text, advance=advance)

    try:
        yield update
    finally:
        progress.stop()
