r"""Formulas in one line of Unicode, for a terminal: `\frac{1}{N} \sum_{i=1}^N x_i^2` becomes `(1/N)∑ᵢ₌₁ᴺxᵢ²`.

They are read from MathML, which the converter of the pages makes, so that terminal and page understand a formula alike,
and nothing of it is lost: fractions keep their parentheses, norms their bars. (pylatexenc 2.11 reads LaTeX itself, and
writes `\|y\|^2` as `y^2` and `\tfrac{1}{2}` as `12`.)
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from xml.etree import ElementTree

from kb.formulas import INLINE, mathml

Element = ElementTree.Element

LOWER = dict(zip("0123456789+−-=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
UPPER = dict(
    zip(
        "0123456789+−-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW⊤′",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵀ′",
        strict=True,
    )
)
"""The characters that Unicode has as subscripts and superscripts. A transpose is written as its letter."""
ACCENTS = {
    "ˆ": ("\u0302", "hat"), "^": ("\u0302", "hat"), "˜": ("\u0303", "tilde"), "~": ("\u0303", "tilde"),
    "˙": ("\u0307", "dot"), "¨": ("\u0308", "ddot"), "→": ("\u20d7", "vec"), "⃗": ("\u20d7", "vec"),
    "ˉ": ("\u0304", "bar"), "¯": ("\u0304", "bar"), "‾": ("\u0304", "bar"), "̲": ("\u0304", "bar"),
    "_": ("\u0304", "bar"),
}  # fmt: skip
"""What stands over a letter, as a combining character, and the word for it over anything longer."""
OPENING, CLOSING, BARS = "([{⟨⌊⌈", ")]}⟩⌋⌉", "|‖"
TIGHT = frozenset(",;.!′'∂∇∑∏∫∇¬∥‖|/#%°:")
"""Operators without a space before them. All others have one on both sides, if something stands there."""
INVISIBLE = re.compile("[\u2061-\u2064\ufe00-\ufe0f]|&ApplyFunction;")
CONTAINERS = ("mrow", "math", "mpadded", "mstyle", "mtd")


@lru_cache(maxsize=10_000)
def as_text(latex: str) -> str:
    r"""Return a formula in one line of Unicode; as it was written, where it cannot be read.

    Examples:
        >>> as_text(r"h_{t-1}^\top W + \tfrac{1}{2} \|x\|^2")
        'hₜ₋₁ᵀW + (1/2)‖x‖²'
    """
    try:
        root = ElementTree.fromstring(mathml(latex).replace("&ApplyFunction;", "\u2061"))
    except (ValueError, ElementTree.ParseError):
        return latex
    return re.sub(r" {3,}", "  ", _row(root)).strip()


def in_text(text: str, around: str = "") -> str:
    """Return a Markdown text with its formulas in Unicode; what stands in code spans is left as it is.

    Args:
        text: The text, with formulas between dollar signs.
        around: What to put before and after each formula.

    Examples:
        >>> in_text("It costs $O(N^2)$, not `$5`.")
        'It costs O(N²), not `$5`.'
    """
    parts = re.split(r"(`[^`]*`)", text)

    def replaced(found: re.Match[str]) -> str:
        return f"{around}{as_text(found[1])}{around}"

    return "".join(part if part[:1] == "`" else re.sub(INLINE, replaced, part) for part in parts)


def _text(node: Element) -> str:
    """The text of one element."""
    children = list(node)
    match node.tag:
        case "mi" | "mn" | "mtext":
            return INVISIBLE.sub("", node.text or "").replace("\xa0", " ")
        case "mo":
            return INVISIBLE.sub(lambda found: "}" if found[0] == "\u2063" else "", node.text or "")
        case "mspace":
            return "  " if _width(node) >= 1 else " " if _width(node) > 0.2 else ""
        case "mfrac":
            over, under = map(_text, children)
            if node.get("linethickness") == "0":
                return f"{over} choose {under}"
            return f"{_grouped(over) if _is_compound(over) else over}/{_grouped(under, children[1])}"
        case "msqrt":
            return f"√{_grouped(_row(node), *children)}"
        case "mroot":
            return f"{_raised(_text(children[1]))}√{_grouped(_text(children[0]), children[0])}"
        case "mtable":
            return "; ".join("  ".join(map(_text, row)) for row in children)
        case "mover" | "munder" if node.get("accent") or node.get("accentunder"):
            return _accented(_text(children[0]), _text(children[1]))
        case "msub" | "munder":
            return _text(children[0]) + _lowered(_compact(children[1]))
        case "msup" | "mover":
            return _text(children[0]) + _raised(_compact(children[1]))
        case "msubsup" | "munderover":
            return _text(children[0]) + _lowered(_compact(children[1])) + _raised(_compact(children[2]))
    return _row(node)


def _width(node: Element) -> float:
    found = re.match(r"[\d.]+", node.get("width", ""))
    return float(found[0]) if found else 0


def _row(node: Element) -> str:
    """Elements in a row: operators have spaces around them, a sign before its operand has none."""
    flat = list(_flat(node))
    line, operand, word = "", False, False  # whether an operand stands last, and whether that is a word
    for place, child in enumerate(flat):
        text = _text(child)
        if child.tag == "mspace" or not text:
            line += text
        elif _is_operator(child, text):
            spaced = operand and not line.endswith(" ")
            line += f" {text} " if spaced and place + 1 < len(flat) else f"{text} " if operand else text
            operand = False
        else:
            if child.tag == "mfrac" and (operand or _is_factor(flat[place + 1 : place + 2])):
                text = f"({text})"
            line += (" " if _need_space(line, text, word or _is_word(child)) else "") + text
            word = _is_word(child)
            operand = text[-1] not in OPENING and not (child.tag == "mo" and text in ",;:")
            line += " " if child.tag == "mo" and text in ",;:" else ""
    return line.rstrip()


def _flat(node: Element) -> Iterable[Element]:
    """The children of a row, those of rows inside it in their place."""
    for child in node:
        if child.tag in CONTAINERS:
            yield from _flat(child)
        else:
            yield child


def _is_operator(node: Element, text: str) -> bool:
    """Whether an element stands between two operands, as `+`, `=` and `→` do."""
    return node.tag == "mo" and not (text in TIGHT or text in OPENING or text in CLOSING or text == "}")


def _is_factor(following: list[Element]) -> bool:
    """Whether what follows is multiplied with what stands before it."""
    return bool(following) and (following[0].tag not in ("mo", "mspace") or _text(following[0]) in OPENING + BARS)


def _is_word(node: Element) -> bool:
    """Whether an element is a name of several letters, such as `softmax`, with or without scripts."""
    while node.tag not in ("mi", "mtext") and len(node):
        node = node[0] if node[0].tag != "mspace" or len(node) == 1 else node[1]
    return node.tag in ("mi", "mtext") and len(INVISIBLE.sub("", node.text or "")) > 1


def _need_space(line: str, text: str, words: bool) -> bool:
    """Whether two neighbours would read as one: words, numbers, and what ends with a script that is spelled out."""
    if not line or line[-1] in OPENING + BARS + " √" or text[0] in OPENING + CLOSING or text[0] in TIGHT:
        return False
    spelled = re.search(r"[_^](?:\w+|\([^()]*\))$", line) is not None
    numbers = line[-1].isdigit() and text[0].isdigit()
    return words or spelled or numbers


def _grouped(text: str, *nodes: Element) -> str:
    """A text in parentheses, unless it is one thing."""
    flat = [child for node in nodes for child in (_flat(node) if node.tag in CONTAINERS else [node])]
    one = len(flat) == 1 and flat[0].tag not in ("mfrac", "mtext") and " " not in text
    return text if one or _is_enclosed(text) else f"({text})"


def _is_compound(text: str) -> bool:
    """Whether a text has several terms, or is a fraction itself."""
    outside = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", text))
    return " " in outside or "/" in outside


def _is_enclosed(text: str) -> bool:
    """Whether the first bracket of a text closes at its end."""
    if text and text[0] in BARS and text.count(text[0]) == 2 and text[-1] == text[0]:
        return True
    depth = 0
    for place, character in enumerate(text):
        depth += (character in OPENING) - (character in CLOSING)
        if depth == 0:
            return place == len(text) - 1 and place > 0
    return False


def _compact(node: Element) -> str:
    """A script, without spaces where it has no words."""
    text = _text(node)
    return text if any(_is_word(child) for child in _flat(node)) else text.replace(" ", "")


def _lowered(text: str) -> str:
    return _script(text, LOWER, "_")


def _raised(text: str) -> str:
    return _script(text, UPPER, "^")


def _script(text: str, letters: dict[str, str], mark: str) -> str:
    """A script in small letters where Unicode has all of them, else after a mark."""
    if all(character in letters for character in text):
        return "".join(letters[character] for character in text)
    return mark + (text if len(text) == 1 or text.isalnum() or _is_enclosed(text) else f"({text})")


def _accented(base: str, accent: str) -> str:
    """A letter with its accent; for anything longer, the accent's name."""
    if accent not in ACCENTS:
        return f"{base}{accent}"
    combining, word = ACCENTS[accent]
    single = len([c for c in unicodedata.normalize("NFD", base) if not unicodedata.combining(c)]) == 1
    return unicodedata.normalize("NFC", base + combining) if single else f"{word}({base})"
