"""The guard of `forward`: inputs are checked against its annotations, and an error of torch is explained by them."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, get_args

import torch
from torch import Tensor, nn

from kb.guards.arguments import named_with

Forward = TypeVar("Forward", bound=Callable[..., Any])
WORDS = {"Float": "floating-point numbers", "Int": "whole numbers", "Bool": "true or false", "Complex": "complex numbers"}
CONVERSIONS = {"Float": "float()", "Int": "long()", "Bool": "bool()", "Complex": "cfloat()"}
PASSED_ON = (torch.OutOfMemoryError, NotImplementedError)
"""What says nothing of the inputs."""


@dataclass(frozen=True)
class Input:
    """What an annotation says of one input: `Float[Tensor, "B T F"] | None`.

    Args:
        kind: What jaxtyping calls the kind of numbers.
        dtypes: The types that are of the kind.
        axes: Names or sizes, outermost first; without the one that stands for any number of them.
        open: Whether there is one that does, after the others.
        optional: Whether it may be left out.
    """

    kind: str
    dtypes: frozenset[torch.dtype]
    axes: tuple[str | int, ...]
    open: bool
    optional: bool

    @property
    def shown(self) -> str:
        """The axes as a reader writes them."""
        return f"[{', '.join(map(str, self.axes))}{', ...' if self.open else ''}]"


def checked_inputs(**indexes: str) -> Callable[[Forward], Forward]:
    """Return a decorator that checks the inputs of `forward` by its annotations, and explains what fails in it.

    Before the call: the number of axes, the same size for the same letter, the kind of numbers, and indices within
    their axis. After a failure: sizes, types and devices that are not the network's.

    A look at the numbers themselves, which indices need, makes a processor wait for an accelerator: it is taken on the
    processor only. Nothing is checked in code that is compiled or exported, which knows the shapes already.

    Args:
        indexes: By name of an input of whole numbers, the letter of the axis into which they point.

    Raises:
        ValueError: In `forward`: a shape or an index does not fit.
        TypeError: In `forward`: an input is no tensor, of another kind, of another precision or on another device.
        RuntimeError: In `forward`: torch failed on these inputs in a way that is not understood here.
    """

    def decorate(forward: Forward) -> Forward:
        inputs = _inputs(forward)
        names = list(inspect.signature(forward).parameters)[1:]
        sizes_of_numbers: dict[str | int, int] = {
            axis: axis for known in inputs.values() for axis in known.axes if isinstance(axis, int)
        }

        @wraps(forward)
        def checked(self: nn.Module, *values: Any, **named: Any) -> Any:
            if torch.compiler.is_compiling():
                return forward(self, *values, **named)
            given = dict(zip(names, values, strict=False), **named)
            sizes = sizes_of_numbers.copy()
            for name, value in given.items():
                known = inputs.get(name)
                if known is None or (value is None and known.optional):
                    continue
                if not isinstance(value, Tensor) or value.dtype not in known.dtypes:
                    raise TypeError(f"{_label(self)}: {_of_kind(name, value, known)}")
                shape = value.shape
                if len(shape) != len(known.axes) and not (known.open and len(shape) > len(known.axes)):
                    raise ValueError(f"{_label(self)}: {_of_axes(self, name, value, known)}")
                for axis, size in zip(known.axes, shape, strict=False):
                    if sizes.setdefault(axis, size) != size:
                        raise ValueError(f"{_label(self)}: {_of_sizes(self, name, axis, given, inputs)}")
            for name, axis in indexes.items():
                problem = _of_indices(name, given.get(name), axis, sizes.get(axis))
                if problem:
                    raise ValueError(f"{_label(self)}: {problem}")
            try:
                return forward(self, *values, **named)
            except PASSED_ON:
                raise
            except (RuntimeError, LookupError) as error:
                tensors = {name: value for name, value in given.items() if isinstance(value, Tensor)}
                problem = _of_type(self, tensors)
                if problem:
                    raise TypeError(f"{_label(self)}: {problem}") from error
                problem = _of_network(self, tensors, inputs) or _of_nothing(self, tensors, inputs)
                if problem:
                    raise ValueError(f"{_label(self)}: {problem}") from error
                if type(error).__module__ != "builtins":  # of torch's own machinery, which looks for its class
                    raise
                shown = ", ".join(f"{name} {_shown(value)}" for name, value in tensors.items())
                raise RuntimeError(f"{_label(self)} failed on {shown}: {error}") from error

        return checked  # type: ignore[return-value]

    return decorate


def _inputs(forward: Callable[..., Any]) -> dict[str, Input]:
    """What the annotations say of every input that is a tensor."""
    found = {}
    for name, annotation in inspect.get_annotations(forward).items():
        options = [option for option in get_args(annotation) if option is not type(None)] or [annotation]
        if name != "return" and hasattr(options[0], "dim_str"):
            words = options[0].dim_str.split()
            found[name] = Input(
                kind=options[0].__name__.partition("[")[0],
                dtypes=frozenset(getattr(torch, dtype) for dtype in options[0].dtypes if hasattr(torch, dtype)),
                axes=tuple(int(word) if word.isdecimal() else word for word in words if not word.startswith("*")),
                open=any(word.startswith("*") for word in words),
                optional=len(get_args(annotation)) > len(options),
            )
    return found


def _label(owner: nn.Module) -> str:
    return type(owner).__name__


def _shown(value: Tensor) -> str:
    return f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"


def _word(owner: nn.Module, axis: str | int) -> str:
    """An axis with what the docstring of the owner's module calls it: `F (input features)`."""
    text = (getattr(sys.modules.get(type(owner).__module__), "__doc__", None) or "").partition("Shapes:")[2]
    found = re.search(rf"\b{axis} (?:= \w+ )?([a-z][^,.;()]*)", " ".join(text.split()))
    return f"{axis} ({found[1].strip()})" if found else str(axis)


def _of_kind(name: str, value: object, known: Input) -> str:
    wanted = WORDS.get(known.kind, "numbers")
    if not isinstance(value, Tensor):
        return f"{name} must be a tensor of {wanted} with axes {known.shown}, came {type(value).__name__}"
    mended = f"{name}.{CONVERSIONS.get(known.kind, 'float()')}"
    return f"{name} must hold {wanted}, came {_shown(value)}: convert it, as by `{mended}`"


def _of_axes(owner: nn.Module, name: str, value: Tensor, known: Input) -> str:
    words = ", ".join(_word(owner, axis) for axis in known.axes)
    mended = f"one that is 1 long is added by `{name}[None]`" if value.dim() < len(known.axes) else "take one away"
    return f"{name} must have the axes {known.shown}: {words}; came {list(value.shape)}: {mended}"


def _of_sizes(
    owner: nn.Module, name: str, axis: str | int, given: Mapping[str, Any], inputs: Mapping[str, Input]
) -> str:
    size = given[name].shape[inputs[name].axes.index(axis)]
    if isinstance(axis, int):
        return f"{name} must be {axis} long where it has the axes {inputs[name].shown}, came {list(given[name].shape)}"
    first = next(other for other in given if axis in inputs[other].axes and isinstance(given[other], Tensor))
    if first == name:
        return f"{name} must be as long along every axis {_word(owner, axis)}, came {list(given[name].shape)}"
    wanted = given[first].shape[inputs[first].axes.index(axis)]
    return f"{name} has {size} along {_word(owner, axis)}, and {first} has {wanted}: give both the same"


def _of_indices(name: str, value: Tensor | None, axis: str, size: int | None) -> str | None:
    """What is wrong with indices; None if nothing is, or if a look would cost or is not possible."""
    if value is None or not value.device.type == "cpu" or not value.numel():
        return None
    try:
        low, high = (int(bound) for bound in torch.aminmax(value))
    except RuntimeError:  # of a tensor without numbers, as inside `vmap`
        return None
    if low < 0:
        return f"{name} holds {low}, and indices count from 0 along {axis}: mend that index"
    if size is not None and high >= size:
        return f"{name} holds {high}, and there are {size} along {axis}, counted from 0: mend that index"
    return None


def _of_type(owner: nn.Module, tensors: Mapping[str, Tensor]) -> str | None:
    """An input of another precision than the weights or on another device, or than the first one where there are none."""
    floating = {name: value for name, value in tensors.items() if value.is_floating_point() or value.is_complex()}
    weight = next((p for p in owner.parameters() if p.is_floating_point()), None)
    whose, model = ("the weights are", weight) if weight is not None else ("the first input is", None)
    for name, value in tensors.items():
        model = next(iter(tensors.values())) if model is None else model
        if value.device != model.device:
            return f"{name} is on {value.device}, and {whose} on {model.device}: bring both to one device by `.to(...)`"
    if torch.is_autocast_enabled(next(iter(tensors.values())).device.type):
        return None
    for name, value in floating.items():
        reference = weight if weight is not None else next(iter(floating.values()))
        if value.dtype != reference.dtype and not value.is_complex():
            mended = f"`{name}.to({reference.dtype})`, or the network, `.to({value.dtype})`"
            return f"{name} is {value.dtype}, and {whose} {reference.dtype}: convert it, {mended}"
    return None


def _of_network(owner: nn.Module, tensors: Mapping[str, Tensor], inputs: Mapping[str, Input]) -> str | None:
    """A size that the constructor has settled: one of `example_inputs` that no argument of that method changes."""
    method = getattr(owner, "example_inputs", None)
    if method is None:
        return None
    example: dict[str, Tensor] = {}
    with suppress(Exception), torch.no_grad():
        example = method(torch.Generator().manual_seed(0))
    chosen = inspect.signature(method).parameters
    for name, value in tensors.items():
        if name in inputs and name in example:
            for position, axis in enumerate(inputs[name].axes):
                wanted, size = example[name].shape[position], value.shape[position]
                if axis not in chosen and size != wanted and not isinstance(axis, int):
                    built = named_with(owner, wanted)
                    why = f"the network was built for {wanted}{f' ({built})' if built else ''}"
                    return f"{name} has {size} along {_word(owner, axis)}, and {why}: give as many, or build it for {size}"
    return None


def _of_nothing(owner: nn.Module, tensors: Mapping[str, Tensor], inputs: Mapping[str, Input]) -> str | None:
    """An axis along which there is nothing."""
    for name, value in tensors.items():
        for axis, size in zip(inputs[name].axes if name in inputs else (), value.shape, strict=False):
            if size == 0:
                return f"{name} has nothing along {_word(owner, axis)}, came {list(value.shape)}: give at least one"
    return None
