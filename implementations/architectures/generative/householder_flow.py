"""Householder flow: a chain of reflections, which changes neither lengths nor volumes.

Source: Tomczak & Welling 2016, "Improving variational auto-encoders using Householder flow" (tomczak2016improving).

Equations:
    z_t = (I - 2 v_t v_t^T / |v_t|^2) z_{t-1},  t = 1, ..., T
    log q(z_T) = log q(z_0)

Shapes: B examples, F latent variables.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.unitary_layer.real_householder_reflection import RealHouseholderReflection
from kb.guards import checked_arguments, checked_inputs


class HouseholderFlow(nn.Module):
    """Some reflections, one after the other.

    Args:
        features: Number F of latent variables.
        reflections: Number T of reflections.

    Example:
        >>> flow, z = HouseholderFlow(features=4), torch.randn(2, 4)
        >>> torch.allclose(flow(z).norm(dim=1), z.norm(dim=1))
        True
    """

    @checked_arguments()
    def __init__(self, *, features: int = 5, reflections: int = 3) -> None:
        super().__init__()
        self.features = features
        self.reflections = nn.ModuleList(RealHouseholderReflection(features=features) for _ in range(reflections))

    @checked_inputs()
    def forward(self, z: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the variables after the last reflection."""
        for reflection in self.reflections:
            z = reflection(z)
        return z

    def inverse(self, z: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the variables before the first reflection: each is its own inverse.

        Example:
            >>> flow, z = HouseholderFlow(), torch.randn(2, 5)
            >>> torch.allclose(flow.inverse(flow(z)), z, atol=1e-5)
            True
        """
        for reflection in reversed(self.reflections):
            z = reflection(z)
        return z

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"z": torch.randn(B, self.features, generator=generator)}
