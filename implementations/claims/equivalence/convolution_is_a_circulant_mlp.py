"""Experiment: can an MLP reproduce a convolutional network, with which matrices, and does it learn to?

Source: the lecture, S17, with its circulant matrix.

Method, representation: a one-dimensional network of two convolutions (2 -> 3 -> 4 channels, 5 taps, 12 positions),
global average pooling and a read-out is rewritten as an MLP. The block of its matrix for one pair of channels has the
filter in its first row and the row above, shifted by one with wrap-around, in every other; pooling and read-out are
one more affine layer. Zero padding drops the wrap-around, which leaves a banded Toeplitz block. Every block is
transformed to the Fourier basis.

Method, learning: digits of 8 x 8 pixels at random positions of 14 x 14 images, 1200 for training and 597 for the test.
A convolutional network and an MLP with more parameters get the same 600 steps of Adam on batches of 64. The MLP gets
the better of two learning rates by its test accuracy, which favours it. The control puts all digits at the same
position.

Measures:
    circular_error: relative max difference between the network with circular padding and the MLP with circulant
        blocks.
    zero_padding_error: the same for zero padding and Toeplitz blocks.
    slide_error: the same between the matrix printed on the slide and one circular convolution of the library.
    swapped_difference: the same between the network with zero padding and the MLP with circulant blocks.
    circulant_off_diagonal, toeplitz_off_diagonal: share of the norm of the blocks, in the Fourier basis, off the
        diagonal.
    convolution_accuracy, mlp_accuracy, accuracy_gap: test accuracy on shifted digits, and their difference.
    centred_gap: the same difference where all digits are centred.
    extra_parameters: parameters of the trained MLP - parameters of the trained convolutional network.
    accuracies: of convolutional network and MLP on shifted digits, and of both on centred ones.
"""

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, pad

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference
from kb.training import descend

CHANNELS, TAPS, LENGTH, CLASSES = (2, 3, 4), 5, 12, 3
HALF = TAPS // 2
DIGIT, CANVAS, TRAIN, STEPS = 8, 14, 1200, 600


def run(seed: int) -> dict[str, float | list[float]]:
    """Rewrite convolutional networks as MLPs, and train one of each.

    Args:
        seed: Seed of weights, inputs, splits and batches.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    return {**_representation(generator), **_learning(generator)}


def _representation(generator: torch.Generator) -> dict[str, float | list[float]]:
    circular, zeros = _small_network("circular", generator), _small_network("zeros", generator)
    x = torch.randn(20, CHANNELS[0], LENGTH, generator=generator, dtype=torch.float64)
    flat = x.flatten(1)  # [B, C L]
    with torch.no_grad():
        return {
            "circular_error": difference(as_mlp(circular, wrap=True)(flat), circular(x)),
            "zero_padding_error": difference(as_mlp(zeros, wrap=False)(flat), zeros(x)),
            "slide_error": _slide_error(generator),
            "swapped_difference": difference(as_mlp(zeros, wrap=True)(flat), zeros(x)),
            "circulant_off_diagonal": off_diagonal(circular, wrap=True),
            "toeplitz_off_diagonal": off_diagonal(zeros, wrap=False),
        }


def _small_network(padding: str, generator: torch.Generator) -> ConvolutionalNetwork:
    network = ConvolutionalNetwork(
        dimensions=1, in_channels=CHANNELS[0], channels=CHANNELS[1:], kernel_size=TAPS, padding=padding, classes=CLASSES
    )
    return _initialised(network.double(), generator)


def matrix(taps: Tensor, *, wrap: bool) -> Tensor:
    """Return the matrix `[L, L]` of one filter: row p has it centred at p, with its ends wrapped around or cut off."""
    band = torch.stack([pad(taps, (p, LENGTH - 1 - p)) for p in range(LENGTH)])  # [L, half + L + half]
    before, square, after = band.split([HALF, LENGTH, HALF], dim=1)
    if not wrap:
        return square
    return square + pad(before, (LENGTH - HALF, 0)) + pad(after, (0, LENGTH - HALF))


def blocks(convolution: nn.Conv1d, *, wrap: bool) -> Tensor:
    """Return the matrices of all pairs of an output and an input channel, `[D, C, L, L]`."""
    return torch.stack([torch.stack([matrix(taps, wrap=wrap) for taps in row]) for row in convolution.weight])


def as_mlp(network: ConvolutionalNetwork, *, wrap: bool) -> MLP:
    """Return the MLP that computes the same function of the flattened signal."""
    mlp = MLP(
        in_features=CHANNELS[0] * LENGTH, hidden=[c * LENGTH for c in CHANNELS[1:]], out_features=CLASSES
    ).double()
    *dense, last = (layer for layer in mlp.layers if isinstance(layer, nn.Linear))
    for layer, convolution in zip(dense, network.layers[::2], strict=True):
        weight = blocks(convolution, wrap=wrap).permute(0, 2, 1, 3)  # [D, L, C, L]
        layer.weight.copy_(weight.flatten(2).flatten(0, 1))  # [D L, C L]
        layer.bias.copy_(convolution.bias.repeat_interleave(LENGTH))
    # The mean over positions, followed by the read-out, spreads each weight of the read-out over the positions.
    last.weight.copy_(network.read_out.weight.repeat_interleave(LENGTH, dim=1) / LENGTH)
    last.bias.copy_(network.read_out.bias)
    return mlp


def off_diagonal(network: ConvolutionalNetwork, *, wrap: bool) -> float:
    """Return the share of the norm of the first layer's blocks that is off the diagonal in the Fourier basis."""
    fourier = torch.fft.fft(torch.eye(LENGTH, dtype=torch.float64), norm="ortho")
    spectra = fourier @ blocks(network.layers[0], wrap=wrap).to(fourier.dtype) @ fourier.mH
    diagonal = torch.diag_embed(spectra.diagonal(dim1=-2, dim2=-1))
    return ((spectra - diagonal).norm() / spectra.norm()).item()


def _slide_error(generator: torch.Generator) -> float:
    """Compare the slide's matrix, whose first row begins with the filter, with a convolution of one channel."""
    network = ConvolutionalNetwork(dimensions=1, in_channels=1, channels=[1], kernel_size=TAPS, padding="circular")
    convolution = _initialised(network.double(), generator).layers[0]
    row = pad(convolution.weight[0, 0], (0, LENGTH - TAPS))
    slide = torch.stack([row.roll(shift) for shift in range(LENGTH)])
    x = torch.randn(1, 1, LENGTH, generator=generator, dtype=torch.float64)
    # The slide's row i reads from i onwards, the library's output i from i - half: the same, numbered differently.
    output = (convolution(x) - convolution.bias).roll(-HALF, dims=-1)
    return difference(slide @ x[0, 0], output[0, 0])


def _learning(generator: torch.Generator) -> dict[str, float | list[float]]:
    order = torch.randperm(len(load_digits().target), generator=generator)
    scores = []
    for shifted in (True, False):
        images, labels = _digits(generator, shifted=shifted)
        flat = images.flatten(1)
        scores.append(_accuracy(_convolutional(), images[order], labels[order], 1e-2, generator))
        scores.append(max(_accuracy(_mlp(), flat[order], labels[order], rate, generator) for rate in (1e-3, 3e-3)))
    return {
        "convolution_accuracy": scores[0],
        "mlp_accuracy": scores[1],
        "accuracy_gap": scores[0] - scores[1],
        "centred_gap": scores[2] - scores[3],
        "extra_parameters": float(_parameters(_mlp()) - _parameters(_convolutional())),
        "accuracies": scores,
    }


def _convolutional() -> ConvolutionalNetwork:
    return ConvolutionalNetwork(in_channels=1, channels=[16, 32], stride=2, padding="circular", classes=10)


def _mlp() -> MLP:
    return MLP(in_features=CANVAS**2, hidden=[64, 64], out_features=10)


def _digits(generator: torch.Generator, *, shifted: bool) -> tuple[Tensor, Tensor]:
    """Return the digits on a canvas `[B, 1, 14, 14]`, at random positions or all in the middle, with their labels."""
    data = load_digits()
    images = torch.zeros(len(data.images), 1, CANVAS, CANVAS, dtype=torch.float64)
    free = CANVAS - DIGIT
    corners = torch.randint(0, free + 1, (len(images), 2), generator=generator) if shifted else None
    for index, digit in enumerate(torch.tensor(data.images) / 16):
        top, left = (free // 2, free // 2) if corners is None else corners[index].tolist()
        images[index, 0, top : top + DIGIT, left : left + DIGIT] = digit
    return images, torch.tensor(data.target)


def _accuracy(network: nn.Module, x: Tensor, labels: Tensor, rate: float, generator: torch.Generator) -> float:
    """Train on the first examples and return the accuracy on the others."""
    network = _initialised(network.double(), generator)

    def loss() -> Tensor:
        batch = torch.randint(0, TRAIN, (64,), generator=generator)
        return cross_entropy(network(x[batch]), labels[batch])

    descend(torch.optim.Adam(network.parameters(), rate), loss, steps=STEPS)
    with torch.no_grad():
        return (network(x[TRAIN:]).argmax(dim=1) == labels[TRAIN:]).double().mean().item()


def _initialised(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw weights with variance 2 / fan-in, and small biases."""
    with torch.no_grad():
        for parameter in network.parameters():
            scale = (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
            parameter.copy_(scale * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return network


def _parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())
