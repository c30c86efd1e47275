"""Linear Transformer: layers of causal attention whose sums over the past are a state of fixed size.

Source: Katharopoulos et al. 2020, "Transformers are RNNs" (katharopoulos2020transformers).

Equations:
    y_t = phi(q_t)^T S_t / (phi(q_t)^T z_t),      phi(x) = elu(x) + 1
    S_t = S_{t-1} + phi(k_t) v_t^T,    z_t = z_{t-1} + phi(k_t)       all at once by cumulative sums, or step by step
    every sub-layer: LayerNorm(x + Sublayer(x)), as in the Transformer

Shapes: B examples, T positions, F input features, D width, G outputs, U numbers of the state: D (D + 1) a layer.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.linear_attention import features
from implementations.concepts.component.position_wise_feed_forward import PositionWiseFeedForward
from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output of every position, and the sums after the last."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]


class Layer(nn.Module):
    """Linear attention with one head, and a position-wise network."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width)
        self.feed_forward = PositionWiseFeedForward(width=width, hidden=hidden)
        self.feed_forward_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, sums: Tensor) -> tuple[Tensor, Tensor]:
        """Return the layer's output `[B, T, D]`, and the sums after the last position `[B, D, D + 1]`."""
        attended, sums = self.attend(x, sums)
        x = self.attention_norm(x + self.output(attended))
        return self.feed_forward_norm(x + self.feed_forward(x)), sums

    def attend(self, x: Tensor, sums: Tensor) -> tuple[Tensor, Tensor]:
        """Return the weighted means of the values so far, and the sums; their last column is z, for values of one."""
        q, k, v = self.queries_keys_values(x).chunk(3, -1)
        values = torch.cat([v, torch.ones_like(v[..., :1])], -1)  # [B, T, D + 1]
        added = features(k)[..., None] * values[..., None, :]  # [B, T, D, D + 1]
        so_far = sums[:, None] + added.cumsum(1)
        totals = torch.einsum("btd,btde->bte", features(q), so_far)
        return totals[..., :-1] / totals[..., -1:], so_far[:, -1]


class LinearTransformer(nn.Module):
    """A linear embedding, layers of linear attention, and a linear read-out.

    Args:
        in_features: Number F of input features.
        width: Width D of the model.
        hidden: Width of the position-wise networks.
        layers: Number of layers.
        out_features: Number G of outputs at every position.

    Example:
        >>> LinearTransformer(in_features=3, out_features=2)(torch.zeros(4, 10, 3)).y.shape
        torch.Size([4, 10, 2])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 3, width: int = 4, hidden: int = 8, layers: int = 2, out_features: int = 2
    ) -> None:
        super().__init__()
        self.in_features, self.width = in_features, width
        self.embedding = nn.Linear(in_features, width)
        self.layers = nn.ModuleList(Layer(width, hidden) for _ in range(layers))
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over a sequence, from given sums or from zero, and return all outputs and the last sums."""
        shape = (len(self.layers), self.width, self.width + 1)
        if h is None:
            h = x.new_zeros(len(x), shape[0] * shape[1] * shape[2])
        sums = []
        x = self.embedding(x)
        for layer, before in zip(self.layers, h.unflatten(1, shape).unbind(1), strict=True):
            x, after = layer(x, before)
            sums.append(after)
        return States(self.read_out(x), torch.stack(sums, 1).flatten(1))  # [B, layers, D, D + 1] -> [B, U]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return a random sequence, and the sums of one that came before."""
        size = len(self.layers) * self.width * (self.width + 1)
        return {
            "x": torch.randn(B, T, self.in_features, generator=generator),
            "h": torch.rand(B, size, generator=generator),
        }
