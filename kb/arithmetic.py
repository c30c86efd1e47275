"""Numbers as people write them: sums and products, and numbers that a source rounds."""

from __future__ import annotations

import ast
from decimal import Decimal

UNITS = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


def value(text: str) -> int:
    """Return what sums, differences and products of whole numbers come to.

    Raises:
        ValueError: It is something else.

    Examples:
        >>> value("(784 + 1) * 256 + (256 + 1) * 10")
        203530
    """
    try:
        return _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, RecursionError, MemoryError):
        raise ValueError(f"expected sums and products of numbers, such as 3 * (4 + 1), came {text!r}") from None


def _value(node: ast.expr) -> int:
    match node:
        case ast.Constant(value=int(number)):
            return number
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _value(left) + _value(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _value(left) - _value(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _value(left) * _value(right)
    raise ValueError(f"expected sums and products of numbers, came {ast.unparse(node)}")


def rounds_to(number: int, stated: str) -> bool:
    """Whether a number is what a source may have rounded; zeros at the end of what it states may be no digits.

    Examples:
        >>> rounds_to(4_252_049, "4.3 million"), rounds_to(4_352_049, "4.3 million")
        (True, False)
        >>> rounds_to(60_965_224, "60 million")
        True
    """
    digits, unit = stated.split()
    exact = Decimal(digits).normalize()
    place = Decimal(1).scaleb(int(exact.as_tuple().exponent))
    return abs(number - exact * UNITS[unit]) <= place * UNITS[unit] / 2
