"""Exact relation: DeiT, in which no token attends to the distillation token, read at the class token, is a ViT.

Source: Touvron et al. 2021, sec. 4 (touvron2021training).

Method: a DeiT gets random weights, and a Vision Transformer the same, without the second token, its code and its
classifier. In every block the distillation token, which is at the second position, is left out of what is attended to.

Measures:
    agreement_error: relative difference of the logits of the class token.
    attended_difference: the same where the distillation token is attended to.
    averaged_difference: that of the mean of both classifiers, where it is not.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.attention.deit import DeiT
from implementations.architectures.attention.vision_transformer import VisionTransformer
from implementations.claims.agreement import difference


class WithoutSecond(nn.Module):
    """Attention that leaves out the second position of what is attended to."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, x: Float[Tensor, "B T D"], memory: Float[Tensor, "B S D"]) -> Float[Tensor, "B T D"]:
        """Return the result at every position of `x`, the second too."""
        return self.attention(x, torch.cat([memory[:, :1], memory[:, 2:]], 1))


def run(seed: int) -> dict[str, float]:
    """Compare the two networks.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    two, one = DeiT().double().eval(), VisionTransformer().double().eval()
    with torch.no_grad():
        for parameter in two.parameters():
            nn.init.normal_(parameter, generator=generator)
        weights = two.state_dict()
        codes = torch.cat([weights["code.weight"][:1], weights["code.weight"][2:]])
        one.load_state_dict({name: weights[name] for name in one.state_dict()} | {"code.weight": codes})
        x = two.example_inputs(generator)["x"].double()
        expected, attended = one(x), two.logits(x).label
        for block in two.blocks:
            block.attention = WithoutSecond(block.attention)
        return {
            "agreement_error": difference(two.logits(x).label, expected),
            "attended_difference": difference(attended, expected),
            "averaged_difference": difference(two(x), expected),
        }
