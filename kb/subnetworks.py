"""Sub-networks as separate modules: an encoder, a generator, what comes before the read-out."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn


class SubNetwork(nn.Module):
    """A sub-network, with the inputs that the whole network gives it as its examples.

    It is a module, or a method such as the `trunk` before a pooled read-out. What a method reads of the whole is its
    own then, and its examples are those inputs of the whole that it takes, or what another method such as
    `trunk_inputs` returns, where the whole takes one size only and it takes any.

    Args:
        whole: The network that it is part of.
        name: The attribute under which it is found there.

    Raises:
        AttributeError: There is neither a module nor a method of this name.

    Example:
        >>> class Whole(nn.Module):
        ...     def __init__(self) -> None:
        ...         super().__init__()
        ...         self.first, self.second = nn.Linear(2, 3), nn.Linear(3, 1)
        ...
        ...     def forward(self, x: Tensor) -> Tensor:
        ...         return self.second(self.first(x))
        ...
        ...     def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        ...         return {"x": torch.randn(B, 2, generator=generator)}
        >>> SubNetwork(Whole(), "second").example_inputs(torch.Generator(), B=5)["input"].shape
        torch.Size([5, 3])
    """

    forward: Callable[..., Any]
    example_inputs: Callable[..., dict[str, Tensor]]

    def __init__(self, whole: nn.Module, name: str) -> None:
        super().__init__()
        found = getattr(whole, name)
        if isinstance(found, nn.Module):
            self.network = found
        else:
            _adopt(self, whole, found)
        self.forward = found.forward if isinstance(found, nn.Module) else found
        self._whole = [whole]  # in a list, so that its parameters are not taken for those of the sub-network
        own = getattr(whole, f"{name}_inputs", None)
        make: Callable[..., dict[str, Tensor]] = own or whole.example_inputs  # type: ignore[assignment]

        @functools.wraps(make)  # the sizes that can be chosen are those of the whole
        def example_inputs(generator: torch.Generator, **sizes: int) -> dict[str, Tensor]:
            inputs = make(generator, **sizes)
            like = next(whole.parameters(), torch.empty(0))
            inputs = {n: x.to(like.device, like.dtype if x.is_floating_point() else x.dtype) for n, x in inputs.items()}
            if isinstance(found, nn.Module) and not own:
                return _first_call(whole, found, inputs)
            taken = found.forward if isinstance(found, nn.Module) else found
            return {name: inputs[name] for name in inspect.signature(taken).parameters if name in inputs}

        self.example_inputs = example_inputs

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> SubNetwork:
        """Move or convert the whole, which has to run for the example inputs."""
        self._whole[0]._apply(fn, recurse)  # type: ignore[no-untyped-call]
        return self

    def train(self, mode: bool = True) -> SubNetwork:
        """Set the mode of the whole."""
        self._whole[0].train(mode)
        self.training = mode
        return self


def shown(module: nn.Module) -> nn.Module:
    """Return what a listing of layers is about: of a sub-network what stands in it, not what is put around it."""
    return module.network if isinstance(module, SubNetwork) and hasattr(module, "network") else module


def _adopt(part: SubNetwork, whole: nn.Module, method: Callable[..., Any]) -> None:
    """Make the modules, parameters and buffers that a method reads those of a sub-network too."""
    for name in _read_by(whole, method):
        if name in whole._modules:
            part.add_module(name, whole._modules[name])
        elif name in whole._parameters:
            part.register_parameter(name, whole._parameters[name])
        elif name in whole._buffers:
            part.register_buffer(name, whole._buffers[name])


def _read_by(whole: nn.Module, method: Callable[..., Any]) -> list[str]:
    """Return the attributes that a method reads, also through other methods of the same object."""
    found: dict[str, None] = {}
    pending = [inspect.unwrap(method)]
    while pending:
        for name in pending.pop().__code__.co_names:
            other = inspect.unwrap(getattr(type(whole), name, None) or (lambda: None))
            if name not in found and inspect.isfunction(other):
                pending.append(other)
            found[name] = None
    return list(found)


class _CalledError(Exception):
    """The sub-network is called, with these arguments: what comes after need not run, and may not fit the sizes."""

    def __init__(self, arguments: dict[str, Tensor]) -> None:
        super().__init__()
        self.arguments = arguments


def _first_call(whole: nn.Module, part: nn.Module, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the arguments, by name, with which a module is first called while the whole runs."""

    def stop(module: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        bound = inspect.signature(module.forward).bind(*args, **kwargs).arguments
        raise _CalledError({name: value.detach() for name, value in bound.items() if isinstance(value, Tensor)})

    handle = part.register_forward_pre_hook(stop, with_kwargs=True)
    try:
        with torch.no_grad():
            whole(**inputs)
    except _CalledError as called:
        return called.arguments
    finally:
        handle.remove()
    raise RuntimeError(f"{type(whole).__name__} runs without {type(part).__name__}: call it in `forward`")
