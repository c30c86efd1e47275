"""Pictures for slides and for previews: a PDF of each, and a card in PNG that other sites show beside a link.

Typst makes both from the SVG, without a browser and without fonts of the system.
"""

from __future__ import annotations

import tempfile
from base64 import b64decode, b64encode
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kb.cache import remembered
from kb.site import fonts

if TYPE_CHECKING:
    from typst import Fonts

PICTURE = """
#set document(date: none)
#set page(width: auto, height: auto, margin: 6pt)
#image(bytes(sys.inputs.svg), format: "svg")
"""
CARD = """
#set page(width: 1200pt, height: 630pt, margin: 0pt, fill: white)
#set text(font: "Source Sans 3", fallback: false, size: 27pt, fill: rgb("#5a6468"))
#let drawn = image(bytes(sys.inputs.svg), format: "svg")
#let words = {
  text(fill: rgb("#0b6374"), weight: 600, sys.inputs.kind)
  v(2pt)
  text(size: 54pt, weight: 600, fill: rgb("#10191c"), hyphenate: false, sys.inputs.title)
  v(0pt)
  sys.inputs.gist
}
#let fitted(width, height) = context {
  let size = measure(drawn)
  let factor = calc.min(width / size.width, height / size.height, 2) * 100%
  align(center + horizon, scale(factor, reflow: true, drawn))
}
#place(rect(width: 100%, height: 14pt, fill: rgb("#0e3b43")))
#block(inset: (x: 50pt, top: 50pt, bottom: 30pt), width: 100%, height: 100%, context {
  let size = measure(drawn)
  if size.width > 1.4 * size.height {
    grid(rows: (auto, 1fr), row-gutter: 20pt, words, layout(space => fitted(space.width, space.height)))
  } else {
    grid(columns: (1fr, 520pt), column-gutter: 30pt, words, fitted(520pt, 540pt))
  }
})
"""
STYLES = ((fonts.TEXT, 400), (fonts.TEXT, 600), (fonts.ITALIC, 400), (fonts.ITALIC, 600))
"""The fonts in pictures."""


def pdf(svg: str) -> bytes:
    """Return a picture as a PDF of its size."""
    return b64decode(_compiled(PICTURE, "pdf", {"svg": svg}))


def card(svg: str, kind: str, title: str, gist: str) -> bytes:
    """Return a card of 1200 by 630 pixels, as other sites show it beside a link.

    Args:
        svg: The picture on it.
        kind: What is above the title.
        title: The title.
        gist: A sentence.
    """
    return b64decode(_compiled(CARD, "png", {"svg": svg, "kind": kind, "title": title, "gist": gist}))


@remembered("typst")
def _compiled(source: str, form: Literal["pdf", "png"], inputs: dict[str, str]) -> str:
    import typst

    made = typst.compile(source.encode(), font_paths=_fonts(), format=form, ppi=72.0, sys_inputs=inputs)
    return b64encode(made).decode()


@cache
def _folder() -> Path:
    """A folder of this process with the fonts in it."""
    folder = tempfile.TemporaryDirectory(prefix="kb-fonts-")
    _kept.append(folder)
    for number, (font, weight) in enumerate(STYLES):
        (Path(folder.name) / f"{number}.ttf").write_bytes(fonts.static(font, weight))
    return Path(folder.name)


_kept: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that are removed when this process ends."""


@cache
def _fonts() -> Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_folder())])
