"""Formulas as one line of Unicode: nothing of them is lost, and what belongs together stands together."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

import pytest
from bundled import BASE

from kb.formula_text import ACCENTS, as_text, in_text
from kb.formulas import formulas_in, mathml
from kb.schema.model import texts_in


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"h_{t-1}^\top W", "hₜ₋₁ᵀW"),
        (r"W_{xf} x_t + b_f", "W_xf xₜ + b_f"),
        (r"\|\hat y - y\|^2", "‖ŷ − y‖²"),
        (r"\frac{1 - e^{-2x}}{1 + e^{-2x}}", "(1 − e⁻²ˣ)/(1 + e⁻²ˣ)"),
        (r"\eta \tfrac{1}{2} \|x\|", "η(1/2)‖x‖"),
        (r"\sum_{i=1}^{N} x_i", "∑ᵢ₌₁ᴺxᵢ"),
        (r"\sum_{j \neq i} m_{ij}", "∑_(j≠i) mᵢⱼ"),
        (r"\sqrt{d_k} + \sqrt[3]{x + 1}", "√dₖ + ³√(x + 1)"),
        (r"1 - \log \sigma_j^2", "1 − log σⱼ²"),
        (r"-x = - \exp(-y)", "−x = − exp(−y)"),
        (r"\begin{cases} a & \text{if } x \\ b & \text{otherwise} \end{cases}", "{a  if x; b  otherwise}"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "(1  2; 3  4)"),
        (r"a \bmod n", "a mod n"),
        (r"\binom{n}{k}", "(n choose k)"),
        (r"x^{\gamma_t}", "x^γₜ"),
        (r"x_{l-1,c}", "x_(l−1,c)"),
        (r"W_{out} h + d_{model} x", "Wₒᵤₜh + d_model x"),
        (r"d_{\mathrm{model}} x, \max_j x_j", "d_model x, maxⱼ xⱼ"),
        (r"\dot z, \bar v, \tilde w, \vec u", "ż, v̄, w̃, u⃗"),
        (r"\tilde{x y}", "tilde(xy)"),
        (r"\mathbb{E}[x]", "𝔼[x]"),
        (r"\notacommand", r"\notacommand"),
    ],
)
def test_a_formula_in_unicode(latex: str, expected: str) -> None:
    assert as_text(latex) == expected


def test_formulas_in_a_text_and_not_in_its_code() -> None:
    assert in_text("From $x_1$ to `$x_2$`, for 5 $ or 6 $.") == "From x₁ to `$x_2$`, for 5 $ or 6 $."
    assert in_text("$x_1$", around="`") == "`x₁`"


def signs(text: str) -> list[str]:
    """Letters, digits and bars, whatever their size and style, without accents."""
    plain = unicodedata.normalize("NFKD", text.replace("⊤", "T"))
    return re.findall(
        r"[^\W_]|[|‖∑∏∫√∞∂∇]", "".join(c for c in plain if not unicodedata.combining(c) and c not in ACCENTS)
    )


def leaves(latex: str) -> list[str]:
    """The same of what the converter understands."""
    root = ElementTree.fromstring(mathml(latex).replace("&ApplyFunction;", ""))
    return signs("".join(leaf.text or "" for leaf in root.iter() if leaf.tag in ("mi", "mn", "mo", "mtext")))


def test_no_letter_digit_or_bar_of_any_formula_is_lost() -> None:
    formulas = [equation.latex for entry in BASE.values() for equation in getattr(entry, "equations", ())]
    formulas += [bias.formal for bias in BASE.biases.values()]
    formulas += [found for entry in BASE.values() for _, text in texts_in(entry) for found in formulas_in(text)]
    assert len(formulas) > 1000
    wrong = {}
    for latex in dict.fromkeys(formulas):
        text = as_text(latex)
        # Roots, binomials and accents over several letters are written, though no element of the formula has them.
        rest = re.sub(r"√| choose |\b(?:hat|bar|tilde|dot|vec)\(", "", text)
        expected = [sign for sign in leaves(latex) if sign != "√"]
        if "\\" in text or signs(rest) != expected or text.count("(") != text.count(")"):
            wrong[latex] = text
    assert not wrong, "\n".join(f"{latex}: {text}" for latex, text in wrong.items())
