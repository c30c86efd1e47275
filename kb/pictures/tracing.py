"""What a module does with its inputs: every call of a tensor function, in order, and which results it used.

Functions are recorded as the code calls them, so that `softmax` is one operation; an operation is known by the place in
the code, through all functions and modules on the way, from which it was called. Two records of one place are two
rounds of a loop, however the loop ends: a number of steps that depends on the data is as good as any other.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from kb.links import PACKAGE
from kb.pictures.assignments import assigned_names, span_of

GRAD = torch.func.grad
SOLVERS = "implicit_layer"
"""The folder of functions that call another again and again, from several places: all of that is one loop."""

Site = Any
"""A place in the code: of every function on the way, its code and the span of the call in it."""
Scope = tuple[str, Site]
"""A call of a module: its path from the root, and from where it is called."""
Ref = tuple[int, int]
"""A tensor: the operation that made it, and which of its results it is. Negative operations are inputs and weights."""


@dataclass(frozen=True)
class Operand:
    """A tensor that an operation used: where it comes from, and its shape."""

    ref: Ref
    shape: tuple[int, ...]


@dataclass
class Operation:
    """One call of a tensor function.

    Args:
        name: What it is called, without underscores.
        scopes: The calls of modules in which it ran, outermost first.
        site: The place in the code.
        operands: The tensors that it used.
        shapes: Of its results.
        floating: Whether its (first) result has floating-point numbers.
        names: What the code calls its results; empty where it gives them no names.
        detail: Settings that a reader of a picture should know.
        numbers: How many plain numbers are among its arguments.
        calls: A number for each of the calls in `scopes`, another one each time.
    """

    name: str
    scopes: tuple[Scope, ...]
    site: Site
    operands: list[Operand]
    shapes: list[tuple[int, ...]]
    floating: bool
    names: tuple[str, ...] = ()
    detail: str = ""
    numbers: int = 0
    calls: tuple[int, ...] = ()


@dataclass
class Trace:
    """What a module did.

    Args:
        operations: In the order in which they ran.
        sources: Inputs (`in:x`) and weights (`weight:input.weight`); reference `(-1 - i, 0)` is the i-th of them.
        outputs: The tensors that came back, by name, with their shapes.
        classes: The class of every module by its path, as `module:Class`.
        details: What distinguishes modules of one class, such as the size of a filter.
        arguments: What the tensors that a call of a module was given are called there.
        results: The same of what it returned, where that has names.
    """

    operations: list[Operation] = field(default_factory=list)
    sources: list[tuple[str, tuple[int, ...], bool]] = field(default_factory=list)
    outputs: dict[str, Operand] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    details: dict[str, str] = field(default_factory=dict)
    arguments: dict[Scope, dict[Ref, str]] = field(default_factory=dict)
    results: dict[Scope, dict[Ref, str]] = field(default_factory=dict)


def trace(module: nn.Module, inputs: Mapping[str, Tensor], outputs: list[str]) -> Trace:
    """Run a module once and return what it did.

    Args:
        module: The module, in evaluation mode.
        inputs: Its inputs by name; they may be on the meta device.
        outputs: Names of what it returns, in order.
    """
    recorder = _Recorder(module, inputs)
    handles = recorder.watch(module)
    try:
        with torch.no_grad(), patch.object(torch.func, "grad", recorder.derivative), recorder:
            result = module(**inputs)
    finally:
        for handle in handles:
            handle.remove()
    results = result if isinstance(result, tuple | list) else (result,)
    for name, tensor in zip(outputs, results, strict=False):
        if isinstance(tensor, Tensor):
            recorder.found.outputs[name] = recorder.operand(tensor)
    return recorder.found


class _Recorder(TorchFunctionMode):
    """Records calls of tensor functions, and between which calls of modules they come."""

    def __init__(self, module: nn.Module, inputs: Mapping[str, Tensor]) -> None:
        super().__init__()
        self.found = Trace()
        self.refs: dict[int, Ref] = {}
        self.alive: list[Tensor] = []  # an address means one tensor as long as that lives
        self.scopes: list[Scope] = []
        self.calls: list[int] = []
        self.number = 0
        held = [*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False)]
        for name, tensor in [*((f"in:{n}", t) for n, t in inputs.items()), *((f"weight:{n}", t) for n, t in held)]:
            if id(tensor) not in self.refs:
                self._remember(tensor, (-1 - len(self.found.sources), 0))
                self.found.sources.append((name, tuple(tensor.shape), _is_number(tensor)))
        for path, child in module.named_modules():
            self.found.classes[path] = class_name(type(child))
            self.found.details[path] = module_detail(child)

    def watch(self, module: nn.Module) -> list[Any]:
        """Follow which modules are running; return the handles that end it."""
        handles: list[Any] = []
        for path, child in module.named_modules():
            if child is not module:
                handles.append(child.register_forward_pre_hook(self._entering(path), with_kwargs=True))
                handles.append(child.register_forward_hook(self._leaving, always_call=True))
        return handles

    def _entering(self, path: str) -> Callable[..., None]:
        def hook(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            self.scopes.append((path, tuple(_sites(sys._getframe(1)))))
            self.number += 1
            self.calls.append(self.number)
            bound = inspect.signature(module.forward).bind(*args, **kwargs).arguments
            self.found.arguments.setdefault(self.scopes[-1], {}).update(self._named(bound))

        return hook

    def _leaving(self, module: nn.Module, args: object, result: object) -> None:
        fields: dict[str, Any] = getattr(result, "_asdict", dict)()
        self.found.results.setdefault(self.scopes[-1], {}).update(self._named(fields))
        self.scopes.pop()
        self.calls.pop()

    def _named(self, values: Mapping[str, Any]) -> dict[Ref, str]:
        """Return the names of those values that are tensors."""
        return {self.operand(value).ref: name for name, value in values.items() if isinstance(value, Tensor)}

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Run a function, and record it if it gives tensors."""
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        name = function_name(func)
        if name == "iter":
            result = list(result)
        made = [t for t in (result if isinstance(result, tuple | list) else (result,)) if isinstance(t, Tensor)]
        changed = args[0] if name == "setitem" else None
        if changed is not None:
            made = [changed]
        if made:
            self._record(name, func, args, kwargs, made)
        if changed is not None and changed._base is not None:
            self.refs[id(changed._base)] = self.refs[id(changed)]
        return iter(result) if name == "iter" else result

    def derivative(self, function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
        """Stand in for `torch.func.grad`: what is differentiated is recorded, and then one operation in its place.

        The backward pass calls no function of tensors that could be recorded.
        """

        def differentiated(x: Tensor) -> Tensor:
            values = [x]

            def watched(inner: Tensor) -> Tensor:
                self._remember(inner, self.operand(x).ref)  # it stands for `x` while that is differentiated
                values.insert(0, function(inner))
                return values[0]

            slope: Tensor = GRAD(watched)(x)
            self._record("derivative", GRAD, tuple(values), {}, [slope])
            return slope

        return differentiated

    def _record(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], made: list[Tensor]) -> None:
        used = [self.operand(t) for t in _tensors([*args, *kwargs.values()])]
        frame = sys._getframe(2)
        site = tuple(_sites(frame))
        if name in ("addmm", "baddbmm") and len(used) == 3:  # a product that is added to something
            product = self._add("matmul", (*site, ("product", 0)), used[1:], [tuple(made[0].shape)], True)
            used, name = [used[0], Operand((product, 0), tuple(made[0].shape))], "add"
        numbers = sum(isinstance(value, int | float) and not isinstance(value, bool) for value in args)
        index = self._add(name, site, used, [tuple(t.shape) for t in made], _is_number(made[0]))
        operation = self.found.operations[index]
        operation.names = assigned_names(_own_frame(frame))
        operation.detail, operation.numbers = call_detail(name, args, kwargs), numbers
        for number, tensor in enumerate(made):
            self._remember(tensor, (index, number))

    def _add(self, name: str, site: Site, used: list[Operand], shapes: list[tuple[int, ...]], floating: bool) -> int:
        scopes = tuple(self.scopes)
        made = Operation(name, scopes, site, used, shapes, floating, calls=tuple(self.calls))
        self.found.operations.append(made)
        return len(self.found.operations) - 1

    def _remember(self, tensor: Tensor, ref: Ref) -> None:
        self.refs[id(tensor)] = ref
        self.alive.append(tensor)

    def operand(self, tensor: Tensor) -> Operand:
        """Return where a tensor comes from; one that nothing recorded made counts as a constant."""
        if id(tensor) not in self.refs:
            index = self._add("constant", (("constant", len(self.alive)),), [], [tuple(tensor.shape)], False)
            self._remember(tensor, (index, 0))
        return Operand(self.refs[id(tensor)], tuple(tensor.shape))


def _is_number(tensor: Tensor) -> bool:
    """Whether it holds real or complex numbers, and not positions or marks."""
    return tensor.is_floating_point() or tensor.is_complex()


def class_name(found: type) -> str:
    """Return a class as `module:Class`; one that only adds a parametrisation counts as what it was made from.

    Code of a second knowledge base in this process is imported under a number, which is no part of the name.
    """
    while found.__module__ == "torch.nn.utils.parametrize":
        found = found.__bases__[0]
    module = re.sub(rf"^{PACKAGE}_\d+\.", f"{PACKAGE}.", found.__module__)
    return f"{module}:{found.__qualname__}"


def function_name(func: Any) -> str:
    """Return what a tensor function is called: `add` for `__add__`, `add_` and `torch.add`; `T` for the attribute."""
    name: str = getattr(func, "__name__", str(func))
    if name == "__get__":
        return str(getattr(func.__self__, "__name__", name))
    return name.strip("_")


def _tensors(values: Any) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, tuple | list):
            yield from _tensors(value)


def _sites(frame: FrameType | None) -> Iterator[tuple[Any, Any]]:
    """Yield every function on the way from the call of the root module, innermost first, and the place of the call."""
    while frame is not None and frame.f_code is not trace.__code__:
        if f"/{SOLVERS}/" not in frame.f_code.co_filename.replace("\\", "/"):
            yield frame.f_code, span_of(frame.f_code, frame.f_lasti) or frame.f_lasti
        frame = frame.f_back


def _own_frame(frame: FrameType) -> FrameType:
    """Return the nearest frame that is not one of torch's own."""
    here: FrameType | None = frame
    while here is not None and "/torch/" in here.f_code.co_filename.replace("\\", "/"):
        here = here.f_back
    return here or frame


def call_detail(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """Return the setting of a call that a reader of a picture should know: a mask, or the power."""
    if name == "scaled_dot_product_attention" and kwargs.get("is_causal"):
        return "causal"
    return ""


def module_detail(module: nn.Module) -> str:
    """Return what distinguishes a module from others of its class: the size and the stride of its filter."""
    size = getattr(module, "kernel_size", None)
    if size is None or not type(module).__module__.startswith("torch."):
        return ""
    words = [_by(size)]
    for name in ("stride", "dilation"):
        value = getattr(module, name, 1)
        steps = value if isinstance(value, tuple) else (value,)
        if any(step != 1 for step in steps):
            words.append(f"{name} {steps[0] if len(set(steps)) == 1 else _by(steps)}")
    channels, groups = getattr(module, "in_channels", 1), getattr(module, "groups", 1)
    if groups > 1:
        words.append("depthwise" if groups == channels else f"{groups} groups")
    return ", ".join(words)


def _by(size: Any) -> str:
    sizes = size if isinstance(size, tuple) else (size, size)
    return "×".join(map(str, sizes))
