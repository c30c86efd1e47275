"""Experiment: shapes of blocks in all orientations, after training in one, by networks with and without handedness.

Source: Thomas et al. 2018, shape classification, p. 7 (thomas2018tensor).

Method: a tensor field network, the same without cross products, SchNet, and a perceptron of the coordinates are trained
on eight shapes of four blocks, each in one orientation, and tested in 25 random orientations of each, shifted. Two of
the shapes are mirror images.

Measures:
    accuracy: share of the test's shapes that the tensor field network names.
    accuracy_without_cross_products, accuracy_of_distances, accuracy_of_coordinates: the same of the other three.
    trained_accuracy_of_coordinates: the perceptron's accuracy on the shapes of its training.
    mirror_difference_of_distances: difference of SchNet's outputs for the two mirror images.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP
from implementations.architectures.geometric.tensor_field_network import TensorFieldNetwork
from implementations.architectures.graph.schnet import SchNet
from implementations.claims.agreement import difference
from implementations.claims.precision import double_precision
from implementations.concepts.synthetic_task.block_shapes import BLOCKS, SHAPES, BlockShapes, mean_over_blocks
from kb.training import descend

STEPS, RATE = 200, 1e-2


class OfCoordinates(nn.Module):
    """A perceptron of all coordinates of a shape, whose centre is moved to the origin; each block gets its output."""

    def __init__(self) -> None:
        super().__init__()
        self.perceptron = MLP(in_features=3 * BLOCKS, hidden=[64], out_features=len(SHAPES))

    def forward(self, h: Tensor, x: Tensor, edge_index: Tensor) -> Tensor:
        """Return the outputs of all blocks; features and edges are not used."""
        shapes = x.unflatten(0, (-1, BLOCKS))
        return self.perceptron((shapes - shapes.mean(1, keepdim=True)).flatten(1)).repeat_interleave(BLOCKS, 0)


@double_precision()
def run(seed: int) -> dict[str, float]:
    """Train all four, and test them in other orientations.

    Args:
        seed: Seed of weights and orientations.

    Returns:
        The measures that the module lists.
    """
    task = BlockShapes(generator=torch.Generator().manual_seed(seed))
    sizes = {"in_features": 1, "out_features": len(SHAPES)}
    fields = {"width": 8, **sizes}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        networks: dict[str, nn.Module] = {
            "accuracy": TensorFieldNetwork(**fields),
            "accuracy_without_cross_products": TensorFieldNetwork(cross_products=False, **fields),
            "accuracy_of_distances": SchNet(width=16, cutoff=4.0, interactions=3, **sizes),
            "accuracy_of_coordinates": OfCoordinates(),
        }
    for network in networks.values():
        train(network, task)
    accuracies = {name: score(network, task.test(), task) for name, network in networks.items()}
    inputs, _ = task.batch()
    with torch.no_grad():
        left, right = mean_over_blocks(networks["accuracy_of_distances"](**inputs))[:2]
    return {
        **accuracies,
        "trained_accuracy_of_coordinates": score(networks["accuracy_of_coordinates"], task.batch(), task),
        "mirror_difference_of_distances": difference(left, right),
    }


def train(network: nn.Module, task: BlockShapes) -> None:
    """Train a network on the shapes in their one orientation."""
    inputs, target = task.batch()
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    descend(optimiser, lambda: task.loss(outputs(network, inputs), target), steps=STEPS)


def score(network: nn.Module, examples: tuple[dict[str, Tensor], Tensor], task: BlockShapes) -> float:
    """Return the share of shapes that a network names."""
    inputs, target = examples
    with torch.no_grad():
        return task.score(outputs(network, inputs), target)


def outputs(network: nn.Module, inputs: dict[str, Tensor]) -> tuple[Tensor, ...]:
    """Return what a network computes, the features first."""
    found = network(**inputs)
    return found if isinstance(found, tuple) else (found,)
