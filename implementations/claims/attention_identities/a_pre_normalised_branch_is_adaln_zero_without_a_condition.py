"""Exact relation: a residual branch with layer normalisation and SkipInit is adaLN-Zero that ignores its condition.

Source: Peebles & Xie 2023, sec. 3.2 (peebles2022scalable).

Method: scale, shift and scalar of a random branch become the biases of the modulation, whose weights stay zero. The two
layers of a random block of a vision Transformer become branches, with gates of one. Features pass twelve new blocks of
a diffusion Transformer, and a gradient is passed back.

Measures:
    branch_error: relative difference of the residual branch with SkipInit and adaLN-Zero.
    block_error: of the block of a vision Transformer and two of adaLN-Zero.
    start_error: relative change of features in new blocks, or of the gradient, whichever is larger.
    open_difference: of features in the same blocks with gates of one.
    conditioned_difference: of the branch and adaLN-Zero with random weights of the modulation.
    gated_difference: of the branch and adaLN-Zero with random gates.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.attention.vision_transformer import EPSILON, Block
from implementations.architectures.generative.diffusion_transformer import DiffusionTransformer, SelfAttention
from implementations.claims.agreement import difference
from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.component.skipinit import SkipInit
from implementations.concepts.normalisation.adaln_zero import AdaLNZero

WIDTH, BLOCKS = 4, 12


def run(seed: int) -> dict[str, float]:
    """Compare pre-normalised branches with adaLN-Zero.

    Args:
        seed: Seed of features, condition and weights.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, 3, WIDTH, generator=generator, dtype=torch.float64)
    condition = torch.randn(2, WIDTH, generator=generator, dtype=torch.float64)
    upstream = torch.randn(2, 3, WIDTH, generator=generator, dtype=torch.float64)
    normed, block = nn.Sequential(nn.LayerNorm(WIDTH, eps=EPSILON), nn.Linear(WIDTH, WIDTH)), Block(WIDTH, 2, 5)
    residual = ResidualConnection(branch=SkipInit(branch=normed)).double()
    attention = SelfAttention(width=WIDTH, heads=2)
    new = DiffusionTransformer(width=WIDTH, blocks=BLOCKS).double().denoiser.blocks
    features = passed(new, x.requires_grad_(), condition)
    (received,) = torch.autograd.grad(features, x, upstream)
    with torch.no_grad():
        for layer in new.modules():
            if isinstance(layer, AdaLNZero):
                layer.modulation.bias[2 * WIDTH :] = 1.0
        for parameter in (*residual.parameters(), *block.double().parameters()):
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        attention.double().load_state_dict(block.attention.state_dict())
        expected = residual(x)
        layer, conditioned, gated = (modulated(normed[0], normed[1], float(residual.branch.scale)) for _ in range(3))
        conditioned.modulation.weight.copy_(torch.randn(3 * WIDTH, WIDTH, generator=generator))
        gated.modulation.bias[2 * WIDTH :] = torch.randn(WIDTH, generator=generator)
        first = modulated(block.attention_norm, attention, 1.0)
        second = modulated(block.perceptron_norm, block.perceptron, 1.0)
        return {
            "branch_error": difference(layer(x, condition), expected),
            "block_error": difference(second(first(x, condition), condition), block(x)),
            "start_error": max(difference(features, x), difference(received, upstream)),
            "open_difference": difference(passed(new, x, condition), x),
            "conditioned_difference": difference(conditioned(x, condition), expected),
            "gated_difference": difference(gated(x, condition), expected),
        }


def modulated(norm: nn.LayerNorm, branch: nn.Module, gate: float) -> AdaLNZero:
    """Return adaLN-Zero with the scale and the shift of a normalisation as biases, and one number for all gates."""
    layer = AdaLNZero(width=WIDTH, branch=branch).double()
    biases: list[Tensor] = [norm.bias, norm.weight - 1, torch.full((WIDTH,), gate, dtype=torch.float64)]
    layer.modulation.bias.copy_(torch.cat(biases))
    return layer


def passed(blocks: nn.ModuleList, features: Tensor, condition: Tensor) -> Tensor:
    """Return features after some blocks."""
    for block in blocks:
        features = block(features, condition)
    return features
