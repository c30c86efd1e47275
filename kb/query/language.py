"""A small language for conditions: `has causality and not (uses gating or lacks locality) and since 2015`.

A name alone means `has`. Any name of an entry will do, in quotes where it has spaces. `not` binds tighter than `and`,
`and` tighter than `or`. The site's explorer reads the same language, from the parser's own tables: see `tables`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken
from lark.grammar import Rule
from lark.lexer import PatternStr, TerminalDef
from lark.utils import SerializeMemoizer

from kb.problems import suggestion
from kb.query.conditions import And, Atom, Condition, Has, Lacks, Not, Or, Unknown, Uses, Within
from kb.query.stated import AtLeast, AtMost, Gives, Since, Takes, TrainedOn, Until

ATOMS: dict[str, type[Atom]] = {
    atom.verb: atom
    for atom in (Has, Lacks, Unknown, Uses, Within, Takes, Gives, TrainedOn, Since, Until, AtMost, AtLeast)
}
VERBS = " | ".join(f'"{verb}"' for verb in ATOMS)
GRAMMAR = r"""
    ?either: both | either "or" both    -> either
    ?both: one | both "and" one         -> both
    ?one: atom | "not" one              -> negation | "(" either ")"
    atom: verb name | name
    name: NAME | QUOTED
    !verb: VERBS
    NAME: /[^\W_][\w-]*/
    QUOTED: /"[^"]+"|'[^']+'/
    %ignore /\s+/
""".replace("VERBS", VERBS)


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


def tables() -> dict[str, Any]:
    """Return the parser as JSON-ready tables, from which the site's explorer reads the same language.

    Returns:
        `tokens`: the text that each matches, or the pattern in the dialect of JavaScript. `rules`: what each makes,
        under which symbol, of which of its symbols, and whether a single one stands for the whole. `states`: what
        follows a symbol, a state or a rule (counted from -1 down); the first is the one to start in. `end`: the last.
    """
    kinds = [TerminalDef, Rule]
    data, memo = _parser().memo_serialize(kinds)
    known = SerializeMemoizer.deserialize(memo, {kind.__name__: kind for kind in kinds}, {})
    table = data["parser"]["parser"]
    tokens = [known[each["@"]] for each in data["parser"]["lexer_conf"]["terminals"]]
    numbers = [each["@"] for each in data["parser"]["parser_conf"]["rules"]]
    symbols, start = table["tokens"], table["start_states"]["either"]
    states = {
        state: {symbols[each]: (kind, to if kind == 0 else to["@"]) for each, (kind, to) in actions.items()}
        for state, actions in table["states"].items()
    }
    order = _reached(states, start)
    return {
        "tokens": {token.name: _matching(token) for token in tokens},
        "rules": [_made(known[number]) for number in numbers],
        "states": [
            {
                symbol: -1 - numbers.index(to) if reduces else order.index(to)
                for symbol, (reduces, to) in sorted(states[state].items())
            }
            for state in order
        ],
        "end": order.index(table["end_states"]["either"]),
    }


def _reached(states: Mapping[int, Mapping[str, tuple[int, int]]], start: int) -> list[int]:
    """Return the states from the first one on, in the order of the symbols that lead there: Lark's differs by run."""
    order = [start]
    for state in order:
        order += [to for _, (reduces, to) in sorted(states[state].items()) if not reduces and to not in order]
    return order


def _matching(token: TerminalDef) -> dict[str, str]:
    """Return what a token matches; in JavaScript a word has letters of ASCII alone."""
    if isinstance(token.pattern, PatternStr):
        return {"text": token.pattern.value}
    return {"pattern": token.pattern.value.replace(r"[^\W_]", r"[\p{L}\p{N}]").replace(r"\w", r"\p{L}\p{N}_")}


def _made(rule: Rule) -> list[Any]:
    kept = [not getattr(symbol, "filter_out", False) for symbol in rule.expansion]
    name = str(rule.origin.name)
    return [rule.alias or name, name, kept, bool(rule.options.expand1 and not rule.alias)]
