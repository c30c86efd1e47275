"""Agreement: how far apart two tensors are that should be the same."""

from torch import Tensor


def difference(found: Tensor, expected: Tensor) -> float:
    """Return the largest difference between two tensors of one shape, relative to the largest value of the second.

    Raises:
        ValueError: The shapes differ; broadcasting would hide an error.

    Example:
        >>> import torch
        >>> difference(torch.tensor([1.0, 3.0]), torch.tensor([1.0, 4.0]))
        0.25
    """
    if found.shape != expected.shape:
        raise ValueError(f"tensors of one shape are compared, not {tuple(found.shape)} and {tuple(expected.shape)}")
    return ((found - expected).abs().max() / expected.abs().max()).item()
