"""Probe for hidden-unit permutation symmetry: exchanging two hidden units, with their weights, changes nothing.

Definition: there is a set of axes of parameters such that exchanging the slices 0 and 1 along all of them at once
leaves the function unchanged, although making them equal does not. The slices are the parameters of two units: incoming
weights, biases and outgoing weights. Along an axis that is a multiple of the number of units, as where one matrix
computes several gates, the exchange is made in every block. Statistics of a normalisation count as parameters. A state
that is carried from call to call is internal: it starts at its default and is not compared.

The set is found by elimination. Make the two slices equal along all axes of a set but one. If an exchange along all
leaves the function unchanged, then now so does one along that axis alone. Axes for which it does not are left out, and
the rest is tried again, until none has to be left out. The axes of inputs and outputs are left out in this way, and the
remaining set contains every set that works. The exchange is then made along the remaining axes with the original
weights, and the error is the change of the output. If it does change, the layers among the remaining axes are tried one
by one: the axes that an axis needs to have equal slices, those that these need, and so on.

Source: Hecht-Nielsen 1990 (hechtnielsen1990algebraic); Ainsworth, Hayase & Srinivasa 2023 (ainsworth2022git).
"""

from collections.abc import Callable, Collection, Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call

from implementations.biases.comparing import relative_error
from implementations.biases.recurring import state_names
from kb.probes import Axes, Error

UNNOTICED = 1e-9

Axis = tuple[str, int]
"""A parameter by name, and one of its dimensions."""


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the smallest change of the output by an exchange of two hidden units; 1 where there are none.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    search = _Search(module, inputs, axes)
    error = Error(1.0, units=0)
    for units in search.sizes():
        hidden = search.hidden(units)
        error = min(error, search.error(hidden, units))
        if error <= UNNOTICED:
            return error
        for layer in search.layers(hidden, units):
            error = min(error, search.error(layer, units))
            if error <= UNNOTICED:
                return error
    return error


class _Search:
    """The parameters of a module, and its outputs when some of them are exchanged."""

    def __init__(self, module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> None:
        self.module, self.axes = module, axes
        self.states = state_names(module, axes)
        self.inputs = {name: value for name, value in inputs.items() if name not in self.states}
        tensors = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        self.tensors = {name: x.detach() for name, x in tensors.items() if x.is_floating_point()}
        self.before = self.outputs(self.tensors)

    def outputs(self, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the outputs, except for states, of the module with these parameters."""
        with torch.no_grad():
            found = self.axes.named_outputs(functional_call(self.module, dict(tensors), (), self.inputs))
        kept = {name: value for name, value in found.items() if name not in self.states}
        return kept or found

    def sizes(self) -> list[int]:
        """Return the possible numbers of units, largest first."""
        return sorted({size for tensor in self.tensors.values() for size in tensor.shape if size > 1}, reverse=True)

    def hidden(self, units: int) -> set[Axis]:
        """Return the axes that remain without those along which exchanging two units changes the output."""
        found: set[Axis] = set()
        remaining = {
            (name, dim)
            for name, tensor in self.tensors.items()
            for dim, size in enumerate(tensor.shape)
            if size % units == 0
        }
        while remaining != found:
            found = remaining
            remaining = {axis for axis in found if not self._is_distinguished(axis, found - {axis}, units)}
        return remaining

    def _is_distinguished(self, axis: Axis, others: Collection[Axis], units: int) -> bool:
        alike = self._applied(_mean, others, units)
        exchanged = {**alike, axis[0]: _swap(alike[axis[0]], axis[1], units)}
        outputs = self.outputs(alike) if others else self.before
        return relative_error(self.outputs(exchanged), outputs) > UNNOTICED

    def layers(self, hidden: Collection[Axis], units: int) -> Iterator[set[Axis]]:
        """Yield sets of axes that have to be exchanged together, one for every layer among the hidden ones."""
        rest = {axis for axis in hidden if self._is_distinguished(axis, (), units)}
        while rest:
            layer: set[Axis] = set()
            new = {min(rest)}
            while new:
                layer |= new
                new = set().union(*(self._partners(axis, hidden, units) for axis in new)) - layer
            rest -= layer
            yield layer

    def _partners(self, axis: Axis, hidden: Collection[Axis], units: int) -> set[Axis]:
        """Return the axes along which the slices have to be equal for an exchange along this one to go unnoticed."""
        needed = set(hidden) - {axis}
        for other in sorted(needed):
            if not self._is_distinguished(axis, needed - {other}, units):
                needed.remove(other)
        return needed

    def error(self, hidden: Collection[Axis], units: int) -> Error:
        """Return the change of the output by the exchange; 1 unless it would matter if the two units were the same."""
        merged = relative_error(self.outputs(self._applied(_mean, hidden, units)), self.before)
        if not hidden or merged <= UNNOTICED:
            return Error(1.0, units=units)
        return relative_error(self.outputs(self._applied(_swap, hidden, units)), self.before).at(units=units)

    def _applied(
        self, change: Callable[[Tensor, int, int], Tensor], chosen: Collection[Axis], units: int
    ) -> dict[str, Tensor]:
        """Return the parameters with a change made along each of the chosen axes."""
        tensors = dict(self.tensors)
        for name, dim in chosen:
            tensors[name] = change(tensors[name], dim, units)
        return tensors


def _swap(tensor: Tensor, dim: int, units: int) -> Tensor:
    """Exchange the first two slices of every block of `units` along a dimension."""
    place = torch.arange(tensor.shape[dim])
    unit = place % units
    return tensor.index_select(dim, torch.where(unit < 2, place - unit + 1 - unit, place))


def _mean(tensor: Tensor, dim: int, units: int) -> Tensor:
    """Make the first two slices of every block of `units` along a dimension equal."""
    return (tensor + _swap(tensor, dim, units)) / 2


class Hidden(nn.Module):
    """One hidden layer, of equal units, or of units with different fixed slopes, which are not parameters."""

    def __init__(self, generator: torch.Generator, alike: bool) -> None:
        super().__init__()
        self.slopes = [1.0] * 6 if alike else [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
        self.into = nn.Parameter(torch.randn(3, 6, generator=generator, dtype=torch.float64))
        self.bias = nn.Parameter(torch.randn(6, generator=generator, dtype=torch.float64))
        self.out = nn.Parameter(torch.randn(6, 2, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, G]`."""
        return torch.tanh((x @ self.into + self.bias) * x.new_tensor(self.slopes)) @ self.out


def _case(alike: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "G")}, acting=("F",))
    return Hidden(generator, alike), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network whose hidden units all compute the same function."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one whose hidden units differ in what they compute, even with equal weights."""
    return _case(False, generator)
