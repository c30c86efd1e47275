"""Convolutional deep belief network: restricted Boltzmann machines with shared filters, pooled and stacked.

Source: Lee, Grosse, Ranganath & Ng 2009, "Convolutional deep belief networks for scalable unsupervised learning of
hierarchical representations" (lee2009cdbn); the lecture, S5.

Equations:
    E(v, h) = -sum over k, i, j, r, s of h^k_ij W^k_rs v_(i+r)(j+s) - sum of b_k h^k_ij - c sum of v_ij      (eq. 1)
    in every block of every group k of detection units h^k at most one is on
    I(h^k_ij) = b_k + sum over r, s of W^k_rs v_(i+r)(j+s)
    P(h^k_ij = 1 | v) = exp(I(h^k_ij)) / (1 + sum over its block of exp(I))      P(p = 0 | v) = 1 / (1 + sum of exp(I))
    P(v_ij = 1 | h) = sigma(c + sum over k, r, s of W^k_rs h^k_(i-r)(j-s))
    F(v) = -c sum of v_ij - sum over blocks of log(1 + sum of exp(I))
    the pooling probabilities are the visible units of the layer above

Shapes: B examples, C channels, H height, W width, D groups of the last layer; P, Q its height and width in blocks.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.loss.contrastive_divergence import contrastive_divergence
from implementations.concepts.pooling.probabilistic_max_pooling import ProbabilisticMaxPooling
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """Probabilities of the last layer's pooling units, and the free energies of all layers, added up."""

    p: Float[Tensor, "B D P Q"]
    free_energy: Float[Tensor, " B"]


class ConvolutionalMachine(nn.Module):
    """A restricted Boltzmann machine whose hidden units are groups that share a filter, with pooling units above.

    Args:
        channels: Channels of the visible layer, each with one bias.
        groups: Groups of detection units, each with one filter and one bias.
        kernel: Height and width of the filters.
        block: Height and width of the blocks that share a pooling unit.
        circular: Whether the filters wrap around, or stay inside of the visible layer.
        gaussian: Whether visible units are real numbers of variance 1.
    """

    def __init__(self, channels: int, groups: int, kernel: int, block: int, circular: bool, gaussian: bool) -> None:
        super().__init__()
        self.circular, self.gaussian, self.reach = circular, gaussian, kernel - 1
        self.weight = nn.Parameter(torch.randn(groups, channels, kernel, kernel) / (kernel * channels**0.5))
        self.hidden_bias = nn.Parameter(torch.zeros(groups))
        self.visible_bias = nn.Parameter(torch.zeros(channels))
        self.pooling = ProbabilisticMaxPooling(block=block)

    def inputs(self, v: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the inputs I of the detection units."""
        if self.circular:
            v = F.pad(v, (0, self.reach, 0, self.reach), mode="circular")
        return F.conv2d(v, self.weight, self.hidden_bias)

    def visible(self, h: Float[Tensor, "B D h w"]) -> Float[Tensor, "B C H W"]:
        """Return the means of the visible units given the detection units."""
        v = F.conv_transpose2d(h, self.weight)
        for dim in (2, 3) if self.circular else ():  # circular: what exceeds the far border is added at the near one
            positions = torch.arange(v.shape[dim], device=v.device) % h.shape[dim]
            v = torch.zeros_like(v.narrow(dim, 0, h.shape[dim])).index_add(dim, positions, v)
        v = v + self.visible_bias[:, None, None]
        return v if self.gaussian else torch.sigmoid(v)

    def energy(self, v: Float[Tensor, "B C H W"], h: Float[Tensor, "B D h w"]) -> Float[Tensor, " B"]:
        """Return the energy of every pair of a visible state and a state of the detection units that is allowed."""
        return self._visible_energy(v) - (h * self.inputs(v)).flatten(1).sum(1)

    def free_energy(self, v: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return -log of the sum of exp(-E) over all states of the detection units that are allowed."""
        return self._visible_energy(v) - self.pooling.log_partition(self.inputs(v))

    def _visible_energy(self, v: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        linear = -v.sum((2, 3)) @ self.visible_bias
        return linear + v.square().flatten(1).sum(1) / 2 if self.gaussian else linear

    @torch.no_grad()
    def gibbs(self, v: Float[Tensor, "B C H W"], generator: torch.Generator) -> Float[Tensor, "B C H W"]:
        """Return new visible states: one state is drawn for each block given v, then all visible units given these."""
        mean = self.visible(self.pooling.sample(self.inputs(v), generator).detection)
        if self.gaussian:
            return mean + torch.randn(mean.shape, generator=generator, dtype=mean.dtype)
        return torch.bernoulli(mean, generator=generator)

    def density(self, v: Float[Tensor, "B C H W"], weights: Float[Tensor, " B"], target: float) -> Float[Tensor, ""]:
        """Return a loss whose gradient by each hidden bias is the excess of its group's activity over the target."""
        active = weights @ self.pooling(self.inputs(v)).detection.mean((2, 3))  # [D]
        return (active.detach() - target) @ self.hidden_bias


class ConvolutionalDeepBeliefNetwork(nn.Module):
    """A stack of convolutional machines, each of which sees the pooling units of the one below.

    Args:
        in_channels: Number C of image channels.
        groups: Groups of detection units of every layer.
        kernel: Height and width of the filters.
        block: Height and width of the blocks that share a pooling unit; with 1 nothing is pooled.
        padding: `valid`, where filters stay inside of the image, or `circular`, where they wrap around.
        visible: `bernoulli` for pixels of 0 and 1, or `gaussian` for real numbers of variance 1.
        sparsity: Share of detection units that should be on.
        strength: Weight of the penalty for a different share.

    Raises:
        ValueError: The padding or the kind of visible units is unknown.

    Example:
        >>> network = ConvolutionalDeepBeliefNetwork(groups=[8, 5], kernel=3)
        >>> network(torch.zeros(2, 1, 14, 14)).p.shape  # 14 -> 12 -> 6 -> 4 -> 2
        torch.Size([2, 5, 2, 2])
    """

    @checked_arguments(sparsity=(0, 1), strength=0)
    def __init__(
        self,
        *,
        in_channels: int = 1,
        groups: Sequence[int] = (3, 4),
        kernel: int = 3,
        block: int = 2,
        padding: str = "valid",
        visible: str = "bernoulli",
        sparsity: float = 0.1,
        strength: float = 0.1,
    ) -> None:
        super().__init__()
        if padding not in ("valid", "circular"):
            raise ValueError(f"padding ({padding!r}) must be valid or circular")
        if visible not in ("bernoulli", "gaussian"):
            raise ValueError(f"visible ({visible!r}) must be bernoulli or gaussian")
        self.in_channels, self.sparsity, self.strength = in_channels, sparsity, strength
        self.layers = nn.ModuleList()
        for index, number in enumerate(groups):
            gaussian = visible == "gaussian" and index == 0
            channels = groups[index - 1] if index else in_channels
            self.layers.append(ConvolutionalMachine(channels, number, kernel, block, padding == "circular", gaussian))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Outputs:
        """Return the probabilities of the top pooling units, passed up from layer to layer, and the free energy.

        With one layer the free energy is -log P(x) up to a constant; with more it is the sum of the free energies of
        all layers, each for its own inputs.
        """
        seen = self.visible_layers(x)
        energies = [layer.free_energy(v) for layer, v in zip(self.layers, seen[:-1], strict=True)]
        return Outputs(seen[-1], torch.stack(energies).sum(0))

    def visible_layers(self, x: Float[Tensor, "B C H W"]) -> list[Tensor]:
        """Return the visible units of each layer, and the pooling probabilities of the last."""
        seen = [x]
        for layer in self.layers:
            seen.append(layer.pooling(layer.inputs(seen[-1])).pool)
        return seen

    def sampled_loss(
        self, generator: torch.Generator, *, target: Float[Tensor, " B"], x: Float[Tensor, "B C H W"]
    ) -> Float[Tensor, ""]:
        """Return the sum of all layers' losses of contrastive divergence and of sparsity; each layer learns by itself.

        Args:
            generator: Draws the states of the chains, which are one step long.
            target: Weight of every example; those of weight zero are left out.
            x: Images.
        """
        weights, total = target[target > 0], x.new_zeros(())
        with torch.no_grad():
            seen = self.visible_layers(x[target > 0])
        for layer, v in zip(self.layers, seen[:-1], strict=True):
            contrast = contrastive_divergence(layer.free_energy, lambda v, layer=layer: layer.gibbs(v, generator), v)
            total = total + weights @ contrast + self.strength * layer.density(v, weights, self.sparsity)
        return total

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 16, W: int = 12) -> dict[str, Tensor]:
        """Return random images of 0 and 1, or of real numbers; height and width differ."""
        x = torch.randn(B, self.in_channels, H, W, generator=generator)
        return {"x": x if self.layers[0].gaussian else (x > 0).to(x.dtype)}
