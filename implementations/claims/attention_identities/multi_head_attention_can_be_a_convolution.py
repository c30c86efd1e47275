"""Witness: multi-head self-attention in which every head attends to one neighbour, against a convolution.

Source: Cordonnier, Loukas & Jaggi 2020, "On the relationship between self-attention and convolutional layers"
(cordonnier2019relationship).

Nine heads stand for the nine positions of a 3 x 3 filter. Every pixel is a token of its channels, its position p, the
squared length of p, and a one. The query of the head for shift d is 2 s (p + d) and -s, the key p and its squared
length: the score is -s |p' - p - d|^2, up to a number that is the same for all keys, and the softmax picks the
neighbour at d as the sharpness s grows. Values are channels times the weights of the filter at d. Images are padded
with zeros.

Measures:
    agreement_error: relative difference of both maps, with a sharpness of 60.
    blunt_difference: the same with a sharpness of 0.5.
    eight_heads_difference: the same with the last head taken away.
    without_positions_difference: the same where the tokens lack their positions.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.convolution import Convolution
from implementations.concepts.component.multi_head_attention import MultiHeadAttention

SIDE, CHANNELS, OUT, HEAD, SHARP = 6, 2, 3, 8, 60.0
SHIFTS = torch.cartesian_prod(torch.arange(3), torch.arange(3)).double() - 1
POSITION, SQUARE, ONE = slice(CHANNELS, CHANNELS + 2), CHANNELS + 2, CHANNELS + 3


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare the two on random images.

    Args:
        seed: Seed of images and filter.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    filter_ = Convolution(in_channels=CHANNELS, out_channels=OUT).double()
    filter_.bias.normal_()
    image = torch.randn(4, CHANNELS, SIDE, SIDE, dtype=torch.float64)
    expected = filter_(image)

    def apart(sharpness: float = SHARP, heads: int = len(SHIFTS), with_positions: bool = True) -> float:
        found = attending(filter_, sharpness, heads)(*2 * [tokens(image, with_positions)])
        maps = found[..., :OUT].mT.unflatten(2, (SIDE + 2, SIDE + 2))
        return difference(maps[:, :, 1:-1, 1:-1], expected)

    return {
        "agreement_error": apart(),
        "blunt_difference": apart(sharpness=0.5),
        "eight_heads_difference": apart(heads=len(SHIFTS) - 1),
        "without_positions_difference": apart(with_positions=False),
    }


def tokens(image: Tensor, with_positions: bool) -> Tensor:
    """Return pixels as tokens with or without their positions, `[B, (H + 2) (W + 2), D]`."""
    padded = torch.nn.functional.pad(image, [1] * 4).flatten(2).mT
    steps = torch.arange(SIDE + 2, dtype=image.dtype)
    position = torch.cartesian_prod(steps, steps).expand(len(image), -1, -1) * with_positions
    token = padded.new_zeros(*padded.shape[:2], HEAD * len(SHIFTS))
    token[..., :CHANNELS], token[..., POSITION], token[..., ONE] = padded, position, 1.0
    token[..., SQUARE] = position.square().sum(-1)
    return token


def attending(filter_: Convolution, sharpness: float, heads: int) -> MultiHeadAttention:
    """Return attention whose first heads each attend to one neighbour, and weight it as a filter does."""
    layer = MultiHeadAttention(width=HEAD * len(SHIFTS), heads=len(SHIFTS)).double()
    for parameter in layer.parameters():
        parameter.zero_()
    scale = sharpness * HEAD**0.5  # attention divides by the root of a head's width
    for head, shift in enumerate(SHIFTS[:heads]):
        first = HEAD * head
        for axis in range(2):
            layer.query.weight[first + axis, POSITION.start + axis] = 2 * scale
            layer.query.weight[first + axis, ONE] = 2 * scale * shift[axis]
            layer.key.weight[first + axis, POSITION.start + axis] = 1.0
        layer.query.weight[first + 2, ONE] = -scale
        layer.key.weight[first + 2, SQUARE] = 1.0
        row, column = (int(step) + 1 for step in shift)
        layer.value.weight[first : first + OUT, :CHANNELS] = filter_.weight[:, :, row, column]
        layer.output.weight[:OUT, first : first + OUT] = torch.eye(OUT)
    layer.output.bias[:OUT] = filter_.bias
    return layer
