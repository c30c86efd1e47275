"""Finding a narrower network that a variant of a published size contains, and comparing it with its copies.

The arguments of the constructor that set sizes inside are divided by one number, and where a network has many thousands
of features those too; `kb.inference.widening` says what follows for the variant. The variant itself need not run for
that. The narrow network is compared with one of which it has as many copies as can be run, since every further copy is
made in the same way.
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
from kb.inference.wider import ROUNDING
from kb.measuring import count_flops, count_parameters
from kb.schema import Architecture, Signature
from kb.verify.preparing import (
    GRID,
    drawing_by,
    example_inputs,
    flatten,
    prepare,
    rounded,
    seeded,
    to_float64,
    without_dropout,
)

Order = Literal["interleaved", "tiled"]
Arguments = Mapping[str, Any]

PARAMETERS = 10_000_000
"""Most parameters of a network that is compared."""
FLOPS = 500_000_000
"""Most floating-point operations of one forward pass of a network that is run again and again."""
ORDERS: tuple[Order, ...] = ("interleaved", "tiled")
LENGTH = 2_000
"""Longest axis of the inputs and outputs of such a network."""
EXAMPLES = 8
"""Examples of a batch in training."""
UNITS = (4, 2)
"""How many units of a layer are left, if possible: with few, more of them may happen to be off."""
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
REFUSALS = (RuntimeError, ValueError)
"""How modules say that they cannot be built of some sizes, or run on some."""


@dataclass(frozen=True)
class Narrower:
    """A network that is narrower than a variant.

    Args:
        arguments: Of the constructor.
        measured: What was measured of it.
        groups: Names of parameters; those of a group have as many copies each in the variant.
        square: How many numbers an example has, where its outputs have as many; else 0.
    """

    arguments: Arguments
    measured: Widening
    groups: tuple[tuple[str, ...], ...] = ()
    square: int = 0


_known: dict[str, Narrower] = {}
_searches: dict[str, Widening] = {}


def measure_widening(base: Base, entry: Architecture, variant: str) -> dict[str, Any]:
    """Look for a narrower network, and compare its outputs with those of its copies."""
    return _searched(base, entry, variant).model_dump(exclude={"measured", "digest", "libraries", "seconds"})


def narrower(base: Base, entry: Architecture, variant: str) -> Narrower:
    """Return a network of which all functions are the variant's, else one of the same modules, else the variant.

    What was measured of it is looked up where it is up to date: the search for it can take minutes.
    """
    key = _key(entry, variant)
    if key not in _known:
        measured = _recorded(base, entry, variant) or _searched(base, entry, variant)
        with drawing_by(0):  # what is not copied is drawn by constructors
            _known[key] = _rebuilt(entry, measured)
    return _known[key]


def _key(entry: Architecture, variant: str) -> str:
    return f"{entry.code.root} {entry.id} {variant} {entry.all_variants[variant].arguments} {entry.complexity.scaled}"


def _searched(base: Base, entry: Architecture, variant: str) -> Widening:
    """Return what is measured of a variant; it is searched for once in a process, however many traits need it."""
    key = _key(entry, variant)
    if key not in _searches:
        axes = {size: base.axis_of(entry.id, size) for size in entry.complexity.scaled}
        features = {size for size, axis in axes.items() if axis and axis.role == "feature"}
        _searches[key] = _search(entry, variant, features)
    return _searches[key]


def _recorded(base: Base, entry: Architecture, variant: str) -> Widening | None:
    """Return what is recorded of a variant, unless it is older than what it depends on."""
    lines = base.measured.get(entry.id)
    found = lines.measurements.get(("widening", variant)) if lines else None
    is_stale = any(job.key == ("widening", variant) for job in base.stale(entry.id))
    return found if isinstance(found, Widening) and not is_stale else None


def _rebuilt(entry: Architecture, measured: Widening) -> Narrower:
    """Return the network that was measured."""
    arguments = entry.all_variants[measured.variant].arguments
    if measured.factor == 1:
        return Narrower(arguments, measured)
    fewer = _resized(arguments, measured.sizes, 1, measured.factor)
    groups = _groups(_shapes(entry, fewer), _shapes(entry, arguments))
    return Narrower(fewer, measured, groups, _square(build(entry, fewer).double()))


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
    inputs = example_inputs(module, seeded("cost"))
    longest = max(size for value in (*inputs.values(), *_outputs(module, inputs)) for size in (*value.shape, 0))
    return longest <= LENGTH and count_flops(module, inputs) <= FLOPS


def _search(entry: Architecture, variant: str, features: set[str]) -> Widening:
    """Try sets of sizes, the largest first: those inside, then together with features of inputs and outputs."""
    arguments, scaled, outer = entry.all_variants[variant].arguments, entry.complexity.scaled, entry.outer_axes
    names, parameters = [*_shapes(entry, arguments)], _count(entry, arguments)
    found = Widening(variant=variant, parameters=parameters, digest="")
    inside = {place: size for size, places in scaled.items() if size not in outer for place in places}
    inside = {place: size for place, size in inside.items() if _is_width(entry, arguments, place, names)}
    outside = {place: size for size, places in scaled.items() if size in outer & features for place in places}
    for added in ({}, outside):
        for number in range(len(inside), 0, -1):
            for chosen in combinations(inside, number):
                tried = _tried(entry, variant, parameters, names, [*chosen, *added], {*added.values()})
                if tried and tried.copies:
                    return tried
                found = tried if tried and found.factor == 1 else found
    return found


def _shapes(entry: Architecture, arguments: Arguments) -> dict[str, torch.Size]:
    """Return the shapes of the parameters of a network, by name."""
    with torch.device("meta"):
        return {name: parameter.shape for name, parameter in entry.load()(**arguments).named_parameters()}


def _count(entry: Architecture, arguments: Arguments) -> int:
    with torch.device("meta"):
        return count_parameters(entry.load()(**arguments))


def _square(module: nn.Module) -> int:
    """Return how many numbers go in and come out for one example; 0 where these are not as many."""
    method: Callable[..., dict[str, Tensor]] = module.example_inputs  # type: ignore[assignment]
    single = {"B": 1} if "B" in inspect.signature(method).parameters else {}
    inputs = to_float64(method(seeded("square"), **single))
    sides = (inputs.values(), _outputs(module, inputs))
    before, after = (sum(x.numel() for x in tensors if x.is_floating_point()) for tensors in sides)
    return before if before == after else 0


def _groups(narrow: Mapping[str, torch.Size], wide: Mapping[str, torch.Size]) -> tuple[tuple[str, ...], ...]:
    """Return the names of parameters, apart by how many copies there are of each of their numbers."""
    found: dict[float, list[str]] = {}
    for name, shape in narrow.items():
        found.setdefault(wide[name].numel() / max(1, shape.numel()), []).append(name)
    return tuple(map(tuple, found.values()))


def _is_width(entry: Architecture, arguments: Arguments, size: str, names: list[str]) -> bool:
    """Whether dividing a size leaves modules and parameters what they are, unlike a number of layers."""
    for factor in _factors(_numbers(arguments, size)):
        with suppress(*REFUSALS):
            return [*_shapes(entry, _resized(arguments, [size], 1, factor))] == names
    return False


def _tried(
    entry: Architecture, variant: str, parameters: int, names: list[str], sizes: Sequence[str], features: set[str]
) -> Widening | None:
    """Measure the network in which some sizes are divided; None if more than features change, or it cannot be run.

    A network whose parameters have other names than the variant's is passed over: sizes that are rounded may agree in
    one of the two only, and a shortcut is then in that one only.
    """
    arguments = entry.all_variants[variant].arguments
    for factor in _factors([number for size in sizes for number in _numbers(arguments, size)]):
        fewer = _resized(arguments, sizes, 1, factor)
        try:
            if _count(entry, fewer) > PARAMETERS:  # counted first: the network may not fit into memory
                return None
            multiple = _multiple(entry, fewer, sizes, factor, names) if [*_shapes(entry, fewer)] == names else 0
            if not multiple:
                continue
        except REFUSALS:
            continue
        try:
            with drawing_by(0):  # whatever was tried before
                narrow = build(entry, fewer)
                if not can_run(narrow, PARAMETERS):
                    return None
                wide = build(entry, _resized(fewer, sizes, multiple, 1))
                copies, errors, outside = _compared(entry.signature_of(), narrow, wide, features)
        except REFUSALS:
            return None
        return Widening(
            variant=variant, parameters=parameters, factor=factor, sizes=list(sizes),
            copies=copies or "", multiple=multiple, errors=errors, outside=outside, digest="",
        )  # fmt: skip
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


def _multiple(entry: Architecture, arguments: Arguments, sizes: Sequence[str], factor: int, names: list[str]) -> int:
    """Return how many copies can be compared, in a network whose parameters have these names; 0 if not even two."""
    divisors = (number for number in range(factor, 1, -1) if factor % number == 0)
    resized = ((number, _resized(arguments, sizes, number, 1)) for number in divisors)
    fitting = (n for n, more in resized if _count(entry, more) <= PARAMETERS and [*_shapes(entry, more)] == names)
    return next(fitting, 0)


def _compared(
    signature: Signature, narrow: nn.Module, wide: nn.Module, features: set[str]
) -> tuple[Order | None, list[float], bool]:
    """Return the order of copies that leaves the outputs as they are, the differences, and if any are outside.

    Raises:
        ValueError: Inputs or outputs have other shapes, along other axes than those of features and of states.
    """
    generator, outside, errors = seeded("copies"), False, [math.inf]
    larger = {False: sides(narrow.eval()), True: sides(narrow.train()) | _batch(narrow)}
    for module in (prepare(narrow, generator), wide.double()):
        without_dropout(module)
    for order in ORDERS:
        errors = []
        for training, needed in larger.items():
            inputs = to_float64(example_inputs(narrow, generator, **needed))
            shapes = {name: value.shape for name, value in example_inputs(wide, generator, **needed).items()}
            _copy(narrow, wide, order)
            before = _named(signature, _outputs(narrow.train(training), inputs))
            given = {name: _copied(value, shapes[name], order) for name, value in inputs.items()}
            after = _named(signature, _outputs(wide.train(training), given))
            pairs = [
                *((inputs[name], given[name], name) for name in inputs),
                *((before[n], after[n], n) for n in after),
            ]
            outside |= any(_differ(signature, features, *pair) for pair in pairs)
            errors.append(max(_difference(_copied(before[n], after[n].shape, order), after[n]) for n in after))
        if max(errors) <= ROUNDING:
            return order, [rounded(error) for error in errors], outside
    return None, [rounded(error, 1) for error in errors], outside


def _batch(module: nn.Module) -> dict[str, int]:
    """Return a batch for training: over two examples, a normalisation turns a small difference into a large one."""
    return {"B": EXAMPLES} if "B" in inspect.signature(module.example_inputs).parameters else {}  # type: ignore[arg-type]


def _differ(signature: Signature, features: set[str], few: Tensor, many: Tensor, name: str) -> bool:
    """Whether a tensor has another shape in the wider network.

    Raises:
        ValueError: It differs along an axis that is none of features, and it is no state.
    """
    shape = {**signature.inputs, **signature.outputs}.get(name)
    letters = shape.letters if shape else ("",) * few.dim()
    for letter, size, other in zip(letters, few.shape, many.shape, strict=True):
        if size != other and name not in signature.states and letter not in features:
            raise ValueError(f"{name} would be of another size along {letter or 'an axis'}")
    return few.shape != many.shape


def _named(signature: Signature, outputs: Sequence[Tensor]) -> dict[str, Tensor]:
    """Return outputs by name; those that are there in training only have numbers."""
    names = [*signature.outputs, *map(str, range(len(outputs)))]
    return dict(zip(names, outputs, strict=False))


def _outputs(module: nn.Module, inputs: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
    """Run a module; what it draws at random is the same each time."""
    with drawing_by(0), torch.no_grad():
        return flatten(module(**inputs))


def _difference(expected: Tensor, found: Tensor) -> float:
    """Return the largest difference relative to the largest number; infinity where something is not finite."""
    error = (found.double() - expected.double()).abs().max() / expected.double().abs().max().clamp_min(1e-300)
    return error.item() if error.isfinite() else math.inf


def _copy(narrow: nn.Module, wide: nn.Module, order: Order) -> None:
    """Give a network copies of the units of a narrower one, of which each contributes its part to what comes after."""
    given = {**dict(narrow.named_parameters()), **_statistics(narrow)}
    axes = _axes_of_inputs(wide)
    with torch.no_grad():
        for name, tensor in {**dict(wide.named_parameters()), **_statistics(wide)}.items():
            axis = axes.get(id(tensor), 1)
            share = tensor.shape[axis] // given[name].shape[axis] if axis is not None and tensor.dim() > 1 else 1
            tensor.copy_(_copied(given[name], tensor.shape, order) / share)


def _axes_of_inputs(module: nn.Module) -> dict[int, int | None]:
    """Return along which axis of a weight the units lie that are added up, where that is not the second, by `id`."""
    tables = {id(part.weight): None for part in module.modules() if isinstance(part, nn.Embedding)}
    return tables | {id(part.weight): 0 for part in module.modules() if isinstance(part, TRANSPOSED)}


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
