"""Vanishing-gradient regulariser: a penalty on every step of time that changes the length of the gradient.

Source: Pascanu, Mikolov & Bengio 2013, eq. 9 and 10 (pascanu2013difficulty); the lecture, S21.

Equations:
    Omega = sum over k of (|dE/dh_{k+1} dh_{k+1}/dh_k| / |dE/dh_{k+1}| - 1)^2
    with h_{k+1} = tanh(W h_k + ...):  dh_{k+1}/dh_k = diag(1 - h_{k+1}^2) W
    Only W, where it stands here, has a gradient; states and gradients of the loss count as constants (eq. 10).

Shapes: B examples, T steps, U hidden units.
"""

from jaxtyping import Float
from torch import Tensor


def vanishing_gradient_penalty(
    weight: Float[Tensor, "U U"], states: Float[Tensor, "B T U"], gradients: Float[Tensor, "B T U"]
) -> Float[Tensor, ""]:
    """Return the penalty, summed over steps and averaged over examples.

    Args:
        weight: Recurrent weights W.
        states: Hidden states h_{k+1}, each the hyperbolic tangent of a sum.
        gradients: Gradients dE/dh_{k+1} of the loss with respect to each state, through all later steps.

    Example:
        >>> import torch
        >>> vanishing_gradient_penalty(torch.eye(2) / 2, torch.zeros(1, 3, 2), torch.ones(1, 3, 2))  # 3 (1/2 - 1)^2
        tensor(0.7500)
    """
    states, gradients = states.detach(), gradients.detach()
    earlier = (gradients * (1 - states.square())) @ weight
    ratios = earlier.norm(dim=2) / gradients.norm(dim=2)
    return (ratios - 1).square().sum(1).mean()
