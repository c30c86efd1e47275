"""Stochastic gradient descent: the gradient of a sum over all examples, estimated from a few of them.

Source: Robbins & Monro 1951 (robbins1951stochastic) for the method; the lecture, S10, with the factor N that the
slide leaves out.

Equations:
    g = (N / m) sum over i in the minibatch of g_i      estimates the sum of all N gradients
    theta <- theta - eta g

Shapes: m examples of a minibatch, P parameters.
"""

from jaxtyping import Float
from torch import Tensor


def estimated_gradient(gradients: Float[Tensor, "m P"], *, examples: int) -> Float[Tensor, " P"]:
    """Return the unbiased estimate of the gradient of a sum over all examples.

    Args:
        gradients: Gradients of the examples of a minibatch.
        examples: Number N of all examples; 1 estimates the gradient of their mean.

    Example:
        >>> import torch
        >>> estimated_gradient(torch.tensor([[1.0], [3.0]]), examples=10)
        tensor([20.])
    """
    return examples * gradients.mean(0)
