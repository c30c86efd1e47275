"""The font of formulas: browsers need one with mathematical tables to stretch brackets and place scripts.

STIX Two Math (SIL Open Font Licence) comes with the package `ziamath`; the site gets the part of it that formulas use.
"""

from __future__ import annotations

import string
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from kb.site.cache import remembered

FILE = "STIXTwoMath.woff2"
ITALICS = (*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C))
"""Mathematical italics, Latin and Greek."""
RADICAL = "√"
"""What browsers draw roots with: no formula has it as a character."""


def subset(characters: Iterable[str]) -> bytes:
    """Return the font in WOFF2, with the characters given, all sizes of them, and those of every keyboard.

    Browsers slant letters that stand alone by themselves: the slanted ones come with them.

    Raises:
        ImportError: The package with the font is not installed.

    Examples:
        >>> subset("x")[:4]
        b'wOF2'
    """
    return b64decode(_subset("".join(sorted(set(characters)))))


def whole() -> bytes:
    """Return the font in WOFF2 with all of its characters, for pages that are not written yet."""
    return subset(map(chr, _font().getBestCmap()))


def _font() -> TTFont:
    package = find_spec("ziamath")  # found, not imported: only its file is wanted
    if package is None or package.origin is None:
        raise ImportError("the font of formulas is in the package ziamath, which is not installed")
    return TTFont(Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf", recalcTimestamp=False)


@remembered("fonttools", "ziamath")
def _subset(characters: str) -> str:
    font = _font()
    options = Options(
        flavor="woff2", layout_features=["math", "ssty", "dtls", "flac"], hinting=False, glyph_names=False
    )
    subsetter = Subsetter(options)
    slanted = (chr(code) for code in ITALICS if unicodedata.normalize("NFKC", chr(code)) in characters)
    subsetter.populate(text="".join([string.printable, RADICAL, characters, *slanted]))
    subsetter.subset(font)
    font.flavor, stream = "woff2", BytesIO()
    font.save(stream)
    return b64encode(stream.getvalue()).decode()
