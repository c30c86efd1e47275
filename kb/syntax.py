"""The syntax that a link reaches: what evidence depends on, and nothing else.

Comments, docstrings, annotations of functions and layout are not part of it, nor are other definitions in the same
files: a link reaches a definition, the names that it uses, and so on into the modules that are imported, as far as they
are `implementations`, or the loop of training.
A statement at the top of a reached module that defines no name, such as a call, always counts.
Decorators of `kb.guards` do not count: a guard refuses what is wrong, and changes nothing of what is right.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kb import links
from kb.links import PACKAGE, SourceError

WITHOUT_MEANING = frozenset({"ctx", "type_comment", "type_ignores", "kind"})
NOT_RUN: dict[type[ast.AST], tuple[str, ...]] = {
    ast.arg: ("annotation",),
    ast.FunctionDef: ("returns",),
    ast.AsyncFunctionDef: ("returns",),
}
"""Fields without an effect when code runs. Shapes in annotations are read by `kb.annotated`."""
DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)
GUARDS = "kb.guards"
LIBRARY = {"kb.training": Path(__file__).with_name("training.py")}
"""What is followed beside `implementations`: an experiment depends on the loop that it trains with."""
WHOLE = "*"
"""In place of a name: everything in a module."""

Place = tuple[str, str]
"""A module and a name in it."""


class Statement:
    """A statement at the top of a module.

    Args:
        node: Its syntax tree.
        guards: What the module calls guards.
    """

    def __init__(self, node: ast.stmt, guards: frozenset[str] = frozenset()) -> None:
        self.node = node
        self.guards = guards
        self.leads_to: tuple[Place, ...] | None = None

    @cached_property
    def text(self) -> str:
        """The statement without layout, comments and docstrings, the same under every version of Python."""
        return dump(self.node, self.guards)

    def uses(self) -> tuple[frozenset[str], tuple[Place, ...]]:
        """The names that it uses, and what it imports from `implementations`, anywhere in it."""
        names, places = set[str](), list[Place]()
        for node in _run(self.node, self.guards):
            if isinstance(node, ast.Name):
                names.add(node.id)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                places += [place for _, place in _imported(node)]
        return frozenset(names), tuple(places)


@dataclass
class Module:
    """The statements of a module by the names that they define, and those that define none."""

    defined: dict[str, list[Statement]] = field(default_factory=dict)
    always: list[Statement] = field(default_factory=list)
    imported: dict[str, Place] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: ast.Module) -> Module:
        """Sort the statements of a module."""
        module = cls()
        guards = frozenset(_guards(tree))
        for node in _without_docstring(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                module._add_import(node)
                continue
            statement = Statement(node, guards)
            names = _defines(node)
            for name in names:
                module.defined.setdefault(name, []).append(statement)
            if not names:
                module.always.append(statement)
        return module

    def _add_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Add every name that is imported by itself: one that is not used is not reached."""
        inside = dict(_imported(node))
        self.imported |= inside
        for alias in node.names:
            bound = alias.asname or (alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name)
            if bound not in inside:
                alone = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], 0)
                self.defined.setdefault(bound, []).append(Statement(alone))

    def statements(self, name: str) -> list[Statement]:
        """The statements that define a name, or all of them."""
        return [s for found in self.defined.values() for s in found] if name == WHOLE else self.defined.get(name, [])


class Syntax:
    """The syntax of the code in one folder, each file read once.

    Args:
        root: The folder that holds `implementations`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._modules: dict[str, Module] = {}
        self._exist: dict[str, bool] = {}
        self._digests: dict[str, str] = {}

    def digest(self, link: str) -> str:
        """Return a digest of all syntax that a link reaches; of code that is not Python, of its bytes."""
        if link not in self._digests:
            module, _, name = link.partition(":")
            try:
                texts = sorted({statement.text for statement in self.reached(module, name)})
            except (SourceError, RecursionError):
                files = links.sources_of(self.root, link)
                texts = [hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()]
            self._digests[link] = hashlib.sha256("\n".join(texts).encode()).hexdigest()
        return self._digests[link]

    def reached(self, module: str, name: str) -> list[Statement]:
        """Return the statements that a name in a module reaches, each once.

        Raises:
            SourceError: A file on the way cannot be read as Python.
        """
        found: dict[int, Statement] = {}
        seen: set[Place] = set()
        pending: list[Place] = [(module, name)]
        while pending:
            place = pending.pop()
            if place in seen or not _is_followed(place[0]):
                continue
            seen.add(place)
            here = self._module(place[0])
            if place[1] != WHOLE and self._is_module(f"{place[0]}.{place[1]}"):
                pending.append((f"{place[0]}.{place[1]}", WHOLE))
            for statement in [*here.statements(place[1]), *here.always]:
                if id(statement) not in found:
                    found[id(statement)] = statement
                    pending.extend(self._next(place[0], here, statement))
        return list(found.values())

    def defined(self, module: str) -> frozenset[str]:
        """Return the names that the statements of a module define; none where the file cannot be read as Python."""
        try:
            return frozenset(self._module(module).defined)
        except (SourceError, RecursionError):
            return frozenset()

    def constant(self, module: str, name: str) -> Any:
        """Return the value of a literal at the top of a module, without running anything; None where there is none.

        Raises:
            SourceError: The file cannot be read as Python.
            ValueError: The name means something else than a literal.
        """
        statements = self._module(module).defined.get(name)
        if not statements:
            return None
        try:
            return ast.literal_eval(statements[-1].node.value)  # type: ignore[attr-defined]
        except (AttributeError, ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            raise ValueError("expected a literal, such as {'name': {'argument': 3}}") from None

    def _next(self, module: str, here: Module, statement: Statement) -> tuple[Place, ...]:
        """What a statement of a module leads to; thousands of links pass by the same statements."""
        if statement.leads_to is None:
            names, inside = statement.uses()
            defined = [(module, name) for name in names if name in here.defined]
            imported = [here.imported[name] for name in (*names, WHOLE) if name in here.imported]
            statement.leads_to = tuple(dict.fromkeys([*inside, *defined, *imported]))
        return statement.leads_to

    def _is_module(self, module: str) -> bool:
        """Whether a dotted name is a file; asked of every name that is imported, and of the file system once."""
        if module not in self._exist:
            self._exist[module] = links.is_own(self.root, self.root.joinpath(*module.split(".")).with_suffix(".py"))
        return self._exist[module]

    def _module(self, name: str) -> Module:
        if name not in self._modules:
            path = LIBRARY.get(name, self.root.joinpath(*name.split(".")).with_suffix(".py"))
            known = name in LIBRARY or links.is_own(self.root, path)
            self._modules[name] = Module.of(links.parse(path)) if known else Module()
        return self._modules[name]


def _guards(tree: ast.Module) -> Iterator[str]:
    """What a module calls the guards that it imports."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == GUARDS and not node.level:
            yield from (alias.asname or alias.name for alias in node.names)


def _counting(decorators: list[ast.expr], guards: frozenset[str]) -> list[ast.expr]:
    """The decorators that are no guards."""
    called = [(node.func if isinstance(node, ast.Call) else node, node) for node in decorators]
    return [node for name, node in called if not (isinstance(name, ast.Name) and name.id in guards)]


def _run(node: ast.AST, guards: frozenset[str]) -> Iterator[ast.AST]:
    """A node and all nodes below it, except guards and annotations of functions."""
    pending = [node]
    while pending:
        here = pending.pop()
        yield here
        left_out = NOT_RUN.get(type(here), ())
        for name in here._fields:
            if name not in left_out:
                value = getattr(here, name, None)
                if isinstance(value, list):
                    value = _counting(value, guards) if name == "decorator_list" else value
                    pending.extend(item for item in value if isinstance(item, ast.AST))
                elif isinstance(value, ast.AST):
                    pending.append(value)


def _is_followed(module: str) -> bool:
    return module in LIBRARY or module.split(".")[0] == PACKAGE


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Place]]:
    if isinstance(node, ast.ImportFrom):
        if node.module and not node.level and _is_followed(node.module):
            yield from ((alias.asname or alias.name, (node.module, alias.name)) for alias in node.names)
        return
    for alias in node.names:
        if alias.name.split(".")[0] == PACKAGE:
            yield alias.asname or PACKAGE, (alias.name, WHOLE)


def _defines(node: ast.stmt) -> list[str]:
    """The names that a statement at the top of a module binds; none for one that runs for its effect."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Assign():
            return _targets(node.targets)
        case ast.AnnAssign() | ast.AugAssign():
            return _targets([node.target])
    return []


def _targets(nodes: Iterable[ast.expr]) -> list[str]:
    """The plain names among the targets of an assignment; none if one of them is something else, such as `x[0]`."""
    flat = [item for node in nodes for item in (node.elts if isinstance(node, ast.Tuple) else [node])]
    return (
        [node.id for node in flat if isinstance(node, ast.Name)] if all(isinstance(n, ast.Name) for n in flat) else []
    )


def _without_docstring(node: ast.AST) -> list[ast.stmt]:
    body: list[ast.stmt] = getattr(node, "body", [])
    first = body[0] if body else None
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if documented and isinstance(first.value.value, str) else body  # type: ignore[union-attr]


def dump(value: object, guards: frozenset[str] = frozenset()) -> str:
    """Return a syntax tree as text: without places, docstrings, guards and fields without meaning or content.

    `ast.dump` would do, but what it says of one source differs between versions of Python.

    Args:
        value: The tree, or a list of trees, or what stands at a leaf.
        guards: The names of decorators that are left out.

    Examples:
        >>> dump(ast.parse("x  =  1  # one").body[0])
        "Assign(targets=[Name(id='x')],value=Constant(value=1))"
    """
    if isinstance(value, list):
        return f"[{','.join(dump(item, guards) for item in value)}]"
    if not isinstance(value, ast.AST):
        return repr(value)
    parts = []
    for name in value._fields:
        item = getattr(value, name, None)
        if name == "body" and isinstance(value, DOCUMENTED):
            item = _without_docstring(value)
        elif name == "decorator_list":
            item = _counting(item or [], guards)
        if name not in WITHOUT_MEANING and name not in NOT_RUN.get(type(value), ()) and item is not None and item != []:
            parts.append(f"{name}={dump(item, guards)}")
    return f"{type(value).__name__}({','.join(parts)})"
