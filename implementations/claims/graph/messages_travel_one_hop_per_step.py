"""Experiment: how far has information travelled after m steps of message passing?

Source: the lecture, S24, the strip of figures with m = 0, 1, 2, 3, after Battaglia et al. 2018
(battaglia2018relational).

Method: the same random graph network block is applied m = 0..3 times to a path of nine nodes, with edges in both
directions and the global feature held at zero. The block (i, j) of the Jacobian, new features of node i by old features
of node j, is zero or not; because a rectified linear unit can be off by chance, a block counts as non-zero if it is for
any of 8 random inputs.

Measures:
    support_errors: number of (m, i, j) with a non-zero block at a distance above m, or a zero block at a distance of at
        most m.
    smallest_inside: smallest norm of a block within distance m, relative to the largest of the same m.
    changed_by_one_more_step: min over m of the number of blocks that are zero after m steps but not after m + 1.
    cut_by_removed_edge: number of blocks that become zero at m = 3 when the edge between the 4th and 5th node is
        removed.
    reached_through_global: number of blocks at m = 3 beyond distance 3 that are non-zero when each step gets the last
        global feature.
    node: 1..9; step_0 .. step_3: norm of the blocks (i, 5), relative to the largest, by node i.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.graph.graph_network import GraphNetwork

NODES, STEPS, DRAWS = 9, 4, 8


def run(seed: int) -> dict[str, float | list[float]]:
    """Take the Jacobian of node features after 0..4 steps on a path.

    Args:
        seed: Seed of weights and features.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    block = _initialised(GraphNetwork().double(), generator)
    inputs = [torch.randn(NODES, block.sizes[0], generator=generator, dtype=torch.float64) for _ in range(DRAWS)]
    edges = path(NODES)
    norms = [influence(block, inputs, edges, steps) for steps in range(STEPS + 1)]
    distance = (torch.arange(NODES)[:, None] - torch.arange(NODES)).abs()
    removed = edges[:, ~((edges == 3).any(0) & (edges == 4).any(0))]
    last = STEPS - 1
    through_global = influence(block, inputs, edges, last, pass_global=True)
    relative = [norm / norm.max() for norm in norms]
    inside = [(relative[m][distance <= m]).min().item() for m in range(STEPS)]
    return {
        "support_errors": float(sum(((norms[m] > 0) != (distance <= m)).sum().item() for m in range(STEPS))),
        "smallest_inside": min(inside),
        "changed_by_one_more_step": float(
            min(((norms[m] == 0) & (norms[m + 1] > 0)).sum().item() for m in range(STEPS))
        ),
        "cut_by_removed_edge": float(((norms[last] > 0) & (influence(block, inputs, removed, last) == 0)).sum().item()),
        "reached_through_global": float((through_global[distance > last] > 0).sum().item()),
        "node": [float(node + 1) for node in range(NODES)],
        **{f"step_{m}": relative[m][:, NODES // 2].tolist() for m in range(STEPS)},
    }


def path(nodes: int) -> Tensor:
    """Return the edges `[2, E]` of a path, in both directions."""
    forward = torch.stack([torch.arange(nodes - 1), torch.arange(1, nodes)])
    return torch.cat([forward, forward.flip(0)], dim=1)


def influence(
    block: GraphNetwork, inputs: list[Tensor], edges: Tensor, steps: int, *, pass_global: bool = False
) -> Tensor:
    """Return the norm of d(features of node i after the steps) / d(features of node j), `[N, N]`, largest over inputs.

    Args:
        block: The block that is applied in every step.
        inputs: Node features to start from, `[N, F]` each.
        edges: Edges `[2, E]`.
        steps: Number of steps.
        pass_global: Whether a step gets the global feature of the step before it, instead of zeros.
    """

    def after_steps(x: Tensor) -> Tensor:
        e = x.new_zeros(edges.shape[1], block.sizes[1])
        zeros = u = x.new_zeros(1, block.sizes[2])
        for _ in range(steps):
            x, e, u = block(x, edges, e, u if pass_global else zeros)
        return x

    jacobians = [torch.autograd.functional.jacobian(after_steps, x) for x in inputs]  # [N, F, N, F] each
    return torch.stack([jacobian.square().sum((1, 3)).sqrt() for jacobian in jacobians]).amax(0)


def _initialised(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw weights with variance 2 / fan-in, and small biases."""
    with torch.no_grad():
        for parameter in network.parameters():
            scale = (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
            parameter.copy_(scale * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return network
