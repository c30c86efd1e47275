"""The SVG of a picture: our own text and links in boxes that Graphviz placed, coloured by CSS in light and dark."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from functools import cached_property
from html import escape

from kb.evidence.record import Arrow, Picture
from kb.pictures.colours import AS_DARK, AS_LIGHT, plain_light, style_of_file
from kb.pictures.layout import Area, Course, Layout, Line, lay_out
from kb.pictures.naming import Label, Namer
from kb.pictures.piles import reads_down
from kb.pictures.wording import Wording

CHARACTER, SMALL, LINE, SMALL_LINE, PADDING = 6.9, 5.7, 16.0, 13.0, 9.0
WIDEST, WIDEST_SMALL = 21, 26
MARGIN, LANE = 8.0, 11.0
SPACE = 'xmlns="http://www.w3.org/2000/svg"'

Link = Callable[[str], str]


class Drawing:
    """A picture with the words that stand in it.

    Args:
        picture: What it shows.
        namer: What boxes are called.
        link: From an entry's id to its address; without it boxes lead nowhere.
        name: Prefix of the ids inside; several pictures can share a page.
        title: What it is, for screen readers.
    """

    def __init__(self, picture: Picture, namer: Namer, link: Link | None, name: str, title: str) -> None:
        self.picture, self.namer, self.link, self.name, self.title = picture, namer, link, name, title
        self.wording = Wording(picture, namer)
        self.labels = self.wording.labels
        self.texts = [textwrap.wrap(label.text, WIDEST) or [""] for label in self.labels]
        self.smalls = [textwrap.wrap(label.small, WIDEST_SMALL) for label in self.labels]
        self.sizes = [self._size(number) for number in range(len(self.labels))]

    @property
    def piles(self) -> list[list[int]]:
        """Boxes that are drawn on each other."""
        return self.wording.piles

    @cached_property
    def down(self) -> bool:
        """Whether it reads from top to bottom."""
        return reads_down(self.labels)

    @cached_property
    def pile_of(self) -> dict[int, int]:
        """The pile in which each box stands."""
        return {box: number for number, pile in enumerate(self.piles) for box in pile}

    @cached_property
    def states(self) -> list[int]:
        """The arrows from an output back to the input of the same name, which run around the picture."""
        looks = [label.look for label in self.labels]
        return [
            n for n, a in enumerate(self.picture.arrows) if a.back and looks[a.start] == "out" and looks[a.end] == "in"
        ]

    @cached_property
    def laid(self) -> list[int]:
        """The arrows whose course Graphviz finds."""
        arrows = enumerate(self.picture.arrows)
        return [
            n for n, a in arrows if n not in self.states and (self.pile_of[a.start] != self.pile_of[a.end] or a.back)
        ]

    @cached_property
    def placed(self) -> Layout:
        """Where everything stands."""
        arrows = [self.picture.arrows[n] for n in self.laid]
        lines = [
            Line(self.pile_of[a.start], self.pile_of[a.end], self._room(n), a.back)
            for n, a in zip(self.laid, arrows, strict=True)
        ]
        state = [self.picture.arrows[n] for n in self.states]
        return lay_out(
            [self._pile_size(pile) for pile in self.piles],
            [self.picture.boxes[pile[0]].frame for pile in self.piles],
            [(frame.frame, len(self.wording.frame(n)) * 7.0) for n, frame in enumerate(self.picture.frames)],
            lines,
            self.down,
            first=list(dict.fromkeys(self.pile_of[arrow.end] for arrow in state)),
            last=list(dict.fromkeys(self.pile_of[arrow.start] for arrow in state)),
        )

    def _room(self, number: int) -> float:
        words = self.wording.beside[number]
        return sum(map(len, words)) * SMALL + 8 if words else 0.0

    def _size(self, number: int) -> tuple[float, float]:
        text, small = self.texts[number], self.smalls[number]
        width = max([len(line) * CHARACTER for line in text] + [len(line) * SMALL for line in small])
        height = len(text) * LINE + len(small) * SMALL_LINE
        if self.labels[number].look == "sign":
            return max(width + 12, 26.0), max(height + 8, 26.0)
        return max(width + 2 * PADDING, 34.0), height + PADDING

    def _pile_size(self, pile: list[int]) -> tuple[float, float]:
        return max(self.sizes[n][0] for n in pile), sum(self.sizes[n][1] for n in pile)

    # SVG

    def svg(self) -> str:
        """Return the SVG for a page of the site, whose colours it has."""
        own = f'style="--width: {self.placed.width + 2 * self._edge:.0f}px"'  # the page's style asks for it
        return f"{self._head('picture', own)}{self._body()}</svg>"

    def file(self) -> str:
        """Return the SVG with its style in it, for a file or a notebook."""
        own = f'{SPACE} id="{AS_LIGHT}"'
        return f'{self._head("picture alone", own, style_of_file())}<g id="{AS_DARK}">{self._body()}</g></svg>'

    def plain(self) -> str:
        """Return the SVG in light colours, for programs that know little of CSS."""
        return f"{self._head('picture', SPACE, plain_light())}{self._body()}</svg>"

    def _body(self) -> str:
        body = [
            *(self._frame(number, area) for number, area in self.placed.frames.items()),
            *(
                self._arrow(n, self._path(course), course)
                for n, course in zip(self.laid, self.placed.courses, strict=True)
            ),
            *(self._arrow(n, self._around(lane, n), None) for lane, n in enumerate(self.states)),
            *(self._pile(number, pile) for number, pile in enumerate(self.piles)),
        ]
        return "".join(body)

    @property
    def _edge(self) -> float:
        """The room around all boxes, where states run."""
        return MARGIN + LANE * (len(self.states) + 1 if self.states else 0)

    def _head(self, kind: str, own: str = "", css: str = "") -> str:
        edge = self._edge
        width, height = self.placed.width + 2 * edge, self.placed.height + 2 * edge
        tips = "".join(
            f'<marker id="{self.name}-{tip}" class="{tip}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker>'
            for tip in dict.fromkeys(map(_kind, self.picture.arrows))
        )
        style = css and f"<style>{css}</style>"
        return (
            f'<svg {own} class="{kind}" viewBox="{-edge:.0f} {-edge:.0f} {width:.0f} '
            f'{height:.0f}" width="{width:.0f}" height="{height:.0f}" role="group" '
            f'aria-labelledby="{self.name}-title {self.name}-text"><title id="{self.name}-title">{escape(self.title)}'
            f'</title><desc id="{self.name}-text">{escape(self.wording.summary)}</desc>{style}<defs>{tips}</defs>'
        )

    def _frame(self, number: int, area: Area) -> str:
        left, top, right, bottom = area
        frame = self.picture.frames[number]
        kind = "loop" if frame.rounds and not frame.what else ""
        return (
            f'<g class="frame {kind}"><rect x="{px(left)}" y="{px(top)}" width="{px(right - left)}" '
            f'height="{px(bottom - top)}" rx="9"/>'
            f'<text x="{px(left + 9)}" y="{px(top + 13)}">{escape(self.wording.frame(number))}</text></g>'
        )

    def _pile(self, number: int, pile: list[int]) -> str:
        x, y = self.placed.boxes[number]
        width, height = self._pile_size(pile)
        top, found = y - height / 2, []
        for box in pile:
            found.append(self._box(box, (x, top), max(width, self.sizes[box][0]) if len(pile) > 1 else width))
            top += self.sizes[box][1]
        return "".join(found)

    def _box(self, number: int, at: tuple[float, float], width: float) -> str:
        (x, top), height = at, self.sizes[number][1]
        label, box = self.labels[number], self.picture.boxes[number]
        radius = min(width, height) / 2 if label.look in ("sign", "in", "out") else 6
        area = f'width="{px(width)}" height="{px(height)}" rx="{radius:.0f}"'
        left = x - width / 2
        parts = [f'<rect class="behind" x="{px(left + 4)}" y="{px(top - 4)}" {area}/>'] if box.times else []
        parts.append(f'<rect x="{px(left)}" y="{px(top)}" {area}/>')
        line = top + height / 2 - (len(self.texts[number]) * LINE + len(self.smalls[number]) * SMALL_LINE) / 2
        for texts, kind, step in ((self.texts[number], "", LINE), (self.smalls[number], ' class="small"', SMALL_LINE)):
            for text in texts:
                parts.append(f'<text{kind} x="{px(x)}" y="{px(line + step / 2)}">{escape(text)}</text>')
                line += step
        if often := self.wording.often(number):
            parts.append(f'<text class="times" x="{px(left + width)}" y="{px(top - 9)}">{escape(often)}</text>')
        return self._linked(label, "".join(parts))

    def _linked(self, label: Label, body: str) -> str:
        if label.entry is None or self.link is None:
            return f'<g class="box {label.look}">{body}</g>'
        words = f"{label.text}, {label.small}" if label.small else label.text
        way = escape(self.link(label.entry))
        return f'<a class="box {label.look}" href="{way}" aria-label="{escape(words)}">{body}</a>'

    def _path(self, course: Course) -> str:
        (x, y), *rest = course.points
        path = f"M{px(x)},{px(y)}C" + " ".join(f"{a:.0f},{b:.0f}" for a, b in rest)  # whole pixels make it as smooth
        return path + (f"L{px(course.tip[0])},{px(course.tip[1])}" if course.tip else "")

    def _around(self, lane: int, number: int) -> str:
        """The course of a state: out at the end, along the side, and in at the beginning."""
        arrow = self.picture.arrows[number]
        (x1, y1), (x2, y2) = (self.placed.boxes[self.pile_of[box]] for box in (arrow.start, arrow.end))
        (w1, h1), (w2, h2) = self.sizes[arrow.start], self.sizes[arrow.end]
        far = LANE * (lane + 1)
        width, height = self.placed.width, self.placed.height
        if self.down:
            corners = [(x1, y1 + h1 / 2), (x1, height + far), (width + far, height + far), (width + far, -far)]
            return _rounded([*corners, (x2, -far), (x2, y2 - h2 / 2)])
        corners = [(x1 + w1 / 2, y1), (width + far, y1), (width + far, height + far), (-far, height + far), (-far, y2)]
        return _rounded([*corners, (x2 - w2 / 2, y2)])

    def _arrow(self, number: int, path: str, course: Course | None) -> str:
        arrow = self.picture.arrows[number]
        kind = _kind(arrow)
        hint = f"<title>{escape(self.wording.sentence(arrow))}</title>"
        drawn = f'<path class="arrow {kind}" d="{path}" marker-end="url(#{self.name}-{kind})">{hint}</path>'
        words = self.wording.beside[number]
        if words and course and course.words:
            x, y = course.words
            name, shape = words
            spans = f'<tspan class="name">{escape(name)}</tspan>' if name else ""
            spans += escape(f"{' ' if name and shape else ''}{shape}")
            drawn += f'<text class="word" x="{px(x)}" y="{px(y)}" aria-hidden="true">{spans}</text>'
        return drawn


def _rounded(corners: list[tuple[float, float]], radius: float = 7.0) -> str:
    """Return a path along straight lines with round corners, of which a short line leaves less.

    Examples:
        >>> _rounded([(0, 0), (20, 0), (20, 40)])
        'M0,0L13,0Q20,0 20,7L20,40'
        >>> _rounded([(0, 0), (4, 0), (4, 40)])
        'M0,0L2,0Q4,0 4,7L4,40'
    """
    path = f"M{px(corners[0][0])},{px(corners[0][1])}"
    for before, here, after in zip(corners, corners[1:], corners[2:], strict=False):
        enter, leave = _towards(here, before, radius), _towards(here, after, radius)
        path += f"L{px(enter[0])},{px(enter[1])}Q{px(here[0])},{px(here[1])} {px(leave[0])},{px(leave[1])}"
    return path + f"L{px(corners[-1][0])},{px(corners[-1][1])}"


def _towards(here: tuple[float, float], there: tuple[float, float], distance: float) -> tuple[float, float]:
    (x, y), (a, b) = here, there
    length = max(abs(a - x) + abs(b - y), 1e-9)
    share = min(distance, length / 2) / length
    return x + (a - x) * share, y + (b - y) * share


def _kind(arrow: Arrow) -> str:
    """How an arrow looks: it leads on, back to a later round, or carries numbers that point at something."""
    return "back" if arrow.back else "index" if arrow.index else "on"


def px(length: float) -> str:
    """Return a length in pixels as SVG has it, to a tenth.

    Examples:
        >>> px(19.04), px(0.96)
        ('19', '1')
    """
    return f"{length:.1f}".removesuffix(".0")
