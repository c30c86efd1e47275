"""What the code calls the result of a call: the targets of the assignment that it is the right side of."""

from __future__ import annotations

import ast
import linecache
from functools import lru_cache
from itertools import islice
from types import CodeType, FrameType

Span = tuple[int, int, int, int]
"""First line and column, last line and column."""


def assigned_names(frame: FrameType) -> tuple[str, ...]:
    """Return the names that the running call's results get in an assignment; empty where there is none.

    `i, *f, g = x.split(2)` gives `("i", "*f", "g")`. What is no plain name is empty; a name behind `self.` counts.
    """
    span = span_of(frame.f_code, frame.f_lasti)
    return _assignments(frame.f_code.co_filename).get(span, ()) if span else ()


@lru_cache(maxsize=65536)
def span_of(code: CodeType, instruction: int) -> Span | None:
    """Return the place of an instruction in its file, where the compiler kept it.

    A call has several instructions; which of them is the running one changes when the interpreter has seen it often.
    """
    position = next(islice(code.co_positions(), instruction // 2, None), None)
    if position is None or None in position:
        return None
    line, end_line, column, end_column = position
    return line, column, end_line, end_column  # type: ignore[return-value]


@lru_cache(maxsize=256)
def _assignments(filename: str) -> dict[Span, tuple[str, ...]]:
    """Return the names that are assigned in a file, by the place of the value."""
    try:
        tree = ast.parse("".join(linecache.getlines(filename)))
    except SyntaxError:
        return {}
    found: dict[Span, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            found |= _named(node.targets[0], node.value)
        elif isinstance(node, ast.NamedExpr):
            found |= _named(node.target, node.value)
        elif isinstance(node, ast.comprehension | ast.For):
            found |= _named(node.target, node.iter)
    return found


def _named(target: ast.expr, value: ast.expr) -> dict[Span, tuple[str, ...]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        pairs = [_named(t, v) for t, v in zip(target.elts, value.elts, strict=True)]
        return {span: names for found in pairs for span, names in found.items()}
    names = tuple(map(_name, target.elts)) if isinstance(target, ast.Tuple) else (_name(target),)
    # An unpacked tensor is iterated over by the assignment itself, whose place is that of the targets.
    places = [value, target] if isinstance(target, ast.Tuple) else [value]
    return {_place(node): names for node in places if node.end_lineno is not None}


def _place(node: ast.expr) -> Span:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case ast.Starred(value=ast.Name(id=name)):
            return f"*{name}"
    return ""
