"""Places in code that stay where they are when other lines change: a function, or what it does with a name.

Of `kb.links` a place has the module; the rest is written as in the code itself:

- `LSTM.forward`: the whole of a method or of a function, such as `scan`;
- `LSTM._step:c`: its statements that bind a name, an attribute (`self.weight`) or a key (`memory.mean` means
  `memory["mean"]`);
- `Encoder.encode:codes.append`: its statements that are calls of that;
- `LSTM._step:return`: what it returns.

The first name may also be one that the module imports from `implementations`: it then means the module where that is
defined. Sources are read, and never run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from kb import links
from kb.problems import suggestion

RETURN = "return"
Span = tuple[int, int]
"""The first and the last line of some that follow each other."""
Function = ast.FunctionDef | ast.AsyncFunctionDef


class NoSuchPlaceError(ValueError):
    """The code has no such place; the message says what it lacks, and suggests the nearest."""


@dataclass(frozen=True)
class Lines:
    """Lines of a module, as spans in order that do not touch."""

    module: str
    spans: tuple[Span, ...]


def lines_of(root: Path, link: str, place: str) -> Lines:
    """Return the lines that a place means.

    Args:
        root: The folder that holds `implementations`.
        link: A link to the module that the place is in.
        place: The place, such as `LSTM._step:c`.

    Raises:
        NoSuchPlaceError: There is no such place.
        SourceError: A file cannot be read as Python.
    """
    path, _, name = place.partition(":")
    module, function = _function(root, link.partition(":")[0], path)
    found = [_head(node) if name else _whole(node) for node in _statements(function, name)]
    if not found:
        known = {named for node in _own(function) for named in _named(node)}
        raise NoSuchPlaceError(f"{path} does nothing with {name!r}{suggestion(name, known)}")
    return Lines(module, merged(found))


def together(found: Iterable[Lines]) -> list[Lines]:
    """Return lines with those of each module together, in the order in which the modules come first."""
    modules: dict[str, list[Span]] = {}
    for lines in found:
        modules.setdefault(lines.module, []).extend(lines.spans)
    return [Lines(module, merged(spans)) for module, spans in modules.items()]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, with those together that touch or overlap.

    Examples:
        >>> merged([(7, 7), (1, 2), (3, 4)])
        ((1, 4), (7, 7))
    """
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)


def _function(root: Path, module: str, path: str) -> tuple[str, Function]:
    """The function of a dotted path, and the module that it is in."""
    first, *rest = path.split(".")
    tree = links.parse(links.source_file(root, module))
    if first not in _definitions(tree.body):
        module = _imports(tree).get(first, module)
        tree = links.parse(links.source_file(root, module))
    node: ast.AST = tree
    for name in (first, *rest):
        known = _definitions(getattr(node, "body", []))
        if name not in known:
            raise NoSuchPlaceError(f"{module} defines no {path!r}{suggestion(name, known)}")
        node = known[name]
    if not isinstance(node, Function):
        known = _definitions(getattr(node, "body", []))
        raise NoSuchPlaceError(f"{path!r} is a class: name one of its methods ({', '.join(known)})")
    return module, node


def _definitions(body: list[ast.stmt]) -> dict[str, ast.stmt]:
    return {node.name: node for node in body if isinstance(node, Function | ast.ClassDef)}


def _imports(tree: ast.Module) -> dict[str, str]:
    """The modules of `implementations` that names are imported from, under the names that they have there."""
    froms = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    own = [node for node in froms if str(node.module).split(".")[0] == links.PACKAGE]
    return {alias.name: str(node.module) for node in own for alias in node.names}


def _statements(function: Function, name: str) -> Iterator[ast.stmt]:
    """The statements of a function that do something with a name; without one, all that it consists of."""
    if not name:
        yield from (node for node in function.body if not _is_docstring(node))
        return
    yield from (node for node in _own(function) if name in _named(node))


def _own(function: Function) -> Iterator[ast.stmt]:
    """All statements of a function, also those in others, but not those of functions and classes in it."""
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, Function | ast.ClassDef | ast.expr):
            pending.extend(ast.iter_child_nodes(node))


def _named(node: ast.stmt) -> Iterator[str]:
    """What a statement itself binds or calls, and `return` for one that returns."""
    match node:
        case ast.Return():
            yield RETURN
        case ast.Expr(value=ast.Call(func=called)):
            yield from _written(called)
        case ast.Assign(targets=targets):
            yield from chain.from_iterable(map(_bound, targets))
        case ast.AnnAssign(target=target) | ast.AugAssign(target=target) | ast.For(target=target):
            yield from _bound(target)


def _bound(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Tuple(elts=items) | ast.List(elts=items):
            yield from chain.from_iterable(map(_bound, items))
        case ast.Starred(value=value):
            yield from _bound(value)
        case _:
            yield from _written(target)


def _written(node: ast.expr) -> Iterator[str]:
    """How a name is written in a place; a key that is a text as an attribute is, and any other not at all."""
    match node:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(value=value, attr=name):
            yield from (f"{before}.{name}" for before in _written(value))
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
            yield from (f"{before}.{key}" for before in _written(value))
        case ast.Subscript(value=value):
            yield from _written(value)


def _head(node: ast.stmt) -> Span:
    """The lines of a statement, of a loop those before its body."""
    return (node.lineno, node.body[0].lineno - 1) if isinstance(node, ast.For) else _whole(node)


def _whole(node: ast.stmt) -> Span:
    return node.lineno, node.end_lineno or node.lineno


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
