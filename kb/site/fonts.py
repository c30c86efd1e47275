"""The fonts of the site, so that it looks the same on every machine: of each, the part that the pages use.

Formulas need a font with mathematical tables: browsers stretch brackets and place scripts with them. STIX Two Math
comes with the package `ziamath`, Source Sans 3 and JetBrains Mono with packages of their names; all three are under the
SIL Open Font Licence. What is left of a font here has no name of its own, only its copyright and licence: the licence
reserves the name for the whole.
"""

from __future__ import annotations

import string
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.util import find_spec
from io import BytesIO
from itertools import chain
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from kb.cache import remembered

ITALICS = (*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C))
"""Mathematical italics, Latin and Greek."""
USUAL = range(0x20, 0x250), range(0x370, 0x400), range(0x2000, 0x2300), range(0x2500, 0x2800)
"""Latin and Greek letters, punctuation, arrows, and signs."""
ALWAYS = f"{string.printable}¶"
"""The characters of every keyboard, and the sign of a link to a heading."""
COPYRIGHT, LICENCE, ADDRESS = 0, 13, 14
"""The names in a font that its licence asks to keep."""
RADICAL = "√"
"""What browsers draw roots with: no formula has it as a character."""


@dataclass(frozen=True)
class Font:
    """A font of the site.

    Args:
        file: Its name beside the pages.
        package: The package that brings it.
        source: Its path in there.
        features: The OpenType features that are kept. Variants of mathematical letters for scripts (`ssty`) are not:
            they would double the font.
        axes: What is kept of the axes along which it varies.
    """

    file: str
    package: str
    source: str
    features: tuple[str, ...]
    axes: dict[str, float | tuple[float, float]] = field(default_factory=dict)

    def path(self) -> Path:
        """Return where it is installed.

        Raises:
            ImportError: The package is not installed.
        """
        package = find_spec(self.package)  # found, not imported: only its file is wanted
        if package is None or package.origin is None:
            raise ImportError(f"a font is in the package {self.package}, which is not installed", name=self.package)
        return Path(package.origin).parent / self.source


FORMULAS = Font(
    "STIXTwoMath.woff2", "ziamath", "fonts/STIXTwoMath-Regular.ttf", ("math", "dtls", "flac")
)  # fmt: skip
LETTERS = ("kern", "liga", "mark", "mkmk", "ccmp", "tnum")
TEXT = Font(
    "Text.woff2", "fontpkg_source_sans_3", "files/SourceSans3[wght].ttf", LETTERS, {"wght": (400, 700)}
)  # fmt: skip
ITALIC = Font(
    "Text-Italic.woff2", "fontpkg_source_sans_3", "files/SourceSans3-Italic[wght].ttf",
    tuple(feature for feature in LETTERS if feature != "liga"), {"wght": 400},
)  # fmt: skip
CODE = Font(
    "Code.woff2", "fontpkg_jetbrains_mono", "files/JetBrainsMono[wght].ttf", ("mark", "mkmk"), {"wght": 400}
)  # fmt: skip


def files(formulas: Iterable[str], text: Iterable[str]) -> dict[str, bytes]:
    """Return the fonts in WOFF2, by the names of their files.

    Args:
        formulas: The characters that formulas use, of which all sizes are kept.
        text: The characters that everything else uses.

    Raises:
        ImportError: A package with a font is not installed.

    Examples:
        >>> {name: font[:4] for name, font in files("x", "y").items()}["Text.woff2"]
        b'wOF2'
    """
    formulas, text = set(formulas), set(text)
    found = {FORMULAS.file: subset(FORMULAS, {RADICAL, *formulas} | _slanted(formulas))}
    return found | {font.file: subset(font, text) for font in (TEXT, ITALIC, CODE)}


def whole() -> dict[str, bytes]:
    """Return the fonts for pages that are not written yet: all formulas, and text in the usual letters."""
    with TTFont(FORMULAS.path()) as font:
        known = list(font.getBestCmap())
    return files(map(chr, known), map(chr, chain(*USUAL)))


def subset(font: Font, characters: Iterable[str]) -> bytes:
    """Return a font in WOFF2, with the characters given and those that every page may have."""
    return b64decode(_subset(font, "".join(sorted({*characters, *ALWAYS}))))


def static(font: Font, weight: float) -> bytes:
    """Return the usual letters of a font in one weight, with its names, for programs that make files."""
    return b64decode(_static(font, weight))


def _slanted(characters: set[str]) -> set[str]:
    """Browsers slant letters that stand alone by themselves: the slanted ones come with them."""
    known = characters | set(string.printable)
    return {chr(code) for code in ITALICS if unicodedata.normalize("NFKC", chr(code)) in known}


@remembered("fonttools", "ziamath", "fontpkg-source-sans-3", "fontpkg-jetbrains-mono")
def _subset(font: Font, characters: str) -> str:
    options = Options(
        layout_features=list(font.features), hinting=False, glyph_names=False, name_IDs=[COPYRIGHT, LICENCE, ADDRESS]
    )
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    cut = TTFont(font.path(), recalcTimestamp=False)
    subsetter.subset(cut)
    if font.axes:
        cut = instancer.instantiateVariableFont(TTFont(_saved(cut), recalcTimestamp=False), font.axes)
    cut.flavor = "woff2"
    return b64encode(_saved(cut).getvalue()).decode()


@remembered("fonttools", "fontpkg-source-sans-3")
def _static(font: Font, weight: float) -> str:
    subsetter = Subsetter(Options(layout_features=list(font.features), hinting=False))
    subsetter.populate(unicodes=chain(*USUAL))
    cut = TTFont(font.path(), recalcTimestamp=False)
    subsetter.subset(cut)
    cut = instancer.instantiateVariableFont(
        TTFont(_saved(cut), recalcTimestamp=False), {"wght": weight}, updateFontNames=True
    )
    return b64encode(_saved(cut).getvalue()).decode()


def _saved(font: TTFont) -> BytesIO:
    stream = BytesIO()
    font.save(stream)
    stream.seek(0)
    return stream
