r"""Which characters a text may hold, and how a text is shown in a message.

A reader must be able to see everything that an entry says. So a text holds visible characters, plain spaces and, where
it has paragraphs, line breaks: no control character, no other kind of space, nothing that is invisible or that only
changes how its neighbours show, and no code point that Unicode keeps free of characters. The joiners U+200C and U+200D
are refused too: entries are in English with names in Latin letters, which never need them, while two names that differ
by one look the same. The rule stands here once: the types of the schema and the reader of files use it.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_UNSEEN = (
    (0x00, 0x1F), (0x7F, 0x9F),  # control characters
    (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F),
    (0x3000, 0x3000),  # spaces and line ends other than the plain ones
    (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),  # Unicode's Default_Ignorable_Code_Point, interlinear annotation, the empty Braille pattern
    (0xE000, 0xF8FF), (0xF0000, 0x10FFFF),  # private use: every font shows something else
    (0xFDD0, 0xFDEF), *((plane | 0xFFFE, plane | 0xFFFF) for plane in range(0, 0x110000, 0x10000)),  # non-characters
)  # fmt: skip
"""Ranges of code points, both ends included."""
_SURROGATES = (0xD800, 0xDFFF)


def _class(*left_out: int) -> str:
    """The ranges as the inside of a character class that Python, Rust and ECMAScript read alike."""
    pieces = []
    for first, last in _UNSEEN:
        gaps = [first - 1, *(code for code in left_out if first <= code <= last), last + 1]
        for before, after in pairwise(gaps):
            if before + 1 < after:
                pieces.append(f"{chr(before + 1)}-{chr(after - 1)}")
    return "".join(pieces)


UNSEEN = _class()
"""For patterns of one line: `[^...]` with this inside matches any character that a text may hold."""
UNSEEN_BUT_NEWLINE = _class(0x0A)
"""The same for a text of several lines."""

_ODD = re.compile(f"[{UNSEEN}{chr(_SURROGATES[0])}-{chr(_SURROGATES[1])}]")
_NAMES = {
    "\0": "NULL", "\a": "BELL", "\b": "BACKSPACE", "\t": "TAB", "\n": "LINE FEED", "\v": "VERTICAL TAB",
    "\f": "FORM FEED", "\r": "CARRIAGE RETURN", "\x1b": "ESCAPE", "\x7f": "DELETE", "\x85": "NEXT LINE",
}  # fmt: skip
_ESCAPES = dict(zip("\0\a\b\t\n\v\f\r\x1b\x85\xa0\u2028\u2029", "0abtnvfreN_LP", strict=True))
"""What YAML's double quotes make of a backslash and a letter."""
LONGEST = 80
"""Characters of a value or a name that a message shows."""


def find_unseen(text: str, *, allowed: str = "") -> re.Match[str] | None:
    r"""Return the first character that a text may not hold.

    Examples:
        >>> find_unseen("a\tb").start()
        1
        >>> find_unseen("a\nb", allowed="\n") is None
        True
    """
    if text.isascii() and text.translate(dict.fromkeys(map(ord, allowed))).isprintable():
        return None
    return next((found for found in _ODD.finditer(text) if found.group() not in allowed), None)


def name_of(character: str) -> str:
    r"""Return the code point and the name of a character.

    Examples:
        >>> name_of("\b")
        'U+0008 BACKSPACE'
        >>> name_of("\u202e")
        'U+202E RIGHT-TO-LEFT OVERRIDE'
    """
    name = _NAMES.get(character) or unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()


def unseen_problem(text: str, *, allowed: str = "") -> str | None:
    r"""Say which character a text may not hold, where it stands, and what to write instead; None if all may stay.

    Examples:
        >>> print(unseen_problem("\beta x"))
        character 1 is U+0008 BACKSPACE, in '\x08eta x': in double quotes YAML reads \b as an escape; put the text in single quotes, or write \\b
    """  # noqa: E501
    found = find_unseen(text, allowed=allowed)
    if found is None:
        return None
    character, start = found.group(), found.start()
    near = shown(text[max(0, start - 20) : start + 20])
    place = f"character {start + 1} is {name_of(character)}, in {near}"
    if character == "\n":
        return f"{place}: write the text on one line, in single quotes; a block after `|` ends with a line break"
    if character in _ESCAPES:
        escape = f"\\{_ESCAPES[character]}"
        cause = f"in double quotes YAML reads {escape} as an escape"
        return f"{place}: {cause}; put the text in single quotes, or write \\{escape}"
    return f"{place}: readers do not see it; {instead_of(character)}"


def instead_of(character: str) -> str:
    """Say what to write instead of a character that no text may hold."""
    if character == "\t" or unicodedata.category(character) == "Zs":
        return "write a plain space"
    if character in "\r\v\f\x85\u2028\u2029":
        return "end lines with a line feed alone"
    return "remove it"


def printable(text: str) -> str:
    r"""Return a text with everything escaped that a terminal would act on, or that a reader would not see.

    Examples:
        >>> print(printable("a\x1b[31m\n"))
        a\x1b[31m\n
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape", "surrogatepass").decode() for each in text
    )


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a text cut to a length that a message can hold.

    Examples:
        >>> shortened("lorem ipsum", 8)
        'lorem...'
    """
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def shown(value: object) -> str:
    """Return a value for a message: as Python writes it, on one line, without odd characters, shortened.

    Examples:
        >>> shown("lstm")
        "'lstm'"
        >>> len(shown("x" * 1000))
        80
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**LONGEST:
        return f"of more than {LONGEST} digits"  # which Python refuses to write from 4,300 digits on
    if isinstance(value, str):
        return shortened(printable(repr(value[: LONGEST + 1])))
    if isinstance(value, dict | list | tuple | set | frozenset):
        return shortened(_outside(value))
    return shortened(printable(repr(value)))


def _outside(value: dict[object, object] | list[object] | tuple[object, ...] | set[object] | frozenset[object]) -> str:
    """A collection with only as much of its inside as can be shown, however deep or large it is."""
    opening, closing = ("{", "}") if isinstance(value, dict | set | frozenset) else ("[", "]")
    inside: list[str] = []
    for item in value:
        if sum(map(len, inside)) > LONGEST:
            break
        shown_item = _leaf(item)
        inside.append(f"{shown_item}: {_leaf(value[item])}" if isinstance(value, dict) else shown_item)
    return f"{opening}{', '.join(inside)}{closing}"


def _leaf(value: object) -> str:
    if isinstance(value, dict | set | frozenset):
        return "{...}" if value else "{}"
    if isinstance(value, list | tuple):
        return "[...]" if value else "[]"
    return shown(value)
