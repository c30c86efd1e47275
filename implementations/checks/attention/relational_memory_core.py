"""Exact checks of the relational memory core."""

import torch
from torch import nn

from implementations.architectures.attention.relational_memory_core import RelationalMemoryCore
from implementations.claims.agreement import difference


def memories_attend_as_in_torch(generator: torch.Generator) -> float:
    """Return the difference between a step and one whose attention is `nn.MultiheadAttention`, gates written out."""
    core = RelationalMemoryCore(slots=3, width=6, heads=2).double()
    inputs = {name: value.double() for name, value in core.example_inputs(generator, T=1).items()}
    memory, h, x = inputs["memory"], inputs["h"], core.embed(inputs["x"][:, 0])
    attention = nn.MultiheadAttention(6, 2, batch_first=True).double()
    projections = [getattr(core.attention, name) for name in ("query", "key", "value")]
    attention.in_proj_weight.data = torch.cat([projection.weight.data for projection in projections])
    attention.in_proj_bias.data = torch.cat([projection.bias.data for projection in projections])
    attention.out_proj.load_state_dict(core.attention.output.state_dict())
    seen = torch.cat([memory, x[:, None]], 1)
    mixed = core.attention_norm(memory + attention(memory, seen, seen, need_weights=False)[0])
    candidate = core.perceptron_norm(mixed + core.perceptron(mixed))
    i, f, o = (core.gates_of_input(x)[:, None] + core.gates_of_state(h)).chunk(3, 2)
    memory = torch.sigmoid(f + 1) * memory + torch.sigmoid(i) * candidate
    found = core(**inputs)
    return max(difference(found.memory, memory), difference(found.h, torch.sigmoid(o) * torch.tanh(memory)))


def closed_gates_keep_the_memory(generator: torch.Generator) -> float:
    """Return the change of memories over twenty steps with the forget gates at one and the write gates at zero."""
    core = RelationalMemoryCore().double()
    nn.init.zeros_(core.gates_of_input.weight)
    nn.init.zeros_(core.gates_of_state.weight)
    core.gates_of_input.bias.data = torch.tensor([-800.0, 800.0, 0.0], dtype=torch.float64).repeat_interleave(
        core.width
    )
    inputs = {name: value.double() for name, value in core.example_inputs(generator, T=20).items()}
    return difference(core(**inputs).memory, inputs["memory"])


def memories_are_a_set(generator: torch.Generator) -> float:
    """Return the difference between memories that start in another order, and the last ones in that order."""
    core = RelationalMemoryCore(slots=4).double()
    inputs = {name: value.double() for name, value in core.example_inputs(generator).items()}
    order = torch.tensor([2, 0, 3, 1])
    plain = core(**inputs)
    moved = core(inputs["x"], inputs["memory"][:, order], inputs["h"][:, order])
    return max(difference(moved.memory, plain.memory[:, order]), difference(moved.h, plain.h[:, order]))
