"""Formulas: LaTeX to MathML, so that pages need no script for them and a bad formula is found before a page is made."""

from __future__ import annotations

import re
from functools import lru_cache

from math_core import LatexError, LatexToMathML

from kb.characters import printable, shortened, unseen_problem

INLINE = r"(?<![\\$])\$(?!\s)((?:[^$\n]|\n(?!\n))+?)(?<!\s)\$"
"""`$...$` in a text; a dollar sign before or after a space is a dollar sign."""

LONGEST = 600
DEEPEST = 50
MOST_OPEN = 8
"""Places where a bracket may stay open. The converter reads what follows one twice: 8 take 5 ms, 40 never end."""

_TOKEN = re.compile(r"\\(?:left|right|middle) *[()\[\]|/.<>]?|\\[A-Za-z]+\*?|\\.|\S", re.DOTALL)
_OPENS = re.compile(
    r"[(\[]|\\\{|\\[Bb]igg?l|\\ulcorner|[^\x00-\x7F]"
    r"|\\l(?:l?angle|ang|Angle|brace|brack|l?bracket|Brace|Brack|ceil|floor|group|moustache|paren|lparenthesis|vert|Vert"
    r"|lcorner)"
)
_CLOSES = re.compile(r"[)\]]|\\\}|\\[Bb]igg?r|\\r(?:angle|brace|brack|ceil|floor|paren|vert|Vert)")
_BEGINS = re.compile(r"\{|\\begin|\\left\b.*")
_ENDS = re.compile(r"\}|\\end|\\right\b.*")
_SEPARATES = re.compile(r"&|\\\\|\\middle\b.*")
_TAKES_NEXT = re.compile(r"[\^_]|\\[A-Za-z]+\*?")
"""What may take the token after it as its argument, so that a bracket there closes nothing."""
_HARMLESS = frozenset(
    re.findall(
        r"\S+",
        r"""
    \alpha \beta \gamma \delta \epsilon \varepsilon \zeta \eta \theta \vartheta \iota \kappa \lambda \mu \nu \xi
    \pi \rho \sigma \tau \upsilon \phi \varphi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma
    \Upsilon \Phi \Psi \Omega \ell \partial \nabla \infty \prime \top \bot \emptyset \forall \exists \neg \sum
    \prod \int \lim \max \min \sup \inf \arg \exp \log \ln \sin \cos \tan \tanh \det \Pr \in \notin \subset
    \subseteq \cup \cap \le \leq \ge \geq \neq \ne \approx \sim \simeq \equiv \propto \succeq \ll \gg \mid \cdot
    \times \odot \otimes \oplus \circ \ast \pm \mp \to \mapsto \leftarrow \rightarrow \Rightarrow \Longrightarrow
    \iff \wedge \vee \dots \ldots \cdots \quad \qquad \, \; \: \! \| \_ \# \& \$ \hat \tilde \bar \vec \dot \sqrt
    \mathrm \mathbf \mathcal \mathbb \text \operatorname \operatorname* \textstyle
    """,
    )
)
"""Commands after which nothing stays open: symbols, and those with one argument. Any other may leave a place open."""
_NAME_OF_FUNCTION = re.compile(r"<mrow><mspace/>(<mi>[^<]*</mi>)</mrow>")
"""The converter puts a space without width before the name of a function."""
_DEFINES = re.compile(r"\\(?:(?:re)?new|provide)command|\\def\b|(?<!\\)(?:\\\\)*%")


def formulas_in(text: str) -> list[str]:
    """Return the formulas of a Markdown text, code spans left out."""
    return re.findall(INLINE, re.sub(r"`[^`]*`", "", text))


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    return LatexToMathML()


@lru_cache(maxsize=10_000)
def mathml(latex: str, *, display: bool = False) -> str:
    """Return a formula as MathML.

    Raises:
        ValueError: The formula is not understood, or is larger than any formula that a reader would follow.

    Examples:
        >>> mathml("x^2").startswith("<math")
        True
    """
    reason = _too_much(latex)
    if reason is None:
        try:
            found = str(_converter().convert_with_local_state(latex, displaystyle=display))
            return _NAME_OF_FUNCTION.sub(r"\1", found)
        except LatexError as error:
            reason = _reason(error)
    raise ValueError(f"cannot read the formula {shortened(printable(latex))}: {reason}")


def _reason(error: LatexError) -> str:
    """The one line of a coloured, many-line message that says what is wrong."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    return next((line.partition("Error:")[2].strip() for line in plain.splitlines() if "Error:" in line), plain.strip())


def _too_much(latex: str) -> str | None:
    """Say why a formula is not given to the converter, whose time and stack its input can exhaust; None if it is."""
    if unseen := unseen_problem(latex, allowed="\n"):
        return unseen
    if len(latex) > LONGEST:
        return f"{len(latex):,} characters, at most {LONGEST}: split it"
    if defines := _DEFINES.search(latex):
        return f"{defines.group()[-12:]!r} begins a definition or a comment: write what it stands for"
    still_open, depth = _brackets(latex)
    if depth > DEEPEST:
        return f"nested {depth} levels deep, at most {DEEPEST}: split it"
    if still_open > MOST_OPEN:
        return (
            f"{still_open} brackets or unusual commands may stay open, at most {MOST_OPEN}: close brackets, or split it"
        )
    return None


def _brackets(latex: str) -> tuple[int, int]:
    r"""Return an upper bound on the places that stay open, and how deep groups are nested.

    Any bracket closes any other, but only in its own group and cell. One that may be the argument of what stands before
    it, as in `\hat)`, is not counted as closing.
    """
    levels, lost, deepest, before = [0], 0, 1, ""
    for token in _TOKEN.findall(latex):
        if _BEGINS.fullmatch(token):
            levels.append(0)
            deepest = max(deepest, len(levels))
        elif _ENDS.fullmatch(token):
            lost += levels.pop()
            levels = levels or [0]
        elif _SEPARATES.fullmatch(token):
            lost, levels[-1] = lost + levels[-1], 0
        elif _OPENS.fullmatch(token):
            levels[-1] += 1
        elif _CLOSES.fullmatch(token):
            levels[-1] -= levels[-1] > 0 and not _TAKES_NEXT.fullmatch(before)
        elif token[0] == "\\" and token not in _HARMLESS:
            lost += 1
        before = token
    return lost + sum(levels), deepest
