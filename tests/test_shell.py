"""The command line as a program of the shell: help, streams, pages, colours; of every command, found by being there."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import pty
import resource
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from bundled import BASE
from commands import RUNNER, each_in_shell, kb, write_examples

import kb as library
from kb import cli
from kb.cli import app
from kb.cli.application import registered
from kb.cli.index import described, known

pytestmark = pytest.mark.usefixtures("bundled_once")
TINY = Path(__file__).parent / "miniature" / "valid" / "tiny"
ONLY_READ = {
    "bench": "takes minutes",
    "format": "writes into the entries",
    "import": "reads a document that another command writes, and has tests of its own",
    "mcp": "serves until its input ends, and has tests of its own",
    "new": "writes into the entries",
    "notebook": "runs code, and has tests of its own",
    "run": "runs code, and has tests of its own",
    "site build": "takes a minute, and has tests of its own",
    "site serve": "serves until it is stopped",
    "verify": "measures, and has tests of its own",
}
"""Commands whose examples are understood here, and not carried out."""


def commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command with the words that it is typed with, those of groups too."""
    for name, one in (group or whole()).commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, (*path, name))
        else:
            yield " ".join((*path, name)), one


def whole() -> Any:
    """The group of all commands, with every module imported."""
    for module in pkgutil.iter_modules(cli.__path__):
        importlib.import_module(f"kb.cli.{module.name}")
    return typer.main.get_group(registered)


COMMANDS = dict(commands())


def examples() -> list[tuple[str, str]]:
    """Every example of every command."""
    return [(name, line) for name, one in COMMANDS.items() for line in described(one.callback.__doc__)[1]]


def test_the_help_knows_every_command_without_importing_it() -> None:
    names = [command.name for command in registered.registered_commands] + [
        g.name for g in registered.registered_groups
    ]
    assert sorted(names) == list(known())
    assert all(one.help for one in known().values())
    assert len(COMMANDS) > 20


def test_help_and_version_are_there_at_once() -> None:
    """Nothing of the library is imported for them, and they take at most twice as long as what prints them."""
    code = "import sys; sys.argv[1:] = {words}\ntry: from kb.cli import app; app()\nfinally: print(*sys.modules)"
    for words in (["--help"], ["--version"]):
        done = subprocess.run(
            [sys.executable, "-c", code.format(words=words)], capture_output=True, text=True, check=True
        )
        heavy = {"kb.knowledge_base", "kb.schema", "networkx", "pydantic_core", "lark", "yaml_rs"}
        assert not heavy & set(done.stdout.split())
    floor = min(seconds("import typer.rich_utils, importlib.metadata") for _ in range(3))
    for words in (["--help"], ["--version"]):
        code = f"import sys; sys.argv[1:] = {words}; from kb.cli import app; app()"
        assert min(seconds(code) for _ in range(3)) < 2 * floor


def seconds(code: str) -> float:
    """Seconds of processor time that a line of Python takes, from start to end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_prints_json_and_shows_examples_in_its_help(name: str) -> None:
    options = [option for parameter in COMMANDS[name].params for option in parameter.opts]
    assert "--json" in options or name == "mcp", "which speaks JSON itself"
    shown = kb(*name.split(), "--help").stdout
    lines = [line for command, line in examples() if command == name]
    assert lines
    assert all(line in " ".join(shown.split()) for line in lines)


def test_every_option_is_explained_and_every_flag_is_off_unless_it_is_given() -> None:
    """But the cells of a notebook are run unless `--no-run` is given."""
    parameters = [(name, one) for name, command in {**COMMANDS, "": whole()}.items() for one in command.params]
    assert [(name, one.name) for name, one in parameters if not one.help] == []
    assert [(name, one.name) for name, one in parameters if one.default is True] == [("notebook", "run")]


@pytest.mark.parametrize(("name", "line"), examples())
def test_every_example_does_what_it_says(name: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_examples(tmp_path)
    words = shlex.split(line)
    assert words[0] == "kb"
    if name not in ONLY_READ:
        done = kb(*words[1:])
        assert done.exit_code == 0, done.output
        assert "--save" in words or "--out" in words or done.stdout.strip()
        assert "--json" not in words or json.loads(done.stdout) is not None
        return
    rest = words[1 + max(number for number, word in enumerate(words) if word == name.split()[-1]) :]
    with COMMANDS[name].make_context(name, rest[0:]) as context:
        assert context.params or name == "mcp"


def test_what_is_only_read_is_there() -> None:
    assert set(ONLY_READ) <= set(COMMANDS)


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash in which `kb` is this command."""
    variables = {**os.environ, "PYTHONPATH": str(BASE.root), "COLUMNS": "80", **environment}
    function = f'kb() {{ {shlex.quote(sys.executable)} -m kb "$@"; }}; set -o pipefail; '
    return subprocess.run(["bash", "-c", function + line], capture_output=True, env=variables, check=False)


@pytest.mark.parametrize("words", ["show line", "--help", "show nothing-like-it"])
def test_a_reader_that_stops_reading_is_no_error(words: str) -> None:
    """The status is that of the command, whoever reads: `kb show lstm | head` under `set -o pipefail` goes on."""
    folder = "" if words == "--help" else f"--folder {shlex.quote(str(TINY))} "
    cut = shell(f"kb {folder}{words} | head -c 5")
    assert cut.returncode == ("nothing" in words)
    assert cut.stderr.decode() == kb(*shlex.split(folder + words)).stderr


@pytest.mark.parametrize("words", ["--help", "export json --json"])
def test_a_full_disk_is_one_line(words: str) -> None:
    done = shell(f"kb {'' if words == '--help' else f'--folder {TINY}'} {words} > /dev/full")
    assert done.returncode == 1
    assert done.stderr == b"kb: no space left on device\n"


@pytest.mark.parametrize(
    "page", [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_files_and_pipes_get_utf8_whatever_the_code_page(page: dict[str, str]) -> None:
    lines = [["show", "lstm"], ["why", "lstm", "causality"], ["export", "bibtex"], ["search", "kipf", "--json"]]
    for words, found in zip(lines, each_in_shell(*lines, **page), strict=True):
        assert found == kb(*words).stdout
    refused = shell(f"kb --folder {TINY} show Gülçehre", **page).stderr.decode("utf-8")
    assert "no entry has the name 'Gülçehre'" in refused


def on_a_terminal(*words: str, **environment: str) -> str:
    """What a command prints on a terminal of 80 columns and 24 lines."""
    ours, its = pty.openpty()
    variables = {
        **os.environ,
        "PYTHONPATH": str(BASE.root),
        "COLUMNS": "80",
        "LINES": "24",
        "TERM": "xterm",
        **environment,
    }
    variables = {
        name: value for name, value in variables.items() if name not in ("NO_COLOR", "FORCE_COLOR")
    } | environment
    process = subprocess.Popen([sys.executable, "-m", "kb", *words], stdin=its, stdout=its, stderr=its, env=variables)
    os.close(its)
    found = b""
    while True:
        try:
            part = os.read(ours, 10_000)
        except OSError:  # the other end was closed
            part = b""
        if not part:
            break
        found += part
    os.close(ours)
    assert process.wait() == 0, found.decode()
    return found.decode()


def test_what_is_to_be_read_goes_through_the_pager_of_a_terminal() -> None:
    words = ("--folder", str(TINY), "show", "line")
    paged = on_a_terminal(*words, PAGER="sed 's/^/> /'")
    assert all(line.startswith("> ") for line in paged.splitlines())
    assert "\x1b[1m" in paged
    plain = shell(f"kb {shlex.join(words)}", PAGER="sed 's/^/> /'").stdout.decode()
    assert "\x1b" not in plain
    assert not any(line.startswith("> ") for line in plain.splitlines())


def test_colours_are_off_where_they_are_not_wanted() -> None:
    words = ("--folder", str(TINY), "why", "line", "oddness")
    assert "\x1b[31m" in on_a_terminal(*words, PAGER="cat")
    assert "\x1b[31m" not in on_a_terminal(*words, PAGER="cat", NO_COLOR="1")
    assert b"\x1b" not in shell(f"kb {shlex.join(words)}").stdout


def test_formulas_are_unicode_and_latex_on_request() -> None:
    shown, written = kb("show", "lstm").stdout, kb("show", "lstm", "--latex").stdout
    assert "fₜ = σ(W_xf xₜ + W_hf hₜ₋₁ + w_cf ⊙ cₜ₋₁ + b_f)" in shown
    assert "\\" not in shown
    assert "\\sigma(W_{xf} x_t" in written
    assert "\\" not in kb("show", "lstm").stdout, "the next command starts anew"


def test_the_library_is_there_when_it_is_asked_for() -> None:
    assert set(library.__all__) <= set(dir(library))
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        library.lod  # noqa: B018
    assert RUNNER.invoke(app, ["shw"]).exit_code == 2
