"""The words of a picture: beside arrows, at frames, and the whole of it as a list for those who do not see it."""

from __future__ import annotations

from functools import cached_property

from kb.evidence.record import Arrow, Picture
from kb.pictures.axes import UNKNOWN
from kb.pictures.naming import Namer
from kb.pictures.piles import piles


class Wording:
    """The words of one picture.

    Args:
        picture: What it shows.
        namer: What boxes are called.
    """

    def __init__(self, picture: Picture, namer: Namer) -> None:
        self.picture, self.namer = picture, namer
        self.labels = [namer.label(box) for box in picture.boxes]
        self.piles = piles(picture, self.labels, namer)

    @cached_property
    def beside(self) -> list[tuple[str, str] | None]:
        """What stands beside each arrow: its name, and its shape where the box before it has got another one."""
        found: list[tuple[str, str] | None] = []
        for arrow in self.picture.arrows:
            shape = f"[{arrow.shape}]" if arrow.shape and self._is_new(arrow) else ""
            found.append((arrow.name.replace("_", " "), shape) if arrow.name or shape else None)
        return found

    def _is_new(self, arrow: Arrow) -> bool:
        if arrow.back or arrow.index:
            return False
        top = next(pile[0] for pile in self.piles if arrow.start in pile)
        before = {other.shape for other in self.picture.arrows if other.end == top and not other.back}
        same = [a for a in self.picture.arrows if a.start == arrow.start and a.shape == arrow.shape and not a.back]
        return arrow.shape not in before and same[0] is arrow

    def frame(self, number: int) -> str:
        """What stands at a frame."""
        frame = self.picture.frames[number]
        label = self.namer.frame(frame)
        words = f"{label.text} ({label.small})" if label.small else label.text
        loop = "" if not frame.rounds else "repeat" if frame.rounds == UNKNOWN else f"repeat {frame.rounds} times"
        return "  ".join(filter(None, (words, f"× {frame.times}" if frame.times else "", loop)))

    def often(self, number: int) -> str:
        """How often a box is there, and runs."""
        box = self.picture.boxes[number]
        return ", ".join(filter(None, (box.times and f"× {box.times}", box.rounds and f"{box.rounds} times")))

    def called(self, number: int) -> str:
        """What a box is called in a sentence."""
        label = self.labels[number]
        kind = {"in": "input ", "out": "output "}.get(label.look, "")
        return f"{kind}{label.text}" + (f" ({label.small})" if label.small else "")

    def sentence(self, arrow: Arrow) -> str:
        """An arrow in words: from where, what, in which shape, to where."""
        return f"{self.called(arrow.start)} → {self._target(arrow)}"

    def _target(self, arrow: Arrow) -> str:
        what = ", ".join(filter(None, (arrow.name, arrow.shape and f"[{arrow.shape}]")))
        later = " in the next round" if arrow.back else ""
        return f"{self.called(arrow.end)}{later}{f': {what}' if what else ''}"

    @property
    def summary(self) -> str:
        """How large it is, in one sentence."""
        return (
            f"{len(self.labels)} boxes and {len(self.picture.arrows)} arrows; the list after the picture says the same."
        )

    def listed(self) -> list[tuple[str, list[str]]]:
        """Return the picture in words: every box from which arrows lead, and where they lead."""
        found = []
        for number in range(len(self.labels)):
            targets = [self._target(arrow) for arrow in self.picture.arrows if arrow.start == number]
            if targets:
                found.append((self.called(number), targets))
        return found
