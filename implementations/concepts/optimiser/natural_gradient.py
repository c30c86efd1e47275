"""Natural gradient: the steepest direction where distances are measured between distributions, not parameters.

Source: Amari 1998, "Natural gradient works efficiently in learning" (amari1998natural).

Equations:
    F = sum over y of p(y) grad log p(y) grad log p(y)^T
    theta <- theta - eta F^-1 g

Shapes: P parameters, K outcomes.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def fisher_matrix(
    log_probabilities: Callable[[Tensor], Tensor], parameters: Float[Tensor, " P"]
) -> Float[Tensor, "P P"]:
    """Return the Fisher information matrix of a distribution over finitely many outcomes, exactly.

    Args:
        log_probabilities: Maps parameters to the logarithms of the probabilities of all K outcomes.
        parameters: The parameters at which to compute the matrix.

    Example:
        >>> coin = lambda logit: torch.log(torch.cat([torch.sigmoid(logit), torch.sigmoid(-logit)]))
        >>> fisher_matrix(coin, torch.zeros(1))  # p (1 - p)
        tensor([[0.2500]])
    """
    scores = torch.func.jacrev(log_probabilities)(parameters)  # [K, P]
    return scores.T @ (log_probabilities(parameters).exp()[:, None] * scores)


def natural_gradient(
    gradient: Float[Tensor, " P"], fisher: Float[Tensor, "P P"], *, damping: float = 0.0
) -> Float[Tensor, " P"]:
    """Return the gradient divided by the metric.

    Args:
        gradient: Gradient of the loss.
        fisher: Fisher information matrix.
        damping: Added to the diagonal, for directions in which the distribution does not change.

    Raises:
        ValueError: The matrix cannot be inverted.

    Example:
        >>> natural_gradient(torch.tensor([2.0]), torch.tensor([[4.0]]))
        tensor([0.5000])
    """
    metric = fisher + damping * torch.eye(len(fisher), dtype=fisher.dtype, device=fisher.device)
    try:
        return torch.linalg.solve(metric, gradient)
    except torch.linalg.LinAlgError:
        raise ValueError("fisher is singular: some parameters do not change the distribution; give a damping") from None
