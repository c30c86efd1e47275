"""Which commands there are, and which module of this package has them: read from the sources, none of which is run.

A command is found by being here: a function decorated with `@command()`, or a group that is added with
`registered.add_typer`. So `kb --help` imports no library, and a new command needs no list to stand in.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

DECORATOR = "command"
EXAMPLES = "Examples:"
"""What begins the part of a command's docstring that shows how it is typed."""


@dataclass(frozen=True)
class Known:
    """A command as far as its source tells.

    Args:
        name: What is typed.
        module: The module of this package that has it.
        help: What it does.
    """

    name: str
    module: str
    help: str


@cache
def known() -> Mapping[str, Known]:
    """Return the commands and groups of commands by name, in the order of the alphabet; the sources are read once."""
    paths = sorted(Path(__file__).parent.glob("*.py"))
    found = [one for path in paths for one in _in_module(path.stem, path.read_text(encoding="utf-8"))]
    return MappingProxyType({one.name: one for one in sorted(found, key=lambda one: one.name)})


def command_name(function: str) -> str:
    """The name of the command that a function is, without the underscore of one that Python has already.

    Examples:
        >>> command_name("open_"), command_name("why_not")
        ('open', 'why-not')
    """
    return function.rstrip("_").replace("_", "-")


def described(docstring: str | None) -> tuple[str, list[str]]:
    r"""Split the docstring of a command into what it does, and its examples: lines as one types them.

    Examples:
        >>> described("Count things.\n\n    Examples:\n        $ kb stats\n        $ kb stats --json")
        ('Count things.', ['kb stats', 'kb stats --json'])
    """
    text, _, examples = inspect.cleandoc(docstring or "").partition(f"\n{EXAMPLES}\n")
    lines = [line.strip() for line in examples.splitlines()]
    return text.strip(), [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]


def _in_module(module: str, source: str) -> Iterator[Known]:
    if f"@{DECORATOR}(" not in source:
        return
    tree = ast.parse(source)
    helps = dict(_helps_of_groups(tree))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(map(_registers, node.decorator_list)):
            yield Known(command_name(node.name), module, described(ast.get_docstring(node))[0])
        elif isinstance(node, ast.Expr) and (call := _call(node.value, "add_typer")):
            yield Known(_texts(call)["name"], module, helps[ast.unparse(call.args[0])])


def _registers(decorator: ast.expr) -> bool:
    """Whether a decorator adds to the application itself: it names no group."""
    call = _call(decorator, DECORATOR)
    return call is not None and not call.args


def _helps_of_groups(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What groups of commands are for: from statements such as `site = typer.Typer(help="...")`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and (call := _call(node.value, "Typer")):
            yield ast.unparse(node.targets[0]), _texts(call).get("help", "")


def _call(node: ast.expr, name: str) -> ast.Call | None:
    """An expression, where it calls a function or method of this name."""
    if not isinstance(node, ast.Call):
        return None
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
    return node if called == name else None


def _texts(call: ast.Call) -> dict[str, str]:
    """The keyword arguments of a call that are texts."""
    found = {word.arg: word.value.value for word in call.keywords if word.arg and isinstance(word.value, ast.Constant)}
    return {name: value for name, value in found.items() if isinstance(value, str)}
