"""The state in which everything is measured: float64, eval mode, nothing left at zero, seeds of their own."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from zlib import crc32

import torch
from torch import Tensor, nn

NOISE = 0.1
"""Scale of the noise of a gain or bias that is constant at the start, as zeros and ones are."""
SHARE = 0.3
"""Scale of all other noise, relative to the spread of the parameter: the gain of a layer rises by less than 5 %."""
GRID = "HWL"
"""Letters of axes that convolutions halve."""


def prepare(module: nn.Module, generator: torch.Generator) -> nn.Module:
    """Return the module in float64 and eval mode with every parameter and norm statistic randomised.

    A parameter that is zero by initialisation (a bias, the gain of a last batch normalisation) would hide errors in the
    code that uses it; so would running statistics of mean 0 and variance 1. The noise is in proportion to the spread of
    a parameter, because weights of a wide layer are small: noise of one size for all widths would multiply signals by
    more than two at every layer of width 512, and saturate what the initialiser keeps in range.
    """
    module = module.double().eval()
    with torch.no_grad():
        for parameter in module.parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
            parameter.add_(_noise_scale(parameter) * noise)
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.copy_(NOISE * torch.randn(buffer.shape, generator=generator, dtype=buffer.dtype))
            elif name.endswith("running_var"):
                buffer.copy_(0.5 + torch.rand(buffer.shape, generator=generator, dtype=buffer.dtype))
    return module


def _noise_scale(parameter: Tensor) -> float:
    """Return how far the entries of a parameter are moved, in standard deviations of their noise.

    A constant matrix or filter has no spread to go by. It gets that of an initialiser that keeps signals in range, one
    over the root of the number of inputs of a unit.
    """
    spread = parameter.std(correction=0).item() if parameter.numel() else 0.0
    if spread > 0:
        return SHARE * spread
    return NOISE if parameter.dim() < 2 else SHARE / math.sqrt(max(1, parameter[0].numel()))


def to_float64(inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the inputs with floating-point tensors in float64; integers and masks stay as they are."""
    return {name: value.double() if value.is_floating_point() else value for name, value in inputs.items()}


def example_inputs(module: nn.Module, generator: torch.Generator, **sizes: int) -> dict[str, Tensor]:
    """Call a module's own `example_inputs`, the method that every implementation has."""
    method: Callable[..., dict[str, Tensor]] = module.example_inputs  # type: ignore[assignment]
    return method(generator, **sizes)


def without_dropout(module: nn.Module) -> nn.Module:
    """Return the module with nothing dropped: what training draws at random cannot be compared."""
    for child in module.modules():
        if isinstance(child, nn.modules.dropout._DropoutNd):
            child.p = 0.0
    return module


def other_sizes(module: nn.Module, step: int = 1) -> dict[str, int]:
    """Return sizes for `example_inputs` that differ from its own: larger by one, and by two where a grid may be halved.

    Args:
        module: A module with the method `example_inputs`.
        step: How often larger by that much.
    """
    sizes = inspect.signature(module.example_inputs).parameters.values()  # type: ignore[arg-type]
    chosen = {p.name: p.default for p in sizes if p.kind is inspect.Parameter.KEYWORD_ONLY}
    return {letter: size + step * (2 if letter in GRID else 1) for letter, size in chosen.items()}


def flatten(result: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Return what `forward` gave back as a tuple of tensors."""
    return (result,) if isinstance(result, Tensor) else tuple(result)


def seeded(*keys: int | str) -> torch.Generator:
    """Return a generator whose seed depends on the keys only, not on what ran before."""
    return torch.Generator().manual_seed(crc32("/".join(map(str, keys)).encode()))


@contextmanager
def drawing_by(seed: int) -> Iterator[None]:
    """Let what constructors draw follow from a seed; what is drawn afterwards is what would have been drawn without it.

    Only the processor's generator is seeded: `torch.manual_seed` notes the stack for each other kind of device as well,
    which takes longer than to make a small network.

    Example:
        >>> with drawing_by(0):
        ...     first = torch.rand(())
        >>> with drawing_by(0):
        ...     bool(torch.rand(()) == first)
        True
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield


def rounded(value: float, digits: int = 4) -> float:
    """Round to significant digits, and errors of rounding size up to a power of ten: a re-run makes no noise."""
    if 0 < value < 1e-9:
        return 10.0 ** max(math.ceil(math.log10(value)), -15)
    return float(f"{value:.{digits}g}")
