"""A small language for conditions: `has causality and not (uses gating or lacks locality)`.

A name alone means `has`. Any name of an entry will do, in quotes where it has spaces. `not` binds tighter than `and`,
`and` tighter than `or`.
"""

from __future__ import annotations

from functools import cache
from typing import cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken

from kb.problems import suggestion
from kb.query.conditions import And, Atom, Condition, Has, Lacks, Not, Or, Unknown, Uses, Within

ATOMS: dict[str, type[Atom]] = {atom.verb: atom for atom in (Has, Lacks, Unknown, Uses, Within)}

GRAMMAR = r"""
    ?either: both | either "or" both    -> either
    ?both: one | both "and" one         -> both
    ?one: atom | "not" one              -> negation | "(" either ")"
    atom: verb name | name
    name: NAME | QUOTED
    !verb: "has" | "lacks" | "unknown" | "uses" | "in"
    NAME: /[^\W_][\w-]*/
    QUOTED: /"[^"]+"|'[^']+'/
    %ignore /\s+/
"""


class _Conditions(Transformer[Token, Condition]):
    """Turns what was read into conditions, from the leaves up."""

    def either(self, sides: list[Condition]) -> Condition:
        return Or(*sides)

    def both(self, sides: list[Condition]) -> Condition:
        return And(*sides)

    def negation(self, inner: list[Condition]) -> Condition:
        return Not(*inner)

    def verb(self, words: list[str]) -> str:
        return str(words[0])

    def name(self, words: list[str]) -> str:
        return str(words[0]).strip("'\"")

    def atom(self, words: list[str]) -> Condition:
        verb, name = words if len(words) == 2 else ("has", words[0])
        return ATOMS[verb](str(name))


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, start="either", parser="lalr", transformer=_Conditions())


def parse(text: str) -> Condition:
    """Read a condition.

    Raises:
        ValueError: The text is no condition; the message says where it stops making sense, and what could stand there.

    Examples:
        >>> parse("causality and not uses gating")
        And(left=Has(name='causality'), right=Not(condition=Uses(name='gating')))
    """
    try:
        return cast(Condition, _parser().parse(text))
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        raise ValueError(_complaint(text, len(text) if ended else error.column - 1)) from None


def _complaint(text: str, place: int) -> str:
    rest = text[place:].split()
    found = f"{rest[0]!r} is not expected" if rest else "something is missing"
    before = text[:place].split()
    words = [*ATOMS, "and", "or", "not"]
    suspects = [word for word in (before[-1:] + rest[:1]) if word not in words]
    near = next(filter(None, (suggestion(word, words) for word in suspects)), "")
    return (
        f"{found} at character {place + 1} of the condition {text!r}{near}; write names of biases, "
        f"or {', '.join(ATOMS)} before a name, joined by and, or, not and parentheses"
    )
