"""Non-local block: every position of a feature map adds a weighted mean over all positions to its features.

Source: Wang et al. 2018, "Non-local neural networks" (wang2018nonlocal).

Equations:
    y_i = 1 / C(x) sum over all positions j of f(x_i, x_j) g(x_j),   z_i = W_z y_i + x_i
    Gaussian             f = exp(x_i . x_j)
    embedded Gaussian    f = exp(theta(x_i) . phi(x_j)),                 both divided by the sum over j: a softmax
    dot product          f = theta(x_i) . phi(x_j)
    concatenation        f = ReLU(w . [theta(x_i), phi(x_j)]),           both divided by the number of positions

Shapes: B examples, D channels, H height, W width, P = H W positions.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments

PAIRWISE = ("gaussian", "embedded-gaussian", "dot-product", "concatenation")


class NonLocalBlock(nn.Module):
    """Every position adds a weighted mean over all positions to its features.

    Args:
        channels: Channels of the feature map.
        bottleneck: Channels in which positions are compared and averaged.
        pairwise: How two positions are compared.

    Raises:
        ValueError: The comparison is unknown.
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 4, bottleneck: int = 3, pairwise: str = "embedded-gaussian") -> None:
        super().__init__()
        if pairwise not in PAIRWISE:
            raise ValueError(f"pairwise ({pairwise!r}) must be one of {', '.join(PAIRWISE)}")
        self.pairwise = pairwise
        embeds = pairwise != "gaussian"
        self.theta = nn.Conv2d(channels, bottleneck, 1) if embeds else nn.Identity()
        self.phi = nn.Conv2d(channels, bottleneck, 1) if embeds else nn.Identity()
        self.g = nn.Conv2d(channels, bottleneck, 1)
        self.compare = nn.Linear(2 * bottleneck, 1, bias=False) if pairwise == "concatenation" else None
        self.output = nn.Conv2d(bottleneck, channels, 1)
        nn.init.zeros_(self.output.weight)
        nn.init.zeros_(self.output.bias)

    def forward(self, x: Float[Tensor, "B D H W"]) -> Float[Tensor, "B D H W"]:
        """Return the sum of the feature map and the mapped weighted means."""
        queries, keys, values = (
            layer(x).flatten(2).mT for layer in (self.theta, self.phi, self.g)
        )  # [B, H W, bottleneck]
        attended = self._weights(queries, keys) @ values
        return x + self.output(attended.mT.unflatten(2, x.shape[2:]))

    def _weights(self, queries: Tensor, keys: Tensor) -> Float[Tensor, "B P P"]:
        if self.compare is not None:
            of_query, of_key = self.compare.weight[0].chunk(2)
            return torch.relu((queries @ of_query)[:, :, None] + (keys @ of_key)[:, None]) / keys.shape[1]
        scores = queries @ keys.mT
        return scores / keys.shape[1] if self.pairwise == "dot-product" else scores.softmax(-1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 4, W: int = 3) -> dict[str, Tensor]:
        """Return random feature maps; height and width differ."""
        return {"x": torch.randn(B, self.output.out_channels, H, W, generator=generator)}
