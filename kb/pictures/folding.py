"""Repeats: runs of equal units that are wired equally, of which a picture shows one, with their number.

Units are equal if the same operations stand in modules of the same classes, and use each other in the same way and in
the same shapes. They are wired equally in a chain, where each takes from the one before it what the first takes from
elsewhere, or side by side, where all take the same and give to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kb.pictures.flow import Edge, Flow, Key

WIDEST = 4
"""Most units in a row that are looked at as one repeated piece."""

Wires = frozenset[tuple[Any, ...]]


@dataclass(frozen=True)
class Repeat:
    """How many times a piece of so many units stands in a row from a unit on."""

    length: int
    times: int


class Folder:
    """Finds repeats in a flow.

    Args:
        flow: The flow.
        class_of: From the path of a module to its class and what distinguishes it.
    """

    def __init__(self, flow: Flow, class_of: Callable[[str], str]) -> None:
        self.flow, self.class_of = flow, class_of
        self._forms: dict[tuple[Key, ...], Any] = {}
        self.into: dict[Key, list[Edge]] = {}
        self.out_of: dict[Key, list[Edge]] = {}
        for edge in flow.edges:
            self.into.setdefault(edge.end, []).append(edge)
            self.out_of.setdefault(edge.start, []).append(edge)

    def repeat(self, units: Sequence[Sequence[Key]], paths: Sequence[str | None], first: int) -> Repeat:
        """Return the repeat that begins with a unit and covers most; a single unit where there is none.

        Args:
            units: The operations of every unit.
            paths: The module that each unit is a call of; None for a single operation.
            first: The number of the unit.
        """
        best = Repeat(1, 1)
        for length in range(1, min(WIDEST, (len(units) - first) // 2) + 1):
            if not _is_listed(paths[first : first + length]) or self._follows(paths[first]):
                continue
            times = self._times(units, first, length)
            if times > 1 and length * times > best.length * best.times:
                best = Repeat(length, times)
        return best

    def _follows(self, path: str | None) -> bool:
        """Whether a piece would begin with an activation, which belongs to what is before it."""
        return path is not None and self.class_of(path).startswith("torch.nn.modules.activation")

    def _times(self, units: Sequence[Sequence[Key]], first: int, length: int) -> int:
        """Return how often a piece stands in a row."""
        pieces: list[list[Key]] = []
        for start in range(first, len(units) - length + 1, length):
            piece = [key for unit in units[start : start + length] for key in unit]
            if pieces and not self._equal(piece, pieces[0]):
                break
            pieces.append(piece)
        if length > 1 and pieces and not self._holds_together(pieces[0]):
            return 1
        while len(pieces) > 1 and not (self._chained(pieces) or self._side_by_side(pieces)):
            pieces.pop()
        return len(pieces)

    def _holds_together(self, piece: Sequence[Key]) -> bool:
        return all(any(e.start in piece[:n] for e in self.into.get(key, ())) for n, key in enumerate(piece) if n)

    def _equal(self, piece: list[Key], first: list[Key]) -> bool:
        if len(piece) != len(first) or any(a.name != b.name for a, b in zip(piece, first, strict=True)):
            return False
        return bool(self._form(tuple(piece)) == self._form(tuple(first)))

    def _form(self, piece: tuple[Key, ...]) -> Any:
        if piece not in self._forms:
            self._forms[piece] = self._find_form(piece)
        return self._forms[piece]

    def _find_form(self, piece: Sequence[Key]) -> Any:
        """What has to agree for two pieces to be equal."""
        depth = min(len(key.scopes) for key in piece)
        place = {key: number for number, key in enumerate(piece)}
        nodes = [
            (key.name, [self.class_of(path) for path, _ in key.scopes[depth - 1 if depth else 0 :]],
             len(self.flow.nodes[key].rounds), self.flow.nodes[key].detail)
            for key in piece
        ]  # fmt: skip
        edges = sorted(
            (place[e.start], place[e.end], e.recurrent, e.name, self.flow.edges[e])
            for key in piece
            for e in self.into.get(key, ())
            if e.start in place
        )
        shapes = [sorted(self.flow.edges[e] for e in self.into.get(key, ())) for key in piece]
        return nodes, edges, shapes

    def _wires_in(self, piece: Sequence[Key], before: Sequence[Key]) -> Wires:
        place = {key: number for number, key in enumerate(before)}
        inside = set(piece)
        return frozenset(
            (("before", place[e.start]) if e.start in place else e.start, number, e.recurrent, e.name)
            for number, key in enumerate(piece)
            for e in self.into.get(key, ())
            if e.start not in inside
        )

    def _wires_out(self, piece: Sequence[Key], others: set[Key]) -> Wires:
        return frozenset(
            (number, e.end, e.recurrent)
            for number, key in enumerate(piece)
            for e in self.out_of.get(key, ())
            if e.end not in others
        )

    def _crosses(self, pieces: Sequence[Sequence[Key]], reach: int) -> bool:
        """Whether an edge leads from a piece to one that is not so far after it, or back."""
        where = {key: number for number, piece in enumerate(pieces) for key in piece}
        return any(
            where[e.end] - number not in (0, reach)
            for key, number in where.items()
            for e in self.out_of.get(key, ())
            if e.end in where
        )

    def _chained(self, pieces: Sequence[Sequence[Key]]) -> bool:
        if self._crosses(pieces, 1):
            return False
        into = [self._wires_in(piece, pieces[n - 1] if n else ()) for n, piece in enumerate(pieces)]
        everything = {key for piece in pieces for key in piece}
        out = [self._wires_out(piece, everything) for piece in pieces]
        passed = {wire[1] for wire in into[1] if isinstance(wire[0], tuple)}
        shared = {wire for wire in into[1] if not isinstance(wire[0], tuple)}
        return (
            bool(passed)
            and all(wires == into[1] for wires in into[1:])
            and shared <= into[0]
            and {wire[1] for wire in into[0] - shared} == passed
            and all(wires <= out[-1] for wires in out)
        )

    def _side_by_side(self, pieces: Sequence[Sequence[Key]]) -> bool:
        if self._crosses(pieces, 0):
            return False
        everything = {key for piece in pieces for key in piece}
        into = {self._wires_in(piece, ()) for piece in pieces}
        return len(into) == 1 and len({self._wires_out(piece, everything) for piece in pieces}) == 1


def _is_listed(paths: Sequence[str | None]) -> bool:
    """Whether the modules of a piece are numbered members of lists; what has a name of its own is not one of many."""
    called = [path for path in paths if path is not None]
    return bool(called) and all(path.rpartition(".")[2].isdecimal() for path in called)
