"""Wrong inputs and wrong arguments, made from what a module says of itself, and how it takes them."""

from __future__ import annotations

import inspect
import math
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kb.schema import Signature
from kb.verify.preparing import example_inputs, flatten, seeded

OWN = ("implementations", "kb")
OURS, WORKS, DEEP = "ours", "works", "deep"
"""How a wrong thing ends: in a sentence of our own, in a finite result, or in an error of a library or infinity."""

Inputs = dict[str, Any]
Call = Callable[[], Any]


def ends(call: Call) -> tuple[str, str]:
    """Call something; return how it ends, and the message or the reason."""
    try:
        result = call()
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        own = any(part in OWN for part in Path(last.filename).parts) and (last.line or "").startswith("raise ")
        return (OURS if own else DEEP), f"{type(error).__name__}: {error}"
    finite = all(torch.isfinite(value).all() for value in flatten(result) if isinstance(value, Tensor))
    return (WORKS, "") if finite else (DEEP, "a result that is not finite")


def free(module: nn.Module) -> list[str]:
    """The letters whose sizes a caller chooses: the arguments of `example_inputs`."""
    parameters = inspect.signature(module.example_inputs).parameters.values()  # type: ignore[arg-type]
    return [p.name for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY]


def wrong_inputs(module: nn.Module, signature: Signature) -> Iterator[tuple[str, Inputs]]:
    """Yield inputs of `forward`, each wrong in one way that its label says."""
    inputs = example_inputs(module, seeded("wrong"))
    letters = {name: signature.inputs[name].letters for name in inputs}
    for name, value in inputs.items():
        for label, other in _wrong(value):
            yield f"{name}: {label}", inputs | {name: other}
        for axis, letter in enumerate(letters[name]):
            if not letter.isalpha():
                continue
            shared = any(letter in letters[other] for other in inputs if other != name)
            if letter not in free(module) or shared:
                yield f"{name}: {letter} larger", inputs | {name: torch.cat([value, value], axis)}
            if shared and value.shape[axis] > 1:
                yield f"{name}: {letter} is 1", inputs | {name: value.narrow(axis, 0, 1)}
        if signature.inputs[name].indexes:
            for index in (-1, 99):
                other = value.clone(memory_format=torch.contiguous_format)
                other.view(-1)[0] = index
                yield f"{name}: index {index}", inputs | {name: other}
    if any(value.is_floating_point() for value in inputs.values()):
        yield "all: float64", {n: v.double() if v.is_floating_point() else v for n, v in inputs.items()}


def _wrong(value: Tensor) -> Iterator[tuple[str, Any]]:
    yield "no tensor", value.tolist()
    yield "axis missing", value.select(0, 0)
    yield "axis too many", value[None]
    if value.is_floating_point():
        yield "whole numbers", value.long()
        yield "complex numbers", value.cfloat()
    else:
        yield "fractions", value.float()


def empty_inputs(module: nn.Module, signature: Signature) -> Iterator[tuple[str, Inputs]]:
    """Yield inputs without an element along one of the axes whose size a caller chooses."""
    inputs = example_inputs(module, seeded("wrong"))
    for letter in free(module):
        found = {}
        for name, value in inputs.items():
            for axis, own in enumerate(signature.inputs[name].letters):
                value = value.narrow(axis, 0, 0) if own == letter else value
            found[name] = value
        yield f"{letter}=0", found


def wrong_arguments(cls: type) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """Yield arguments of a constructor, each wrong in one way, and whether a meaning can be found in it."""
    for name, parameter in inspect.signature(cls).parameters.items():
        kind, default = str(parameter.annotation), parameter.default
        if parameter.annotation is int:
            cases = [(0, True), (-1, False), (2.5, False), (math.nan, False), ("nonsense", False)]
        elif parameter.annotation is float:
            cases = [(-1.0, True), (0, True), (math.nan, False), ("nonsense", False)]
        elif parameter.annotation is str:
            cases = [("nonsense", False), (0, False)]
        elif parameter.annotation is bool:
            cases = [("nonsense", False), (2.5, False)]
        elif "Sequence[int]" in kind and isinstance(default, tuple) and default and isinstance(default[0], int):
            cases = [((), True), ((0, *default[1:]), True), ((-1, *default[1:]), False), ((2.5, *default[1:]), False)]
            cases += [("nonsense", False), (3, False)]
        else:
            continue
        yield from ((f"{name}={value!r}", {name: value}, meant) for value, meant in cases)


def build_and_run(cls: type, arguments: Mapping[str, Any]) -> Any:
    """Build a module and run it on its own inputs, if it has some."""
    torch.default_generator.manual_seed(0)
    module = cls(**arguments)
    if hasattr(module, "example_inputs"):
        with torch.no_grad():
            return module.eval()(**example_inputs(module, seeded("wrong")))
    return ()
