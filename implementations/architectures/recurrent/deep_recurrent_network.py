"""Deep recurrent network: more than one layer before, between or after the states, or states on several levels.

Source: Pascanu et al. 2014, "How to construct deep recurrent neural networks", fig. 2 (pascanu2014construct). Shortcuts
as in the authors' library GroundHog, class RecurrentMultiLayerShortPath: from the last state to every layer.

Equations:
    z_1 = tanh(W_1 h_{t-1} + U x_t + b_1)                          first layer of the transition
    z_l = tanh(W_l z_{l-1} + b_l [+ S_l h_{t-1}]),  h_t = z_L      deep transition (DT) [with shortcuts, DT(S)]
    y_t = V_K tanh(... tanh(V_1 h_t + c_1) ...) + c_K              deep output (DO)
    x_t -> tanh(P x_t + p)                                         deep input
    the states of one level are the inputs of the next             stacked

Shapes: B examples, T steps, F input features, U hidden units of all levels, G output features.
"""

from itertools import zip_longest
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class States(NamedTuple):
    """The output of every step, and the states of all levels after the last, concatenated."""

    y: Float[Tensor, "B T G"]
    h: Float[Tensor, "B U"]


class Level(nn.Module):
    """A recurrence whose transition has one or more layers, each with a hyperbolic tangent.

    Args:
        in_features: Number of input features.
        units: Number of hidden units, in the state and between the layers.
        layers: Number of layers from one state to the next.
        shortcuts: Whether all layers see the last state, not just the first.
    """

    def __init__(self, *, in_features: int, units: int, layers: int, shortcuts: bool) -> None:
        super().__init__()
        self.input = nn.Linear(in_features, units)
        self.recurrent = nn.Linear(units, units, bias=False)
        self.deeper = nn.ModuleList(nn.Linear(units, units) for _ in range(layers - 1))
        self.shortcuts = nn.ModuleList(nn.Linear(units, units, bias=False) for _ in self.deeper if shortcuts)

    def forward(self, projected: Float[Tensor, "B U"], h: Float[Tensor, "B U"]) -> Float[Tensor, "B U"]:
        """Return the next state from the last state and the input's contribution to the first layer."""
        z = torch.tanh(torch.addmm(projected, h, self.recurrent.weight.T))
        for layer, shortcut in zip_longest(self.deeper, self.shortcuts):
            z = torch.tanh(layer(z) + shortcut(h) if shortcut else layer(z))
        return z


class DeepRecurrentNetwork(nn.Module):
    """A recurrent network that can be deepened in four places.

    Args:
        in_features: Number F of input features.
        units: Number of hidden units of every layer; the state has as many for every level.
        out_features: Number G of outputs at every step.
        input_layers: Number of layers from the input to the transition; 1 is a linear map.
        transition_layers: Number of layers from one state to the next.
        output_layers: Number of layers from the state to the output; 1 is a linear map.
        levels: Number of recurrences stacked on each other.
        shortcuts: Whether all layers of a transition see the last state, not just the first.

    Raises:
        ValueError: A number of layers or levels is below one.

    Example:
        >>> DeepRecurrentNetwork(in_features=3, units=8, out_features=2, levels=2)(torch.zeros(4, 10, 3)).h.shape
        torch.Size([4, 16])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 3,
        units: int = 6,
        out_features: int = 2,
        input_layers: int = 1,
        transition_layers: int = 2,
        output_layers: int = 1,
        levels: int = 1,
        shortcuts: bool = False,
    ) -> None:
        super().__init__()
        counts = input_layers, transition_layers, output_layers, levels
        if min(counts) < 1:
            raise ValueError(f"layers and levels {counts} must be at least 1")
        self.in_features, self.units = in_features, units
        before: list[nn.Module] = []
        for _ in range(input_layers - 1):
            before += [nn.Linear(in_features, units), nn.Tanh()]
            in_features = units
        self.before = nn.Sequential(*before)
        self.levels = nn.ModuleList()
        for _ in range(levels):
            level = Level(in_features=in_features, units=units, layers=transition_layers, shortcuts=shortcuts)
            self.levels.append(level)
            in_features = units
        after: list[nn.Module] = []
        for _ in range(output_layers - 1):
            after += [nn.Linear(units, units), nn.Tanh()]
        self.read_out = nn.Sequential(*after, nn.Linear(units, out_features))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"], h: Float[Tensor, "B U"] | None = None) -> States:
        """Run over a sequence, from a given state or from zero, and return all outputs and the last state."""
        if h is None:
            h = x.new_zeros(len(x), self.units * len(self.levels))
        x, last = self.before(x), []
        for level, state in zip(self.levels, h.split(self.units, 1), strict=True):
            states = []
            for projected in level.input(x).unbind(1):  # [B, T, units], all steps at once
                state = level(projected, state)
                states.append(state)
            x = torch.stack(states, 1)
            last.append(state)
        return States(self.read_out(x), torch.cat(last, 1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 7) -> dict[str, Tensor]:
        """Return a random sequence and a state to start from."""
        return {
            "x": torch.randn(B, T, self.in_features, generator=generator),
            "h": torch.randn(B, self.units * len(self.levels), generator=generator),
        }
