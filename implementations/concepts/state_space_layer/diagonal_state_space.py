"""Diagonal state space: features are filtered by sums of decaying oscillations.

Source: Gu et al. 2022, "On the parameterization and initialization of diagonal state space models"
(gu2022parameterization), discretised by holding each input for the time of a step.

Equations:
    h' = A h + u,   y = 2 Re(C h) + D u                      A complex and diagonal: of each pair of conjugates, one
    y_t = sum over k of K_k u_{t-k} + D u_t
    K_k = 2 Re sum over n of C_n (exp(Delta A_n) - 1) / A_n exp(k Delta A_n)
    A_n = -exp(log_decay) + i frequency;   at the start -1/2 + i pi n

Shapes: B examples, T steps, D features; N complex numbers of the state of each feature.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments

STEPS = 1e-3, 1e-1  # between which the times of a step lie at the start


class DiagonalStateSpace(nn.Module):
    """The convolution, by Fourier transforms.

    Args:
        width: Number D of features.
        state: How many complex numbers the state of each feature has.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 4, state: int = 3) -> None:
        super().__init__()
        shortest, longest = (math.log(bound) for bound in STEPS)
        self.log_step = nn.Parameter(torch.rand(width) * (longest - shortest) + shortest)
        self.log_decay = nn.Parameter(torch.full((width, state), 0.5).log())
        self.frequency = nn.Parameter(math.pi * torch.arange(float(state)).repeat(width, 1))
        self.output = nn.Parameter(torch.randn(width, state, 2) / 2**0.5)  # real and imaginary parts of C
        self.skip = nn.Parameter(torch.randn(width))

    def coefficients(self) -> tuple[Tensor, Tensor]:
        """Return, for every number of the state, the factor of a step and the weight of the input in it."""
        rates = torch.complex(-self.log_decay.exp(), self.frequency)
        factors = (rates * self.log_step.exp()[:, None]).exp()
        return factors, (factors - 1) / rates

    def filters(self, steps: int) -> Float[Tensor, "T D"]:
        """Return the weights of the inputs 0, 1, .. steps ago."""
        factors, entering = self.coefficients()
        ages = torch.arange(steps, device=factors.device)[:, None, None]
        responses = torch.view_as_complex(self.output) * entering * factors**ages  # [T, D, N]
        return 2 * responses.real.sum(-1)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the filtered sequence, which starts from a state of zero."""
        steps = x.shape[1]
        padded = 2 * steps  # so that the end of the circle meets zeros
        spectrum = torch.fft.rfft(self.filters(steps), padded, 0) * torch.fft.rfft(x, padded, 1)
        return torch.fft.irfft(spectrum, padded, 1)[:, :steps] + self.skip * x

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, len(self.skip), generator=generator)}
