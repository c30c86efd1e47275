"""Experiment: a target that depends on the position, and a network whose output cannot.

Source: the lecture, S12.

Method: the inputs are all eight shifts, around a circle, of six random signals of length eight. The target is the value
at the first position, which changes with the shift. A convolutional network with circular padding and global average
pooling gives the same output for all shifts of a signal, so that its best answer is the mean over the shifts, and its
least mean squared error the variance around it. It is trained, and so are a perceptron, and the same convolutions with
a linear read-out of all positions instead of the pooling. Finally the pooled network is trained on a target that does
not change with the shift, the largest value of the signal.

Measures:
    reached: mean squared error of the pooled network, divided by the least possible for it.
    perceptron: the same for the perceptron.
    unpooled: the same for the convolutions that are read out without pooling.
    invariant: mean squared error of the pooled network on the target that it can represent, divided by its variance.
    step: 0, 20, .., 1000; pooled_loss, perceptron_loss, unpooled_loss: the errors, divided by the least possible for
        pooling; values below 1e-12 are shown as 1e-12.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.feedforward.mlp import MLP
from kb.training import descend

LENGTH, SIGNALS, CHANNELS, STEPS, SHOWN, LEAST = 8, 6, [32, 32], 1000, 20, 1e-12


def run(seed: int) -> dict[str, float | list[float]]:
    """Train all networks.

    Args:
        seed: Seed of signals and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    signals = torch.randn(SIGNALS, LENGTH, generator=generator, dtype=torch.float64)
    shifted = torch.stack([signals.roll(shift, 1) for shift in range(LENGTH)], 1)  # [signals, shifts, length]
    x, first, largest = shifted.flatten(0, 1), shifted[..., 0], shifted.amax(2)
    least = (first - first.mean(1, keepdim=True)).square().mean()
    convolutions = {"dimensions": 1, "in_channels": 1, "channels": CHANNELS, "padding": "circular"}
    networks = {
        "pooled": nn.Sequential(nn.Unflatten(1, (1, LENGTH)), ConvolutionalNetwork(**convolutions, classes=1)),
        "perceptron": MLP(in_features=LENGTH, hidden=[64, 64], out_features=1),
        "unpooled": nn.Sequential(
            nn.Unflatten(1, (1, LENGTH)),
            ConvolutionalNetwork(**convolutions),
            nn.Flatten(),
            nn.Linear(CHANNELS[-1] * LENGTH, 1),
        ),
    }
    other = nn.Sequential(nn.Unflatten(1, (1, LENGTH)), ConvolutionalNetwork(**convolutions, classes=1))
    errors = {name: [e / least.item() for e in trained(n, x, first.flatten())] for name, n in networks.items()}
    return {
        "reached": errors["pooled"][-1],
        "perceptron": errors["perceptron"][-1],
        "unpooled": errors["unpooled"][-1],
        "invariant": trained(other, x, largest.flatten())[-1] / largest.var(correction=0).item(),
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        **{f"{name}_loss": [max(error, LEAST) for error in found] for name, found in errors.items()},
    }


def trained(network: nn.Module, x: Tensor, expected: Tensor) -> list[float]:
    """Train a network on all examples at once, and return its mean squared error during training."""
    network = network.double()
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=STEPS // SHOWN)

    def loss() -> Tensor:
        return (network(x)[:, 0] - expected).square().mean()

    errors = [loss().item()]
    for _ in range(STEPS // SHOWN):
        descend(optimiser, loss, steps=SHOWN)
        schedule.step()
        errors.append(loss().item())
    return errors
