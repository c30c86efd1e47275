"""Formulas are bounded before the converter sees them: it takes twice as long for every place that stays open."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from time import process_time

import pytest
from math_core import LatexError

from kb.formulas import DEEPEST, LONGEST, MOST_OPEN, _brackets, _converter, _too_much, formulas_in, mathml
from kb.schema import Entry

SECONDS = 0.1
TOKENS = re.findall(
    r"\S+",
    r"""
( ) [ ] \{ \} { } \left( \right) \left. \right. \bigl( \bigr) \bigl \bigr \big \Big ^ _ \hat \frac \sqrt \binom & \\
\begin{matrix} \end{matrix} \middle| | \| \langle \rangle \lfloor \rceil x 1 \alpha \text \mathrm \operatorname
\operatorname* \overset \not ' \mathopen \mathclose \pmod \bmod \underbrace \limits \color{red} ⟨ ⟩ \sum \int \to
\prescript \substack \stackrel \tag \sideset \boxed \phantom \lvert \rvert \genfrac \cfrac \xrightarrow \cancel
\mathbin \bra \ket \braket \set \Bra \Ket \vec \overparen \textstyle \, ~ # $ \begin{cases} \end{cases}
\textcolor{red} %
""",
)


@pytest.mark.parametrize(
    ("latex", "reason"),
    [
        ("(" * 40, "40 brackets or unusual commands may stay open"),
        (r"\{" * 40, "may stay open"),
        (r"\lfloor " * 40, "may stay open"),
        ("{(}" * 40, "may stay open"),
        (r"(\hat)" * 40, "may stay open"),
        (r"\pmod\Big " * 40, "may stay open"),
        ("⟨" * 40, "may stay open"),
        ("{" * 300, "nested 301 levels deep"),
        ("x" * (LONGEST + 1), "601 characters"),
        (r"\newcommand{\zz}{(}" + r"\zz" * 40, "begins a definition"),
        ("(%)\n" * 40, "a comment"),
        ("\beta", "U+0008 BACKSPACE"),
        ("\\nonsense", "Unknown command"),
    ],
)
def test_a_formula_without_end_is_refused_at_once(latex: str, reason: str) -> None:
    started = process_time()
    with pytest.raises(ValueError, match="cannot read the formula") as caught:
        mathml(latex)
    assert reason in str(caught.value)
    assert process_time() - started < SECONDS


def test_a_formula_stands_in_its_line_unless_it_is_displayed() -> None:
    assert 'display="block"' not in mathml("x")
    assert 'display="block"' in mathml("x", display=True)


@pytest.mark.parametrize("end", ["", "x" * LONGEST])
@pytest.mark.parametrize("opening", ["(", r"\{", r"\langle ", "[("])
def test_what_is_just_allowed_takes_no_time(opening: str, end: str) -> None:
    latex = (opening * (MOST_OPEN // _brackets(opening)[0]) + end)[:LONGEST]
    started = process_time()
    mathml(latex)
    assert process_time() - started < SECONDS


def test_no_formula_that_is_allowed_takes_long() -> None:
    """Tried once with 133,198 formulas that are allowed, out of 830,030: the slowest took 4 ms."""
    chance = random.Random(0)
    for _ in range(1_000):
        some = [*chance.sample(TOKENS, chance.randint(1, 8)), "("]
        unit = " ".join(chance.choice(some) for _ in range(chance.randint(1, 6)))
        latex = (unit * chance.randint(1, LONGEST))[: chance.randint(1, LONGEST)]
        if _too_much(latex) is None:
            started = process_time()
            with suppress(LatexError):
                _converter().convert_with_local_state(latex, displaystyle=False)
            assert process_time() - started < SECONDS, latex


def test_half_the_bounds_would_do_for_every_formula_there_is(entry: Entry) -> None:
    for name in ("definition", "description", "statement", "assumes", "summary"):
        for latex in formulas_in(getattr(entry, name, None) or ""):
            still_open, depth = _brackets(latex)
            assert still_open <= MOST_OPEN - 2, latex
            assert depth <= DEEPEST / 2, latex
            assert len(latex) <= LONGEST / 1.5, latex


def test_brackets_that_are_closed_cost_nothing() -> None:
    assert _brackets(r"f(g(x), h[y]) = \{(a, b) : a \in A\}") == (0, 1)
    assert _brackets(r"\left( \frac{a}{(b + c)} \right)") == (1, 3)  # any command with two arguments may leave one open
