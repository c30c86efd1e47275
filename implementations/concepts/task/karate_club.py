"""Karate club: find out which faction each member of a club joined, from one member of each.

Source: Zachary's karate club of 34 members and 78 friendships, as networkx ships it, with its two factions. Only the
instructor (0) and the officer (33) are labelled.

Shapes: N = 34 nodes, E = 156 directed edges, F = 34 features (one for each member), G = 2 factions.
"""

import networkx as nx
import torch
from torch import Tensor, nn
from torch.nn import functional as F

LABELLED = [0, 33]


class KarateClub:
    """Classify all members from two labels.

    Args:
        generator: Not used: the data are fixed.
    """

    metric, higher_is_better = "accuracy on the unlabelled", True
    steps, learning_rate = 200, 1e-2

    def __init__(self, *, generator: torch.Generator) -> None:
        club = nx.karate_club_graph()
        edges = torch.tensor(list(club.edges)).T
        self.labels = torch.tensor([int(club.nodes[node]["club"] == "Officer") for node in club])
        self.inputs = {"x": torch.eye(len(club)), "edge_index": torch.cat([edges, edges.flip(0)], 1)}
        self.unlabelled = torch.tensor([node for node in club if node not in LABELLED])

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the whole graph and all labels; the loss uses two of them."""
        return self.inputs, self.labels

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return the whole graph and all labels; the score uses the others."""
        return self.inputs, self.labels

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the cross-entropy of the two labelled members."""
        return F.cross_entropy(output[LABELLED], target[LABELLED])

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of the other members whose faction is predicted correctly."""
        return float((output.argmax(1) == target)[self.unlabelled].float().mean())

    def baseline(self) -> float:
        """Return the accuracy of predicting the larger faction for everybody."""
        share = self.labels[self.unlabelled].float().mean()
        return float(torch.maximum(share, 1 - share))


def examples(task: KarateClub, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return for both factions who is predicted to be in it, and whether that is right."""
    found = module(**task.inputs).argmax(1)
    rows = []
    for faction, name in enumerate(("instructor's", "officer's")):
        members = [n for n in task.unlabelled.tolist() if found[n] == faction]
        wrong = [n for n in members if task.labels[n] != faction]
        predicted = " ".join(map(str, members))
        rows.append({"faction": name, "predicted": predicted, "wrong": " ".join(map(str, wrong)) or "none"})
    return rows[:count]
