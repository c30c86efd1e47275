"""Probe for batch independence: in training, too, the output of an example does not depend on the others of its batch.

Definition: f(X)_i = f(x_i), in training mode. The contents of one example after another are replaced by those of the
next one, and the outputs of all others must stay as they are. Each run starts from a fresh copy of the module, whose
running statistics therefore do not add up, and from the same seed, so that dropout removes the same units.

Source: Wu & He 2018 (wu2018group); Brock et al. 2021 (brock2021high).
"""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import relative_error, run
from implementations.biases.reordering import reorder, size_of
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes

EXAMPLES = 4


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of the outputs of other examples; NaN where there can be only one.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    errors = []
    for letter in axes.acting:
        given = resized(module, axes, {letter: EXAMPLES}, generator) if letter in sizes_taken(module) else inputs
        size = size_of(letter, given, axes.inputs)
        before = _trained_on(module, given, axes)
        for example in range(size if size > 1 else 0):
            order = torch.arange(size)
            order[example] = (example + 1) % size
            after = _trained_on(module, reorder(given, axes.inputs, {letter: order}), axes)
            others = torch.arange(size)[torch.arange(size) != example]
            kept, wanted = (_of(outputs, axes, letter, others) for outputs in (after, before))
            errors.append(relative_error(kept, wanted).at(axis=letter, replaced=example))
    return max(errors, default=float("nan"))


def _trained_on(module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes) -> dict[str, Tensor]:
    """Return the outputs of a copy of the module in training mode, from a fixed seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return run(copy.deepcopy(module).train(), inputs, axes)


def _of(outputs: Mapping[str, Tensor], axes: Axes, letter: str, examples: Tensor) -> dict[str, Tensor]:
    """Return the outputs of some examples."""
    return {
        name: value.index_select(axes.outputs[name].index(letter), examples)
        for name, value in outputs.items()
        if letter in axes.outputs[name]
    }


class Normalised(nn.Module):
    """A linear layer with normalisation over the features of each example, or over the examples of the batch."""

    def __init__(self, generator: torch.Generator, over_batch: bool) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 4, generator=generator, dtype=torch.float64))
        self.norm = nn.BatchNorm1d(4).double() if over_batch else nn.LayerNorm(4).double()
        self.drop = nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        normalised: Tensor = self.norm(x @ self.weight)
        return torch.relu(self.drop(normalised))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random vectors."""
        return {"x": torch.randn(B, 4, generator=generator, dtype=torch.float64)}


def _case(over_batch: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Normalised(generator, over_batch).eval()
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("B",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return layer normalisation."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return batch normalisation, given in the mode in which it would be independent."""
    return _case(True, generator)
