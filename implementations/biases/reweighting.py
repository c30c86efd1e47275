"""Reweighting: the same module with other weights, for what is said of all weights or of some."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call


class Reweighted(nn.Module):
    """A module that runs with other weights; its own stay as they are.

    Args:
        module: The module.
        weights: Parameters by name; those that are left out keep their values.

    Example:
        >>> doubled = Reweighted(nn.Linear(2, 2, bias=False), {"weight": 2 * torch.eye(2)})
        >>> doubled(input=torch.ones(1, 2)).tolist()
        [[2.0, 2.0]]
    """

    def __init__(self, module: nn.Module, weights: Mapping[str, Tensor]) -> None:
        super().__init__()
        self._module, self._weights = [module], dict(weights)  # in a list: its parameters are not this one's

    def forward(self, **inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Run the module on inputs by name."""
        outputs: Tensor | tuple[Tensor, ...] = functional_call(self._module[0], self._weights, kwargs=inputs)
        return outputs


def weights_of(module: nn.Module) -> dict[str, Tensor]:
    """Return the parameters of a module by name, detached."""
    return {name: value.detach() for name, value in module.named_parameters()}


def with_random_signs(weights: Mapping[str, Tensor], generator: torch.Generator) -> dict[str, Tensor]:
    """Return weights of the same size, of which each has a random sign.

    Example:
        >>> with_random_signs({"w": torch.ones(4)}, torch.Generator().manual_seed(0))["w"].abs().tolist()
        [1.0, 1.0, 1.0, 1.0]
    """
    return {
        name: value * (2 * torch.randint(0, 2, value.shape, generator=generator) - 1) for name, value in weights.items()
    }
