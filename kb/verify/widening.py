"""Finding a narrower network that a variant of a published size contains, and comparing it with its copies.

The arguments of the constructor that set sizes inside are divided by one number; `kb.inference.widening` says what
follows for the variant. The variant itself need not run for that. The narrow network is compared with one of which it
has as many copies as can be run, since every further copy is made in the same way.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import torch
from torch import Tensor, nn

from kb.base import Base
from kb.evidence import Widening
from kb.inference.widening import ROUNDING
from kb.measuring import count_flops, count_parameters
from kb.schema import Architecture, Signature
from kb.verify.preparing import GRID, example_inputs, flatten, prepare, rounded, seeded, to_float64, without_dropout

Order = Literal["interleaved", "tiled"]
Arguments = Mapping[str, Any]

PARAMETERS = 10_000_000
"""Most parameters of a network that is compared."""
FLOPS = 500_000_000
"""Most floating-point operations of one forward pass of a network that is run again and again."""
ORDERS: tuple[Order, ...] = ("interleaved", "tiled")
UNITS = (4, 2)
"""How many units of a layer are left, if possible: with few, more of them may happen to be off."""
REFUSALS = (RuntimeError, ValueError)
"""How modules say that they cannot be built of some sizes, or run on some."""


@dataclass(frozen=True)
class Narrower:
    """A network that is narrower than a variant, by arguments of the constructor, and what was measured of it."""

    arguments: Arguments
    measured: Widening


_known: dict[str, Narrower] = {}


def measure_widening(base: Base, entry: Architecture, variant: str) -> dict[str, Any]:
    """Look for a narrower network, and compare its outputs with those of its copies."""
    return narrower(entry, variant).measured.model_dump(exclude={"measured", "digest", "libraries", "seconds"})


def narrower(entry: Architecture, variant: str) -> Narrower:
    """Return a network of which all functions are the variant's, else one of the same modules, else the variant."""
    key = f"{entry.code.root} {entry.id} {variant} {entry.all_variants[variant].arguments} {entry.inner_sizes}"
    if key not in _known:
        with torch.random.fork_rng(devices=[]):
            _known[key] = _search(entry, variant)
    return _known[key]


def build(entry: Architecture, arguments: Arguments) -> nn.Module:
    """Return a module whose examples are as large as it needs: that of the default variant may be too deep for them."""
    module: nn.Module = entry.load()(**arguments).eval()
    if larger := sides(module):
        method: Any = module.example_inputs
        module.example_inputs = functools.partial(method, **larger)  # type: ignore[assignment]
    return module


def sides(module: nn.Module) -> dict[str, int]:
    """Return the sides of the grids in its examples, doubled until it runs in its mode; none where they do as they are.

    A deep network may halve a grid more often than the one that the examples were made for.
    """
    method: Callable[..., dict[str, Tensor]] = module.example_inputs  # type: ignore[assignment]
    usual = {p.name: p.default for p in inspect.signature(method).parameters.values() if p.name in GRID}
    for times in (1, 2, 4, 8, 16) if usual else ():
        chosen = {name: times * side for name, side in usual.items()}
        with suppress(*REFUSALS), torch.no_grad():
            module(**method(seeded("sides"), **chosen))
            return chosen if times > 1 else {}
    return {}


def can_run(module: nn.Module, parameters: int) -> bool:
    """Whether a module is small enough to be run again and again."""
    if count_parameters(module) > parameters:
        return False
    return count_flops(module, example_inputs(module, seeded("cost"))) <= FLOPS


def _search(entry: Architecture, variant: str) -> Narrower:
    """Try sets of sizes, the largest first."""
    arguments = entry.all_variants[variant].arguments
    names, parameters = _described(entry, arguments)
    found = Narrower(arguments, Widening(variant=variant, parameters=parameters, digest=""))
    sizes = [size for size in entry.inner_sizes if _is_width(entry, arguments, size, names)]
    for number in range(len(sizes), 0, -1):
        for chosen in combinations(sizes, number):
            tried = _tried(entry, variant, parameters, chosen)
            if tried and tried.measured.copies:
                return tried
            found = tried if tried and found.measured.factor == 1 else found
    return found


def _described(entry: Architecture, arguments: Arguments) -> tuple[list[str], int]:
    """Return the names of the parameters of a network, and how many numbers these are."""
    with torch.device("meta"):
        module = entry.load()(**arguments)
    return [name for name, _ in module.named_parameters()], count_parameters(module)


def _is_width(entry: Architecture, arguments: Arguments, size: str, names: list[str]) -> bool:
    """Whether dividing a size leaves modules and parameters what they are, unlike a number of layers."""
    for factor in _factors(_numbers(arguments, size)):
        with suppress(*REFUSALS):
            return _described(entry, _resized(arguments, [size], 1, factor))[0] == names
    return False


def _tried(entry: Architecture, variant: str, parameters: int, sizes: Sequence[str]) -> Narrower | None:
    """Return the network in which some sizes are divided; None if it has other inputs or outputs, or cannot be run."""
    arguments = entry.all_variants[variant].arguments
    for factor in _factors([number for size in sizes for number in _numbers(arguments, size)]):
        fewer = _resized(arguments, sizes, 1, factor)
        try:
            narrow = build(entry, fewer)
            multiple = _multiple(entry, fewer, sizes, factor)
        except REFUSALS:
            continue
        if not multiple:
            return None
        try:
            if not can_run(narrow, PARAMETERS):
                return None
            copies, errors, states = _compared(entry, narrow, build(entry, _resized(fewer, sizes, multiple, 1)))
        except REFUSALS:
            return None
        measured = Widening(
            variant=variant, parameters=parameters, factor=factor, sizes=list(sizes),
            copies=copies or "", multiple=multiple, errors=errors, states=states, digest="",
        )  # fmt: skip
        return Narrower(fewer, measured)
    return None


def _factors(numbers: Sequence[int]) -> Iterator[int]:
    """Yield numbers that divide all sizes, largest first, that leave four units of each; else such that leave two."""
    common = math.gcd(*numbers)
    divisors = [factor for factor in range(common, 1, -1) if common % factor == 0]
    for least in UNITS:
        if found := [factor for factor in divisors if min(numbers) // factor >= least]:
            yield from found
            return


def _numbers(value: Any, size: str) -> list[int]:
    """Return the whole numbers at a place of the arguments, such as `stages.*.1`."""
    first, _, rest = size.partition(".")
    if isinstance(value, Mapping):
        return _numbers(value[first], rest) if first in value else []
    if isinstance(value, list | tuple):
        chosen = value if first in ("", "*") else [value[int(first)]]
        return [number for item in chosen for number in _numbers(item, rest)]
    return [value] if isinstance(value, int) and not isinstance(value, bool) else []


def _resized(value: Any, sizes: Sequence[str], times: int, over: int) -> Any:
    """Return arguments in which the whole numbers at some places are multiplied and divided."""
    if isinstance(value, Mapping):
        return {name: _resized(item, _inside(sizes, name), times, over) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_resized(item, _inside(sizes, str(index)), times, over) for index, item in enumerate(value)]
    return value * times // over if sizes and isinstance(value, int) and not isinstance(value, bool) else value


def _inside(sizes: Sequence[str], name: str) -> list[str]:
    """Return the rest of those places that lead to an item of this name."""
    return [rest for first, _, rest in (size.partition(".") for size in sizes) if first in ("", "*", name)]


def _multiple(entry: Architecture, arguments: Arguments, sizes: Sequence[str], factor: int) -> int:
    """Return how many copies can be compared; 0 if not even two."""
    divisors = (number for number in range(factor, 1, -1) if factor % number == 0)
    fitting = (n for n in divisors if _described(entry, _resized(arguments, sizes, n, 1))[1] <= PARAMETERS)
    return next(fitting, 0)


def _compared(entry: Architecture, narrow: nn.Module, wide: nn.Module) -> tuple[Order | None, list[float], bool]:
    """Return the order of copies that leaves the outputs as they are, the differences, and whether states are copied.

    Raises:
        ValueError: Inputs or outputs have other shapes, and are no states.
    """
    signature, generator = entry.signature_of(), seeded(entry.id)
    larger = {training: sides(narrow.train(training)) for training in (False, True)}
    for module in (prepare(narrow, generator), wide.double()):
        without_dropout(module)
    states, errors = False, [math.inf]
    for order in ORDERS:
        errors = []
        for training, needed in larger.items():
            inputs = to_float64(example_inputs(narrow, generator, **needed))
            shapes = {name: value.shape for name, value in example_inputs(wide, generator, **needed).items()}
            states |= _differ(inputs, shapes, signature.states)
            _copy(narrow, wide, order)
            before = _named(signature, _outputs(narrow.train(training), inputs))
            given = {name: _copied(value, shapes[name], order) for name, value in inputs.items()}
            after = _named(signature, _outputs(wide.train(training), given))
            states |= _differ(before, {name: value.shape for name, value in after.items()}, signature.states)
            copied = ((_copied(before[name], value.shape, order), value) for name, value in after.items())
            errors.append(max(_difference(expected, found) for expected, found in copied))
        if max(errors) <= ROUNDING:
            return order, [rounded(error) for error in errors], states
    return None, [rounded(error, 1) for error in errors], states


def _differ(tensors: Mapping[str, Tensor], shapes: Mapping[str, Sequence[int]], states: Sequence[str]) -> bool:
    """Whether some tensors have other shapes.

    Raises:
        ValueError: One that is no state has another shape.
    """
    other = [name for name, value in tensors.items() if tuple(value.shape) != tuple(shapes[name])]
    if outer := set(other) - set(states):
        raise ValueError(f"{', '.join(outer)} would have another shape")
    return bool(other)


def _named(signature: Signature, outputs: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return outputs by name; those that are there in training only have numbers."""
    names = [*signature.outputs, *map(str, range(len(outputs)))]
    return dict(zip(names, outputs, strict=False))


def _outputs(module: nn.Module, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """Run a module; what it draws at random is the same each time."""
    torch.manual_seed(0)
    with torch.no_grad():
        return flatten(module(**inputs))


def _difference(expected: Tensor, found: Tensor) -> float:
    """Return the largest difference relative to the largest number; infinity where something is not finite."""
    error = (found.double() - expected.double()).abs().max() / expected.double().abs().max().clamp_min(1e-300)
    return error.item() if error.isfinite() else math.inf


def _copy(narrow: nn.Module, wide: nn.Module, order: Order) -> None:
    """Give a network copies of the units of a narrower one, of which each contributes its part to what comes after."""
    tables = {id(module.weight) for module in wide.modules() if isinstance(module, nn.Embedding)}
    given = {**dict(narrow.named_parameters()), **_statistics(narrow)}
    with torch.no_grad():
        for name, tensor in {**dict(wide.named_parameters()), **_statistics(wide)}.items():
            share = tensor.shape[1] // given[name].shape[1] if tensor.dim() > 1 and id(tensor) not in tables else 1
            tensor.copy_(_copied(given[name], tensor.shape, order) / share)


def _statistics(module: nn.Module) -> dict[str, Tensor]:
    """The running means and variances of normalisations."""
    return {name: x for name, x in module.named_buffers() if name.endswith(("running_mean", "running_var"))}


def _copied(value: Tensor, shape: Sequence[int], order: Order) -> Tensor:
    """Return a tensor with every slice repeated along the axes that are longer in a shape.

    Examples:
        >>> [_copied(torch.tensor([1, 2]), [4], order).tolist() for order in ORDERS]
        [[1, 1, 2, 2], [1, 2, 1, 2]]
    """
    for axis, size in enumerate(shape):
        index = torch.arange(size)
        few = value.shape[axis]
        value = value.index_select(axis, index * few // size if order == "interleaved" else index % few)
    return value
