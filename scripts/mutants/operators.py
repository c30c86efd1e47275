"""What is changed: every way in which one expression or statement of a file can be made wrong."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

COMPARISONS = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
FUNCTIONS = {
    "all": "any", "any": "all", "max": "min", "min": "max", "amax": "amin", "argmax": "argmin", "argmin": "argmax",
    "zeros": "ones", "ones": "zeros", "new_zeros": "new_ones", "zeros_": "ones_", "zeros_like": "ones_like",
    "sum": "mean", "mean": "sum", "sigmoid": "tanh", "tanh": "sigmoid", "sorted": "list", "add": "discard",
}  # fmt: skip
IGNORED = ("example_inputs", "__repr__")
"""Methods that are material of tests, or for people's eyes only."""

Change = tuple[str, ast.AST, str]
"""An operator, the node that it replaces, and the source that comes in its place."""


@dataclass(frozen=True)
class Mutant:
    """One fault in one file.

    Args:
        file: Path from the root of the tree.
        operator: Kind of fault.
        number: Line where it begins, from 1.
        line: The lines that change, as they are.
        becomes: The same as they become.
    """

    file: str
    operator: str
    number: int
    line: str
    becomes: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is, wherever in its file the lines have moved to."""
        return self.file, " ".join(self.line.split()), " ".join(self.becomes.split())

    def applied(self, source: str) -> str | None:
        """Return the source with the fault, at the nearest place where its lines stand; None if they do not."""
        lines, old = source.split("\n"), self.line.split("\n")
        places = [n for n in range(len(lines)) if lines[n : n + len(old)] == old]
        if not places:
            return None
        start = min(places, key=lambda n: abs(n + 1 - self.number))
        return "\n".join([*lines[:start], *self.becomes.split("\n"), *lines[start + len(old) :]])


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Return all mutants of a file that are valid Python."""
    lines = source.split("\n")
    for operator, node, text in _changes(ast.parse(source)):
        first, last = node.lineno - 1, node.end_lineno - 1  # type: ignore[attr-defined]
        before = lines[first].encode()[: node.col_offset].decode()  # type: ignore[attr-defined]
        after = lines[last].encode()[node.end_col_offset :].decode()  # type: ignore[attr-defined]
        found = Mutant(file, operator, first + 1, "\n".join(lines[first : last + 1]), before + text + after)
        if found.key[1] != found.key[2]:
            yield found


def _changes(tree: ast.AST) -> Iterator[Change]:
    for node in _run(tree):
        for way in WAYS:
            yield from way(node)


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """Walk over what runs: no annotations, no docstrings, no texts of errors, no sizes that are small for tests.

    That two lists are of one length (`strict`) is an assertion of the code about itself, as those of `assert` are.
    """
    yield node
    if isinstance(node, ast.Assert) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "exc", "msg"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.JoinedStr | ast.Import | ast.ImportFrom) or not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.FunctionDef) and child.name in IGNORED:
                continue
            if name in ("defaults", "kw_defaults") and isinstance(child, ast.Constant) and type(child.value) is int:
                continue
            yield from _run(child)


def _constant(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield "boolean", node, str(not node.value)
        elif isinstance(node.value, int):
            yield "constant", node, str(node.value + 1)
        elif isinstance(node.value, float):
            yield "constant", node, str(2 * node.value or 1.0)


def _operator(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARISONS:
        changed = deepcopy(node)
        changed.ops[0] = COMPARISONS[type(node.ops[0])]()
        yield "comparison", node, ast.unparse(changed)
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        changed = deepcopy(node)
        changed.op = ARITHMETIC[type(node.op)]()
        yield "arithmetic", node, f"({ast.unparse(changed)})"
        if not isinstance(node.op, ast.Pow):
            yield "dropped term", node, f"({ast.unparse(node.left)})"
        if isinstance(node.op, ast.Add | ast.Mult):
            yield "dropped term", node, f"({ast.unparse(node.right)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        yield "dropped term", node, ast.unparse(node.operand)


def _condition(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.BoolOp):
        changed = deepcopy(node)
        changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "and, or", node, f"({ast.unparse(changed)})"
        for left_out in node.values:
            rest = [value for value in node.values if value is not left_out]
            text = f" {'and' if isinstance(node.op, ast.And) else 'or'} ".join(f"({ast.unparse(v)})" for v in rest)
            yield "dropped condition", node, text
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield "negated condition", node.test, f"not ({ast.unparse(node.test)})"
    if isinstance(node, ast.comprehension):
        for test in node.ifs:
            yield "dropped condition", test, "True"


def _statement(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.AugAssign | ast.Raise) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call | ast.Yield | ast.YieldFrom)
    ):
        yield "dropped statement", node, "pass"


def _call(node: ast.AST) -> Iterator[Change]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in FUNCTIONS:
        changed = deepcopy(node)
        if isinstance(changed.func, ast.Attribute):
            changed.func.attr = FUNCTIONS[name]
        else:
            changed.func = ast.Name(FUNCTIONS[name])
        yield "another function", node, ast.unparse(changed)
    if len(node.args) >= 2 and not any(isinstance(arg, ast.Starred) for arg in node.args[:2]):
        changed = deepcopy(node)
        changed.args[:2] = reversed(changed.args[:2])
        yield "swapped arguments", node, ast.unparse(changed)
    if (isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name)) or name in METHODS:
        if isinstance(node.func, ast.Attribute):
            yield "dropped call", node, ast.unparse(node.func.value)
    elif len(node.args) == 1 and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield "dropped call", node, f"({ast.unparse(node.args[0])})"
    for keyword in node.keywords:
        if keyword.arg and keyword.arg != "strict":
            changed = deepcopy(node)
            changed.keywords = [other for other in changed.keywords if other.arg != keyword.arg]
            yield "dropped keyword", node, ast.unparse(changed)


METHODS = (
    "detach",
    "float",
    "double",
    "clone",
    "softmax",
    "log",
    "exp",
    "abs",
    "square",
    "sqrt",
    "flip",
    "tanh",
    "relu",
)
"""Methods of tensors that can be left out of a chain that begins with a name."""
WAYS: tuple[Callable[[ast.AST], Iterator[Change]], ...] = (_constant, _operator, _condition, _statement, _call)
