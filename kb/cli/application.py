"""What all commands share: the application, its options, printing, and the handling of mistakes."""

from __future__ import annotations

import functools
import os
import re
import signal
import sys
import textwrap
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, ParamSpec, TypeVar

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.core import TyperCommand, TyperGroup

import kb
from kb import strict_json
from kb.cli.completing import completes
from kb.cli.index import Known, command_name, described, known
from kb.cli.streams import for_any_reader
from kb.folders import DISTRIBUTION

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase
    from kb.problems import Problem

P = ParamSpec("P")
T = TypeVar("T")


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
    """The group of commands, each imported when it is run.

    With `--json`, a mistyped command line is reported as JSON too.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {name: _unread(one) for name, one in known().items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that is typed, and import the module that has it."""
        if args and args[0] in self.commands:
            self.commands[args[0]] = _read(args[0])
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        """Run the command line."""
        with for_any_reader(), terminable():
            try:
                return self._run(args, *rest, **options)
            except OSError as error:  # of what no command guards, such as the help
                errors.print(f"kb: {explain(error)}", markup=False)
                sys.exit(1)

    def _run(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        words = [_as_utf8(word) for word in (sys.argv[1:] if args is None else args)]
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


def _as_utf8(word: str) -> str:
    """A word of the command line, where the locale could not read all of its bytes."""
    return os.fsencode(word).decode(errors="replace") if re.search("[\udc80-\udcff]", word) else word


def _unread(one: Known) -> TyperCommand:
    """A command as the help of all commands shows it."""
    return TyperCommand(one.name, help=one.help)


@functools.cache
def _read(name: str) -> Any:
    """A command as it is run; its module is imported, and its parameters are read, once."""
    import_module(f"kb.cli.{known()[name].module}")
    return typer.main.get_group(registered).commands[name]


registered = typer.Typer()
"""The commands of those modules of `kb.cli` that are imported; `app` reads a command of it when it is typed."""
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

        typer.echo(version(DISTRIBUTION))
        raise typer.Exit


_folder: Path | None = None
_skip_broken = False
_latex = False


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
    global _folder, _skip_broken, _latex
    _folder, _skip_broken, _latex = folder, skip_broken, False


def chosen_folder() -> Path | None:
    """The folder given with `--folder`, or None for the bundled knowledge base."""
    return _folder


def skips_broken() -> bool:
    """Whether `--skip-broken` was given."""
    return _skip_broken


def load_base() -> KnowledgeBase:
    """Load the chosen knowledge base, and say on standard error what was left out of it."""
    base = kb.load(_folder, skip_broken=_skip_broken)
    for problem in base.left_out:
        errors.print(f"left out: {problem}", markup=False)
    return base


def entry_id(base: KnowledgeBase, text: str) -> str:
    """The id of an entry that is given by any of its names; see `kb.naming`."""
    return base[text].id


def entry_ids(base: KnowledgeBase, texts: Iterable[str] | None) -> list[str]:
    """The ids of several entries."""
    return [entry_id(base, text) for text in texts or ()]


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EntryId = Annotated[str, typer.Argument(help="An entry: its id or any of its names.", autocompletion=completes())]
ArchitectureId = Annotated[str, typer.Argument(help="An architecture.", autocompletion=completes("architectures"))]


def command(group: typer.Typer = registered, *, paged: bool = False) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Register a command whose mistakes are reported in one line, or as JSON where `--json` was given.

    Its name is that of the function, its help the docstring, and its examples those of the docstring.

    Args:
        group: The group that it belongs to; a command of `kb` itself names none.
        paged: Whether its output is something to read, which may be longer than the terminal.
    """

    def register(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                with in_pages() if paged else nullcontext():
                    return function(*args, **kwargs)
            except _mistakes() as error:
                fail(error, as_json=bool(kwargs.get("json_")))

        text, examples = described(function.__doc__)
        shown = "\n".join(["Examples", *(f"  [bold]$ {escape(example)}[/]" for example in examples)])
        group.command(command_name(function.__name__), help=text, epilog=shown if examples else None)(guarded)
        return guarded

    return register


@contextmanager
def in_pages() -> Iterator[None]:
    """Show what is printed in the pager of the user (`PAGER`), where it is longer than the terminal."""
    if not (sys.stdout.isatty() and sys.stdin.isatty()):
        yield
        return
    os.environ.setdefault("LESS", "FRX")  # as Git does: colours, and no pager for what fits on the screen
    ended: typer.Exit | None = None
    with console.pager(styles=True):
        try:
            yield
        except typer.Exit as status:  # the pager shows nothing where an exception passes
            ended = status
    if ended:
        raise ended


def _mistakes() -> tuple[type[BaseException], ...]:
    """What is reported without a traceback."""
    from concurrent.futures import BrokenExecutor

    ours = (kb.KnowledgeBaseError, kb.NoSuchEntryError, BrokenExecutor)
    return (*ours, ValueError, OSError, ImportError, NotImplementedError, KeyboardInterrupt)


def fail(error: BaseException, *, as_json: bool = False) -> NoReturn:
    """Report what went wrong and exit: 2 where entries are wrong, 128 and its number where a signal came, else 1."""
    problems = error.problems if isinstance(error, kb.KnowledgeBaseError) else []
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
    from concurrent.futures import BrokenExecutor

    if isinstance(error, KeyboardInterrupt | BrokenExecutor):
        kept = ", ".join(getattr(error, "__notes__", ["what was finished is kept"]))
        if isinstance(error, KeyboardInterrupt):
            return f"stopped by {_signal(error).name}; {kept}"
        return f"a worker process was ended from outside (out of memory?); {kept}; run again for the rest"
    if isinstance(error, ImportError) and error.name:
        from kb.extras import how_to_install

        library = error.name.partition(".")[0]
        if command := how_to_install(library):
            return f"this needs {library}, which is not installed; install it with: {command}"
    if isinstance(error, OSError) and error.strerror:
        return ": ".join(str(part) for part in (error.filename, error.strerror.lower()) if part)
    return str(error)


def keep_latex(keep: bool) -> None:
    """Let this command print formulas as they are written."""
    global _latex
    _latex = keep


def readable(text: object, around: str = "") -> str:
    """Data with its formulas in Unicode, or as they are written where `--latex` asks for that."""
    found = str(text)
    if _latex or "$" not in found:
        return found
    from kb.formula_text import in_text

    return in_text(found, around)


def formula(latex: str) -> str:
    """A formula in Unicode, or as it is written."""
    return readable(f"${latex.strip()}$") if not _latex else latex


def print_text(text: str, indent: int = 0, first: int | None = None) -> None:
    """Print data, in which square brackets are no markup: wrapped to a terminal, in whole lines to a file or a pipe.

    Args:
        text: What to print.
        indent: Columns before every line.
        first: Columns before the first line, if it differs.
    """
    text = readable(text)
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
    return f"[bold]{escape(readable(text))}[/]"


def dim(text: object) -> str:
    """Data in dimmed type."""
    return f"[dim]{escape(readable(text))}[/]" if text else ""


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
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

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
