"""Function: any function as a module, to replace a perceptron of a network."""

from collections.abc import Callable

from torch import Tensor, nn


class Function(nn.Module):
    """A function that replaces a module.

    Args:
        function: Maps a tensor to a tensor.

    Example:
        >>> import torch
        >>> Function(lambda x: 2 * x)(torch.ones(2))
        tensor([2., 2.])
    """

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        """Return its value."""
        return self.function(x)
