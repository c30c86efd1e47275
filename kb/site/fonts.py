"""The font of formulas: browsers need one with mathematical tables to stretch brackets and place scripts.

STIX Two Math (SIL Open Font Licence) comes with the package `ziamath`; the site gets the part of it that formulas use.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FILE = "STIXTwoMath.woff"
USUAL = (
    (0x20, 0x7F), (0xA0, 0x100), (0x300, 0x315), (0x370, 0x400), (0x2010, 0x2070), (0x20D0, 0x20F0), (0x2100, 0x2340),
    (0x23DC, 0x23E2), (0x27C0, 0x2800), (0x2A00, 0x2B00), (0x1D400, 0x1D800),
)  # fmt: skip
"""Letters, operators, arrows and mathematical alphabets: browsers slant and embolden letters by themselves."""


def subset(characters: Iterable[str]) -> bytes:
    """Return the font in WOFF, with the usual characters and those given, and all sizes of them.

    Raises:
        ImportError: The package with the font is not installed.

    Examples:
        >>> subset("x")[:4]
        b'wOFF'
    """
    package = find_spec("ziamath")  # found, not imported: only its file is wanted
    if package is None or package.origin is None:
        raise ImportError("the font of formulas is in the package ziamath, which is not installed")
    font = TTFont(Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf", recalcTimestamp=False)
    options = Options(flavor="woff", layout_features=["math", "ssty", "dtls", "flac"], hinting=False, glyph_names=False)
    subsetter = Subsetter(options)
    codes = {code for first, end in USUAL for code in range(first, end)} | {ord(character) for character in characters}
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor, stream = "woff", BytesIO()
    font.save(stream)
    return stream.getvalue()
