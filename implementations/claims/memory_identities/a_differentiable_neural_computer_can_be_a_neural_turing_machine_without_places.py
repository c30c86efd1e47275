"""Experiment: a neural computer without allocation and links, against a neural Turing machine without movement.

Source: Graves et al. 2016, Methods, "Comparison with the neural Turing machine" (graves2016hybrid).

Measures:
    agreement_error: difference between the outputs of all steps, and between the last memories.
    allocation_difference: the same where the gate of allocation is half open.
    links_difference: the same where a third of each read follows the links backward, and a third forward.
    shift_difference: the same where the machine's heads move to the next row.
"""

import math

import torch
from torch import Tensor

from implementations.architectures.memory.differentiable_neural_computer import DifferentiableNeuralComputer
from implementations.architectures.memory.neural_turing_machine import NeuralTuringMachine
from implementations.claims.agreement import difference

UNITS, ROWS, WIDTH, STEPS = 6, 5, 4, 8
SATURATED = 1e4
"""A number whose sigmoid is one, and whose negative's is zero, to the last digit."""
CONSTANT = math.tanh(1)
"""Output of a unit whose gates are open, and whose cell is one at every step."""


def run(seed: int) -> dict[str, float]:
    """Give both networks the same weights, and compare outputs and memories.

    Args:
        seed: Seed of weights, sequence and memory.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        machine = NeuralTuringMachine(units=UNITS, rows=ROWS, width=WIDTH, controller="lstm").double()
        for parameter in machine.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        for head in (machine.write_head, machine.read_head):
            _find_by_content(head.project, shift=0)
        x = torch.randn(3, STEPS, 5, generator=generator, dtype=torch.float64)
        memory = torch.randn(3, ROWS, WIDTH, generator=generator, dtype=torch.float64)
        expected = machine(x, memory)
        computer = _computer(machine, allocation=-SATURATED, modes=(-SATURATED, SATURATED, -SATURATED))
        half_allocated = _computer(machine, allocation=0.0, modes=(-SATURATED, SATURATED, -SATURATED))
        linked = _computer(machine, allocation=-SATURATED, modes=(0.0, 0.0, 0.0))
        for head in (machine.write_head, machine.read_head):
            _find_by_content(head.project, shift=1)
        return {
            "agreement_error": _apart(computer(x, memory), expected),
            "allocation_difference": _apart(half_allocated(x, memory), expected),
            "links_difference": _apart(linked(x, memory), expected),
            "shift_difference": _apart(computer(x, memory), machine(x, memory)),
        }


def _apart(found: tuple[Tensor, ...], expected: tuple[Tensor, ...]) -> float:
    return max(difference(found[0], expected[0]), difference(found[1], expected[1]))


def _find_by_content(project: torch.nn.Linear, shift: int) -> None:
    """Make a head of the machine find rows by content with a constant strength, and then move on by a shift."""
    project.weight[WIDTH:] = 0
    strength, gate, shifts, sharpness = project.bias[WIDTH:].split([1, 1, 3, 1])
    strength.fill_(_inverse_softplus(3.0))
    gate.fill_(SATURATED)
    shifts.copy_(torch.where(torch.arange(3) == 1 + shift, SATURATED, -SATURATED))
    sharpness.fill_(-SATURATED)


def _computer(
    machine: NeuralTuringMachine, *, allocation: float, modes: tuple[float, ...]
) -> DifferentiableNeuralComputer:
    """Return the computer with the machine's weights, and a constant unit in place of biases."""
    computer = DifferentiableNeuralComputer(units=UNITS + 1, rows=ROWS, width=WIDTH).double()
    for parameter in computer.parameters():
        parameter.zero_()
    cell = computer.controller[0]
    gates = cell.input.bias.view(4, UNITS + 1)  # i, f, g, o
    gates[:, :UNITS] = machine.input.bias.view(4, UNITS)
    gates[:, UNITS] = torch.tensor([SATURATED, -SATURATED, SATURATED, SATURATED])
    seen = torch.cat([machine.input.weight, machine.read_input.weight], 1)
    cell.input.weight.view(4, UNITS + 1, -1)[:, :UNITS] = seen.view(4, UNITS, -1)
    cell.recurrent.weight.view(4, UNITS + 1, -1)[:, :UNITS, :UNITS] = machine.recurrent.weight.view(4, UNITS, -1)

    read, write, both = machine.read_head.project, machine.write_head.project, machine.erase_and_add
    strength = torch.tensor([[_inverse_softplus(2.0)]], dtype=torch.float64)  # the computer's is one more
    none = torch.zeros(1, UNITS, dtype=torch.float64)
    gate_biases = [[-SATURATED], [allocation], [SATURATED], *([mode] for mode in modes)]  # free, allocate, write, modes
    weights = [read.weight[:WIDTH], none, write.weight[:WIDTH], none, both.weight, none.expand(6, -1)]
    biases = [read.bias[:WIDTH, None], strength, write.bias[:WIDTH, None], strength, both.bias[:, None]]
    biases.append(torch.tensor(gate_biases, dtype=torch.float64))
    computer.interface.weight.copy_(torch.cat([torch.cat(weights), torch.cat(biases) / CONSTANT], 1))
    computer.output.weight.copy_(torch.cat([machine.output.weight, machine.output.bias[:, None] / CONSTANT], 1))
    computer.read_output.weight.copy_(machine.read_output.weight)
    return computer


def _inverse_softplus(y: float) -> float:
    return math.log(math.expm1(y))
