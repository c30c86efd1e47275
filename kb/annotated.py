"""The inputs and outputs of `forward`, read from its jaxtyping annotations without running it.

    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States: ...

says that `x` has the axes B, T and F, and that `h` is optional. It returns one tensor, which is called `y`, or
a `NamedTuple` whose fields are annotated in the same way; `A | B` are alternatives, of which a variant has one. An axis
is a name or a size; `*space` stands for any number of axes, which the entry names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from kb import links
from kb.links import SourceError

TENSORS = frozenset({"Float", "Int", "Bool", "Complex", "Num", "Real", "Shaped", "Inexact", "Integer", "UInt"})
"""What jaxtyping calls tensors of one type or of several."""
ONLY = "y"
"""The name of the output where it is one tensor."""

Axes = tuple[str | int, ...]
"""The axes of a tensor, outermost first."""


@dataclass(frozen=True)
class Argument:
    """An input of `forward`: its axes, and whether it can be left out."""

    axes: Axes
    optional: bool = False


@dataclass(frozen=True)
class Annotations:
    """What the annotations of one `forward` say.

    Args:
        inputs: The arguments, in order.
        returns: The alternatives of what comes back, each from name to axes.
    """

    inputs: dict[str, Argument]
    returns: tuple[dict[str, Axes], ...]


def read(root: Path, link: str, method: str = "forward") -> Annotations:
    """Return what the annotations of a class's `forward`, or of another method, say.

    Args:
        root: The folder that holds `implementations`.
        link: The class, such as `implementations.architectures.recurrent.lstm:LSTM`.
        method: The method.

    Raises:
        SourceError: The file, the class or the method cannot be read, or an annotation says no shape; with the reason.
    """
    where, forward = _method(root, link, method)
    inputs = {argument.arg: _argument(argument) for argument in _taken(forward) if not _is_number(argument)}
    returns = tuple(_returned(where, option) for option in _options(forward.returns))
    if not returns:
        raise SourceError(f"does not annotate what `{method}` returns: write its shape")
    return Annotations(inputs, returns)


def read_network(root: Path, link: str, name: str) -> Annotations:
    """Return what the annotations of a sub-network say: a method, or an object that the constructor makes.

    Without a name these are the annotations of the whole.

    Raises:
        SourceError: It is neither, or its annotations cannot be read.
    """
    if not name:
        return read(root, link)
    try:
        _method(root, link, name)
    except SourceError:
        return read(root, class_of_attribute(root, link, name))
    return read(root, link, name)


def class_of_attribute(root: Path, link: str, attribute: str) -> str:
    """Return a link to the class that a constructor gives an attribute: `self.encoder = Encoder(...)`.

    Raises:
        SourceError: The constructor does not do that.
    """
    where, constructor = _method(root, link, "__init__")
    for node in ast.walk(constructor):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == attribute:
                    return ":".join(where.place_of(node.value.func.id))
    message = f"sets no `self.{attribute}` to a new object of a class, and has no such method"
    raise SourceError(f"{message}: write `self.{attribute} = Name(...)`, or the method")


def arguments_of(root: Path, link: str, method: str) -> list[str]:
    """Return the names of the arguments that a method of a class takes, without `self`.

    Raises:
        SourceError: There is no such class or method.
    """
    return [argument.arg for argument in _taken(_method(root, link, method)[1])]


def whole_numbers(root: Path, link: str, method: str) -> list[str]:
    """Return the keyword-only arguments of a method that are annotated as whole numbers, or as lists of them.

    Those of a constructor are the sizes of a network, and those of `example_inputs` the sizes of its inputs.

    Raises:
        SourceError: The file or the class cannot be read, or has no such method.
    """
    return _annotated(root, link, method, {"int"})


def single_numbers(root: Path, link: str, method: str) -> list[str]:
    """Return the keyword-only arguments of a method that are annotated as one whole number, `int` or `int | None`.

    Raises:
        SourceError: The file or the class cannot be read, or has no such method.
    """
    _, function = _method(root, link, method)
    written = {each.arg: ast.unparse(each.annotation) for each in function.args.kwonlyargs if each.annotation}
    return [name for name, annotation in written.items() if annotation in ("int", "int | None")]


def numbers(root: Path, link: str, method: str) -> list[str]:
    """Return the keyword-only arguments of a method that are annotated as numbers of any kind, or as lists of them.

    Raises:
        SourceError: The file or the class cannot be read, or has no such method.
    """
    return _annotated(root, link, method, {"int", "float"})


def defaults(root: Path, link: str) -> dict[str, Any]:
    """Return the keyword-only arguments of a constructor with their defaults, as far as these are literals.

    Raises:
        SourceError: The file or the class cannot be read, or has no constructor of its own.
    """
    arguments = _method(root, link, "__init__")[1].args
    found: dict[str, Any] = {}
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found[argument.arg] = None
        with suppress(ValueError, TypeError, SyntaxError, MemoryError, RecursionError):  # it is computed
            found[argument.arg] = None if default is None else ast.literal_eval(default)
    return found


def _annotated(root: Path, link: str, method: str, names: set[str]) -> list[str]:
    _, function = _method(root, link, method)
    annotations = {argument.arg: argument.annotation for argument in function.args.kwonlyargs}
    return [
        name
        for name, annotation in annotations.items()
        if annotation and any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(annotation))
    ]


@dataclass(frozen=True)
class _Module:
    """A parsed module, in which names are looked up."""

    root: Path
    name: str

    @cached_property
    def tree(self) -> ast.Module:
        path = links.source_file(self.root, self.name)
        if not links.is_own(self.root, path):
            raise SourceError(f"uses {self.name}, which is no file of `{links.PACKAGE}`")
        return links.parse(path)

    def place_of(self, name: str) -> tuple[str, str]:
        """The module that defines a name, and what it is called there."""
        for node in self.tree.body:
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    if (alias.asname or alias.name) == name:
                        return node.module, alias.name
        return self.name, name

    def class_of(self, name: str) -> tuple[_Module, ast.ClassDef]:
        """The definition of a class that is defined or imported here, and the module in which it stands."""
        module, own = self.place_of(name)
        there = self if module == self.name else _Module(self.root, module)
        for node in there.tree.body:
            if isinstance(node, ast.ClassDef) and node.name == own:
                return there, node
        raise SourceError(f"uses {name!r}, of which it defines no class")


def _method(
    root: Path, link: str, method: str, derived: frozenset[str] = frozenset()
) -> tuple[_Module, ast.FunctionDef]:
    """The method of a class or of the nearest class that it is derived from, and the module in which that stands."""
    module, _, name = link.partition(":")
    where, found = _Module(root, module).class_of(name)
    for node in found.body:
        if isinstance(node, ast.FunctionDef) and node.name == method:
            return where, node
    for base in found.bases:
        above = f"{where.name}:{base.id}" if isinstance(base, ast.Name) else link
        if above != link and above not in derived:
            return _method(root, above, method, derived | {link})
    raise SourceError(f"defines no `{method}` in {name}")


def _taken(function: ast.FunctionDef) -> list[ast.arg]:
    """The arguments of a method, without `self`."""
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs][1:]


def _options(annotation: ast.expr | None) -> Iterator[ast.expr]:
    """The parts of `A | B | None`, without `None`."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        yield from _options(annotation.left)
        yield from _options(annotation.right)
    elif annotation is not None and not (isinstance(annotation, ast.Constant) and annotation.value is None):
        yield annotation


def _is_number(argument: ast.arg) -> bool:
    """Whether it is a plain number, such as how many graphs there are: a size, which is no input of its own."""
    return [ast.unparse(option) for option in _options(argument.annotation)] == ["int"]


def _argument(argument: ast.arg) -> Argument:
    options = list(_options(argument.annotation))
    axes = _axes(options[0]) if len(options) == 1 else None
    if axes is None:
        raise SourceError(f'does not say the shape of {argument.arg!r}: annotate it, as with `Float[Tensor, "B F"]`')
    return Argument(axes, optional=isinstance(argument.annotation, ast.BinOp))


def _returned(where: _Module, annotation: ast.expr) -> dict[str, Axes]:
    """Name to axes of one tensor, or of the fields of a `NamedTuple`."""
    axes = _axes(annotation)
    if axes is not None:
        return {ONLY: axes}
    if not isinstance(annotation, ast.Name):
        raise SourceError("does not say the shape of what `forward` returns: annotate it with a shape")
    _, found = where.class_of(annotation.id)
    fields: dict[str, Axes] = {}
    for node in found.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            options = list(_options(node.annotation))
            shape = _axes(options[0]) if len(options) == 1 else None
            if shape is None:
                raise SourceError(f"does not say the shape of {annotation.id}.{node.target.id}: annotate it")
            fields[node.target.id] = shape
    return fields


def _axes(annotation: ast.expr) -> Axes | None:
    """The axes of `Float[Tensor, "B T F"]`; None for anything else."""
    match annotation:
        case ast.Subscript(
            value=ast.Name(id=kind), slice=ast.Tuple(elts=[ast.Name(id="Tensor"), ast.Constant(value=str(text))])
        ) if kind in TENSORS:
            return tuple(_axis(word) for word in text.split())
    return None


def _axis(word: str) -> str | int:
    if word.isdecimal() and word.isascii():
        return int(word)
    if word.removeprefix("*").isidentifier() and word.isascii():
        return word
    raise SourceError(f"has an axis {word!r} in an annotation: name it with letters, or give its size")
