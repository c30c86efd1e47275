"""The pictures of a network: at most three, of the whole, of a block and of a cell, each with 5 to 25 boxes.

What stands in a picture is opened as long as there is room: sequences first, then classes of the network's own, and
what is an entry of its own only in a picture that would be nearly empty. A call that stays closed is the subject of the
next picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kb.pictures.flow import Flow, Key, flow
from kb.pictures.folding import Folder
from kb.pictures.scene import Scene, Scopes, Tree, tree

if TYPE_CHECKING:
    from kb.pictures.tracing import Trace

FEWEST, ROOMY, MOST = 5, 16, 24
"""Boxes: below the first, entries are opened too; up to the second sequences are, up to the third the network's own."""
LEVELS = 3
CONTAINERS = frozenset({"torch.nn.modules.container:Sequential"})
LIBRARIES = ("torch.", "torch_geometric.")
DRAWN_ON_OTHERS = tuple(f"torch.nn.modules.{kind}" for kind in ("activation", "batchnorm", "normalization", "dropout"))
ENTRIES = "implementations.concepts."


def is_entry(name: str) -> bool:
    """Whether a class, as `module:Class`, is what an entry is about: the one that its file is named after.

    Examples:
        >>> is_entry("implementations.concepts.gating_mechanism.gru_cell:GRUCell")
        True
    """
    module, _, own = name.rpartition(":")
    return module.startswith(ENTRIES) and module.rpartition(".")[2].replace("_", "") == own.lower()


class Levels:
    """Chooses the pictures of a traced network.

    Args:
        trace: What the network did.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.flow: Flow = flow(trace)
        self.folder = Folder(self.flow, lambda path: trace.classes.get(path, path) + trace.details.get(path, ""))
        self.root: Tree = tree(self.flow)

    def class_of(self, call: Tree) -> str:
        """The class of a called module, as `module:Class`."""
        return self.trace.classes.get(call.scopes[-1][0], "") if call.scopes else self.trace.classes[""]

    def is_floating(self, key: Key) -> bool:
        """Whether a node gives numbers, and not positions or marks."""
        node = self.flow.nodes[key]
        if node.rounds:
            return self.trace.operations[node.rounds[0]].floating
        return next((floating for name, _, floating in self.trace.sources if name == key.name), True)

    def scenes(self) -> list[Scene]:
        """Return the pictures, the whole network first."""
        found = [self.scene(self.root)]
        shown = {self.class_of(self.root)}
        while len(found) < LEVELS:
            for scene in reversed(found):  # what stands in the last picture is opened before the rest of an earlier one
                subject = self._subject(scene, shown)
                if subject is not None:
                    break
            else:
                return found
            shown.add(self.class_of(subject))
            found.append(self.scene(subject))
        return found

    def _subject(self, scene: Scene, shown: set[str]) -> Tree | None:
        """Return the closed call of a picture about which there is most to show."""
        closed = [item.scopes for item, _ in scene.boxes if item.scopes]
        calls = [call for call in scene.call.calls() if call.scopes in closed and self._rank(call) is not None]
        fresh = [call for call in calls if self.class_of(call) not in shown and len(call.keys) > 2]
        order = {1: 0, 2: 1, 0: 2}  # a class of its own shows more than an entry that many have, or than a sequence
        return min(fresh, key=lambda call: (order[self._rank(call) or 0], -len(call.keys)), default=None)

    def _rank(self, call: Tree) -> int | None:
        """In which turn a call is opened; None for one that never is."""
        name = self.class_of(call)
        if name in CONTAINERS or self._is_wrapper(call):
            return 0
        if name.startswith(LIBRARIES) or len(call.keys) < 2:
            return None
        return 2 if is_entry(name) else 1

    def _is_wrapper(self, call: Tree) -> bool:
        """Whether a call holds but another one."""
        return len(call.units) == 1 and isinstance(next(iter(call.units.values())), Tree)

    def scene(self, call: Tree) -> Scene:
        """Return the picture of a call, opened as far as there is room."""
        scene = self._opened(call, frozenset())
        refused: set[tuple[str, int]] = set()
        while True:
            for group, more in self._openable(scene, refused):
                larger = self._opened(call, scene.opened | more)
                if self.size(larger) <= self._limit(group[1], scene):
                    scene = larger
                    break
                refused.add(group)
            else:
                return scene

    def _limit(self, rank: int, scene: Scene) -> int:
        if rank == 2:
            return MOST if self.size(scene) < FEWEST else 0
        return ROOMY if rank == 0 else MOST

    def size(self, scene: Scene) -> int:
        """How many boxes a picture has, without those that are drawn on others."""
        classes = [self.trace.classes.get(item.scopes[-1][0], "") for item, _ in scene.boxes if item.scopes]
        return scene.count - sum(name.startswith(DRAWN_ON_OTHERS) for name in classes)

    def _openable(
        self, scene: Scene, refused: set[tuple[str, int]]
    ) -> Iterator[tuple[tuple[str, int], frozenset[Scopes]]]:
        """Yield the closed calls of a picture by class, those first that are opened first."""
        groups: dict[tuple[str, int], set[Scopes]] = {}
        closed = {item.scopes for item, _ in scene.boxes if item.scopes}
        for call in scene.call.calls():
            rank = self._rank(call)
            here = call.scopes in closed or bool(call.keys and call.keys[0] in scene.stands_for)  # copies open together
            if rank is not None and here and call.scopes not in scene.opened:
                groups.setdefault((f"{self.class_of(call)}{len(call.scopes) if rank == 0 else ''}", rank), set()).add(
                    call.scopes
                )
        for group in sorted(groups, key=lambda group: group[1]):
            if group not in refused:
                yield group, frozenset(groups[group])

    def _opened(self, call: Tree, opened: frozenset[Scopes]) -> Scene:
        through = frozenset(c.scopes for c in call.calls() if self._rank(c) == 0)
        return Scene(self.flow, call, opened, through, self.folder)
