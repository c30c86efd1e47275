"""Low-rank adaptation: weights stay as they are, and a product of two narrow matrices that is added to them is trained.

Source: Hu et al. 2022, "LoRA: low-rank adaptation of large language models", sec. 4.1 (hu2021lora).

Equations:
    h = W_0 x + (alpha / r) B A x,   with B [G, r] and A [r, F];  B = 0 at the start

Shapes: any leading axes, F input features, G output features, r the rank.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class LowRankLinear(nn.Module):
    """A linear layer whose weights are frozen, and an update of low rank, which is zero at the start.

    Args:
        in_features: Number F of inputs.
        out_features: Number G of outputs.
        rank: Rank r of the update, at most.
        alpha: The update is multiplied by alpha / r, so that its size changes little with the rank.
        bias: Whether the layer has a bias, which is frozen too.

    Example:
        >>> LowRankLinear(in_features=8, rank=1)(torch.zeros(2, 8)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 6, out_features: int = 5, rank: int = 2, alpha: float = 2.0, bias: bool = True
    ) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, out_features, bias=bias).requires_grad_(False)
        self.a = nn.Parameter(torch.randn(rank, in_features) / math.sqrt(in_features))
        self.b = nn.Parameter(torch.zeros(out_features, rank))
        self.scale = alpha / rank

    def forward(self, x: Float[Tensor, "*B F"]) -> Float[Tensor, "*B G"]:
        """Return the layer's output and that of the update, added up; their matrices are never multiplied."""
        return self.linear(x) + self.scale * F.linear(F.linear(x, self.a), self.b)

    @property
    def weight(self) -> Tensor:
        """The weights with the update, for networks that read them."""
        return self.linear.weight + self.scale * self.b @ self.a

    @property
    def bias(self) -> Tensor | None:
        """The bias, for networks that read it."""
        return self.linear.bias

    def merged(self) -> nn.Linear:
        """Return a linear layer that computes the same, and as fast as before."""
        layer = _empty_like(self.linear)
        layer.weight.data = self.weight.detach().clone()
        if self.linear.bias is not None:
            layer.bias.data = self.linear.bias.detach().clone()
        return layer

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.linear.in_features, generator=generator)}


def adapted(
    network: nn.Module, *, rank: int, alpha: float | None = None, chosen: Callable[[str], bool] = bool
) -> nn.Module:
    """Freeze a network, and replace linear layers in it by ones with an update of low rank; return the network.

    Args:
        network: Any network; it is changed in place. Layers must be `nn.Linear`.
        rank: Rank of every update.
        alpha: Numerator of the scale; the rank, unless something else is given.
        chosen: Says of the name of a linear layer whether it gets an update; all do unless it says otherwise.

    Raises:
        ValueError: No linear layer is chosen.

    Example:
        >>> network = adapted(nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2)), rank=1)
        >>> [name for name, weight in network.named_parameters() if weight.requires_grad]
        ['0.a', '0.b', '2.a', '2.b']
        >>> adapted(nn.ReLU(), rank=1)
        Traceback (most recent call last):
        ValueError: no linear layer of ReLU is chosen
    """
    layers = {name: layer for name, layer in network.named_modules() if type(layer) is nn.Linear and chosen(name)}
    if not layers:
        raise ValueError(f"no linear layer of {type(network).__name__} is chosen")
    network.requires_grad_(False)
    for name, layer in layers.items():
        replacement = LowRankLinear(
            in_features=layer.in_features,
            out_features=layer.out_features,
            rank=rank,
            alpha=float(rank) if alpha is None else alpha,
            bias=layer.bias is not None,
        ).to(layer.weight)
        replacement.linear = layer
        network.set_submodule(name, replacement)
    return network


def merged(network: nn.Module) -> nn.Module:
    """Replace all layers with an update by plain linear layers that compute the same; return the network."""
    for name, layer in list(network.named_modules()):
        if isinstance(layer, LowRankLinear):
            network.set_submodule(name, layer.merged())
    return network


def _empty_like(layer: nn.Linear) -> nn.Linear:
    """Return a linear layer of the same sizes, precision and device."""
    return nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None).to(layer.weight)
