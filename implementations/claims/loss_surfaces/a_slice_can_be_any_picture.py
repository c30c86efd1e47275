"""Experiment: a network whose loss, along two of its weights, is a given picture.

Source: the lecture, S8; Czarnecki et al. 2019 (czarnecki2019loss).

Method: a network with six hidden layers of rectified units gets images of digits, and its loss is the mean squared
error with respect to random labels of mean zero. All parameters of its first layer are zero except the biases of two
units, which are therefore the coordinates in the slice. The later layers are fitted, by 1000 steps of Adam, so that the
output at (a, b) is the root of the brightness of a picture there. The picture is a digit, enlarged to 48 x 48. Then the
loss of the assembled network on its examples is computed at every point of the slice along the two biases. It is
compared with a slice along two random directions of the same lengths.

Measures:
    fit: R^2 of the slice as a prediction of the picture: one minus the share of the variance that is left. The variance
        of the labels, which is the least possible loss, is subtracted.
    fit_random: the same for the slice along random directions.
    labels: the variance of the labels.
    column, row: coordinates of 16 x 16 points of the slice; slice, picture: loss less the variance of the labels, and
        brightness.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.weights import along, flat
from implementations.concepts.task.digits import Digits
from kb.training import descend

SIDE, WIDTH, DEPTH, STEPS, RATE, EXAMPLES, SHOWN = 48, 64, 6, 1000, 3e-3, 50, 3


def run(seed: int) -> dict[str, float | list[float]]:
    """Fit a network to a picture, and compute slices of its loss.

    Args:
        seed: Chooses the picture, the labels and the weights.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    data = Digits(generator=torch.Generator(), layout="image")
    picture = F.interpolate(data.images[seed : seed + 1], size=(SIDE, SIDE), mode="bilinear")[0, 0]
    points = torch.cartesian_prod(*2 * [torch.linspace(0, 1, SIDE)])
    network = trained_picture(points, picture.flatten().sqrt())
    images, labels = data.images[:EXAMPLES].flatten(1), torch.randn(EXAMPLES)
    labels = labels - labels.mean()
    middle, directions = flat(network), biases(network)
    random = torch.randn_like(directions)
    random /= random.norm(dim=1, keepdim=True)

    def surface(along_these: Tensor) -> Tensor:
        network_weights = (middle + point @ along_these for point in points)
        losses = along(network, network_weights, images, lambda output: F.mse_loss(output[:, 0], labels))
        return torch.tensor(losses) - labels.var(correction=0)

    slice_ = surface(directions)
    coarse = [values.view(SIDE, SIDE)[::SHOWN, ::SHOWN].flatten() for values in (*points.T, slice_, picture.flatten())]
    column, row, shown, expected = coarse
    return {
        "fit": fit(slice_, picture.flatten()),
        "fit_random": fit(surface(random), picture.flatten()),
        "labels": labels.var(correction=0).item(),
        "column": row.tolist(),  # the second coordinate goes across the picture
        "row": (1 - column).tolist(),  # the first one goes down
        "slice": shown.tolist(),
        "picture": expected.tolist(),
    }


def trained_picture(points: Tensor, expected: Tensor) -> MLP:
    """Return a network whose output, as a function of two biases of its first layer, is the target."""
    network = MLP(in_features=64, hidden=[WIDTH] * DEPTH, out_features=1)
    first = network.layers[0]
    nn.init.zeros_(first.weight)
    nn.init.zeros_(first.bias)
    behind = network.layers[1:]
    entries = F.pad(points, (0, WIDTH - 2))  # output of the first layer: two biases and zeros
    optimiser = torch.optim.Adam(behind.parameters(), lr=RATE)
    descend(optimiser, lambda: F.mse_loss(behind(entries)[:, 0], expected), steps=STEPS, clip=1.0)
    return network


def biases(network: MLP) -> Tensor:
    """Return the directions of the two biases in the space of all weights, `[2, weights]`."""
    directions = torch.zeros(2, len(flat(network)))
    start = network.layers[0].weight.numel()
    directions[:, start : start + 2] = torch.eye(2)
    return directions


def fit(found: Tensor, expected: Tensor) -> float:
    """Return R^2: one minus the squared error divided by that of the mean."""
    return (1 - (found - expected).square().sum() / (expected - expected.mean()).square().sum()).item()
