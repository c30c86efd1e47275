"""Probe for sparse channel connections: a filter that covers several positions reads half of the channels at most.

Definition: the bias holds if some convolution in the run has two channels or more, a window of two positions or more,
and a unit whose weights are zero for at least half of the channels. Channels of other groups count as such, and so do
filters that a mask makes zero. A window of one position does not count, nor does a unit without any weights. The error
is 0 or 1.

Source: LeCun et al. 1998, Table I (lecun1998gradient); Krizhevsky et al. 2012, Fig. 2 (krizhevsky2012imagenet); Howard
et al. 2017, sec. 3.1 (howard2017mobilenets).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.biases.jacobians import one_example
from implementations.biases.recording import Step, recorded
from kb.probes import Axes, Error

FEW = 0.5  # share of the channels


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if some filter reads few channels, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    filters = [step for step in recorded(module, one_example(inputs, axes), axes) if step.window > 1]
    return 0.0 if any(map(_is_sparse, filters)) else Error(1.0, convolutions=len(filters))


def _is_sparse(step: Step) -> bool:
    """Tell whether some unit of a convolution reads few of its channels."""
    return any(0 < read <= FEW * step.channels for read in step.reads)


class Filters(nn.Module):
    """A convolution with one filter for every channel, or with filters that read all channels."""

    def __init__(self, generator: torch.Generator, own: bool) -> None:
        super().__init__()
        self.groups = 4 if own else 1
        self.weight = nn.Parameter(torch.randn(4, 4 // self.groups, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, C, L]` to `[B, C, L]`."""
        return torch.relu(F.conv1d(x, self.weight, padding=1, groups=self.groups))


def _case(own: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 4, 5, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": ("B", "C", "L")}, acting=("L",))
    return Filters(generator, own), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a depthwise convolution."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return an ordinary one."""
    return _case(False, generator)
