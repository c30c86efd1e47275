"""Recurring: how probes find the state that a module carries."""

import inspect

from torch import nn

from kb.probes import Axes


def state_names(module: nn.Module, axes: Axes, letter: str = "") -> list[str]:
    """Return the outputs that `forward` also takes as options; given a letter, only those without that axis."""
    taken = inspect.signature(module.forward).parameters
    optional = {name for name, parameter in taken.items() if parameter.default is None}
    return [name for name, letters in axes.outputs.items() if name in optional and not (letter and letter in letters)]
