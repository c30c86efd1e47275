"""Numbers of the explorable: inputs to begin with. Its gates are those of the library's LSTM and GRU."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from implementations.architectures.recurrent.gru import GRU
from implementations.architectures.recurrent.lstm import LSTM

STEPS = 20


def data() -> dict[str, Any]:
    """Return inputs, each between -1 and 1."""
    steps = torch.arange(STEPS, dtype=torch.float64)
    noise = 2 * torch.rand(STEPS, generator=torch.Generator().manual_seed(0), dtype=torch.float64) - 1
    return {
        "one pulse": (steps == 2).double(),
        "two pulses": (steps == 2).double() - (steps == 12).double(),
        "a step": (steps >= 5).double(),
        "a wave": torch.sin(2 * torch.pi * steps / 10),
        "noise": noise,
    }


def cases(stored: dict[str, Any]) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield functions of the explorable, their arguments, and what the library's networks compute for the same."""
    sliders = [
        {"forget": 1.5, "seen": 0.0, "input": 0.0, "recurrent": 0.0},
        {"forget": -1.0, "seen": 3.0, "input": 2.0, "recurrent": 1.2},
        {"forget": 4.0, "seen": -5.0, "input": -2.0, "recurrent": -0.7},
    ]
    for settings in sliders:
        for x in stored.values():
            yield "lstm", [x, settings], _lstm(torch.tensor(x, dtype=torch.float64), **settings)
            yield "gru", [x, settings], _gru(torch.tensor(x, dtype=torch.float64), **settings)


@torch.no_grad()
def _lstm(x: Tensor, *, forget: float, seen: float, input: float, recurrent: float) -> dict[str, Tensor]:
    network = LSTM(in_features=1, units=1, peepholes=False).double()
    network.input.weight.copy_(_column(0.0, seen, 2.0, 0.0))  # in the order i, f, g, o
    network.input.bias.copy_(_column(input, forget, 0.0, 2.0)[:, 0])
    network.recurrent.weight.copy_(_column(0.0, 0.0, recurrent, 0.0))
    h, c, states, cells = x.new_zeros(1, 1), x.new_zeros(1, 1), [], []
    for value in x:
        _, h, c = network(value.view(1, 1, 1), h, c)
        states.append(h.item())
        cells.append(c.item())
    gates = torch.sigmoid(network.input(x[:, None]))
    return {
        "gates": {"input": gates[:, 0], "forget": gates[:, 1], "output": gates[:, 3]},
        "cell": cells,
        "state": states,
        "kept": _kept(gates[:, 1]),
    }


@torch.no_grad()
def _gru(x: Tensor, *, forget: float, seen: float, input: float, recurrent: float) -> dict[str, Tensor]:
    network = GRU(in_features=1, units=1, convention="keep").double()
    network.input.weight.copy_(_column(0.0, seen, 2.0))  # in the order r, z, candidate
    network.input.bias.copy_(_column(input, forget, 0.0)[:, 0])
    network.gates.weight.zero_()
    network.candidate.weight.fill_(recurrent)
    gates = torch.sigmoid(network.input(x[:, None]))
    states = network(x[None, :, None]).y[0, :, 0]
    return {"gates": {"reset": gates[:, 0], "update": gates[:, 1]}, "state": states, "kept": _kept(gates[:, 1])}


def _column(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)[:, None]


def _kept(forget: Tensor) -> Tensor:
    """Return the product of the forget gates after each step."""
    later = torch.cat([forget[1:], torch.ones(1, dtype=forget.dtype)])
    return later.flip(0).cumprod(0).flip(0)
