"""He initialisation: random weights that keep the scale of signals constant through rectified linear units.

Source: He et al. 2015, "Delving deep into rectifiers" (he2015delving).

Equations:
    1/2 n Var[w] = 1,  so that  w ~ N(0, variance 2 / n),  with n the fan-in

Shapes: D outputs, C inputs; further axes are kernel positions, and n = C * positions.

Peer: `torch.nn.init.kaiming_normal_(weight, mode="fan_in", nonlinearity="relu")` draws from a normal distribution of
standard deviation gain / sqrt(fan_in) with gain = sqrt(2). `torch.nn.Linear` does not start like this: it calls
`kaiming_uniform_(weight, a=sqrt(5))`, whose variance is 1 / (3 n).
"""

import math

import torch
from torch import Tensor


def he_initialisation(weight: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """Fill a weight tensor in place with normal values of mean 0 and variance 2 / fan-in.

    Args:
        weight: Weights `[D, C]` of a linear layer, or `[D, C, *kernel]` of a convolution.
        generator: Source of random numbers; the global one when absent.

    Returns:
        The same tensor.

    Raises:
        ValueError: The tensor has fewer than two axes, so that the fan-in is not defined.

    Example:
        >>> weight = he_initialisation(torch.empty(300, 200), generator=torch.Generator().manual_seed(0))
        >>> f"{weight.var() * 200:.1f}"
        '2.0'

    Source: he2015delving.
    """
    if weight.dim() < 2:
        raise ValueError(f"weight (shape {tuple(weight.shape)}) must have at least two axes: outputs and inputs")
    fan_in = math.prod(weight.shape[1:])
    with torch.no_grad():
        return weight.normal_(0, math.sqrt(2 / fan_in), generator=generator)
