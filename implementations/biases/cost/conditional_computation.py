"""Probe for conditional computation: each example uses a part of the parameters only, and others use other parts.

Definition: a parameter is used for an example if the derivative of some output by it is not zero. The bias holds if, on
average over examples, at least a quarter of the parameters that any of them uses is not used. Rectifiers are replaced
by the identity first, since one that is off makes derivatives zero although its unit was computed. One-hot codes and
other inputs are replaced by random numbers, and tables of symbols count as used, since a table is looked up in any
network. Every axis is made as short as the module allows, because different positions may use different parts. The
error is 0 or 1.

Source: Bengio, Leonard & Courville 2013 (bengio2013estimating); Shazeer et al. 2017 (shazeer2017outrageously).
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from implementations.biases.features import like
from implementations.biases.influence import gradients
from implementations.biases.sharing.weight_sharing_over_depth import shortest
from kb.probes import Axes

CLAMPS = {"clamp", "clamp_min", "clip"}  # rectifiers, where the bound is zero
EXAMPLES = 24
UNUSED = 0.25
SMALL = 0.1  # scale of the inputs, so that nothing overflows where rectifiers are taken away
RECTIFIERS = {"relu", "relu6", "threshold", "hardtanh", "hardsigmoid", "hardswish", "hardshrink", "softshrink", "rrelu"}


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if an example leaves a quarter of the parameters or more unused, on average, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if not parameters:
        return 1.0
    short = shortest(module, inputs, axes, generator)
    used = torch.stack([_used(module, parameters, short, axes, generator) for _ in range(EXAMPLES)])
    ever = used.any(0)
    return 0.0 if ever.any() and 1 - used[:, ever].double().mean() >= UNUSED else 1.0


def _used(
    module: nn.Module, parameters: list[Tensor], inputs: Mapping[str, Tensor], axes: Axes, generator: torch.Generator
) -> Tensor:
    """Return, for one example, which entries of the parameters change an output."""
    given = {**inputs, **{name: SMALL * value for name, value in like(inputs, axes, generator).items()}}
    with WithoutRectifiers():
        outputs = axes.named_outputs(module(**given))
    found = gradients(list(outputs.values()), parameters, generator)
    return torch.cat([gradient.flatten() != 0 for gradient in found])


class WithoutRectifiers(TorchFunctionMode):
    """While it is active, rectifiers return their first argument, and tables of symbols are used entirely."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: object,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Call a function of the library, or what replaces it."""
        name = getattr(func, "__name__", "").rstrip("_")
        if name in RECTIFIERS or (name in CLAMPS and 0 in (*args[1:], *(kwargs or {}).values())):
            return args[0]
        result = func(*args, **(kwargs or {}))
        if name == "embedding":
            table = next(value for value in (*args, *(kwargs or {}).values()) if value.is_floating_point())
            return result + table.sum()
        return result


class Experts(nn.Module):
    """Four linear experts, of which a gate chooses one for each example or weights all."""

    def __init__(self, generator: torch.Generator, one: bool) -> None:
        super().__init__()
        self.one = one
        self.gate = nn.Parameter(torch.randn(3, 4, generator=generator, dtype=torch.float64))
        self.experts = nn.Parameter(torch.randn(4, 3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]`."""
        weights = (x @ self.gate).softmax(1)
        if self.one:
            weights = weights * (weights == weights.amax(1, keepdim=True))
        return torch.einsum("be,bf,efg->bg", weights, x, self.experts).relu()

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random vectors."""
        return {"x": torch.randn(B, 3, generator=generator, dtype=torch.float64)}


def _case(one: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Experts(generator, one)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mixture that uses the expert with the largest weight only."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a mixture of all, with a rectifier that is sometimes off."""
    return _case(False, generator)
