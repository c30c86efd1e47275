"""Orders of growth, such as `O(B T (F U + U^2))`: read into terms, each a product of powers of sizes.

A size is a name (`T`, `layers`), `log M` its logarithm; products are written next to each other, with spaces between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken

Term = frozenset[tuple[str, int]]
"""The sizes that are multiplied, each with its power; `log M` counts as a size of its own."""

GRAMMAR = r"""
    order: "O" "(" sum ")"
    sum: product ("+" product)*
    product: power+
    power: atom ["^" NUMBER]
    ?atom: "log" NAME -> log | NAME -> size | "1" -> one | "(" sum ")"
    NAME: /(?!log\b)[A-Za-z][A-Za-z0-9_]*/
    NUMBER: /[2-9]/
    %ignore " "
"""


class _Terms(Transformer[Token, list[Term]]):
    """Multiplies out what was read, from the leaves up."""

    def order(self, inner: list[list[Term]]) -> list[Term]:
        return inner[0]

    def sum(self, summands: list[list[Term]]) -> list[Term]:
        return [term for terms in summands for term in terms]

    def product(self, factors: list[list[Term]]) -> list[Term]:
        return [_times(terms) for terms in product(*factors)]

    def power(self, children: tuple[list[Term], Token | None]) -> list[Term]:
        base, exponent = children
        return self.product([base] * int(exponent or 1))

    def size(self, names: list[Token]) -> list[Term]:
        return [frozenset({(str(names[0]), 1)})]

    def log(self, names: list[Token]) -> list[Term]:
        return [frozenset({(f"log {names[0]}", 1)})]

    def one(self, _: list[Token]) -> list[Term]:
        return [frozenset()]


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, start="order", parser="lalr", maybe_placeholders=True, transformer=_Terms())


def terms(order: str) -> list[Term]:
    """Return the terms of an order of growth, multiplied out.

    Raises:
        ValueError: It is none; the message says where it stops making sense.

    Examples:
        >>> [shown(term) for term in terms("O(B (F U + U^2) + 1)")]
        ['B F U', 'B U^2', '1']
    """
    try:
        found = cast(list[Term], _parser().parse(order))
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        place = len(order) if ended else error.column - 1
        rest = order[place:]
        came = f"{rest.split()[0]!r} is not expected" if rest.strip() else "something is missing"
        raise ValueError(
            f"{came} at character {place + 1} of {order!r}; write sums and products of sizes, such as "
            "O(B T (F U + U^2)) or O(M log M)"
        ) from None
    return list(dict.fromkeys(found))


def sizes(found: Iterable[Term]) -> set[str]:
    """Return the sizes that terms are made of.

    Examples:
        >>> sorted(sizes(terms("O(M log N)")))
        ['M', 'N']
    """
    return {name.removeprefix("log ") for term in found for name, _ in term}


def within(term: Term, other: Term) -> bool:
    """Whether a term is at most another one, whatever the sizes: it divides it.

    Examples:
        >>> one, other = terms("O(T + T^2 U)")
        >>> within(one, other), within(other, one)
        (True, False)
    """
    powers = dict(other)
    return all(power <= powers.get(name, 0) for name, power in term)


def leading(found: Iterable[Term]) -> list[Term]:
    """Return the terms that are within no other one.

    Examples:
        >>> [shown(term) for term in leading(terms("O(B + B U + B U^2 + B F U)"))]
        ['B U^2', 'B F U']
    """
    distinct = list(dict.fromkeys(found))
    return [term for term in distinct if not any(within(term, other) for other in distinct if other != term)]


def shown(term: Term) -> str:
    """Write a term as it is read."""
    powers = (name if power == 1 else f"{name}^{power}" for name, power in sorted(term))
    return " ".join(powers) or "1"


def _times(factors: Iterable[Term]) -> Term:
    powers: Counter[str] = Counter()
    for factor in factors:
        powers.update(dict(factor))
    return frozenset(powers.items())
