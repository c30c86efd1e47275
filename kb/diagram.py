"""A picture of an architecture, as notebooks and terminals show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Diagram:
    """A picture of an architecture. A notebook shows it; its text is the same in words.

    Args:
        title: What it shows.
        svg: The picture as a file, which is light or dark as the reader's screen is.
        text: A line for each box from which arrows lead.
    """

    title: str
    svg: str
    text: str

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        """The picture in words."""
        return f"{self.title}\n{self.text}"
